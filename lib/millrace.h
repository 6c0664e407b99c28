/*
 * millrace.h: all that the author of an endpoint includes.
 *
 * An endpoint is a C function from one struct to another, the rows that
 * describe the members of both structs, and one MR_ENDPOINT line.  Decoding,
 * validation, encoding, routing and documentation are derived from these.
 */
#ifndef MILLRACE_H
#define MILLRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every way in which a call can end: symbol, HTTP status, title.
 * The problem type that a client sees is "urn:millrace:problem:" and the
 * symbol in lower case with '-' for '_'.
 */
#define MR_ERRORS(X)                                                           \
	X(OK, 200, "OK")                                                       \
	X(SYNTAX, 400, "Malformed request")                                    \
	X(FORBIDDEN, 403, "Forbidden")                                         \
	X(NOT_FOUND, 404, "No such endpoint")                                  \
	X(METHOD, 405, "Method not allowed")                                   \
	X(NOT_ACCEPTABLE, 406, "No acceptable representation")                 \
	X(SLOW_CLIENT, 408, "Request took too long to arrive")                 \
	X(LENGTH_REQUIRED, 411, "Length required")                             \
	X(BODY_TOO_LARGE, 413, "Body too large")                               \
	X(URI_TOO_LONG, 414, "Request target too long")                        \
	X(MEDIA_TYPE, 415, "Unsupported media type")                           \
	X(UNSATISFIABLE, 416, "Range not satisfiable")                         \
	X(MISDIRECTED, 421, "Misdirected request")                             \
	X(INVALID, 422, "Input does not match the declaration")                \
	X(DOMAIN, 422, "Input outside the domain of the function")             \
	X(TOO_MANY, 429, "Too many requests")                                  \
	X(HEADERS_TOO_LARGE, 431, "Request header too large")                  \
	X(CRASH, 500, "The function crashed")                                  \
	X(RESULT, 500, "The function returned an invalid result")              \
	X(INTERNAL, 500, "Internal error")                                     \
	X(UNSUPPORTED, 501, "Not implemented")                                 \
	X(GATEWAY, 502, "The worker ended without an answer")                  \
	X(BUSY, 503, "Busy")                                                   \
	X(DEADLINE, 504, "Deadline passed")                                    \
	X(HTTP_VERSION, 505, "HTTP version not supported")                     \
	X(MEMORY, 507, "Memory limit reached")

enum mr_err {
#define MR_ERROR_SYMBOL(symbol, status, title) MR_##symbol,
	MR_ERRORS(MR_ERROR_SYMBOL)
#undef MR_ERROR_SYMBOL
	MR_ERR_COUNT
};

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

/* The types of members that are not plain C types.  Data is never NULL. */
struct mr_string {
	const char *data; /* UTF-8; a NUL byte follows the last one */
	size_t length;    /* bytes */
};
struct mr_int64s {
	const int64_t *data;
	size_t length; /* elements */
};
struct mr_doubles {
	const double *data;
	size_t length; /* elements */
};

enum mr_kind {
	MR_KIND_INT64,
	MR_KIND_DOUBLE,
	MR_KIND_BOOL,
	MR_KIND_STRING,
	MR_KIND_INT64S,
	MR_KIND_DOUBLES,
	MR_KIND_COUNT
};

/* Which of the macros below made the bounds; each kind of input has one. */
enum mr_bounds_kind {
	MR_BOUNDS_NONE,
	MR_BOUNDS_EITHER,
	MR_BOUNDS_RANGE,
	MR_BOUNDS_LENGTH,
	MR_BOUNDS_ITEMS
};

/*
 * What an input may be.  A long double holds every int64 and every double
 * exactly, so one pair of bounds serves both.
 */
struct mr_bounds {
	enum mr_bounds_kind kind;
	long double min, max;          /* of the number, or of each element */
	size_t min_length, max_length; /* characters of a string, or elements */
};

/* One member of an input or output struct.  Use the macros below. */
struct mr_field {
	const char *name;
	enum mr_kind kind;
	size_t offset;
	const char *text; /* meaning and unit, one line */
	struct mr_bounds bounds;
	const char *default_value; /* as JSON; NULL: the input is required */
	bool in_query;             /* of a POST: read from the query string */
	bool null_if_not_finite;   /* of a result: NaN, infinity become null */
};

/*
 * The bounds of an input; one of them is the fourth argument of MR_PARAM, so
 * an input without a bound does not compile: MR_RANGE for a number, MR_LENGTH
 * for a string, MR_ITEMS for an array, MR_EITHER for a boolean.
 */
#define MR_RANGE(lowest, highest)                                              \
	{ .kind = MR_BOUNDS_RANGE, .min = (lowest), .max = (highest) }
#define MR_LENGTH(shortest, longest)                                           \
	{ .kind = MR_BOUNDS_LENGTH, .min_length = (shortest),                  \
	  .max_length = (longest) }
#define MR_ITEMS(fewest, most, lowest, highest)                                \
	{ .kind = MR_BOUNDS_ITEMS, .min_length = (fewest),                     \
	  .max_length = (most), .min = (lowest), .max = (highest) }
#define MR_EITHER                                                              \
	{ .kind = MR_BOUNDS_EITHER }

/* The kind follows from the member's C type; another type does not compile. */
#define MR_KIND_OF(type, member)                                               \
	_Generic(((type *)0)->member,                                          \
	    int64_t: MR_KIND_INT64,                                            \
	    double: MR_KIND_DOUBLE,                                            \
	    bool: MR_KIND_BOOL,                                                \
	    struct mr_string: MR_KIND_STRING,                                  \
	    struct mr_int64s: MR_KIND_INT64S,                                  \
	    struct mr_doubles: MR_KIND_DOUBLES)

#define MR_FIELD(type, member, meaning, ...)                                   \
	{ .name = #member, .kind = MR_KIND_OF(type, member),                   \
	  .offset = offsetof(type, member), .text = (meaning), __VA_ARGS__ }

/*
 * An input: MR_PARAM(struct annuity_in, rate, "per period", MR_RANGE(0, 1)),
 * or with a default: MR_OPTIONAL(struct annuity_in, rate, "per period",
 * MR_RANGE(0, 1), "0.05").  A result: MR_RESULT(struct annuity_out, value,
 * "present value").  The default is written as JSON.  Other attributes of
 * struct mr_field may follow: MR_PARAM(..., MR_EITHER, .in_query = true).
 */
#define MR_PARAM(type, member, meaning, ...)                                   \
	MR_FIELD(type, member, meaning, .bounds = __VA_ARGS__)
#define MR_OPTIONAL(type, member, meaning, limits, ...)                        \
	MR_FIELD(type, member, meaning, .bounds = limits,                      \
	         .default_value = __VA_ARGS__)
#define MR_RESULT(type, ...) MR_FIELD(type, __VA_ARGS__, )

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

typedef enum mr_err mr_function(mr_call *call, const void *in, void *out);

struct mr_endpoint {
	const char *name;
	mr_function *function;
	struct mr_shape in, out;
	enum mr_method method;
	const char *path;
	const char *summary;
	const char *pool;  /* NULL: "fast" */
	size_t body_limit; /* bytes; 0: MR_BODY_LIMIT */
	bool impure;       /* acts on the world: never run a request again */
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
	extern const struct mr_endpoint mr_endpoint_##name_;                   \
	const struct mr_endpoint mr_endpoint_##name_ = {                       \
		.name = #name_,                                                \
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
#define MR_ABI 1

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

#ifdef __cplusplus
}
#endif

#endif
