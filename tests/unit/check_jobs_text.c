/*
 * check_jobs_text.c: what a terminal shows of jobs in each state.
 */
#include "fcgi/command/jobs_text.h"

#include "jobs/progress.h"
#include "unit.h"

#include <signal.h>

#define NOW INT64_C(1700000100000)
#define ID "019dbb3e-5a4c-7c11-9e0c-6f2b8d9a1e57"

static struct mr_job job; /* the one that is shown */

static void
begin(void)
{
	job = (struct mr_job){ .id = ID,
		               .state = MR_JOB_QUEUED,
		               .endpoint = "sum",
		               .method = "POST",
		               .path = "/sum",
		               .created = NOW - 90000,
		               .attempts = 3 };
}

/* A running one, a quarter done within ten seconds. */
static void
run(void)
{
	struct mr_job_progress progress = {
		.done = 30, .total = 120, .phase = "half\033way", .elapsed = 10,
		.figures = { { "error", 0.125 } },
	};
	struct mr_buffer text = { .arena = arena };

	mr_progress_write(&progress, &text);
	job.progress = mr_buffer_text(&text);
	job.state = MR_JOB_RUNNING;
	job.started = NOW - 12000;
	job.attempt = 1;
}

static const char *
table(size_t count)
{
	struct mr_buffer text = { .arena = arena };

	jobs_text_table(&job, count, NOW, &text);
	return mr_buffer_text(&text);
}

static const char *
record(void)
{
	struct mr_buffer text = { .arena = arena };

	jobs_text_record(&job, NOW, &text);
	return mr_buffer_text(&text);
}

static const char *
bar(size_t columns)
{
	struct mr_buffer text = { .arena = arena };

	jobs_text_bar(&job, NOW, columns, &text);
	return mr_buffer_text(&text);
}

static const char *
step(void)
{
	struct mr_buffer text = { .arena = arena };

	jobs_text_step(&job, &text);
	return mr_buffer_text(&text);
}

#define HEADING                                                                \
	"JOB                                  STATE      ENDPOINT             "\
	"  AGE  TOOK TRY\n"

START_TEST(test_table_of_none_has_a_heading)
{
	ck_assert_str_eq(table(0), HEADING);
}
END_TEST

START_TEST(test_queued_job_is_a_row)
{
	ck_assert_str_eq(table(1), HEADING ID " queued     sum"
	                           "                  90.0s     -   0\n");
}
END_TEST

START_TEST(test_running_job_shows_how_far_it_is)
{
	run();
	ck_assert_str_eq(table(1),
	                 HEADING ID " running    sum"
	                            "                  90.0s 12.0s   1 25% "
	                            "half?way\n");
	ck_assert_str_eq(step(), "running 25% half?way");
	ck_assert_str_eq(bar(0),
	                 "running [######..................]  25.0% 12.0s "
	                 "30.0s left half?way error=0.125");
	ck_assert_str_eq(bar(10), "running [#");
	ck_assert_has(record(), "progress    running [######");
}
END_TEST

START_TEST(test_progress_may_not_be_known)
{
	run();
	job.progress = NULL;
	ck_assert_str_eq(bar(0), "running [........................] 12.0s");
	ck_assert_str_eq(step(), "running");
	job.progress = "{";
	ck_assert_str_eq(step(), "running");
}
END_TEST

START_TEST(test_cancelling_is_told)
{
	run();
	job.cancelling = 1;
	ck_assert_has(table(1), " cancelling ");
	ck_assert_has(step(), "cancelling ");
	job.state = MR_JOB_CANCELLED;
	ck_assert_has(table(1), " cancelled ");
}
END_TEST

START_TEST(test_scheduled_job_tells_when)
{
	job.state = MR_JOB_SCHEDULED;
	job.due = NOW + 30000;
	job.detail = "the function crashed";
	ck_assert_has(table(1), " in 30.0s the function crashed\n");
	ck_assert_str_eq(bar(0), "scheduled in 30.0s the function crashed");
	ck_assert_has(record(), "(in 30.0s)\n");
}
END_TEST

static const char *const facts[] = {
	"job         " ID "\n",
	"state       dead\n",
	"endpoint    sum\n",
	"request     POST /sum\n",
	"request id  r-1\n",
	"input       abcdef\n",
	"attempts    4; 3 of 3 failed, 1 lost\n",
	"created     2023-11-14T22:13:30.000Z (90.0s ago)\n",
	"took        2.5s\n",
	"status      500\n",
	"cause       crash\n",
	"signal      SIGSEGV\n",
	"error       it crashed\n",
	"history\n    2023-11-14T22:13:30.000Z queued\n"
	"    2023-11-14T22:13:31.000Z dead (crash)\n",
	"backtrace\n    #0 sum\n    #1 ?main\n",
};

START_TEST(test_record_of_a_dead_job_says_why)
{
	job.state = MR_JOB_DEAD;
	job.request_id = "r-1";
	job.digest = "abcdef";
	job.attempt = 4;
	job.failures = 3;
	job.losses = 1;
	job.started = NOW - 5000;
	job.finished = NOW - 2500;
	job.status = 500;
	job.cause = MR_JOB_CAUSE_CRASH;
	job.signal = SIGSEGV;
	job.detail = "it crashed";
	job.backtrace = "#0 sum\n#1 \033main";
	job.history = "1 queued 1700000010000 0 none\n"
	              "2 dead 1700000011000 4 crash\n";
	ck_assert_has(record(), facts[_i]);
	ck_assert_has(table(1), " it crashed\n");
	ck_assert_str_eq(step(), "dead attempt 4 it crashed");
}
END_TEST

START_TEST(test_record_leaves_out_what_is_not_there)
{
	static const char *const absent[] = {
		"request id", "input", "due", "started", "finished", "took",
		"progress", "status", "cause", "signal", "error", "history",
		"backtrace",
	};

	for (size_t i = 0; i < N(absent); i++)
		ck_assert_has_not(record(), absent[i]);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_table_of_none_has_a_heading);
	tcase_add_test(tc, test_queued_job_is_a_row);
	tcase_add_test(tc, test_running_job_shows_how_far_it_is);
	tcase_add_test(tc, test_progress_may_not_be_known);
	tcase_add_test(tc, test_cancelling_is_told);
	tcase_add_test(tc, test_scheduled_job_tells_when);
	tcase_add_loop_test(tc, test_record_of_a_dead_job_says_why, 0, N(facts));
	tcase_add_test(tc, test_record_leaves_out_what_is_not_there);
}

UNIT_MAIN("jobs_text", add_tests)
