/*
 * check_process_numbers.c: the closed form against the plain loop, and where
 * the loop would take too long, against itself and against what is known of
 * the numbers that become zero.
 */
#include "compute/process_numbers.h"

#include "compute/prime_field.h"
#include "unit.h"

#define P ((int64_t)MR_P)

static int64_t
loop(int64_t x, uint64_t rounds)
{
	for (; rounds > 0; rounds--)
		x = (int64_t)(((uint64_t)x + 1) * 2) % P;
	return x;
}

static int64_t
closed(int64_t x, uint64_t rounds)
{
	int64_t result;

	mr_process_numbers(&x, &result, 1, rounds);
	return result;
}

static void
assert_loop(const int64_t *from, size_t count, uint64_t rounds)
{
	int64_t *to = mr_arena_alloc(arena, count * sizeof(*to));

	mr_process_numbers(from, to, count, rounds);
	for (size_t i = 0; i < count; i++)
		if (to[i] != loop(from[i], rounds))
			ck_abort_msg("%lld after %llu rounds: %lld, not %lld",
			             (long long)from[i],
			             (unsigned long long)rounds,
			             (long long)to[i],
			             (long long)loop(from[i], rounds));
	mr_arena_release(arena, to, count * sizeof(*to));
}

static const int64_t edges[] = {
	0,
	1,
	2,
	-1,
	-2,
	-3,
	-4,
	INT64_MAX,
	INT64_MAX - 1,
	INT64_MIN,
	INT64_MIN + 1,
	INT64_MAX / 2,
	INT64_MAX / 2 + 1,
	INT64_MIN / 2,
	INT64_MIN / 2 - 1,
	INT64_MIN / 2 - 2,
	P - 2,
	P - 1,
	P,
	P + 1,
	-P - 2,
	-P - 1,
	-P,
	-P + 1,
	-P + 2,
	2 * P - 1,
	-2 * P - 1,
	3 * P,
	-3 * P,
	3 * P - 2,
	-3 * P - 2,
	(P - 1) / 2,
	(P + 1) / 2,
	-(P - 1) / 2,
	-(P + 1) / 2,
	INT64_MAX / P * P,
	INT64_MIN / P * P,
	INT64_MAX / P * P - 1,
	INT64_MIN / P * P - 1,
	INT64_MIN / P * P - 2,
	INT64_MIN / 2 / P * P - 1,
};

/* The map of zeros is used up to 4096 rounds after the first. */
static const uint64_t rounds[] = { 0,   1,    2,    3,    4,    5,    10,
	                           29,  30,   31,   32,   33,   63,   64,
	                           65,  100,  999,  1000, 1001, 4095, 4096,
	                           4097, 4098, 5000, 20000 };

START_TEST(test_edges_go_as_in_the_loop)
{
	assert_loop(edges, N(edges), rounds[_i]);
}
END_TEST

START_TEST(test_neighbours_of_zero_and_p_go_as_in_the_loop)
{
	int64_t numbers[4000];

	for (int64_t i = 0; i < 1000; i++) {
		numbers[4 * i] = i - 500;
		numbers[4 * i + 1] = i - 500 - P;
		numbers[4 * i + 2] = i - 500 + P;
		numbers[4 * i + 3] = -(i + 1) * P;
	}
	assert_loop(numbers, rounds[_i] > 1000 ? 400 : N(numbers), rounds[_i]);
}
END_TEST

/* Full range, below p, and just below zero. */
START_TEST(test_random_numbers_go_as_in_the_loop)
{
	static int64_t numbers[9000];
	uint64_t state = (uint64_t)_i;

	for (size_t i = 0; i < N(numbers); i++) {
		numbers[i] = (int64_t)random_bits(&state);
		if (i % 3 == 1)
			numbers[i] %= P;
		else if (i % 3 == 2)
			numbers[i] = -(int64_t)((uint64_t)numbers[i] % (1 << 20));
	}
	assert_loop(numbers, N(numbers), (uint64_t)_i);
}
END_TEST

/* The number in (-p, 0) that becomes 0 in round k. */
static int64_t
zero_in_round(uint64_t k)
{
	uint32_t power = mr_p_power(2, MR_P_ORDER - (k - 1) % MR_P_ORDER);

	return (int64_t)((power + MR_P - 2) % MR_P) - P;
}

START_TEST(test_numbers_through_zero_go_as_in_the_loop)
{
	/* By tens, so that the loops stay short. */
	for (uint64_t k = 1 + 10 * (uint64_t)_i; k <= 10 + 10 * (uint64_t)_i; k++) {
		int64_t numbers[] = { zero_in_round(k), zero_in_round(k) - P,
			              zero_in_round(k) - 7 * P,
			              zero_in_round(k) + P,
			              zero_in_round(k) + 1 };

		ck_assert_int_eq(loop(numbers[0], k), 0);
		for (uint64_t n = k > 2 ? k - 2 : 0; n < k + 4; n++)
			assert_loop(numbers, N(numbers), n);
		assert_loop(numbers, N(numbers), k + 40);
	}
}
END_TEST

START_TEST(test_numbers_through_zero_around_the_end_of_the_map)
{
	for (uint64_t k = 4080; k < 4110; k++) {
		int64_t number = zero_in_round(k);

		for (uint64_t n = 4090; n < 4102; n++)
			assert_loop(&number, 1, n);
	}
}
END_TEST

/* Round k is the first zero; before it stands -1, after it 2, 6, 14, ... */
static void
assert_zero_in_round(uint64_t k)
{
	int64_t x = zero_in_round(k);

	if (k > 1)
		ck_assert_int_eq(closed(x, k - 1), -1);
	ck_assert_int_eq(closed(x, k), 0);
	ck_assert_int_eq(closed(x, k + 1), 2);
	ck_assert_int_eq(closed(x, k + 2), 6);
	ck_assert_int_eq(closed(x, k + 3), 14);
	/* A whole turn later it is the same again, not negative any more. */
	ck_assert_int_eq(closed(x, k + MR_P_ORDER - 1), P - 1);
	ck_assert_int_eq(closed(x, k + MR_P_ORDER), 0);
	ck_assert_int_eq(closed(x, k + MR_P_ORDER + 2), 6);
}

START_TEST(test_zero_is_met_in_its_round_however_late)
{
	uint64_t state = 7;

	for (int i = 0; i < 20000; i++)
		assert_zero_in_round(1 + random_bits(&state) % MR_P_ORDER);
	assert_zero_in_round(1);
	assert_zero_in_round(2);
	assert_zero_in_round(MR_P_ORDER - 1);
}
END_TEST

START_TEST(test_rounds_add_up)
{
	uint64_t state = 8;

	for (int i = 0; i < 100000; i++) {
		int64_t x = (int64_t)random_bits(&state) >> random_bits(&state) % 64;
		uint64_t n = random_bits(&state) >> (1 + random_bits(&state) % 63);
		uint64_t m = random_bits(&state) >> (1 + random_bits(&state) % 63);

		if (closed(x, n + m) != closed(closed(x, n), m))
			ck_abort_msg("%lld after %llu and %llu rounds",
			             (long long)x, (unsigned long long)n,
			             (unsigned long long)m);
	}
}
END_TEST

START_TEST(test_rounds_add_up_at_the_edges)
{
	static const uint64_t many[] = { 0,
		                         1,
		                         4096,
		                         4097,
		                         MR_P_ORDER - 1,
		                         MR_P_ORDER,
		                         MR_P_ORDER + 1,
		                         MR_P - 1,
		                         INT64_MAX,
		                         (uint64_t)INT64_MAX + 1 };

	for (size_t n = 0; n < N(many); n++)
		for (size_t m = 0; m < N(many) - (many[n] > INT64_MAX); m++)
			ck_assert_int_eq(closed(edges[_i], many[n] + many[m]),
			                 closed(closed(edges[_i], many[n]),
			                        many[m]));
	ck_assert_int_eq(closed(edges[_i], UINT64_MAX),
	                 loop(closed(edges[_i], UINT64_MAX - 3), 3));
}
END_TEST

START_TEST(test_array_may_be_processed_in_place)
{
	int64_t numbers[N(edges)];

	memcpy(numbers, edges, sizeof(edges));
	mr_process_numbers(numbers, numbers, N(edges), rounds[_i]);
	for (size_t i = 0; i < N(edges); i++)
		ck_assert_int_eq(numbers[i], loop(edges[i], rounds[_i]));
}
END_TEST

START_TEST(test_no_number_is_no_work)
{
	int64_t untouched = 7;

	mr_process_numbers(&untouched, &untouched, 0, 1000);
	ck_assert_int_eq(untouched, 7);
	mr_process_numbers(NULL, NULL, 0, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_edges_go_as_in_the_loop, 0, N(rounds));
	tcase_add_loop_test(tc, test_neighbours_of_zero_and_p_go_as_in_the_loop,
	                    0, N(rounds));
	tcase_add_loop_test(tc, test_random_numbers_go_as_in_the_loop, 0, 24);
	tcase_add_loop_test(tc, test_numbers_through_zero_go_as_in_the_loop, 0,
	                    50);
	tcase_add_test(tc, test_numbers_through_zero_around_the_end_of_the_map);
	tcase_add_test(tc, test_zero_is_met_in_its_round_however_late);
	tcase_add_test(tc, test_rounds_add_up);
	tcase_add_loop_test(tc, test_rounds_add_up_at_the_edges, 0, N(edges));
	tcase_add_loop_test(tc, test_array_may_be_processed_in_place, 0,
	                    N(rounds));
	tcase_add_test(tc, test_no_number_is_no_work);
}

UNIT_MAIN("process_numbers", add_tests)
