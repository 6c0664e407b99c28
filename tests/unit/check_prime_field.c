/*
 * check_prime_field.c: arithmetic modulo p against its definition, and the
 * logarithm against the power.
 */
#include "compute/prime_field.h"

#include "unit.h"

static const uint32_t edges[] = {
	0,        1,        2,        3,          31621,      31622,
	31623,    31624,    500000002, 500000003, 500000004,  MR_P - 3,
	MR_P - 2, MR_P - 1, MR_P,      MR_P + 1,  UINT32_MAX, 0x80000000,
};

/* By doubling and adding. */
static uint32_t
product_of(uint32_t a, uint32_t b)
{
	uint64_t sum = 0, term = a % MR_P;

	for (; b > 0; b >>= 1) {
		if (b & 1)
			sum = (sum + term) % MR_P;
		term = 2 * term % MR_P;
	}
	return (uint32_t)sum;
}

START_TEST(test_product_is_the_remainder)
{
	for (size_t i = 0; i < N(edges); i++)
		ck_assert_uint_eq(mr_p_multiply(edges[_i], edges[i]),
		                  product_of(edges[_i], edges[i]));
}
END_TEST

START_TEST(test_power_is_the_repeated_product)
{
	uint32_t product = 1 % MR_P;

	for (uint64_t exponent = 0; exponent < 300; exponent++) {
		ck_assert_uint_eq(mr_p_power(edges[_i], exponent), product);
		product = mr_p_multiply(product, edges[_i]);
	}
}
END_TEST

START_TEST(test_power_obeys_fermat_and_adds_exponents)
{
	uint32_t x = edges[_i];
	uint64_t state = 4;

	if (x % MR_P != 0)
		ck_assert_uint_eq(mr_p_power(x, MR_P - 1), 1);
	for (int i = 0; i < 100; i++) {
		uint64_t a = random_bits(&state) >> 1;
		uint64_t b = random_bits(&state) >> 1;

		ck_assert_uint_eq(mr_p_power(x, a + b),
		                  mr_p_multiply(mr_p_power(x, a),
		                                mr_p_power(x, b)));
	}
}
END_TEST

START_TEST(test_order_of_two_is_what_it_is_said_to_be)
{
	/* The true order divides it and is not 1, so it is it if that is prime. */
	ck_assert_uint_eq(mr_p_power(2, MR_P_ORDER), 1);
	for (uint32_t d = 2; d * d <= MR_P_ORDER; d++)
		ck_assert_uint_ne(MR_P_ORDER % d, 0);
}
END_TEST

/* Either 2^k = x with k in range, or x is not a square (Euler). */
static void
assert_log(uint32_t x)
{
	uint32_t k = mr_p_log2(x);
	bool square = mr_p_power(x, (MR_P - 1) / 2) == 1;

	if (square ? k >= MR_P_ORDER || mr_p_power(2, k) != x
	           : k != MR_P_ORDER)
		ck_abort_msg("log2(%u) is not %u", x, k);
}

START_TEST(test_log_inverts_the_power_near_the_edges)
{
	for (uint32_t x = 1; x < 70000; x++) {
		assert_log(x);
		assert_log(MR_P - x);
		assert_log(MR_P / 2 - 35000 + x);
	}
}
END_TEST

START_TEST(test_log_inverts_the_power_anywhere)
{
	uint64_t state = 5;

	for (int i = 0; i < 200000; i++)
		assert_log((uint32_t)(random_bits(&state) % (MR_P - 1)) + 1);
}
END_TEST

START_TEST(test_log_of_a_power_is_its_exponent)
{
	uint64_t state = 6;
	uint32_t k, power = 1;

	for (k = 0; k < 100000; k++) {
		if (mr_p_log2(power) != k)
			ck_abort_msg("log2(2^%u) is %u", k, mr_p_log2(power));
		power = mr_p_multiply(power, 2);
	}
	for (int i = 0; i < 100000; i++) {
		k = (uint32_t)(random_bits(&state) % MR_P_ORDER);
		if (mr_p_log2(mr_p_power(2, k)) != k)
			ck_abort_msg("log2(2^%u) is another", k);
	}
	ck_assert_uint_eq(mr_p_log2((MR_P + 1) / 2), MR_P_ORDER - 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_product_is_the_remainder, 0, N(edges));
	tcase_add_loop_test(tc, test_power_is_the_repeated_product, 0, N(edges));
	tcase_add_loop_test(tc, test_power_obeys_fermat_and_adds_exponents, 0,
	                    N(edges));
	tcase_add_test(tc, test_order_of_two_is_what_it_is_said_to_be);
	tcase_add_test(tc, test_log_inverts_the_power_near_the_edges);
	tcase_add_test(tc, test_log_inverts_the_power_anywhere);
	tcase_add_test(tc, test_log_of_a_power_is_its_exponent);
}

UNIT_MAIN("prime_field", add_tests)
