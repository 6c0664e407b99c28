/*
 * check_history.c: lines are added, read, and the oldest forgotten.
 */
#include "jobs/history.h"

#include "unit.h"

static void
add(struct mr_job *job, int64_t now)
{
	ck_assert_int_eq(mr_history_add(job, now, arena), MR_OK);
}

START_TEST(test_lines_are_as_the_header_says)
{
	struct mr_job job = { .state = MR_JOB_QUEUED };
	struct mr_history_line line;
	const char *at;

	add(&job, 5);
	job.attempt = 1;
	job.cause = MR_JOB_CAUSE_LOST;
	add(&job, 1700000000000);
	ck_assert_str_eq(job.history, "1 queued 5 0 none\n"
	                              "2 queued 1700000000000 1 lost\n");
	at = job.history;
	ck_assert(mr_history_next(&at, &line));
	ck_assert(mr_history_next(&at, &line));
	ck_assert_int_eq(line.number, 2);
	ck_assert_int_eq(line.state, MR_JOB_QUEUED);
	ck_assert_int_eq(line.time, 1700000000000);
	ck_assert_int_eq(line.attempt, 1);
	ck_assert_int_eq(line.cause, MR_JOB_CAUSE_LOST);
	ck_assert(!mr_history_next(&at, &line));
	ck_assert_int_eq(mr_history_last(job.history), 2);
	ck_assert_int_eq(mr_history_last(NULL), 0);
	ck_assert_int_eq(mr_history_last(""), 0);
}
END_TEST

START_TEST(test_every_state_and_cause_comes_back)
{
	struct mr_job job = { .state = _i % MR_JOB_STATE_COUNT,
		              .cause = _i / MR_JOB_STATE_COUNT };
	struct mr_history_line line;
	const char *at;

	add(&job, 1);
	at = job.history;
	ck_assert(mr_history_next(&at, &line));
	ck_assert_int_eq(line.state, job.state);
	ck_assert_int_eq(line.cause, job.cause);
}
END_TEST

START_TEST(test_oldest_lines_go_and_numbers_go_on)
{
	struct mr_job job = { .state = MR_JOB_QUEUED };
	struct mr_history_line line;
	int64_t first = 0, count = 0;
	const char *at;

	for (int i = 1; i <= 3 * MR_HISTORY_LINES; i++)
		add(&job, i);
	for (at = job.history; mr_history_next(&at, &line); count++)
		first = first == 0 ? line.number : first;
	ck_assert_int_eq(count, MR_HISTORY_LINES);
	ck_assert_int_eq(first, 2 * MR_HISTORY_LINES + 1);
	ck_assert_int_eq(mr_history_last(job.history), 3 * MR_HISTORY_LINES);
}
END_TEST

static const char *const no_lines[] = {
	"",
	"1",
	"1 queued",
	"1 queued 5 0 none",
	"1 queue 5 0 none\n",
	"1 queued 5 0 nothing\n",
	"1 queued -5 0 none\n",
	"x queued 5 0 none\n",
	"1  queued 5 0 none\n",
	"1 unknown 5 0 none\n",
};

START_TEST(test_what_is_no_line_ends_it)
{
	const char *at = no_lines[_i];
	struct mr_history_line line = { .number = 7 };

	ck_assert(!mr_history_next(&at, &line));
	ck_assert_ptr_eq(at, no_lines[_i]);
	ck_assert_int_eq(line.number, 7);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_lines_are_as_the_header_says);
	tcase_add_loop_test(tc, test_every_state_and_cause_comes_back, 0,
	                    MR_JOB_STATE_COUNT * MR_JOB_CAUSE_COUNT);
	tcase_add_test(tc, test_oldest_lines_go_and_numbers_go_on);
	tcase_add_loop_test(tc, test_what_is_no_line_ends_it, 0, N(no_lines));
}

UNIT_MAIN("history", add_tests)
