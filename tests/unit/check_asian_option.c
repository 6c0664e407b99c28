/*
 * check_asian_option.c: estimates against what is known in closed form or by
 * quadrature, and that they do not depend on how the work was cut.
 */
#include "compute/asian_option.h"

#include "compute/normal.h"
#include "unit.h"

#include <math.h>

#define SIGMAS 5 /* standard errors; the seeds are fixed */

static const struct mr_asian_option options[] = {
	{ 100, 100, 0.05, 0.2, 1, 1, MR_OPTION_CALL },
	{ 100, 100, 0.05, 0.2, 1, 1, MR_OPTION_PUT },
	{ 100, 110, 0.03, 0.4, 2, 2, MR_OPTION_CALL },
	{ 100, 90, 0.03, 0.4, 2, 2, MR_OPTION_PUT },
	{ 50, 45, -0.02, 0.3, 0.5, 13, MR_OPTION_CALL },
	{ 1.2, 1.25, 0.1, 0.1, 0.25, 63, MR_OPTION_PUT },
	{ 2000, 2500, 0, 1.5, 3, 12, MR_OPTION_CALL },
};

static struct mr_asian_sums
simulate(const struct mr_asian_option *option, uint64_t seed, int64_t paths)
{
	struct mr_asian_sums sums = { 0 };

	for (int64_t first = 0; first < paths; first += MR_ASIAN_BLOCK) {
		int64_t more = paths - first;
		struct mr_asian_block block = {
			.seed = seed,
			.first = first,
			.count = more < MR_ASIAN_BLOCK ? (size_t)more
			                               : MR_ASIAN_BLOCK,
		};

		mr_asian_add_block(option, &block, &sums);
	}
	ck_assert_int_eq(sums.paths, paths);
	return sums;
}

static struct mr_asian_estimate
estimate(const struct mr_asian_option *option, int64_t paths)
{
	struct mr_asian_sums sums = simulate(option, 42, paths);

	return mr_asian_estimate(option, &sums);
}

/* Of an option on one price; the strike may be negative. */
static double
black_scholes(const struct mr_asian_option *option, double maturity)
{
	double sign = option->option == MR_OPTION_CALL ? 1 : -1;
	double deviation = option->volatility * sqrt(maturity);
	double forward = option->spot * exp(option->rate * maturity);
	double d;

	if (option->strike <= 0)
		return fmax(sign * (forward - option->strike), 0) *
		       exp(-option->rate * maturity);
	d = log(forward / option->strike) / deviation + deviation / 2;
	return sign * exp(-option->rate * maturity) *
	       (forward * mr_normal_cdf(sign * d) -
	        option->strike * mr_normal_cdf(sign * (d - deviation)));
}

/*
 * Of two steps: once the first price is known, half an option is left whose
 * strike is what the average still needs.  Over the first price by the
 * trapezoidal rule.
 */
static double
two_step_price(const struct mr_asian_option *option)
{
	double half = option->maturity / 2, sum = 0, h = 1.0 / 1024;

	for (double z = -10; z <= 10; z += h) {
		struct mr_asian_option rest = *option;
		double volatility = option->volatility;

		rest.spot = option->spot *
		            exp((option->rate - volatility * volatility / 2) *
		                    half +
		                volatility * sqrt(half) * z);
		rest.strike = 2 * option->strike - rest.spot;
		sum += exp(-z * z / 2) * black_scholes(&rest, half);
	}
	return sum * h / sqrt(2 * M_PI) / 2 * exp(-option->rate * half);
}

START_TEST(test_geometric_price_of_one_step_is_black_scholes)
{
	for (int call = 0; call < 2; call++)
		ck_assert_double_eq_tol(
		    mr_asian_geometric_price(&options[call]),
		    black_scholes(&options[call], 1), 1e-12);
	ck_assert_double_eq_tol(mr_asian_geometric_price(&options[0]),
	                        10.450583572185565, 1e-12);
}
END_TEST

/* The control variate is then the option itself. */
START_TEST(test_one_step_is_black_scholes)
{
	struct mr_asian_estimate got = estimate(&options[_i], 100000);

	ck_assert_double_eq_tol(got.price, black_scholes(&options[_i], 1),
	                        1e-11);
	ck_assert_double_le(got.standard_error, 1e-11);
	ck_assert_double_eq_tol(got.plain_price,
	                        black_scholes(&options[_i], 1),
	                        SIGMAS * got.plain_standard_error);
	ck_assert_double_gt(got.plain_standard_error, 0.01);
	ck_assert_double_lt(got.plain_standard_error, 0.1);
}
END_TEST

START_TEST(test_two_steps_agree_with_quadrature)
{
	struct mr_asian_estimate got = estimate(&options[_i], 400000);
	double expected = two_step_price(&options[_i]);

	ck_assert_double_eq_tol(got.price, expected,
	                        SIGMAS * got.standard_error);
	ck_assert_double_lt(got.standard_error, expected / 1000);
	ck_assert_double_eq_tol(got.plain_price, expected,
	                        SIGMAS * got.plain_standard_error);
}
END_TEST

/* The geometric option is simulated too: it must meet its closed form. */
START_TEST(test_control_variate_has_its_expectation)
{
	struct mr_asian_sums sums = simulate(&options[_i], 5, 100000);
	double n = (double)sums.paths;
	double mean = sums.sum[MR_ASIAN_CONTROL] / n;
	double error = sqrt(sums.sum[MR_ASIAN_CONTROL_SQUARED]) / n;

	ck_assert_double_gt(error, 0);
	ck_assert_double_eq_tol(mean, 0, SIGMAS * error);
}
END_TEST

/*
 * Call less put is the discounted average less the strike, whose expectation
 * is a sum.
 */
START_TEST(test_call_and_put_are_in_parity)
{
	struct mr_asian_option option = options[_i];
	struct mr_asian_estimate call, put;
	double average = 0;

	for (int64_t i = 1; i <= option.steps; i++)
		average += option.spot * exp(option.rate * option.maturity *
		                             (double)i / (double)option.steps);
	average /= (double)option.steps;
	option.option = MR_OPTION_CALL;
	call = estimate(&option, 100000);
	option.option = MR_OPTION_PUT;
	put = estimate(&option, 100000);
	ck_assert_double_eq_tol(call.price - put.price,
	                        exp(-option.rate * option.maturity) *
	                            (average - option.strike),
	                        1e-11 + SIGMAS * (call.standard_error +
	                                          put.standard_error));
}
END_TEST

START_TEST(test_control_variate_helps_and_does_not_bend)
{
	struct mr_asian_estimate got = estimate(&options[_i], 100000);

	ck_assert_double_lt(got.standard_error,
	                    got.plain_standard_error / 1.5);
	ck_assert_double_eq_tol(got.price, got.plain_price,
	                        SIGMAS * got.plain_standard_error);
}
END_TEST

/* The price is within its errors as often as it should be: seed by seed. */
START_TEST(test_standard_error_is_true)
{
	double expected = two_step_price(&options[2]), sum = 0;

	for (uint64_t seed = 0; seed < 400; seed++) {
		struct mr_asian_sums sums = simulate(&options[2], seed, 4096);
		struct mr_asian_estimate got =
		    mr_asian_estimate(&options[2], &sums);

		sum += pow((got.price - expected) / got.standard_error, 2);
	}
	/* Chi squared over its degrees of freedom; its deviation is 0.07. */
	ck_assert_double_eq_tol(sum / 400, 1, 0.35);
}
END_TEST

START_TEST(test_price_without_volatility_is_certain)
{
	struct mr_asian_option option = { 100, 90, 0.1, 0, 1, 4,
		                          MR_OPTION_CALL };
	double average = 0;
	struct mr_asian_estimate got = estimate(&option, 2000);

	for (int i = 1; i <= 4; i++)
		average += 25 * exp(0.1 * i / 4);
	ck_assert_double_eq_tol(got.price, (average - 90) * exp(-0.1), 1e-11);
	ck_assert_double_le(got.standard_error, 1e-9);
	option.option = MR_OPTION_PUT;
	ck_assert_double_eq_tol(estimate(&option, 2000).price, 0, 1e-11);
}
END_TEST

/* A block is the same whoever adds it, and a path whatever block it is in. */
START_TEST(test_sums_do_not_depend_on_the_cut)
{
	struct mr_asian_sums whole = simulate(&options[4], 9, 10000), part;

	for (int64_t cut = 0; cut < 10000; cut += 3 * MR_ASIAN_BLOCK) {
		part = simulate(&options[4], 9, cut);
		for (int64_t first = cut; first < 10000;
		     first += MR_ASIAN_BLOCK) {
			struct mr_asian_block block = { 9, first,
				                        MR_ASIAN_BLOCK };

			if (10000 - first < MR_ASIAN_BLOCK)
				block.count = (size_t)(10000 - first);
			mr_asian_add_block(&options[4], &block, &part);
		}
		ck_assert_mem_eq(&whole, &part, sizeof(whole));
	}
}
END_TEST

START_TEST(test_path_is_a_function_of_its_number)
{
	struct mr_asian_sums many = { 0 }, one = { 0 };
	const struct mr_asian_block all = { 9, 1000, 600 };

	mr_asian_add_block(&options[4], &all, &many);
	for (int64_t path = 1000; path < 1600; path++) {
		const struct mr_asian_block block = { 9, path, 1 };

		mr_asian_add_block(&options[4], &block, &one);
	}
	ck_assert_int_eq(one.paths, many.paths);
	for (int i = 0; i < MR_ASIAN_SUMS; i++)
		ck_assert_double_eq_tol(one.sum[i], many.sum[i],
		                        1e-9 * fabs(many.sum[i]));
}
END_TEST

START_TEST(test_seeds_differ)
{
	struct mr_asian_sums a = simulate(&options[4], 1, 1000);
	struct mr_asian_sums b = simulate(&options[4], 2, 1000);
	struct mr_asian_sums c = simulate(&options[4], UINT64_C(1) << 32 | 1,
	                                  1000);

	ck_assert_double_ne(a.sum[0], b.sum[0]);
	ck_assert_double_ne(a.sum[0], c.sum[0]);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc,
	               test_geometric_price_of_one_step_is_black_scholes);
	tcase_add_loop_test(tc, test_one_step_is_black_scholes, 0, 2);
	tcase_add_loop_test(tc, test_two_steps_agree_with_quadrature, 2, 4);
	tcase_add_loop_test(tc, test_control_variate_has_its_expectation, 0,
	                    N(options));
	tcase_add_loop_test(tc, test_call_and_put_are_in_parity, 0,
	                    N(options));
	tcase_add_loop_test(tc, test_control_variate_helps_and_does_not_bend,
	                    0, N(options));
	tcase_add_test(tc, test_standard_error_is_true);
	tcase_add_test(tc, test_price_without_volatility_is_certain);
	tcase_add_test(tc, test_sums_do_not_depend_on_the_cut);
	tcase_add_test(tc, test_path_is_a_function_of_its_number);
	tcase_add_test(tc, test_seeds_differ);
}

UNIT_MAIN("asian_option", add_tests)
