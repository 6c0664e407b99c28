/*
 * check_live_timers.c: timers come out in the order of their times.
 */
#include "fcgi/live/live_timers.h"

#include "unit.h"

#define TIMERS 1000

static struct live_timers all;
static struct live_timer timers[TIMERS];

/* Takes out all that is left; how many there were. */
static size_t
empty_in_order(void)
{
	int64_t last = INT64_MIN;
	struct live_timer *next;
	size_t count = 0;

	for (; (next = live_timers_next(&all)) != NULL; count++) {
		ck_assert_int_ge(next->due, last);
		last = next->due;
		live_timers_cancel(&all, next);
		ck_assert_uint_eq(next->place, 0);
	}
	live_timers_free(&all);
	return count;
}

static void
set(size_t i, int64_t due)
{
	ck_assert(live_timers_set(&all, &timers[i], due));
	ck_assert_int_eq(timers[i].due, due);
}

START_TEST(test_timers_is_in_order)
{
	uint64_t state = 1;

	for (size_t i = 0; i < TIMERS; i++)
		set(i, (int64_t)(random_bits(&state) % 100));
	ck_assert_uint_eq(empty_in_order(), TIMERS);
}
END_TEST

START_TEST(test_timers_without_some_is_in_order)
{
	size_t left = TIMERS;

	for (size_t i = 0; i < TIMERS; i++)
		set(i, (int64_t)(i * 7919 % TIMERS));
	for (size_t i = 0; i < TIMERS; i += 3, left--)
		live_timers_cancel(&all, &timers[i]);
	for (size_t i = 0; i < TIMERS; i += 3)
		ck_assert_uint_eq(timers[i].place, 0);
	ck_assert_uint_eq(empty_in_order(), left);
}
END_TEST

START_TEST(test_timer_that_is_set_anew_moves)
{
	set(0, 10);
	set(1, 20);
	set(0, 30);
	ck_assert_ptr_eq(live_timers_next(&all), &timers[1]);
	set(0, 5);
	ck_assert_ptr_eq(live_timers_next(&all), &timers[0]);
	ck_assert_uint_eq(empty_in_order(), 2);
}
END_TEST

START_TEST(test_timer_that_is_not_set_is_not_cancelled)
{
	live_timers_cancel(&all, &timers[0]);
	ck_assert_ptr_null(live_timers_next(&all));
	set(1, 1);
	live_timers_cancel(&all, &timers[0]);
	ck_assert_ptr_eq(live_timers_next(&all), &timers[1]);
	ck_assert_uint_eq(empty_in_order(), 1);
}
END_TEST

static const struct {
	int64_t a, b, sooner;
} times[] = {
	{ 0, 0, 0 }, { 5, 0, 5 }, { 0, 5, 5 }, { 4, 5, 4 }, { 5, 4, 4 },
};

START_TEST(test_never_is_not_sooner)
{
	ck_assert_int_eq(live_timers_sooner(times[_i].a, times[_i].b),
	                 times[_i].sooner);
}
END_TEST

START_TEST(test_none_is_never_due)
{
	ck_assert_int_eq(live_timers_due(&all), 0);
	set(0, 7);
	set(1, 3);
	ck_assert_int_eq(live_timers_due(&all), 3);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_timers_is_in_order);
	tcase_add_test(tc, test_timers_without_some_is_in_order);
	tcase_add_test(tc, test_timer_that_is_set_anew_moves);
	tcase_add_test(tc, test_timer_that_is_not_set_is_not_cancelled);
	tcase_add_loop_test(tc, test_never_is_not_sooner, 0, N(times));
	tcase_add_test(tc, test_none_is_never_due);
}

UNIT_MAIN("live_timers", add_tests)
