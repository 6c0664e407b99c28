/*
 * check_start_task.c: POST /start-task/ answers and starts a job, which writes
 * its line once, however often it is run.
 */
#include "builtin.h"
#include "place.h"

/* What was submitted, and what submitting ends with. */
static struct mr_submission submitted;
static int submissions;
static enum mr_err submitting;

static enum mr_err
submit(void *context, const struct mr_submission *submission,
       struct mr_arena *in, struct mr_job *job)
{
	(void)context;
	(void)in;
	*job = (struct mr_job){ .id = "0" };
	submitted = *submission;
	submissions++;
	return submitting;
}

static struct mr_reply
start(const char *query)
{
	struct mr_request request =
	    builtin_request("POST", "/start-task/", query);

	request.submit = submit;
	request.state_directory = ".";
	return builtin_call(&request);
}

/* Runs what was submitted, as the job of this id. */
static struct mr_reply
run(const char *id, const char *directory)
{
	const struct mr_job_call job = { .id = id, .restored = { "", 0 } };
	struct mr_request request =
	    builtin_request(submitted.input.method.data,
	                    submitted.input.path.data, "");

	request.body = submitted.input.body;
	request.has_length = true;
	request.job = &job;
	request.state_directory = directory;
	return builtin_call(&request);
}

static const struct {
	const char *query, *line;
} tasks[] = {
	{ "task_id=1", "Task 1 completed\n" },
	{ "task_id=0", "Task 0 completed\n" },
	{ "task_id=-9223372036854775808",
	  "Task -9223372036854775808 completed\n" },
	{ "task_id=9223372036854775807",
	  "Task 9223372036854775807 completed\n" },
};

START_TEST(test_task_is_started_and_has_one_line)
{
	struct mr_reply reply = start(tasks[_i].query);

	ck_assert_int_eq(reply.status, 200);
	ck_assert_pstr_eq(builtin_text(&reply),
	                  "{\"message\":\"Task started in the background\"}");
	ck_assert_double_eq(reply.park, 0);
	ck_assert_int_eq(submissions, 1);
	ck_assert_int_ne(access("log.txt", F_OK), 0);
	for (int attempt = 0; attempt < 3; attempt++)
		ck_assert_int_eq(run("0190-a", ".").status, 200);
	ck_assert_pstr_eq(place_read("log.txt").data, tasks[_i].line);
}
END_TEST

START_TEST(test_two_starts_are_two_lines)
{
	start("task_id=7");
	ck_assert_int_eq(run("0190-a", ".").status, 200);
	start("task_id=7");
	ck_assert_int_eq(run("0190-b", ".").status, 200);
	ck_assert_int_eq(submissions, 2);
	ck_assert_pstr_eq(place_read("log.txt").data,
	                  "Task 7 completed\nTask 7 completed\n");
}
END_TEST

static const char *const faults[] = {
	"", "task_id=", "task_id=x", "task_id=1.0", "task_id=1&task=2",
	"task_id=9223372036854775808",
};

START_TEST(test_what_is_no_task_starts_nothing)
{
	ck_assert_int_eq(start(faults[_i]).status, 422);
	ck_assert_int_eq(submissions, 0);
}
END_TEST

START_TEST(test_task_that_cannot_be_stored_is_told)
{
	submitting = MR_STORAGE_FULL;
	ck_assert_int_eq(start("task_id=1").status, 507);
}
END_TEST

START_TEST(test_line_that_cannot_be_written_is_a_failure)
{
	start("task_id=1");
	ck_assert_int_eq(run("0190-a", "nowhere").err, MR_STORAGE);
	ck_assert_int_eq(run("0190-a", NULL).err, MR_STORAGE);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, builtin_setup, builtin_teardown);
	tcase_add_loop_test(tc, test_task_is_started_and_has_one_line, 0,
	                    N(tasks));
	tcase_add_test(tc, test_two_starts_are_two_lines);
	tcase_add_loop_test(tc, test_what_is_no_task_starts_nothing, 0,
	                    N(faults));
	tcase_add_test(tc, test_task_that_cannot_be_stored_is_told);
	tcase_add_test(tc, test_line_that_cannot_be_written_is_a_failure);
}

UNIT_MAIN("start_task", add_tests)
