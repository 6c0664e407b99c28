/*
 * check_jobs_problem.c: what the broker said is what a client is told.
 */
#include "fcgi/wire/jobs_problem.h"

#include "unit.h"

static const struct {
	enum mr_err err;
	const char *said, *part;
} rows[] = {
	{ MR_NOT_FOUND, NULL, "There is no such job" },
	{ MR_NOT_FOUND, "x", "There is no such job" },
	{ MR_BUSY, JOBS_PROBLEM_NO_BROKER, "does not answer" },
	{ MR_BUSY, "The queue is full", "The queue is full" },
	{ MR_STORAGE, NULL, "The broker failed" },
	{ MR_STORAGE, "The disk is full", "The disk is full" },
};

START_TEST(test_detail_is_the_reason)
{
	ck_assert_has(jobs_problem_detail(rows[_i].err, rows[_i].said),
	              rows[_i].part);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_detail_is_the_reason, 0, N(rows));
}

UNIT_MAIN("jobs_problem", add_tests)
