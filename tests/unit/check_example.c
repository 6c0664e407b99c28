/*
 * check_example.c: examples within their bounds.
 */
#include "schema/example.h"

#include "unit.h"

#include <math.h>

struct inner {
	int64_t a;
	bool b;
};
static const struct mr_field inner[] = {
	MR_PARAM(struct inner, a, "a", MR_RANGE(5, 6)),
	MR_OPTIONAL(struct inner, b, "b", MR_EITHER, "false"),
};
static const struct mr_field large[] = {
	{ .name = "a", .kind = MR_KIND_BYTES, .bounds = MR_LENGTH(200, 300) },
};
static const struct mr_shape large_shape = { large, 1, 1 };
static const struct mr_shape shape = { inner, N(inner), sizeof(struct inner) };

static const struct {
	struct mr_field field;
	const char *example;
} rows[] = {
	{ { .kind = MR_KIND_INT64, .bounds = MR_RANGE(-5, 5) }, "1" },
	{ { .kind = MR_KIND_INT64, .bounds = MR_RANGE(7, 9) }, "7" },
	{ { .kind = MR_KIND_INT64, .bounds = MR_RANGE(INT64_MIN, INT64_MIN) },
	  "-9223372036854775808" },
	{ { .kind = MR_KIND_DOUBLE, .bounds = MR_RANGE(0.25, 0.5) }, "0.5" },
	{ { .kind = MR_KIND_DOUBLE,
	    .bounds = MR_RANGE(-HUGE_VAL, HUGE_VAL) },
	  "1" },
	{ { .kind = MR_KIND_DOUBLE,
	    .bounds = MR_RANGE(0, 1),
	    .default_value = "0.5" },
	  "0.5" },
	{ { .kind = MR_KIND_DOUBLE,
	    .bounds = MR_RANGE(0, 1),
	    .default_value = "0.5",
	    .example = "0.75" },
	  "0.75" },
	{ { .kind = MR_KIND_BOOL, .bounds = MR_EITHER }, "true" },
	{ { .kind = MR_KIND_STRING, .bounds = MR_LENGTH(0, 100) },
	  "\"text\"" },
	{ { .kind = MR_KIND_STRING, .bounds = MR_LENGTH(6, 7) },
	  "\"textte\"" },
	{ { .kind = MR_KIND_STRING, .bounds = MR_LENGTH(0, 1) }, "\"t\"" },
	{ { .kind = MR_KIND_CHOICE, .bounds = MR_CHOICES("x", "y") },
	  "\"x\"" },
	{ { .kind = MR_KIND_CHOICE, .bounds = MR_CHOICES("a \"b\"\\") },
	  "\"a \\\"b\\\"\\\\\"" },
	{ { .kind = MR_KIND_BYTES, .bounds = MR_LENGTH(0, 9) }, "\"AAAA\"" },
	{ { .kind = MR_KIND_BYTES, .bounds = MR_LENGTH(0, 2) }, "\"AAA=\"" },
	{ { .kind = MR_KIND_BYTES, .bounds = MR_LENGTH(4, 9) },
	  "\"AAAAAA==\"" },
	{ { .kind = MR_KIND_INT64S, .bounds = MR_ITEMS(0, 9, 2, 9) },
	  "[2,2,3]" },
	{ { .kind = MR_KIND_DOUBLES, .bounds = MR_ITEMS(1, 2, 0, 9) },
	  "[1,2]" },
	{ { .kind = MR_KIND_DOUBLES, .bounds = MR_ITEMS(4, 9, 0, 3.5) },
	  "[1,2,3,3.5]" },
	{ { .kind = MR_KIND_MATRIX,
	    .bounds = MR_MATRIX(MR_ROWS(2, 2), MR_COLUMNS(1, 2), 0, 9) },
	  "[[1,2],[3,4]]" },
	{ { .kind = MR_KIND_OBJECT, .shape = &shape },
	  "{\"a\":5,\"b\":false}" },
	{ { .kind = MR_KIND_OBJECTS, .shape = &shape }, "[{\"a\":5,\"b\":false}]" },
	/* What would be too long to show anything. */
	{ { .kind = MR_KIND_STRING, .bounds = MR_LENGTH(101, 200) }, NULL },
	{ { .kind = MR_KIND_INT64S, .bounds = MR_ITEMS(101, 200, 0, 9) }, NULL },
	{ { .kind = MR_KIND_MATRIX,
	    .bounds = MR_MATRIX(MR_ROWS(11, 99), MR_COLUMNS(10, 10), 0, 9) },
	  NULL },
	{ { .kind = MR_KIND_OBJECT, .shape = &large_shape }, NULL },
	{ { .kind = MR_KIND_OBJECTS, .shape = &large_shape }, NULL },
	{ { .kind = MR_KIND_INT64S,
	    .bounds = MR_ITEMS(101, 200, 0, 9),
	    .example = "[1]" },
	  "[1]" },
	{ { .kind = MR_KIND_OBJECTS,
	    .shape = &shape,
	    .bounds = MR_LENGTH(2, 3) },
	  "[{\"a\":5,\"b\":false},{\"a\":5,\"b\":false}]" },
};

START_TEST(test_an_example_is_within_the_bounds)
{
	ck_assert_pstr_eq(mr_example(&rows[_i].field, arena), rows[_i].example);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_an_example_is_within_the_bounds, 0,
	                    N(rows));
}

UNIT_MAIN("example", add_tests)
