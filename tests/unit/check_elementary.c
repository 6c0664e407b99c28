/*
 * check_elementary.c: exp and log against those of long doubles.
 */
#include "compute/elementary.h"

#include "unit.h"

#include <float.h>
#include <math.h>

#define MANY 200000

/* Units in the last place of expected. */
static double
distance(double got, long double expected)
{
	return (double)(fabsl(got - expected) /
	                (nextafter(fabs((double)expected), INFINITY) -
	                 fabs((double)expected)));
}

static double
between(uint64_t *state, double low, double high)
{
	return low + (double)(random_bits(state) >> 11) * 0x1p-53 * (high - low);
}

static const double reaches[] = { 1e-9, 0.3, 0.4, 1, 10, 100, 708 };

START_TEST(test_exp_is_right_to_the_last_place_or_two)
{
	uint64_t state = 1;

	for (int i = 0; i < MANY; i++) {
		double x = between(&state, -reaches[_i], reaches[_i]);

		if (distance(mr_exp(x), expl(x)) > 2)
			ck_abort_msg("exp %a is %a", x, mr_exp(x));
	}
}
END_TEST

START_TEST(test_log_is_right_to_the_last_place_or_two)
{
	uint64_t state = 2;

	for (int i = 0; i < MANY; i++) {
		double x = expl(between(&state, -reaches[_i], reaches[_i]));

		if (distance(mr_log(x), logl(x)) > 2.5)
			ck_abort_msg("log %a is %a", x, mr_log(x));
	}
}
END_TEST

START_TEST(test_exp_beyond_its_bounds_is_that_of_the_bound)
{
	ck_assert_double_eq(mr_exp(-1e300), mr_exp(-708));
	ck_assert_double_eq(mr_exp(1e300), mr_exp(708));
	ck_assert_double_eq(mr_exp(-INFINITY), mr_exp(-708));
	ck_assert(isnan(mr_exp(NAN)));
}
END_TEST

START_TEST(test_exact_values_are_exact)
{
	ck_assert_double_eq(mr_exp(0), 1);
	ck_assert_double_eq(mr_log(1), 0);
	ck_assert_double_eq(mr_log(2), M_LN2);
	ck_assert_double_eq(mr_log(0.5), -M_LN2);
	ck_assert_double_eq_tol(mr_log(DBL_MIN), -708.396418532264106, 1e-12);
	ck_assert_double_eq_tol(mr_log(DBL_MAX), 709.782712893383996, 1e-12);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_exp_is_right_to_the_last_place_or_two, 0,
	                    N(reaches));
	tcase_add_loop_test(tc, test_log_is_right_to_the_last_place_or_two, 0,
	                    N(reaches));
	tcase_add_test(tc, test_exp_beyond_its_bounds_is_that_of_the_bound);
	tcase_add_test(tc, test_exact_values_are_exact);
}

UNIT_MAIN("elementary", add_tests)
