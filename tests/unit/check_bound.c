/*
 * check_bound.c: bounds as JSON.
 */
#include "schema/bound.h"

#include "unit.h"

#include <float.h>

static const struct {
	long double bound;
	const char *text;
} bounds[] = {
	{ 0, "0" },
	{ -0.0L, "0" },
	{ 1, "1" },
	{ -17, "-17" },
	{ INT64_MIN, "-9223372036854775808" },
	{ INT64_MAX, "9223372036854775807" },
	{ 9007199254740993, "9007199254740993" },
	{ 0x1p63L, "9223372036854775808" },
	{ 0.5L, "0.5" },
	{ (double)0.1, "0.1" },
	{ 1e22L, "1e+22" },
	{ -1e300, "-1e+300" },
	{ DBL_MAX, "1.7976931348623157e+308" },
	{ -DBL_TRUE_MIN, "-5e-324" },
};

START_TEST(test_bounds_are_exact)
{
	char text[MR_BOUND_TEXT];

	mr_bound_write(text, bounds[_i].bound);
	ck_assert_str_eq(text, bounds[_i].text);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_bounds_are_exact, 0, N(bounds));
}

UNIT_MAIN("bound", add_tests)
