/*
 * check_broker_board.c: counts that follow every change of state, and progress
 * that is fresh.
 */
#include "fcgi/broker/broker_board.h"

#include "board.h"
#include "fcgi/board/progress.h"

#define ID "019dbb3e-5a4c-7c11-9e0c-6f2b8d9a1e57"

static int64_t stored[MR_JOB_STATE_COUNT];
static enum mr_err found;

static enum mr_err
count(struct mr_store *store, int64_t counts[MR_JOB_STATE_COUNT])
{
	(void)store;
	memcpy(counts, stored, sizeof(stored));
	return found;
}

static void
open_store(void)
{
	const struct mr_store_functions functions = { .count = count };
	struct mr_store store = { .functions = &functions };

	broker_board_count(board, &store);
}

static void
enter(int64_t before, int64_t state)
{
	const struct mr_job job = { .id = ID, .state = state };

	broker_board_note(board, &job, before);
}

static void
begin(void)
{
	board_setup();
	board_pool("runner");
	memset(stored, 0, sizeof(stored));
	found = MR_OK;
}

START_TEST(test_counts_follow_a_job)
{
	stored[MR_JOB_QUEUED] = 5;
	stored[MR_JOB_SCHEDULED] = 2;
	open_store();
	enter(-1, MR_JOB_QUEUED);
	ck_assert_uint_eq(board->jobs[MR_JOB_QUEUED], 6);
	enter(MR_JOB_QUEUED, MR_JOB_RUNNING);
	ck_assert_uint_eq(board->jobs[MR_JOB_QUEUED], 5);
	ck_assert_uint_eq(board->jobs[MR_JOB_RUNNING], 1);
	enter(MR_JOB_RUNNING, MR_JOB_DEAD);
	ck_assert_uint_eq(board->jobs[MR_JOB_RUNNING], 0);
	ck_assert_uint_eq(board->jobs[MR_JOB_DEAD], 0);
	enter(MR_JOB_DEAD, MR_JOB_QUEUED);
	ck_assert_uint_eq(board->jobs[MR_JOB_QUEUED], 6);
	ck_assert_uint_eq(board->jobs[MR_JOB_SCHEDULED], 2);
	ck_assert_uint_eq(board->jobs_entered[MR_JOB_QUEUED], 2);
	ck_assert_uint_eq(board->jobs_entered[MR_JOB_RUNNING], 1);
	ck_assert_uint_eq(board->jobs_entered[MR_JOB_DEAD], 1);
	ck_assert_uint_eq(board->jobs_entered[MR_JOB_SCHEDULED], 0);
}
END_TEST

/* Another broker counts anew, and what was entered goes on. */
START_TEST(test_next_broker_counts_anew)
{
	enter(-1, MR_JOB_QUEUED);
	stored[MR_JOB_RUNNING] = 3;
	open_store();
	ck_assert_uint_eq(board->jobs[MR_JOB_QUEUED], 0);
	ck_assert_uint_eq(board->jobs[MR_JOB_RUNNING], 3);
	ck_assert_uint_eq(board->jobs_entered[MR_JOB_QUEUED], 1);
}
END_TEST

START_TEST(test_counts_do_not_fall_below_none)
{
	found = MR_STORAGE;
	open_store();
	enter(MR_JOB_RUNNING, MR_JOB_SUCCEEDED);
	ck_assert_uint_eq(board->jobs[MR_JOB_RUNNING], 0);
}
END_TEST

static const struct {
	int64_t state, attempt;
	bool fresh;
} jobs[] = {
	{ MR_JOB_RUNNING, 2, true },
	{ MR_JOB_RUNNING, 1, false },
	{ MR_JOB_SUCCEEDED, 2, false },
};

START_TEST(test_progress_is_of_the_attempt_that_runs)
{
	struct score *runner = board_worker(0, POLICY_SERVING, true);
	const struct mr_job job = { .id = ID,
		                    .state = jobs[_i].state,
		                    .attempt = jobs[_i].attempt,
		                    .endpoint = "sum",
		                    .progress = "old" };
	const struct mr_job *seen;
	struct mr_job_progress progress;

	progress_begin(&runner->job, ID, 2);
	progress_tell(&runner->job, 30, 120, "halfway");
	seen = broker_board_refresh(board, &job, arena);
	if (!jobs[_i].fresh) {
		ck_assert_ptr_eq(seen, &job);
		return;
	}
	ck_assert_str_eq(seen->id, ID);
	ck_assert_str_eq(seen->endpoint, "sum");
	ck_assert(mr_progress_read(seen->progress, &progress));
	ck_assert_double_eq(progress.total, 120);
	ck_assert_str_eq(progress.phase, "halfway");
	ck_assert_str_eq(job.progress, "old");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, board_teardown);
	tcase_add_test(tc, test_counts_follow_a_job);
	tcase_add_test(tc, test_next_broker_counts_anew);
	tcase_add_test(tc, test_counts_do_not_fall_below_none);
	tcase_add_loop_test(tc, test_progress_is_of_the_attempt_that_runs, 0,
	                    N(jobs));
}

UNIT_MAIN("broker_board", add_tests)
