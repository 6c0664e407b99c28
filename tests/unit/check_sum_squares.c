/*
 * check_sum_squares.c: exact sums, and those that an int64 cannot hold.
 */
#include "compute/sum_squares.h"

#include "unit.h"

__extension__ typedef __int128 wide;

static const struct {
	int64_t a, b;
	enum mr_err err;
	int64_t sum;
} cases[] = {
	{ 0, 0, MR_OK, 0 },
	{ 5, 10, MR_OK, 125 },
	{ -3, 4, MR_OK, 25 },
	{ 3, -4, MR_OK, 25 },
	{ 1, INT32_MAX, MR_OK, (int64_t)INT32_MAX * INT32_MAX + 1 },
	{ 94906267, 0, MR_OK, 9007199515875289 }, /* above 2^53, and odd */
	{ 3037000499, 0, MR_OK, 9223372030926249001 },
	{ -3037000499, 76996, MR_OK, 9223372036854633017 },
	{ 3037000499, -76997, MR_DOMAIN, 0 }, /* the sum is too large */
	{ 3037000500, 0, MR_DOMAIN, 0 }, /* one square is */
	{ 0, -3037000500, MR_DOMAIN, 0 },
	{ 2147483648, 2147483648, MR_DOMAIN, 0 },
	{ INT64_MAX, INT64_MAX, MR_DOMAIN, 0 },
	{ INT64_MIN, 0, MR_DOMAIN, 0 },
	{ 0, INT64_MIN, MR_DOMAIN, 0 },
	{ INT64_MIN, INT64_MIN, MR_DOMAIN, 0 },
};

START_TEST(test_sum_is_exact_or_refused)
{
	int64_t sum;

	ck_assert_int_eq(mr_sum_squares(cases[_i].a, cases[_i].b, &sum),
	                 cases[_i].err);
	if (cases[_i].err == MR_OK)
		ck_assert_int_eq(sum, cases[_i].sum);
}
END_TEST

START_TEST(test_sum_agrees_with_128_bits)
{
	uint64_t state = 9;

	for (int i = 0; i < 100000; i++) {
		int64_t a = (int64_t)random_bits(&state) >> random_bits(&state) % 64;
		int64_t b = (int64_t)random_bits(&state) >> random_bits(&state) % 64;
		/* Halves, as the sum of two squares of 2^63 is 2^127. */
		wide half = (wide)a * a / 2 + (wide)b * b / 2 + (a & b & 1);
		bool odd = (a ^ b) & 1, fits = half <= INT64_MAX / 2;
		int64_t sum;
		enum mr_err err = mr_sum_squares(a, b, &sum);

		if (err != (fits ? MR_OK : MR_DOMAIN) ||
		    (fits && sum != (int64_t)half * 2 + odd))
			ck_abort_msg("%lld, %lld", (long long)a, (long long)b);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_sum_is_exact_or_refused, 0, N(cases));
	tcase_add_test(tc, test_sum_agrees_with_128_bits);
}

UNIT_MAIN("sum_squares", add_tests)
