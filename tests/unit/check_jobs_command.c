/*
 * check_jobs_command.c: `millrace jobs` against a broker that knows one job,
 * which goes on with each look at it.
 */
#include "fcgi/command/jobs_command.h"

#include "broker_double.h"
#include "fcgi/base/listener.h"
#include "place.h"

#define ID "019dbb3e-5a4c-7c11-9e0c-6f2b8d9a1e57"

static struct program program;
static char *arguments[8];
static size_t argument_count;

/* How the job of the broker ends, and what the broker says of it. */
static struct plot {
	int64_t end;
	enum mr_err err;
	const char *detail;
} plot;

/* Queued, twice the same as it runs, then over. */
static void
advance(struct mr_job *job, int look)
{
	if (look == 0)
		return;
	job->state = MR_JOB_RUNNING;
	job->attempt = 1;
	job->started = 1700000000000;
	job->progress = "{\"done\":1,\"total\":4}";
	if (look > 2) {
		job->state = plot.end;
		job->finished = 1700000001000;
		job->detail = plot.end == MR_JOB_DEAD ? "it crashed" : NULL;
	}
}

static void
answer(int fd, const struct message *question)
{
	static int looks;
	struct mr_job job = { .id = ID,
		              .endpoint = "sum",
		              .method = "GET",
		              .path = "/sum",
		              .state = MR_JOB_QUEUED,
		              .attempts = 3 };
	struct message reply = { .type = MESSAGE_REPLY,
		                 .err = plot.err,
		                 .detail = plot.detail,
		                 .jobs = &job,
		                 .job_count = 1 };

	if (question->type == MESSAGE_FIND)
		advance(&job, looks++);
	if (question->type == MESSAGE_CANCEL || question->type == MESSAGE_RETRY)
		job.state = plot.end;
	if (question->type == MESSAGE_LIST &&
	    (question->filter.state != MR_JOB_DEAD ||
	     question->filter.limit != 7 ||
	     strcmp(question->filter.endpoint, "sum") != 0 ||
	     strcmp(question->filter.after, ID) != 0))
		reply.job_count = 0;
	if (question->id != NULL && strcmp(question->id, ID) != 0)
		reply.err = MR_NOT_FOUND;
	broker_double_say(fd, &reply);
}

/* Holds the lock of the directory, as a server does. */
static void
start_broker(const struct plot *of_test)
{
	int lock = open("lock", O_RDWR | O_CREAT | O_TRUNC, 0644);

	dprintf(lock, "control c\nbroker %s/b\n", place);
	ck_assert_int_eq(lockf(lock, F_TLOCK, 0), 0);
	plot = *of_test;
	broker_double_start(listener_open("b", "", 8), answer);
}

static int
run(void *context)
{
	(void)context;
	program.arena = arena;
	snprintf(program.config.state, sizeof(program.config.state), "%s",
	         place);
	return jobs_command_run(&program, arguments, argument_count);
}

/* Words with a space between them. */
static void
split(const char *words)
{
	char *rest = mr_arena_copy(arena, words, strlen(words)), *word;

	argument_count = 0;
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0')
			arguments[argument_count++] = word;
}

static const struct {
	const char *words;
	struct plot plot;
	int status;
	const char *out, *complaint;
} runs[] = {
	{ "state=dead endpoint=sum limit=7 after=" ID, { 0, MR_OK, NULL }, 0,
	  ID " queued     sum", "" },
	{ "list state=dead endpoint=sum limit=7 after=" ID,
	  { 0, MR_OK, NULL }, 0, ID " queued     sum", "" },
	{ "list endpoint=a limit=7", { 0, MR_OK, NULL }, 0, "JOB ", "" },
	{ "show " ID, { 0, MR_OK, NULL }, 0, "state       queued\n", "" },
	{ "show 019dbb3e-5a4c-7c11-9e0c-000000000000", { 0, MR_OK, NULL }, 1,
	  "", "there is no job 019dbb3e-5a4c-7c11-9e0c-000000000000\n" },
	{ "cancel " ID, { MR_JOB_CANCELLED, MR_OK, NULL }, 0, "cancelled\n",
	  "" },
	{ "cancel " ID, { MR_JOB_RUNNING, MR_OK, NULL }, 0, "being cancelled\n",
	  "" },
	{ "cancel " ID, { MR_JOB_SUCCEEDED, MR_CONFLICT, NULL }, 1, "",
	  "the job is succeeded: it cannot be cancelled any more\n" },
	{ "retry " ID, { MR_JOB_QUEUED, MR_OK, NULL }, 0, "queued\n", "" },
	{ "retry " ID, { MR_JOB_RUNNING, MR_CONFLICT, NULL }, 1, "",
	  "the job is running: only one that failed, is dead or was cancelled "
	  "runs again\n" },
	{ "watch " ID, { MR_JOB_SUCCEEDED, MR_OK, NULL }, 0,
	  "queued\nrunning 25%\nsucceeded\n", "" },
	{ "watch " ID, { MR_JOB_DEAD, MR_OK, NULL }, 1,
	  "queued\nrunning 25%\ndead it crashed\n", "" },
	{ "list", { 0, MR_STORAGE, "jobs.db: I/O error" }, 1, "",
	  "stored or read: jobs.db: I/O error\n" },
};

START_TEST(test_action_is_done)
{
	int status;

	start_broker(&runs[_i].plot);
	split(runs[_i].words);
	status = place_run(run, NULL);
	ck_assert_has(place_read("stderr").data, runs[_i].complaint);
	ck_assert_has(place_read("stdout").data, runs[_i].out);
	ck_assert_int_eq(status, runs[_i].status << 8);
}
END_TEST

/* What is wrong by itself is told, whether a server runs or not. */
static const struct {
	const char *words, *complaint;
} refusals[] = {
	{ "cancle " ID, "there is no action 'cancle'; did you mean 'cancel'?" },
	{ "frobnicate", "there is no action 'frobnicate'\n" },
	{ "show", "usage: millrace jobs show ID" },
	{ "show " ID " " ID, "usage: millrace jobs show ID" },
	{ "watch 12", "'12' is no id of a job" },
	{ "list", "no server runs in " },
	{ "", "no server runs in " },
};

START_TEST(test_bad_command_is_refused)
{
	split(refusals[_i].words);
	ck_assert_int_ne(place_run(run, NULL), 0);
	ck_assert_has(place_read("stderr").data, refusals[_i].complaint);
	ck_assert_uint_eq(place_read("stdout").length, 0);
}
END_TEST

START_TEST(test_bad_parameter_is_refused)
{
	start_broker(&(struct plot){ 0, MR_OK, NULL });
	split("list state=dead stat=dead");
	ck_assert_int_ne(place_run(run, NULL), 0);
	ck_assert_has(place_read("stderr").data, "no parameter 'stat'");
}
END_TEST

static void
finish(void)
{
	broker_double_stop();
	place_teardown();
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, finish);
	tcase_add_loop_test(tc, test_action_is_done, 0, N(runs));
	tcase_add_loop_test(tc, test_bad_command_is_refused, 0, N(refusals));
	tcase_add_test(tc, test_bad_parameter_is_refused);
}

UNIT_MAIN("jobs_command", add_tests)
