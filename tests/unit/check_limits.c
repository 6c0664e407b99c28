/*
 * check_limits.c: what a process has after its limits were applied; each test
 * is a process of its own.
 */
#include "fcgi/worker/limits.h"

#include "unit.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct pool_config pool;

static void
begin(void)
{
	pool = (struct pool_config){ .name = "fast", .umask = 022 };
}

static rlim_t
limit(int resource)
{
	struct rlimit limits;

	ck_assert_int_eq(getrlimit(resource, &limits), 0);
	return limits.rlim_cur;
}

START_TEST(test_limits_of_the_kernel_are_set)
{
	struct rlimit files, core;

	getrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_CORE, &core);
	pool.memory = UINT64_C(1) << 46;
	pool.files = 100;
	pool.core = 4096;
	pool.nice = 7;
	ck_assert(limits_apply(&pool));
	ck_assert_uint_eq(limit(RLIMIT_DATA), pool.memory);
	ck_assert_uint_eq(limit(RLIMIT_NOFILE), 100);
	ck_assert_uint_eq(limit(RLIMIT_CORE),
	                  core.rlim_max < 4096 ? core.rlim_max : 4096);
	ck_assert_uint_le(limit(RLIMIT_STACK), 8 << 20);
	ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), 7);
	/* 0: as many as may be, and no core dump. */
	pool.files = pool.core = 0;
	ck_assert(limits_apply(&pool));
	ck_assert_uint_eq(limit(RLIMIT_NOFILE), files.rlim_max);
	ck_assert_uint_eq(limit(RLIMIT_CORE), 0);
}
END_TEST

START_TEST(test_umask_and_environment_are_set)
{
	static const char env[] = "CHECK_ONE=1 = one\0CHECK_TWO=\0";

	pool.umask = 027;
	memcpy(pool.env, env, sizeof(env));
	ck_assert(limits_apply(&pool));
	ck_assert_int_eq(umask(0), 027);
	ck_assert_str_eq(getenv("CHECK_ONE"), "1 = one");
	ck_assert_str_eq(getenv("CHECK_TWO"), "");
}
END_TEST

/* The last of those that we may run on. */
START_TEST(test_processors_are_set)
{
	cpu_set_t all, now;
	int last = CPU_SETSIZE - 1;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(last, &all))
		last--;
	snprintf(pool.cpus, sizeof(pool.cpus), "%d", last);
	ck_assert(limits_apply(&pool));
	ck_assert_int_eq(sched_getaffinity(0, sizeof(now), &now), 0);
	ck_assert_int_eq(CPU_COUNT(&now), 1);
	ck_assert(CPU_ISSET(last, &now));
}
END_TEST

static const char *const no_processors[] = { "x", "1023" };

START_TEST(test_processors_that_are_not_there_are_refused)
{
	strcpy(pool.cpus, no_processors[_i]);
	ck_assert(!limits_apply(&pool));
}
END_TEST

START_TEST(test_without_user_and_group_all_stays)
{
	ck_assert(limits_become(&pool));
	ck_assert_uint_eq(geteuid(), getuid());
}
END_TEST

START_TEST(test_unknown_user_and_group_are_refused)
{
	strcpy(_i == 0 ? pool.user : pool.group, "no-such-name");
	ck_assert(!limits_become(&pool));
}
END_TEST

/* Only root may; "nobody" and "nogroup" are on every machine. */
START_TEST(test_user_and_group_are_taken_on)
{
	if (geteuid() != 0)
		return;
	strcpy(pool.user, _i == 1 ? "" : "nobody");
	strcpy(pool.group, _i == 0 ? "" : "nogroup");
	ck_assert(limits_become(&pool));
	ck_assert_int_eq(getuid() == 0, _i == 1);
	ck_assert_uint_ne(getgid(), 0);
	ck_assert_int_eq(getegid(), (int)getgid());
	if (_i != 1)
		ck_assert_int_eq(setuid(0), -1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_limits_of_the_kernel_are_set);
	tcase_add_test(tc, test_umask_and_environment_are_set);
	tcase_add_test(tc, test_processors_are_set);
	tcase_add_loop_test(tc, test_processors_that_are_not_there_are_refused,
	                    0, N(no_processors));
	tcase_add_test(tc, test_without_user_and_group_all_stays);
	tcase_add_loop_test(tc, test_unknown_user_and_group_are_refused, 0, 2);
	tcase_add_loop_test(tc, test_user_and_group_are_taken_on, 0, 3);
}

UNIT_MAIN("limits", add_tests)
