/*
 * check_usage.c: this process, one that is gone, one that is a zombie.
 */
#include "fcgi/control/usage.h"

#include "unit.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#define LARGE ((size_t)64 << 20)

START_TEST(test_memory_shows)
{
	struct usage before, after;
	char *piece;

	ck_assert(usage_read(getpid(), &before));
	ck_assert_uint_gt(before.rss, 0);
	ck_assert_uint_ge(before.peak_rss, before.rss);
	piece = mmap(NULL, LARGE, PROT_READ | PROT_WRITE,
	             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert(piece != MAP_FAILED);
	memset(piece, 1, LARGE);
	ck_assert(usage_read(getpid(), &after));
	ck_assert_uint_ge(after.rss, before.rss + LARGE / 2);
	munmap(piece, LARGE);
	ck_assert(usage_read(getpid(), &after));
	ck_assert_uint_lt(after.rss, before.rss + LARGE / 2);
	ck_assert_uint_ge(after.peak_rss, before.rss + LARGE / 2);
}
END_TEST

/* Also in a process whose name looks like the fields behind it. */
START_TEST(test_time_of_the_processor_shows)
{
	struct usage usage;

	prctl(PR_SET_NAME, "a) R 1 (b 2 3");
	while (clock() < CLOCKS_PER_SEC / 5)
		;
	ck_assert(usage_read(getpid(), &usage));
	ck_assert_uint_ge(usage.cpu, 150);
	ck_assert_uint_lt(usage.cpu, 60000);
}
END_TEST

START_TEST(test_ended_process_has_none)
{
	struct usage usage;
	siginfo_t info;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	ck_assert(!usage_read(child, &usage));
	waitpid(child, NULL, 0);
	ck_assert(!usage_read(child, &usage));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_memory_shows);
	tcase_add_test(tc, test_time_of_the_processor_shows);
	tcase_add_test(tc, test_ended_process_has_none);
}

UNIT_MAIN("usage", add_tests)
