/*
 * check_jobs_http.c: what a client sees of what the broker says.
 */
#include "fcgi/control/jobs_http.h"

#include "asking.h"
#include "fcgi/board/progress.h"

#include <cjson/cJSON.h>

#define ID "019dbb3e-5a4c-7c11-9e0c-6f2b8d9a1e5"
#define JOB "/jobs/" ID "0"

/* The broker: what it was asked last, and what it says. */
static struct message asked, says;
static enum mr_err reached;
static struct mr_job jobs[3];

static enum mr_err
broker(struct broker_client *client, const struct message *question,
       struct mr_arena *pieces, struct message *to)
{
	(void)pieces;
	ck_assert_ptr_null(client);
	asked = *question;
	asked.id = question->id == NULL
	               ? NULL
	               : mr_arena_copy(arena, question->id,
	                               strlen(question->id));
	if (reached == MR_OK)
		*to = says;
	return reached;
}

static void
begin(void)
{
	static const char *const ids[] = { ID "0", ID "1", ID "2" };

	board_setup();
	control.ask = broker;
	prefer = NULL;
	reached = MR_OK;
	for (size_t i = 0; i < N(jobs); i++)
		jobs[i] = (struct mr_job){ .id = ids[i],
			                   .state = MR_JOB_QUEUED,
			                   .endpoint = "sum",
			                   .method = "GET",
			                   .path = "/sum",
			                   .created = 1700000000000,
			                   .attempts = 3 };
	asked = (struct message){ .type = MESSAGE_TYPE_COUNT };
	says = (struct message){ .err = MR_OK, .jobs = jobs, .job_count = 1 };
}

/* A member of the body, as JSON. */
static const char *
member(const char *body, const char *name)
{
	cJSON *tree = cJSON_Parse(body);
	char *text, *copy;

	ck_assert_msg(tree != NULL, "%s", body);
	text = cJSON_PrintUnformatted(cJSON_GetObjectItem(tree, name));
	copy = text == NULL ? "" : mr_arena_copy(arena, text, strlen(text));
	cJSON_free(text);
	cJSON_Delete(tree);
	return copy;
}

/* Errors. */

static const struct {
	enum mr_err reached, err;
	const char *detail; /* the broker's; NULL: none */
	int status;
	const char *words, *retry;
} errors[] = {
	{ MR_BUSY, MR_OK, NULL, 503, "does not answer", "1" },
	{ MR_MEMORY, MR_OK, NULL, 507, "memory", "" },
	{ MR_OK, MR_NOT_FOUND, NULL, 404, "no such job", "" },
	{ MR_OK, MR_STORAGE, "jobs.db: I/O error", 503, "jobs.db: I/O error",
	  "1" },
	{ MR_OK, MR_STORAGE_FULL, "no room", 507, "no room", "" },
	{ MR_OK, MR_BUSY, NULL, 503, "The broker failed", "1" },
};

static const struct {
	const char *method, *path;
} requests[] = {
	{ "GET", "/jobs" },  { "GET", JOB },           { "HEAD", JOB },
	{ "DELETE", JOB },   { "GET", JOB "/result" },
};

START_TEST(test_broker_error_is_a_problem)
{
	reached = errors[_i].reached;
	says = (struct message){ .err = errors[_i].err,
		                 .detail = errors[_i].detail };
	for (size_t i = 0; i < N(requests); i++) {
		const char *text = ask(requests[i].method, requests[i].path, "");

		ck_assert_int_eq(reply.status, errors[_i].status);
		ck_assert_str_eq(reply.content_type, MR_PROBLEM_TYPE);
		ck_assert_has(text, errors[_i].words);
		ck_assert_str_eq(header("Retry-After"), errors[_i].retry);
		ck_assert_str_eq(header("Cache-Control"), "no-store");
	}
}
END_TEST

/* One job is asked for: what is no job is not looked at. */
START_TEST(test_broker_without_a_job_is_an_error)
{
	says.job_count = 0;
	says.jobs = NULL;
	for (size_t i = 1; i < N(requests); i++) {
		ask(requests[i].method, requests[i].path, "");
		ck_assert_int_eq(reply.status, 500);
	}
}
END_TEST

START_TEST(test_parameters_of_a_job_are_refused)
{
	for (size_t i = 1; i < N(requests); i++) {
		ask(requests[i].method, requests[i].path, "x=1");
		ck_assert_int_eq(reply.status, 422);
		ck_assert_int_eq(asked.type, MESSAGE_TYPE_COUNT);
	}
}
END_TEST

/* A job. */

START_TEST(test_job_is_shown)
{
	const char *text = ask("GET", JOB, "");

	ck_assert_int_eq(reply.status, 200);
	ck_assert_str_eq(reply.content_type, "application/json");
	ck_assert_int_eq(asked.type, MESSAGE_FIND);
	ck_assert_str_eq(asked.id, ID "0");
	ck_assert_str_eq(member(text, "id"), "\"" ID "0\"");
	ck_assert_str_eq(member(text, "state"), "\"queued\"");
	ck_assert_str_eq(header("Cache-Control"), "no-store");
	ck_assert_str_eq(header("Retry-After"), "");
}
END_TEST

START_TEST(test_head_of_a_job_has_no_body)
{
	ask("HEAD", JOB, "");
	ck_assert_int_eq(reply.status, 200);
	ck_assert(reply.head);
	ck_assert_int_eq(asked.type, MESSAGE_FIND);
}
END_TEST

/* A runner tells how far it is; another attempt is another matter. */
static const struct {
	int64_t state, attempt;
	bool told;
} overlays[] = {
	{ MR_JOB_RUNNING, 2, true },
	{ MR_JOB_RUNNING, 3, false },
	{ MR_JOB_QUEUED, 2, false },
};

START_TEST(test_progress_is_of_the_attempt_that_runs)
{
	struct score *runner = board_worker(0, POLICY_SERVING, true);
	const char *texts[2];

	progress_begin(&runner->job, ID "0", 2);
	progress_tell(&runner->job, 30, 120, "halfway");
	jobs[0].state = overlays[_i].state;
	jobs[0].attempt = overlays[_i].attempt;
	texts[0] = ask("GET", JOB, "");
	texts[1] = ask("GET", "/jobs", "");
	for (int i = 0; i < 2; i++) {
		if (!overlays[_i].told) {
			ck_assert_has_not(texts[i], "halfway");
			continue;
		}
		ck_assert_has(texts[i], "\"phase\":\"halfway\"");
		ck_assert_has(texts[i], "\"fraction\":0.25");
	}
}
END_TEST

/* Its end. */

static const struct {
	int64_t state;
	enum mr_err err;
	int status;
	const char *words;
} cancels[] = {
	{ MR_JOB_CANCELLED, MR_OK, 200, "\"state\":\"cancelled\"" },
	{ MR_JOB_RUNNING, MR_OK, 202, "\"state\":\"running\"" },
	{ MR_JOB_SUCCEEDED, MR_CONFLICT, 409, "The job is succeeded" },
	{ MR_JOB_FAILED, MR_CONFLICT, 409, "The job is failed" },
	{ MR_JOB_DEAD, MR_CONFLICT, 409, "The job is dead" },
};

START_TEST(test_job_is_cancelled)
{
	const char *text;

	jobs[0].state = cancels[_i].state;
	jobs[0].cancelling = cancels[_i].status == 202;
	says.err = cancels[_i].err;
	text = ask("DELETE", JOB, "");
	ck_assert_int_eq(asked.type, MESSAGE_CANCEL);
	ck_assert_str_eq(asked.id, ID "0");
	ck_assert_int_eq(reply.status, cancels[_i].status);
	ck_assert_has(text, cancels[_i].words);
}
END_TEST

/* Its result. */

START_TEST(test_result_is_that_of_the_call)
{
	jobs[0].state = MR_JOB_FAILED;
	says.result = (struct mr_job_result){ 422, TEXT("text/x"),
		                              BYTES("a\0b") };
	ask("GET", JOB "/result", "");
	ck_assert_int_eq(asked.type, MESSAGE_RESULT);
	ck_assert_int_eq(reply.status, 422);
	ck_assert_str_eq(reply.content_type, "text/x");
	ck_assert_uint_eq(reply.body.length, 3);
	ck_assert_mem_eq(reply.body.data, "a\0b", 3);
	ck_assert_uint_eq(reply.preamble.length, 0);
	ask("HEAD", JOB "/result", "");
	ck_assert_int_eq(reply.status, 422);
	ck_assert(reply.head);
}
END_TEST

static const struct {
	int64_t state;
	const char *prefer, *method;
	int status;
	const char *words;
	double wait;
} waits[] = {
	{ MR_JOB_QUEUED, NULL, "GET", 409, "it has no result yet", 0 },
	{ MR_JOB_RUNNING, NULL, "GET", 409, "The job is running", 0 },
	{ MR_JOB_SCHEDULED, "wait=0", "GET", 409, "The job is scheduled", 0 },
	{ MR_JOB_QUEUED, "respond-async", "GET", 409, "no result yet", 0 },
	{ MR_JOB_QUEUED, "wait=5", "GET", 202, "\"state\":\"queued\"", 5 },
	{ MR_JOB_RUNNING, "wait=100", "GET", 202, "\"state\":\"running\"", 100 },
	{ MR_JOB_QUEUED, "wait=5", "HEAD", 409, "it has no result yet", 0 },
	{ MR_JOB_CANCELLED, NULL, "GET", 409,
	  "The job is cancelled; it has no result\"", 0 },
	{ MR_JOB_CANCELLED, "wait=5", "GET", 409, "The job is cancelled", 0 },
};

START_TEST(test_result_is_waited_for)
{
	const char *text;

	jobs[0].state = waits[_i].state;
	prefer = waits[_i].prefer;
	text = ask(waits[_i].method, JOB "/result", "");
	ck_assert_int_eq(reply.status, waits[_i].status);
	ck_assert_has(text, waits[_i].words);
	ck_assert_double_eq(reply.wait, waits[_i].wait);
	ck_assert_str_eq(header("Retry-After"),
	                 reply.status == 409 && !mr_job_is_final(jobs[0].state)
	                     ? "1"
	                     : "");
	if (waits[_i].wait > 0) {
		ck_assert_str_eq(reply.job, ID "0");
		ck_assert_str_eq(header("Location"), JOB);
	} else {
		ck_assert_ptr_null(reply.job);
	}
}
END_TEST

/* Pages. */

static const struct {
	const char *query;
	int64_t state;
	const char *endpoint, *after;
	size_t limit; /* that is asked for: one more than fits on a page */
} filters[] = {
	{ "", -1, NULL, NULL, 51 },
	{ "state=dead", MR_JOB_DEAD, NULL, NULL, 51 },
	{ "state=scheduled&limit=1", MR_JOB_SCHEDULED, NULL, NULL, 2 },
	{ "endpoint=sum&after=" ID "7", -1, "sum", ID "7", 51 },
	{ "limit=1000", -1, NULL, NULL, 1001 },
};

static void
check_text(const char *got, const char *expected)
{
	ck_assert((got == NULL) == (expected == NULL));
	if (got != NULL)
		ck_assert_str_eq(got, expected);
}

START_TEST(test_filter_is_passed_on)
{
	says.job_count = 0;
	ck_assert_str_eq(member(ask("GET", "/jobs", filters[_i].query), "jobs"),
	                 "[]");
	ck_assert_int_eq(reply.status, 200);
	ck_assert_int_eq(asked.type, MESSAGE_LIST);
	ck_assert_int_eq(asked.filter.state, filters[_i].state);
	ck_assert_uint_eq(asked.filter.limit, filters[_i].limit);
	check_text(asked.filter.endpoint, filters[_i].endpoint);
	check_text(asked.filter.after, filters[_i].after);
	ck_assert_str_eq(header("Link"), "");
}
END_TEST

static const struct {
	const char *query;
	int status;
	const char *words;
} refusals[] = {
	{ "limit=0", 422, "\"loc\":[\"query\",\"limit\"]" },
	{ "limit=1001", 422, "\"loc\":[\"query\",\"limit\"]" },
	{ "limit=x", 422, "int_parsing" },
	{ "state=done", 422, "\"loc\":[\"query\",\"state\"]" },
	{ "after=x", 422, "\"loc\":[\"query\",\"after\"]" },
	{ "stat=dead", 422, "\"nearest\":\"state\"" },
	{ "limit=1&limit=2", 422, "repeated" },
	{ "limit=%", 400, "\"offset\":6" },
};

START_TEST(test_bad_filter_is_refused)
{
	ck_assert_has(ask("GET", "/jobs", refusals[_i].query),
	              refusals[_i].words);
	ck_assert_int_eq(reply.status, refusals[_i].status);
	ck_assert_int_eq(asked.type, MESSAGE_TYPE_COUNT);
}
END_TEST

START_TEST(test_last_page_has_no_next)
{
	const char *text;

	says.job_count = 3;
	text = ask("GET", "/jobs", "limit=3");
	ck_assert_str_eq(member(text, "next"), "null");
	ck_assert_uint_eq(count_of(text, "\"id\":\"" ID), 3);
	ck_assert_str_eq(header("Link"), "");
}
END_TEST

START_TEST(test_next_page_begins_behind_this_one)
{
	const char *text;

	says.job_count = 3;
	text = ask("GET", "/jobs", "limit=2&endpoint=a%26b&state=queued");
	ck_assert_str_eq(member(text, "next"), "\"" ID "1\"");
	ck_assert_uint_eq(count_of(text, "\"id\":\"" ID), 2);
	ck_assert_str_eq(header("Link"),
	                 "</jobs?state=queued&endpoint=a%26b&limit=2&after=" ID
	                 "1>; rel=\"next\"");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, board_teardown);
	tcase_add_loop_test(tc, test_broker_error_is_a_problem, 0, N(errors));
	tcase_add_test(tc, test_broker_without_a_job_is_an_error);
	tcase_add_test(tc, test_parameters_of_a_job_are_refused);
	tcase_add_test(tc, test_job_is_shown);
	tcase_add_test(tc, test_head_of_a_job_has_no_body);
	tcase_add_loop_test(tc, test_progress_is_of_the_attempt_that_runs, 0,
	                    N(overlays));
	tcase_add_loop_test(tc, test_job_is_cancelled, 0, N(cancels));
	tcase_add_test(tc, test_result_is_that_of_the_call);
	tcase_add_loop_test(tc, test_result_is_waited_for, 0, N(waits));
	tcase_add_loop_test(tc, test_filter_is_passed_on, 0, N(filters));
	tcase_add_loop_test(tc, test_bad_filter_is_refused, 0, N(refusals));
	tcase_add_test(tc, test_last_page_has_no_next);
	tcase_add_test(tc, test_next_page_begins_behind_this_one);
}

UNIT_MAIN("jobs_http", add_tests)
