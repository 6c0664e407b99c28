/*
 * check_retry.c: who runs again, when, and for whose fault.
 */
#include "jobs/retry.h"

#include "unit.h"

static const struct {
	enum mr_job_cause cause;
	int64_t failures, losses; /* before; of 4 attempts */
	bool again;
	int64_t delay; /* the longest, when again */
} rows[] = {
	{ MR_JOB_CAUSE_NONE, 0, 0, false, 0 },
	{ MR_JOB_CAUSE_ERROR, 0, 0, false, 0 },
	{ MR_JOB_CAUSE_CANCELLED, 0, 0, false, 0 },
	{ MR_JOB_CAUSE_CRASH, 0, 0, true, 1000 },
	{ MR_JOB_CAUSE_CRASH, 1, 0, true, 2000 },
	{ MR_JOB_CAUSE_CRASH, 2, 40, true, 4000 },
	{ MR_JOB_CAUSE_CRASH, 3, 0, false, 0 },
	{ MR_JOB_CAUSE_DEADLINE, 2, 0, true, 4000 },
	{ MR_JOB_CAUSE_DEADLINE, 3, 0, false, 0 },
	{ MR_JOB_CAUSE_MEMORY, 0, 0, true, 1000 },
	{ MR_JOB_CAUSE_MEMORY, 1, 0, false, 0 },
	{ MR_JOB_CAUSE_LOST, 3, 0, true, 0 },
	{ MR_JOB_CAUSE_LOST, 0, MR_RETRY_AT_ONCE - 1, true, 0 },
	{ MR_JOB_CAUSE_LOST, 0, MR_RETRY_AT_ONCE, true, 1000 },
	{ MR_JOB_CAUSE_LOST, 0, MR_RETRY_LOSSES - 2, true, MR_RETRY_LONGEST },
	{ MR_JOB_CAUSE_LOST, 0, MR_RETRY_LOSSES - 1, false, 0 },
	{ MR_JOB_CAUSE_DRAINED, 3, MR_RETRY_LOSSES - 1, true, 0 },
};

static const uint32_t jitters[] = { 0, 1, UINT32_MAX / 2, UINT32_MAX };

START_TEST(test_causes_are_judged)
{
	for (size_t i = 0; i < N(jitters); i++) {
		struct mr_job job = { .attempts = 4,
			              .failures = rows[_i].failures,
			              .losses = rows[_i].losses };
		struct mr_retry retry =
		    mr_retry_judge(&job, rows[_i].cause, jitters[i]);

		ck_assert_int_eq(retry.again, rows[_i].again);
		if (!retry.again)
			continue;
		ck_assert_int_le(retry.delay, rows[_i].delay);
		ck_assert_int_ge(retry.delay, rows[_i].delay * 3 / 4);
		ck_assert(i > 0 || retry.delay == rows[_i].delay);
	}
}
END_TEST

START_TEST(test_counts_are_of_whose_fault_it_was)
{
	struct mr_job job = { .attempts = 4 };
	bool is_own = _i >= MR_JOB_CAUSE_ERROR && _i <= MR_JOB_CAUSE_MEMORY;

	mr_retry_judge(&job, (enum mr_job_cause)_i, 0);
	ck_assert_int_eq(job.failures, is_own);
	ck_assert_int_eq(job.losses, _i == MR_JOB_CAUSE_LOST);
}
END_TEST

START_TEST(test_delays_grow_to_the_longest)
{
	struct mr_job job = { .attempts = 1000 };
	int64_t last = 0;

	for (int i = 0; i < 900; i++) {
		struct mr_retry retry =
		    mr_retry_judge(&job, MR_JOB_CAUSE_CRASH, 0);

		ck_assert(retry.again);
		ck_assert_int_ge(retry.delay, last);
		last = retry.delay;
	}
	ck_assert_int_eq(last, MR_RETRY_LONGEST);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_causes_are_judged, 0, N(rows));
	tcase_add_loop_test(tc, test_counts_are_of_whose_fault_it_was, 0,
	                    MR_JOB_CAUSE_COUNT);
	tcase_add_test(tc, test_delays_grow_to_the_longest);
}

UNIT_MAIN("retry", add_tests)
