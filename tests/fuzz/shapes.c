/*
 * shapes.c: the structs and their rows.
 *
 * The order is the one of the letters by which inputs name them: 'a' is
 * scalars.  New ones go to the end, so that corpora keep their meaning.
 */
#include "shapes.h"

#include "schema/format.h"
#include "schema/shape.h"

#include <float.h>

#define ANY_INT64 MR_RANGE(INT64_MIN, INT64_MAX)
#define ANY_DOUBLE MR_RANGE(-DBL_MAX, DBL_MAX)
#define INT64S(most) MR_ITEMS(0, most, INT64_MIN, INT64_MAX)
#define DOUBLES(most) MR_ITEMS(0, most, -DBL_MAX, DBL_MAX)
#define MATRIX(rows, columns)                                                  \
	MR_MATRIX(MR_ROWS(0, rows), MR_COLUMNS(0, columns), -DBL_MAX, DBL_MAX)
#define COLOURS MR_CHOICES("red", "green", "bl\"\xC3\xBC\"")

enum colour { RED, GREEN, BLUE };

struct scalars {
	int64_t i;
	double d;
	bool b;
	struct mr_string s;
};
static const struct mr_field scalars[] = {
	MR_PARAM(struct scalars, i, "any integer", ANY_INT64),
	MR_PARAM(struct scalars, d, "any number", ANY_DOUBLE),
	MR_PARAM(struct scalars, b, "a switch", MR_EITHER),
	MR_PARAM(struct scalars, s, "a text", MR_LENGTH(0, 1000)),
};

struct lists {
	struct mr_int64s i;
	struct mr_doubles d;
};
static const struct mr_field lists[] = {
	MR_PARAM(struct lists, i, "integers", INT64S(1000)),
	MR_PARAM(struct lists, d, "numbers", DOUBLES(1000)),
};

struct narrow {
	int64_t i;
	double d;
	struct mr_string s;
	struct mr_int64s is;
	struct mr_doubles ds;
};
static const struct mr_field narrow[] = {
	MR_PARAM(struct narrow, i, "a small integer", MR_RANGE(-5, 5)),
	MR_PARAM(struct narrow, d, "a fraction", MR_RANGE(0, 0.5)),
	MR_PARAM(struct narrow, s, "a short text", MR_LENGTH(1, 3)),
	MR_PARAM(struct narrow, is, "few digits", MR_ITEMS(1, 3, 0, 9)),
	MR_PARAM(struct narrow, ds, "few fractions", MR_ITEMS(2, 2, -1, 1)),
};

/* Names that are near to each other. */
struct optional {
	int64_t rate;
	double rates;
	bool ratio;
	struct mr_string ration;
	struct mr_int64s rations;
	struct mr_doubles rational;
};
static const struct mr_field optional[] = {
	MR_OPTIONAL(struct optional, rate, "any integer", ANY_INT64,
	            "-9223372036854775808"),
	MR_OPTIONAL(struct optional, rates, "any number", ANY_DOUBLE, "1e-320"),
	MR_OPTIONAL(struct optional, ratio, "a switch", MR_EITHER, "true"),
	MR_OPTIONAL(struct optional, ration, "a text", MR_LENGTH(0, 40),
	            "\"\\u0000\\ud834\\udd1e\""),
	MR_OPTIONAL(struct optional, rations, "integers", INT64S(40),
	            "[1, -0, 3]"),
	MR_OPTIONAL(struct optional, rational, "numbers", DOUBLES(40), "[]"),
};

MR_NOTHING(nothing);

struct tight {
	enum colour colour;
	struct mr_bytes bytes;
	struct mr_matrix matrix;
};
static const struct mr_field tight[] = {
	MR_PARAM(struct tight, colour, "one of three", COLOURS),
	MR_PARAM(struct tight, bytes, "a few bytes", MR_LENGTH(1, 4)),
	MR_PARAM(struct tight, matrix, "a small one",
	         MR_MATRIX(MR_ROWS(1, 3), MR_COLUMNS(2, 3), -1, 1)),
};

/* Every way not to be there, in every order of a flag and its member. */
struct maybe {
	bool has_i;
	int64_t i;
	double d;
	bool has_d, has_b, b, has_s, has_bytes;
	struct mr_string s;
	struct mr_bytes bytes;
	enum colour colour;
	bool has_colour, has_is, has_ds;
	struct mr_int64s is;
	struct mr_doubles ds;
};
static const struct mr_field maybe[] = {
	MR_MAYBE(struct maybe, i, has_i, "any integer", ANY_INT64),
	MR_PARAM(struct maybe, d, "any number", ANY_DOUBLE,
	         MR_OR_NULL(struct maybe, has_d)),
	MR_FIELD(struct maybe, b, "a switch", .bounds = MR_EITHER,
	         MR_OR_ABSENT(struct maybe, has_b)),
	MR_MAYBE(struct maybe, s, has_s, "a text", MR_LENGTH(1, 40)),
	MR_FIELD(struct maybe, bytes, "data", .bounds = MR_LENGTH(1, 40),
	         MR_OR_ABSENT(struct maybe, has_bytes)),
	MR_OPTIONAL(struct maybe, colour, "one of three", COLOURS, "null",
	            MR_OR_NULL(struct maybe, has_colour)),
	MR_OPTIONAL(struct maybe, is, "integers", INT64S(40), "[7]",
	            MR_OR_NULL(struct maybe, has_is)),
	MR_MAYBE(struct maybe, ds, has_ds, "numbers", DOUBLES(40)),
};

struct point {
	double x, y;
	bool has_y;
	enum colour colour;
};
static const struct mr_field point[] = {
	MR_PARAM(struct point, x, "to the right", ANY_DOUBLE),
	MR_MAYBE(struct point, y, has_y, "upwards", MR_RANGE(0, 1)),
	MR_OPTIONAL(struct point, colour, "one of three", COLOURS,
	            "\"green\""),
};

struct path {
	MR_ARRAY(struct point) points;
	struct mr_string name;
	bool has_name;
};
static const struct mr_field path[] = {
	MR_OBJECTS(struct path, points, "in order", point,
	           MR_LENGTH(1, 3), .required = true),
	MR_MAYBE(struct path, name, has_name, "of the path", MR_LENGTH(0, 9)),
};

/* Objects in objects, and arrays of them in each other. */
struct drawing {
	struct point origin;
	struct path outline;
	MR_ARRAY(struct path) paths;
	struct mr_matrix turn;
	bool has_outline, has_paths;
};
static const struct mr_field drawing[] = {
	MR_OBJECT(struct drawing, origin, "the middle", point),
	MR_OBJECT(struct drawing, outline, "around it", path,
	          MR_OR_NOTHING(struct drawing, has_outline)),
	MR_OBJECTS(struct drawing, paths, "from below", path,
	           MR_LENGTH(0, 40),
	           MR_OR_NULL(struct drawing, has_paths)),
	MR_PARAM(struct drawing, turn, "of both axes", MATRIX(2, 2)),
};

struct presets {
	enum colour colour;
	struct mr_bytes bytes;
	struct mr_matrix matrix;
	struct point point;
	MR_ARRAY(struct path) paths;
};
static const struct mr_field presets[] = {
	MR_OPTIONAL(struct presets, colour, "one of three", COLOURS,
	            "\"bl\\\"\\u00fc\\\"\""),
	MR_OPTIONAL(struct presets, bytes, "data", MR_LENGTH(0, 40),
	            "\"AAEC/w==\""),
	MR_OPTIONAL(struct presets, matrix, "numbers", MATRIX(4, 4),
	            "[[1, -0.0], [5e-324, 3]]"),
	MR_OBJECT(struct presets, point, "a place", point,
	          .default_value = "{\"x\": 1}"),
	MR_OBJECTS(struct presets, paths, "in order", path,
	           MR_LENGTH(0, 4),
	           .default_value = "[{\"points\": [{\"x\": 2, \"y\": 1}]}]"),
};

/* Only one row is data: what else than JSON can be all of a body. */
struct series {
	int64_t step;
	struct mr_int64s values;
	struct mr_string label;
	bool has_label;
};
static const struct mr_field series[] = {
	MR_OPTIONAL(struct series, step, "seconds", MR_RANGE(1, 60), "1"),
	MR_PARAM(struct series, values, "in order", INT64S(1000)),
	MR_MAYBE(struct series, label, has_label, "a text", MR_LENGTH(0, 9)),
};

struct digits {
	struct mr_int64s values;
};
static const struct mr_field digits[] = {
	MR_PARAM(struct digits, values, "in order", MR_ITEMS(1, 9, 0, 9)),
};

struct samples {
	struct mr_doubles values;
	bool has_values;
};
static const struct mr_field samples[] = {
	MR_MAYBE(struct samples, values, has_values, "in order",
	         DOUBLES(1000)),
};

struct image {
	struct mr_matrix pixels;
	enum colour colour;
};
static const struct mr_field image[] = {
	MR_PARAM(struct image, pixels, "row after row", MATRIX(100, 100)),
	MR_OPTIONAL(struct image, colour, "one of three", COLOURS, "\"red\""),
};

struct blob {
	struct mr_bytes data;
	bool b;
};
static const struct mr_field blob[] = {
	MR_PARAM(struct blob, data, "any bytes", MR_LENGTH(0, 1000)),
	MR_OPTIONAL(struct blob, b, "a switch", MR_EITHER, "false"),
};

/* Of two arrays, one is never in the body. */
struct picked {
	struct mr_int64s places;
	struct mr_doubles values;
};
static const struct mr_field picked[] = {
	MR_OPTIONAL(struct picked, places, "in values", INT64S(9), "[0]",
	            .in_query = true),
	MR_PARAM(struct picked, values, "fractions", MR_ITEMS(2, 99, -1, 1)),
};

const struct mr_shape fuzz_lists = MR_SHAPE(lists);
const struct mr_shape fuzz_shapes[] = {
	MR_SHAPE(scalars), MR_SHAPE(lists),   MR_SHAPE(narrow),
	MR_SHAPE(optional), MR_SHAPE(nothing), MR_SHAPE(tight),
	MR_SHAPE(maybe),   MR_SHAPE(drawing), MR_SHAPE(presets),
	MR_SHAPE(series),  MR_SHAPE(digits),  MR_SHAPE(samples),
	MR_SHAPE(image),   MR_SHAPE(blob),    MR_SHAPE(picked),
};
const size_t fuzz_shape_count = sizeof(fuzz_shapes) / sizeof(*fuzz_shapes);

bool
fuzz_fits_query(const struct mr_shape *shape)
{
	size_t count = mr_shape_count(shape);

	for (size_t i = 0; i < count; i++)
		if (!mr_format_in_query(shape->fields[i].kind))
			return false;
	return true;
}
