/*
 * check_arrival.c: times as nginx writes them, and others.
 */
#include "fcgi/worker/arrival.h"

#include "unit.h"

#include <stdio.h>
#include <time.h>

static const char *const no_times[] = {
	"",     "x",      "1",       "1.",         "1.5",  "1.55",
	".555", "1,000",  "1.0000",  "1.000 ",     " 1.000", "-1.000",
	"1.00x", "9999999999.000", "1234567890123.000",
};

START_TEST(test_what_is_no_time_past_is_no_wait)
{
	ck_assert_uint_eq(arrival_wait(no_times[_i]), 0);
}
END_TEST

START_TEST(test_wait_is_since_the_arrival)
{
	struct timespec now;
	char text[40];
	uint64_t wait;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(text, sizeof(text), "%lld.%03ld",
	         (long long)now.tv_sec - 100, now.tv_nsec / 1000000);
	wait = arrival_wait(text);
	ck_assert_uint_ge(wait, UINT64_C(100000000000));
	ck_assert_uint_lt(wait, UINT64_C(160000000000));
	ck_assert_uint_gt(arrival_wait("1.000"), UINT64_C(1) << 60);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_what_is_no_time_past_is_no_wait, 0,
	                    N(no_times));
	tcase_add_test(tc, test_wait_is_since_the_arrival);
}

UNIT_MAIN("arrival", add_tests)
