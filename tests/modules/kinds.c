/*
 * kinds.c: endpoints that give back their input, of every kind; for tests.
 */
#include "millrace.h"

#include <math.h>
#include <string.h>

/* The function of an endpoint whose output struct is like its input's. */
#define ECHO(name)                                                             \
	_Static_assert(sizeof(struct name##_in) == sizeof(struct name##_out),  \
	               "one is like the other");                               \
	static enum mr_err name(mr_call *call, const struct name##_in *in,     \
	                        struct name##_out *out)                        \
	{                                                                      \
		(void)call;                                                    \
		memcpy(out, in, sizeof(*out));                                 \
		return MR_OK;                                                  \
	}

enum colour { RED, GREEN, BLUE };
#define COLOURS MR_CHOICES("red", "green", "blue")

/* Objects that are declared once for both directions. */

struct point {
	double x, y;
};
static const struct mr_field point[] = {
	MR_PARAM(struct point, x, "to the right", MR_RANGE(-1000, 1000),
	         .unit = "m"),
	MR_OPTIONAL(struct point, y, "upwards", MR_RANGE(-1000, 1000), "0",
	            .unit = "m"),
};

struct path {
	struct mr_string name;
	MR_ARRAY(struct point) points;
	struct mr_int64s marks;
};
static const struct mr_field path[] = {
	MR_PARAM(struct path, name, "what it is called", MR_LENGTH(1, 20)),
	MR_OBJECTS(struct path, points, "in order", point,
	           MR_LENGTH(0, 100)),
	MR_OPTIONAL(struct path, marks, "indices of points",
	            MR_ITEMS(0, 10, 0, 99), "[]"),
};

/* Every kind, and each must be given. */

#define KINDS                                                                  \
	{                                                                      \
		int64_t integer;                                               \
		double number;                                                 \
		bool flag;                                                     \
		struct mr_string text;                                         \
		enum colour colour;                                            \
		struct mr_bytes bytes;                                         \
		struct mr_int64s integers;                                     \
		struct mr_doubles numbers;                                     \
		struct mr_matrix matrix;                                       \
		struct point origin;                                           \
		MR_ARRAY(struct path) paths;                                   \
	}
#define KINDS_ROWS(type)                                                       \
	{                                                                      \
		MR_PARAM(type, integer, "an integer",                          \
		         MR_RANGE(INT64_MIN, INT64_MAX)),                      \
		MR_PARAM(type, number, "a number",                             \
		         MR_RANGE(-INFINITY, INFINITY), .unit = "kg"),         \
		MR_PARAM(type, flag, "a boolean", MR_EITHER),                  \
		MR_PARAM(type, text, "a string", MR_LENGTH(0, 10)),            \
		MR_PARAM(type, colour, "a colour", COLOURS),                   \
		MR_PARAM(type, bytes, "some bytes", MR_LENGTH(2, 6)),          \
		MR_PARAM(type, integers, "some integers",                      \
		         MR_ITEMS(1, 5, -100, 100)),                           \
		MR_PARAM(type, numbers, "some numbers",                        \
		         MR_ITEMS(0, 5, 0.5, 1e300)),                          \
		MR_PARAM(type, matrix, "a matrix",                             \
		         MR_MATRIX(MR_ROWS(1, 3), MR_COLUMNS(2, 4), -10, 10)), \
		MR_OBJECT(type, origin, "a point", point),                     \
		MR_OBJECTS(type, paths, "some paths", path,                    \
		           MR_LENGTH(0, 3)),                         \
	}
struct kinds_in KINDS;
struct kinds_out KINDS;
static const struct mr_field kinds_in[] = KINDS_ROWS(struct kinds_in);
static const struct mr_field kinds_out[] = KINDS_ROWS(struct kinds_out);
ECHO(kinds)
MR_ENDPOINT(kinds, MR_POST, "/kinds", "Every kind of value, back again",
            .tag = "kinds");

/* Everything has a default. */

struct defaults_in KINDS;
struct defaults_out KINDS;
#define DEFAULTS_ROWS(type)                                                    \
	{                                                                      \
		MR_OPTIONAL(type, integer, "an integer", MR_RANGE(-5, 5),      \
		            "-5", .example = "4"),                             \
		MR_OPTIONAL(type, number, "a number", MR_RANGE(0, 1), "0.25"), \
		MR_OPTIONAL(type, flag, "a boolean", MR_EITHER, "true"),       \
		MR_OPTIONAL(type, text, "a string", MR_LENGTH(0, 10),          \
		            "\"\\u00fc\""),                                    \
		MR_OPTIONAL(type, colour, "a colour", COLOURS, "\"blue\""),    \
		MR_OPTIONAL(type, bytes, "some bytes", MR_LENGTH(0, 6),        \
		            "\"AAEC\""),                                       \
		MR_OPTIONAL(type, integers, "some integers",                   \
		            MR_ITEMS(0, 5, -100, 100), "[1, 2]"),              \
		MR_OPTIONAL(type, numbers, "some numbers",                     \
		            MR_ITEMS(0, 5, 0, 10), "[0.5]"),                   \
		MR_OPTIONAL(type, matrix, "a matrix",                          \
		            MR_MATRIX(MR_ROWS(0, 3), MR_COLUMNS(0, 4), -1, 1), \
		            "[[1, 0], [0, 1]]"),                               \
		MR_OBJECT(type, origin, "a point", point,                      \
		          .default_value = "{\"x\": 1}"),                      \
		MR_OBJECTS(type, paths, "some paths", path,                    \
		           MR_LENGTH(0, 3), .default_value = "[]"),  \
	}
static const struct mr_field defaults_in[] = DEFAULTS_ROWS(struct defaults_in);
static const struct mr_field defaults_out[] =
    DEFAULTS_ROWS(struct defaults_out);
ECHO(defaults)
MR_ENDPOINT(defaults, MR_POST, "/kinds/defaults", "A default for every kind",
            .tag = "kinds");

/* What need not be there. */

#define MAYBE                                                                  \
	{                                                                      \
		double maybe, or_null, or_absent;                              \
		struct point point;                                            \
		struct mr_string text;                                         \
		bool has_maybe, has_or_null, has_or_absent, has_point,         \
		    has_text;                                                  \
	}
#define MAYBE_ROWS(type)                                                       \
	{                                                                      \
		MR_MAYBE(type, maybe, has_maybe, "may be null or left out",    \
		         MR_RANGE(0, 1)),                                      \
		MR_PARAM(type, or_null, "may be null", MR_RANGE(0, 1),         \
		         MR_OR_NULL(type, has_or_null)),                       \
		MR_FIELD(type, or_absent, "may be left out",                   \
		         .bounds = MR_RANGE(0, 1),                             \
		         MR_OR_ABSENT(type, has_or_absent)),                   \
		MR_OBJECT(type, point, "may be null or left out", point,       \
		          MR_OR_NOTHING(type, has_point)),                     \
		MR_OPTIONAL(type, text, "may be null", MR_LENGTH(0, 5),        \
		            "\"none\"", MR_OR_NULL(type, has_text)),           \
	}
struct maybe_in MAYBE;
struct maybe_out MAYBE;
static const struct mr_field maybe_in[] = MAYBE_ROWS(struct maybe_in);
static const struct mr_field maybe_out[] = MAYBE_ROWS(struct maybe_out);
ECHO(maybe)
MR_ENDPOINT(maybe, MR_POST, "/kinds/maybe", "What need not be given",
            .tag = "kinds");

/* All that a query string can hold. */

#define QUERY                                                                  \
	{                                                                      \
		int64_t integer;                                               \
		double number, maybe;                                          \
		bool flag, has_maybe;                                          \
		struct mr_string text;                                         \
		enum colour colour;                                            \
		struct mr_bytes bytes;                                         \
		struct mr_int64s integers;                                     \
		struct mr_doubles numbers;                                     \
	}
#define QUERY_ROWS(type)                                                       \
	{                                                                      \
		MR_PARAM(type, integer, "an integer", MR_RANGE(-5, 5)),        \
		MR_OPTIONAL(type, number, "a number", MR_RANGE(0, 1), "0.25"), \
		MR_MAYBE(type, maybe, has_maybe, "a number", MR_RANGE(0, 1)),  \
		MR_OPTIONAL(type, flag, "a boolean", MR_EITHER, "false"),      \
		MR_OPTIONAL(type, text, "a string", MR_LENGTH(0, 10), "\"\""), \
		MR_OPTIONAL(type, colour, "a colour", COLOURS, "\"green\""),   \
		MR_OPTIONAL(type, bytes, "some bytes", MR_LENGTH(0, 6),        \
		            "\"\""),                                           \
		MR_OPTIONAL(type, integers, "some integers",                   \
		            MR_ITEMS(0, 5, -100, 100), "[]"),                  \
		MR_OPTIONAL(type, numbers, "some numbers",                     \
		            MR_ITEMS(0, 5, 0, 10), "[]"),                      \
	}
struct query_in QUERY;
struct query_out QUERY;
static const struct mr_field query_in[] = QUERY_ROWS(struct query_in);
static const struct mr_field query_out[] = QUERY_ROWS(struct query_out);
ECHO(query)
MR_ENDPOINT(query, MR_GET, "/kinds/query", "What a query string can hold",
            .tag = "kinds");

/* One array, which may come and go in binary, and a number beside it. */

#define ARRAY(name, member_type)                                               \
	struct name##_in {                                                     \
		member_type values;                                            \
		double scale;                                                  \
	};                                                                     \
	struct name##_out {                                                    \
		member_type values;                                            \
		double scale;                                                  \
	};                                                                     \
	ECHO(name)                                                             \
	static const struct mr_field name##_in[] = {                           \
		MR_PARAM(struct name##_in, values, "the data", LIMITS_##name), \
		MR_OPTIONAL(struct name##_in, scale, "goes beside it",         \
		            MR_RANGE(0, 10), "1"),                             \
	};                                                                     \
	static const struct mr_field name##_out[] = {                          \
		MR_RESULT(struct name##_out, values, "the data"),              \
		MR_RESULT(struct name##_out, scale, "what came beside it"),    \
	};                                                                     \
	MR_ENDPOINT(name, MR_POST, "/kinds/" #name, "Data, back again",        \
	            .tag = "kinds", .body_limit = 64 << 20)

#define LIMITS_int64s MR_ITEMS(0, 4000000, INT64_MIN, INT64_MAX)
#define LIMITS_doubles MR_ITEMS(0, 4000000, -INFINITY, INFINITY)
#define LIMITS_matrix                                                          \
	MR_MATRIX(MR_ROWS(1, 2000), MR_COLUMNS(1, 2000), -1e9, 1e9)
#define LIMITS_bytes MR_LENGTH(0, 1000000)
ARRAY(int64s, struct mr_int64s);
ARRAY(doubles, struct mr_doubles);
ARRAY(matrix, struct mr_matrix);
ARRAY(bytes, struct mr_bytes);

/* Results that cannot be written, unless as null. */

struct results_in {
	double value;
	enum colour colour;
	bool as_null;
};
struct results_out {
	double value;
	struct mr_doubles values;
	enum colour colour;
};

static enum mr_err
results(mr_call *call, const struct results_in *in, struct results_out *out)
{
	double *values = mr_alloc(call, 2 * sizeof(*values));

	if (values == NULL)
		return MR_MEMORY;
	values[1] = in->as_null ? INFINITY : in->value;
	out->value = in->as_null ? NAN : in->value;
	out->values = (struct mr_doubles){ values, 2 };
	out->colour = in->colour == BLUE ? 7 : in->colour;
	return MR_OK;
}

static const struct mr_field results_in[] = {
	MR_PARAM(struct results_in, value, "comes back", MR_RANGE(-1, 1)),
	MR_OPTIONAL(struct results_in, colour, "blue has no name",
	            MR_CHOICES("red", "green", "blue"), "\"red\""),
	MR_OPTIONAL(struct results_in, as_null, "not a number in its place",
	            MR_EITHER, "false"),
};
static const struct mr_field results_out[] = {
	MR_RESULT(struct results_out, value, "the value, if it is one",
	          .null_if_not_finite = true),
	MR_RESULT(struct results_out, values, "zero, and the value",
	          .null_if_not_finite = true),
	MR_RESULT(struct results_out, colour, "the colour", .bounds = COLOURS),
};
MR_ENDPOINT(results, MR_GET, "/kinds/results", "Results that have no name",
            .tag = "kinds");

MR_MODULE(&mr_endpoint_kinds, &mr_endpoint_defaults, &mr_endpoint_maybe,
          &mr_endpoint_query, &mr_endpoint_int64s, &mr_endpoint_doubles,
          &mr_endpoint_matrix, &mr_endpoint_bytes, &mr_endpoint_results);
