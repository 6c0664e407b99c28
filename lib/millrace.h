/*
 * millrace.h: all that the author of an endpoint includes.
 *
 * An endpoint is a C function from one struct to another, the rows that
 * describe the members of both structs, and one MR_ENDPOINT line.  Decoding,
 * validation, encoding, routing and documentation are derived from these.
 */
#ifndef MILLRACE_H
#define MILLRACE_H

#include "millrace_errors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One running call; opaque. */
typedef struct mr_call mr_call;

/*
 * Memory for results and scratch space: zeroed, aligned for any type, freed
 * by the caller of the function after the reply.  NULL when the memory limit
 * is reached; then return MR_MEMORY.
 */
void *mr_alloc(mr_call *call, size_t size);

/*
 * Refuse the input in the function's own words: returns MR_DOMAIN, for
 * `return mr_refuse(call, "row %d is all zeros", row);`.  The client gets a
 * 422 with this sentence as its detail.
 */
enum mr_err mr_refuse(mr_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Whether the caller has gone, so that the function may return MR_CANCELLED
 * at once.  Costs nanoseconds: ask in every turn of a long loop.  A function
 * that does not ask is ended by force half a second later, unless its
 * endpoint is .impure, whose calls always run to their end.  The news come by
 * a signal: a function that sleeps wakes up early (EINTR).
 */
bool mr_cancelled(const mr_call *call);

/*
 * How far the call has come: done of total, in a unit of its own, and what it
 * is at; phase is a text that stays, such as a literal.  Whoever looks at its
 * job sees the last one.  Costs nanoseconds; nothing where it runs as no job.
 */
void mr_progress(mr_call *call, double done, double total, const char *phase);

/*
 * A figure so far, such as a standard error, shown beside the progress; name
 * is a text that stays.  A call may have MR_FIGURES of them.
 */
#define MR_FIGURES 4
void mr_figure(mr_call *call, const char *name, double value);

/*
 * Keeps bytes for the next attempt, should this one not come to its end; they
 * take the place of those kept before.  They are on disk when it returns, which
 * takes milliseconds.  Where the call runs as no job, nothing is kept.
 * MR_OK; or what the function should return: MR_CONFLICT (another attempt has
 * taken over), MR_STORAGE, MR_STORAGE_FULL.
 */
enum mr_err mr_checkpoint(mr_call *call, const void *data, size_t size);

/* What the last attempt kept; length 0: nothing. */
struct mr_string mr_restored(const mr_call *call);

/*
 * The id of the job that this call is; the same in each attempt.  NULL where
 * it runs as none.
 */
const char *mr_job_id(const mr_call *call);

/*
 * Has the answer, which the function is about to finish, delivered so many
 * seconds after the request arrived.  The worker serves others meanwhile.  The
 * endpoint must be declared .parks, and the answer not be longer than
 * MR_PARKED bytes.  Only a reply to HTTP is held back, and only where there is
 * a pool live, whose process may die, too: the request is then run again, unless
 * its endpoint is .impure.
 */
#define MR_PARKED 2048
void mr_park(mr_call *call, double seconds);

/*
 * Runs another endpoint as a job of its own, once this call has succeeded; `in`
 * points to the input struct of that endpoint, and is copied.  The endpoint is a
 * POST that reads nothing from the query string.  The job is durable before the
 * answer leaves; when it cannot be stored, the caller gets that as a problem.
 * Where no jobs are taken, such as in `millrace call`, it runs before the answer
 * leaves, which tells of its failure.  A call may start MR_STARTS jobs.
 * MR_OK; MR_RESULT (it cannot be started, or its input be written, or these
 * would be too many), MR_MEMORY.
 */
#define MR_STARTS 1000
struct mr_endpoint;
enum mr_err mr_start(mr_call *call, const struct mr_endpoint *endpoint,
                     const void *in);

/* Where functions may keep files: the server's state directory. */
const char *mr_state_directory(const mr_call *call);

/*
 * The types of members that are not plain C types.  The data of an input is
 * never NULL; that of a result may be where its length is 0.  An enumeration is
 * a C enum, whose values are 0, 1, 2, ... in the order of its MR_CHOICES; an
 * object is a struct; an array of objects is MR_ARRAY(struct point).
 */
struct mr_string {
	const char *data; /* UTF-8; a NUL byte follows the last one */
	size_t length;    /* bytes */
};
struct mr_bytes {
	const unsigned char *data;
	size_t length; /* bytes */
};
struct mr_int64s {
	const int64_t *data;
	size_t length; /* elements */
};
struct mr_doubles {
	const double *data;
	size_t length; /* elements */
};
struct mr_matrix {
	const double *data; /* rows * columns elements, row after row */
	size_t rows, columns;
};
#define MR_ARRAY(type)                                                         \
	struct {                                                               \
		const type *data;                                              \
		size_t length; /* elements */                                  \
	}

enum mr_kind {
	MR_KIND_INT64,
	MR_KIND_DOUBLE,
	MR_KIND_BOOL,
	MR_KIND_STRING,
	MR_KIND_CHOICE,  /* an enumeration */
	MR_KIND_BYTES,   /* base64 in JSON and in a query string */
	MR_KIND_INT64S,
	MR_KIND_DOUBLES,
	MR_KIND_MATRIX,  /* in JSON an array of rows */
	MR_KIND_OBJECT,
	MR_KIND_OBJECTS, /* an array of objects */
	MR_KIND_COUNT
};

/* Which of the macros below made the bounds; each kind of input has one. */
enum mr_bounds_kind {
	MR_BOUNDS_NONE,
	MR_BOUNDS_EITHER,
	MR_BOUNDS_RANGE,
	MR_BOUNDS_LENGTH,
	MR_BOUNDS_ITEMS,
	MR_BOUNDS_MATRIX,
	MR_BOUNDS_CHOICES
};

/*
 * What an input may be.  A long double holds every int64 and every double
 * exactly, so one pair of bounds serves both.
 */
struct mr_bounds {
	enum mr_bounds_kind kind;
	long double min, max;            /* of the number, or each element */
	size_t min_length, max_length;   /* characters, bytes, elements, rows */
	size_t min_columns, max_columns; /* of a matrix */
	const char *const *choices;      /* names; ends with NULL */
};

struct mr_shape;

/* One member of an input or output struct.  Use the macros below. */
struct mr_field {
	const char *name;
	enum mr_kind kind;
	size_t offset;
	const char *text; /* meaning, one line */
	const char *unit; /* of its numbers, such as "m/s"; NULL: none */
	struct mr_bounds bounds;
	const struct mr_shape *shape; /* of an object, or of each of an array */
	bool required;                /* MR_PARAM: it must be given */
	const char *default_value;    /* as JSON; NULL: none */
	const char *example;          /* as JSON, for the documentation */
	size_t flag;    /* 1 + offset of a bool: whether it is given; 0: none */
	bool or_null;   /* it may be null, and then is not given */
	bool or_absent; /* it may be left out, and then is not given */
	bool in_query;  /* of a POST: read from the query string */
	bool null_if_not_finite; /* of a result: NaN, infinity become null */
};

/*
 * The bounds of an input; one of them is the fourth argument of MR_PARAM, so
 * an input without a bound does not compile.  MR_RANGE is for a number,
 * MR_LENGTH for a string (characters), bytes or an array of objects, MR_ITEMS
 * for an array of numbers, MR_CHOICES("call", "put") for an enumeration,
 * MR_EITHER for a boolean, and for a matrix
 * MR_MATRIX(MR_ROWS(1, 500), MR_COLUMNS(3, 3), lowest, highest).
 */
#define MR_RANGE(lowest, highest)                                              \
	{ .kind = MR_BOUNDS_RANGE, .min = (lowest), .max = (highest) }
#define MR_LENGTH(shortest, longest)                                           \
	{ .kind = MR_BOUNDS_LENGTH, .min_length = (shortest),                  \
	  .max_length = (longest) }
#define MR_ITEMS(fewest, most, lowest, highest)                                \
	{ .kind = MR_BOUNDS_ITEMS, .min_length = (fewest),                     \
	  .max_length = (most), .min = (lowest), .max = (highest) }
#define MR_ROWS(fewest, most) .min_length = (fewest), .max_length = (most)
#define MR_COLUMNS(fewest, most) .min_columns = (fewest), .max_columns = (most)
#define MR_MATRIX(rows, columns, lowest, highest)                              \
	{ .kind = MR_BOUNDS_MATRIX, rows, columns, .min = (lowest),            \
	  .max = (highest) }
#define MR_CHOICES(...)                                                        \
	{ .kind = MR_BOUNDS_CHOICES,                                           \
	  .choices = (const char *const[]){ __VA_ARGS__, NULL } }
#define MR_EITHER                                                              \
	{ .kind = MR_BOUNDS_EITHER }

/* The kind follows from the member's C type; another type does not compile. */
#define MR_KIND_OF(type, member)                                               \
	_Generic(((type *)0)->member,                                          \
	    int64_t: MR_KIND_INT64,                                            \
	    double: MR_KIND_DOUBLE,                                            \
	    bool: MR_KIND_BOOL,                                                \
	    unsigned int: MR_KIND_CHOICE,                                      \
	    struct mr_string: MR_KIND_STRING,                                  \
	    struct mr_bytes: MR_KIND_BYTES,                                    \
	    struct mr_int64s: MR_KIND_INT64S,                                  \
	    struct mr_doubles: MR_KIND_DOUBLES,                                \
	    struct mr_matrix: MR_KIND_MATRIX)

#define MR_ROW(type, member, kind_, meaning, ...)                              \
	{ .name = #member, .kind = kind_, .offset = offsetof(type, member),    \
	  .text = (meaning), __VA_ARGS__ }
#define MR_FIELD(type, member, ...)                                            \
	MR_ROW(type, member, MR_KIND_OF(type, member), __VA_ARGS__)

/*
 * An input that must be given:
 *	MR_PARAM(struct annuity_in, rate, "per period", MR_RANGE(0, 1)),
 * one with a default, which is written as JSON:
 *	MR_OPTIONAL(struct annuity_in, rate, "per period", MR_RANGE(0, 1),
 *	            "0.05"),
 * one that may be left out or be null, and a bool that says it was given:
 *	MR_MAYBE(struct annuity_in, rate, has_rate, "per period",
 *	         MR_RANGE(0, 1)),
 * and a result:
 *	MR_RESULT(struct annuity_out, value, "present value"),
 * Other attributes of struct mr_field may follow in each: MR_PARAM(...,
 * MR_RANGE(0, 1), .unit = "1/year", .example = "0.03").
 */
#define MR_PARAM(type, member, meaning, ...)                                   \
	MR_FIELD(type, member, meaning, .required = true,                      \
	         .bounds = __VA_ARGS__)
#define MR_OPTIONAL(type, member, meaning, limits, ...)                        \
	MR_FIELD(type, member, meaning, .bounds = limits,                      \
	         .default_value = __VA_ARGS__)
#define MR_MAYBE(type, member, flag, meaning, ...)                             \
	MR_FIELD(type, member, meaning, MR_OR_NOTHING(type, flag),             \
	         .bounds = __VA_ARGS__)
#define MR_RESULT(type, ...) MR_FIELD(type, __VA_ARGS__, )

/*
 * An object, which is a member of type struct point whose rows are point[]:
 *	MR_OBJECT(struct area_in, origin, "lower left corner", point),
 * and an array of them, MR_ARRAY(struct point) corners:
 *	MR_OBJECTS(struct area_in, corners, "in order", point,
 *	           MR_LENGTH(3, 1000)),
 * Both are inputs that must be given, unless attributes say otherwise.  Results
 * are MR_OBJECT too, and MR_RESULT_OBJECTS, which has no bounds.
 */
#define MR_OBJECT(type, member, meaning, ...)                                  \
	MR_OBJECT_(type, member, meaning, __VA_ARGS__, )
#define MR_OBJECT_(type, member, meaning, rows, ...)                           \
	MR_ROW(type, member,                                                   \
	       _Generic(((type *)0)->member, struct rows: MR_KIND_OBJECT),     \
	       meaning, .shape = &(const struct mr_shape)MR_SHAPE(rows),       \
	       __VA_ARGS__)
#define MR_OBJECTS(type, member, meaning, rows, ...)                           \
	MR_OBJECTS_(type, member, meaning, rows, .bounds = __VA_ARGS__)
#define MR_RESULT_OBJECTS(type, member, meaning, ...)                          \
	MR_OBJECTS_(type, member, meaning, __VA_ARGS__, )
#define MR_OBJECTS_(type, member, meaning, rows, ...)                          \
	MR_ROW(type, member,                                                   \
	       _Generic(((type *)0)->member.data,                              \
	           const struct rows *: MR_KIND_OBJECTS),                      \
	       meaning, .shape = &(const struct mr_shape)MR_SHAPE(rows),       \
	       __VA_ARGS__)

/*
 * Attributes of what need not be there; member is a bool of the same struct
 * that says whether it is.  MR_OR_NULL: it may be null.  MR_OR_ABSENT: it may
 * be left out; such an input is a plain MR_FIELD(struct annuity_in, rate,
 * "per period", .bounds = MR_RANGE(0, 1), MR_OR_ABSENT(...)).
 * MR_OR_NOTHING: either; such a result is written as null.
 */
#define MR_FLAG(type, member)                                                  \
	.flag = offsetof(type, member) + _Generic(((type *)0)->member, bool: 1)
#define MR_OR_NULL(type, member) .or_null = true, MR_FLAG(type, member)
#define MR_OR_ABSENT(type, member) .or_absent = true, MR_FLAG(type, member)
#define MR_OR_NOTHING(type, member)                                            \
	.or_null = true, .or_absent = true, MR_FLAG(type, member)

/* For an endpoint NAME without input: MR_NOTHING(NAME_in); or output. */
#define MR_NOTHING(shape)                                                      \
	struct shape {                                                         \
		char unused;                                                   \
	};                                                                     \
	static const struct mr_field shape[] = { { .name = NULL } }

enum mr_method { MR_GET, MR_POST, MR_METHOD_COUNT };

/* The rows of one struct; a row without a name ends them early. */
struct mr_shape {
	const struct mr_field *fields;
	size_t count;
	size_t size; /* bytes of the struct */
};

/* out is zeroed; what it points to is alive until the reply is sent. */
typedef enum mr_err mr_function(mr_call *call, const void *in, void *out);

struct mr_endpoint {
	const char *name;
	mr_function *function;
	struct mr_shape in, out;
	enum mr_method method;
	const char *path;
	const char *summary;     /* a line */
	const char *file;        /* where it is declared */
	const char *description; /* in Markdown; NULL: none */
	const char *tag;         /* heading in the documentation; NULL: pool */
	const char *pool;        /* NULL: "fast" */
	size_t body_limit;       /* bytes; 0: MR_BODY_LIMIT */
	bool impure; /* acts on the world: never run a request again */
	bool long_running; /* always runs as a job */
	bool internal;     /* only mr_start runs it: not part of the site */
	bool parks;        /* it may call mr_park */
};

#define MR_BODY_LIMIT ((size_t)1 << 20)

/*
 * MR_ENDPOINT(annuity, MR_POST, "/annuity", "Present value of an annuity")
 * binds the function annuity, the structs annuity_in and annuity_out and the
 * rows of the same names.  Attributes of struct mr_endpoint may follow.
 */
#define MR_ENDPOINT(name_, ...)                                                \
	static enum mr_err name_##_call(mr_call *call, const void *in,         \
	                                void *out)                             \
	{                                                                      \
		return name_(call, (const struct name_##_in *)in,              \
		             (struct name_##_out *)out);                       \
	}                                                                      \
	__attribute__((visibility("hidden"))) extern const struct mr_endpoint  \
	    mr_endpoint_##name_;                                               \
	const struct mr_endpoint mr_endpoint_##name_ = {                       \
		.name = #name_,                                                \
		.file = __FILE__,                                              \
		.function = name_##_call,                                      \
		.in = MR_SHAPE(name_##_in),                                    \
		.out = MR_SHAPE(name_##_out),                                  \
		__VA_ARGS__                                                    \
	}
#define MR_SHAPE(shape)                                                        \
	{ shape, sizeof(shape) / sizeof(shape[0]), sizeof(struct shape) }

/*
 * A loadable module exports its endpoints through one symbol:
 * MR_MODULE(&mr_endpoint_annuity, &mr_endpoint_bond);
 */
#define MR_ABI 4

struct mr_module {
	uint32_t abi;           /* MR_ABI */
	uint32_t endpoint_size; /* sizeof(struct mr_endpoint) */
	uint32_t field_size;    /* sizeof(struct mr_field) */
	const struct mr_endpoint *const *endpoints; /* ends with NULL */
};

#define MR_MODULE(...)                                                         \
	static const struct mr_endpoint *const mr_module_endpoints[] = {       \
		__VA_ARGS__, NULL                                              \
	};                                                                     \
	extern const struct mr_module mr_module;                               \
	const struct mr_module mr_module = {                                   \
		.abi = MR_ABI,                                                 \
		.endpoint_size = sizeof(struct mr_endpoint),                   \
		.field_size = sizeof(struct mr_field),                         \
		.endpoints = mr_module_endpoints                               \
	}

#endif
