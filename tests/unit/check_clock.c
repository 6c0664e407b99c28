/*
 * check_clock.c: time that does not go back, whoever asks for it.
 */
#include "fcgi/base/clock.h"

#include "unit.h"

#include <sys/wait.h>
#include <time.h>

START_TEST(test_clock_does_not_go_back)
{
	uint64_t before = clock_now();

	for (int i = 0; i < 10000; i++) {
		uint64_t now = i % 2 == 0 ? clock_now()
		                          : clock_enter(NULL, MR_PHASE_COMPUTE);

		ck_assert_msg(now >= before, "%d", i);
		before = now;
	}
}
END_TEST

START_TEST(test_clock_is_the_monotonic_one_in_nanoseconds)
{
	uint64_t before = clock_now(), between, after;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	between = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	after = clock_now();
	ck_assert_uint_le(before, between);
	ck_assert_uint_le(between, after);
}
END_TEST

START_TEST(test_unix_time_is_in_milliseconds)
{
	uint64_t before = (uint64_t)time(NULL), now = clock_unix_ms();

	/* time() may lag behind by a tick of the kernel. */
	ck_assert_uint_ge(now + 1000, before * 1000);
	ck_assert_uint_le(now, (uint64_t)time(NULL) * 1000 + 2000);
}
END_TEST

/* The times of a worker mean the same to its master. */
START_TEST(test_clock_is_one_for_all_processes)
{
	uint64_t before = clock_now();
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(clock_now() >= before ? 0 : 1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_clock_does_not_go_back);
	tcase_add_test(tc, test_clock_is_the_monotonic_one_in_nanoseconds);
	tcase_add_test(tc, test_unix_time_is_in_milliseconds);
	tcase_add_test(tc, test_clock_is_one_for_all_processes);
}

UNIT_MAIN("clock", add_tests)
