/*
 * check_normal.c: quantiles against tables, and random numbers that have the
 * distribution.
 */
#include "compute/normal.h"

#include "compute/philox.h"
#include "unit.h"

#include <math.h>

/* Probability and quantile. */
static const struct {
	double p, x;
} quantiles[] = {
	{ 0.5, 0 },
	{ 0.25, -0.6744897501960817 },
	{ 0.75, 0.6744897501960817 },
	{ 0.9, 1.2815515655446004 },
	{ 0.975, 1.959963984540054 },
	{ 0.001, -3.090232306167813 },
	{ 0.999, 3.090232306167813 },
	{ 1e-10, -6.361340902404056 },
	{ 1e-20, -9.262340089798408 },
};

START_TEST(test_inverse_is_that_of_tables)
{
	double x = mr_normal_inverse(quantiles[_i].p);

	ck_assert_double_eq_tol(x, quantiles[_i].x,
	                        1e-15 + 4e-15 * fabs(quantiles[_i].x));
}
END_TEST

/* Also where one polynomial takes over from another. */
START_TEST(test_inverse_undoes_the_distribution)
{
	for (double x = -37; x < 5; x += 0x1p-8) {
		double p = mr_normal_cdf(x);

		if (fabs(mr_normal_inverse(p) - x) >
		    1e-13 + 1e-15 * exp(x * x / 2) * (x > 0))
			ck_abort_msg("%g is %.17g", x, mr_normal_inverse(p));
	}
}
END_TEST

#define COUNT 1000

/* Each as it is made of one counter alone, wherever a run begins or ends. */
static const struct {
	uint64_t seed, first;
	uint32_t pair;
	size_t count;
} runs[] = {
	{ 0, 0, 0, COUNT },
	{ 7, 0, 3, 1 },
	{ UINT64_MAX, 5, UINT32_MAX, 63 },
	{ UINT64_C(1) << 40, (UINT64_C(1) << 32) - 10, 1, 65 },
	{ 1, UINT64_C(1) << 50, 2, 64 },
};

static double
probability(uint32_t low, uint32_t high)
{
	uint64_t bits = ((uint64_t)high << 32 | low) >> 12;

	return (double)(2 * bits + 1) * 0x1p-53;
}

START_TEST(test_numbers_are_a_function_of_their_counter)
{
	static double even[COUNT + 1], odd[COUNT + 1];
	uint64_t seed = runs[_i].seed;

	even[runs[_i].count] = odd[runs[_i].count] = 99;
	mr_normal_fill(&(struct mr_normal_draw){ seed, runs[_i].first,
	                                         runs[_i].pair },
	               runs[_i].count, even, odd);
	for (size_t i = 0; i < runs[_i].count; i++) {
		uint64_t number = runs[_i].first + i;
		uint32_t bits[4] = { runs[_i].pair, (uint32_t)number,
			             (uint32_t)(number >> 32), 0 };

		mr_philox_turn(bits, (uint32_t)seed, (uint32_t)(seed >> 32));
		ck_assert_double_eq_tol(even[i],
		                        mr_normal_inverse(probability(
		                            bits[0], bits[1])),
		                        1e-14);
		ck_assert_double_eq_tol(odd[i],
		                        mr_normal_inverse(probability(
		                            bits[2], bits[3])),
		                        1e-14);
	}
	ck_assert_double_eq(even[runs[_i].count], 99);
	ck_assert_double_eq(odd[runs[_i].count], 99);
}
END_TEST

START_TEST(test_a_run_is_the_same_in_parts)
{
	static double whole[2][COUNT], part[2][COUNT];
	struct mr_normal_draw draw = { .seed = 3, .first = 17 };

	mr_normal_fill(&draw, COUNT, whole[0], whole[1]);
	for (size_t done = 0, more; done < COUNT; done += more) {
		more = done % 97 + 1 < COUNT - done ? done % 97 + 1
		                                    : COUNT - done;
		draw.first = 17 + done;
		mr_normal_fill(&draw, more, part[0] + done, part[1] + done);
	}
	ck_assert_mem_eq(whole, part, sizeof(whole));
}
END_TEST

/* A million numbers: six standard errors, with a fixed seed. */
START_TEST(test_numbers_have_the_moments_of_the_distribution)
{
	static double even[COUNT], odd[COUNT];
	double n = 2.0 * COUNT * 500, moment[5] = { 0 }, product = 0;
	static const double expected[] = { 1, 0, 1, 0, 3 };
	static const double variance[] = { 0, 1, 2, 15, 96 };

	for (uint32_t pair = 0; pair < 500; pair++) {
		mr_normal_fill(&(struct mr_normal_draw){ 11, 0, pair }, COUNT,
		               even, odd);
		for (size_t i = 0; i < COUNT; i++) {
			for (int k = 0; k < 5; k++)
				moment[k] += pow(even[i], k) + pow(odd[i], k);
			product += even[i] * odd[i];
		}
	}
	for (int k = 0; k < 5; k++)
		ck_assert_double_eq_tol(moment[k] / n, expected[k],
		                        1e-12 + 6 * sqrt(variance[k] / n));
	ck_assert_double_eq_tol(product / (n / 2), 0, 6 / sqrt(n / 2));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_inverse_is_that_of_tables, 0,
	                    N(quantiles));
	tcase_add_test(tc, test_inverse_undoes_the_distribution);
	tcase_add_loop_test(tc, test_numbers_are_a_function_of_their_counter,
	                    0, N(runs));
	tcase_add_test(tc, test_a_run_is_the_same_in_parts);
	tcase_add_test(tc, test_numbers_have_the_moments_of_the_distribution);
}

UNIT_MAIN("normal", add_tests)
