/*
 * check_submit.c: which calls become jobs, what is submitted, what is answered.
 */
#include "api/submit.h"

#include "base/err.h"
#include "deflate.h"
#include "tree.h"

#include <stdio.h>

/* POST /double also by GET; /slow is long-running; /secret is internal. */

struct twice_in {
	int64_t x;
};
struct twice_out {
	int64_t product;
};

static int calls;

static enum mr_err
twice(mr_call *call, const struct twice_in *in, struct twice_out *out)
{
	(void)call;
	calls++;
	out->product = 2 * in->x;
	return MR_OK;
}

static const struct mr_field twice_in[] = {
	MR_PARAM(struct twice_in, x, "factor", MR_RANGE(0, 9)),
};
static const struct mr_field twice_out[] = {
	MR_RESULT(struct twice_out, product, "product"),
};
MR_ENDPOINT(twice, MR_POST, "/double", "Product");

#define OTHER(name_, ...)                                                      \
	static const struct mr_endpoint name_ = {                              \
		.name = #name_, .function = twice_call,                        \
		.in = MR_SHAPE(twice_in), .out = MR_SHAPE(twice_out),          \
		.summary = "Product", __VA_ARGS__                              \
	}

OTHER(get, .method = MR_GET, .path = "/double");
OTHER(slow, .method = MR_POST, .path = "/slow", .long_running = true);
OTHER(slow_get, .method = MR_GET, .path = "/slow", .long_running = true);
OTHER(secret, .method = MR_POST, .path = "/secret", .internal = true);

#define ID "0190b6a5-31a1-7cc4-8bf5-2fb1a3b0c9d4"

static struct mr_registry *registry;
static struct mr_request request;
static struct mr_reply reply;

static struct {
	int count;
	struct mr_submission submission;
	char key[300], body[100];
	enum mr_err err;
	int64_t state;
} taken;

static enum mr_err
take(void *context, const struct mr_submission *submission,
     struct mr_arena *pieces, struct mr_job *job)
{
	ck_assert_ptr_eq(context, &taken);
	ck_assert_ptr_eq(pieces, arena);
	taken.count++;
	taken.submission = *submission;
	if (submission->key != NULL)
		strcpy(taken.key, submission->key);
	ck_assert_uint_lt(submission->input.body.length, sizeof(taken.body));
	memcpy(taken.body, submission->input.body.data,
	       submission->input.body.length);
	if (taken.err == MR_OK || taken.err == MR_CONFLICT)
		*job = (struct mr_job){ .id = ID,
			                .state = taken.state,
			                .endpoint = submission->endpoint->name,
			                .method = "POST",
			                .path = "/double",
			                .created = 1795269906007 };
	return taken.err;
}

static uint64_t
enter(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return 1;
}

static void
begin(void)
{
	static const struct mr_endpoint *const own[] = {
		&mr_endpoint_twice, &get, &slow, &slow_get, &secret,
	};
	struct mr_buffer complaints = { .arena = arena };

	registry = mr_registry_new();
	for (size_t i = 0; i < N(own); i++)
		ck_assert_msg(mr_registry_add(registry, own[i], &complaints),
		              "%s", mr_buffer_text(&complaints));
	calls = 0;
	memset(&taken, 0, sizeof(taken));
	taken.state = MR_JOB_QUEUED;
	request = (struct mr_request){ .method = "POST",
		                       .path = "/double",
		                       .query = { "", 0 },
		                       .body = BYTES("{\"x\":4}"),
		                       .has_length = true,
		                       .request_id = "id-1",
		                       .prefer = "respond-async",
		                       .enter = enter,
		                       .submit = take,
		                       .context = &taken };
}

static void
finish(void)
{
	mr_registry_free(registry);
}

static void
handle(void)
{
	mr_handle(registry, &request, &reply, arena);
}

static const char *
header(const char *name)
{
	for (size_t i = 0; i < reply.header_count; i++)
		if (strcmp(reply.headers[i].name, name) == 0)
			return reply.headers[i].value;
	return NULL;
}

static const char *
member(const char *path)
{
	cJSON *document =
	    cJSON_ParseWithLength(reply.body.data, reply.body.length);
	const char *text = tree_text(document, path);

	ck_assert_ptr_nonnull(document);
	if (text != NULL)
		text = mr_arena_copy(arena, text, strlen(text));
	cJSON_Delete(document);
	return text;
}

static int
number(const char *path)
{
	cJSON *document =
	    cJSON_ParseWithLength(reply.body.data, reply.body.length);
	const cJSON *item = tree_at(document, path);
	int value;

	ck_assert(cJSON_IsNumber(item));
	value = item->valueint;
	cJSON_Delete(document);
	return value;
}

/* Who asks for what; a status of 202 is that of a job. */
static const struct {
	const char *method, *path, *prefer;
	int status;
	const char *applied; /* of a job; NULL: there is no such header */
	double wait;
} rows[] = {
	{ "POST", "/double", NULL, 200, NULL, 0 },
	{ "POST", "/double", "return=minimal", 200, NULL, 0 },
	{ "POST", "/double", "wait=x", 200, NULL, 0 },
	{ "POST", "/double", "respond-async", 202, "respond-async", 0 },
	{ "POST", "/double", "wait=20", 202, "wait=20", 20 },
	{ "POST", "/double", "wait=0", 202, "wait=0", 0 },
	{ "POST", "/double", "wait=20, respond-async", 202,
	  "respond-async, wait=20", 20 },
	{ "GET", "/double", "respond-async", 202, "respond-async", 0 },
	{ "GET", "/double", NULL, 200, NULL, 0 },
	{ "HEAD", "/double", "respond-async", 200, NULL, 0 },
	{ "POST", "/slow", NULL, 202, NULL, 0 },
	{ "POST", "/slow", "wait=3", 202, "wait=3", 3 },
	{ "GET", "/slow", NULL, 202, NULL, 0 },
};

START_TEST(test_call_is_a_job_if_it_is_asked_for)
{
	request.method = rows[_i].method;
	request.path = rows[_i].path;
	request.prefer = rows[_i].prefer;
	if (strcmp(request.method, "POST") != 0)
		request.query = TEXT("x=4");
	handle();
	ck_assert_int_eq(reply.err, MR_OK);
	ck_assert_int_eq(reply.status, rows[_i].status);
	ck_assert_int_eq(taken.count, rows[_i].status == 202);
	ck_assert_int_eq(calls, rows[_i].status == 200);
	ck_assert_pstr_eq(header("Preference-Applied"), rows[_i].applied);
	ck_assert_pstr_eq(reply.job, taken.count > 0 ? ID : NULL);
	ck_assert_double_eq(reply.wait, rows[_i].wait);
	ck_assert_pstr_eq(reply.content_type, "application/json");
}
END_TEST

START_TEST(test_reply_tells_of_the_job)
{
	handle();
	ck_assert_pstr_eq(header("Location"), "/jobs/" ID);
	ck_assert_pstr_eq(header("Cache-Control"), "no-store");
	ck_assert_pstr_eq(member("id"), ID);
	ck_assert_pstr_eq(member("state"), "queued");
	ck_assert_pstr_eq(member("created"), "2026-11-21T14:05:06.007Z");
	ck_assert_uint_eq(reply.preamble.length, 0);
	ck_assert(!reply.head);
	ck_assert_ptr_eq(reply.endpoint, &mr_endpoint_twice);
	ck_assert_uint_ne(reply.entered[MR_PHASE_DECODE], 0);
	ck_assert_uint_eq(reply.entered[MR_PHASE_COMPUTE], 0);
}
END_TEST

/* Its client can be told nothing of a job that is not there. */
START_TEST(test_head_of_what_always_is_a_job_stores_none)
{
	request.method = "HEAD";
	request.path = "/slow";
	request.query = TEXT("x=4");
	handle();
	ck_assert_int_eq(reply.status, 202);
	ck_assert(reply.head);
	ck_assert_int_eq(taken.count + calls, 0);
	ck_assert_ptr_null(reply.job);
	ck_assert_ptr_null(reply.content_type);
	request.query = TEXT("x=10");
	handle();
	ck_assert_int_eq(reply.status, 422);
}
END_TEST

START_TEST(test_call_that_nobody_takes_is_answered_at_once)
{
	request.submit = NULL;
	for (int i = 0; i < 2; i++) {
		request.path = i == 0 ? "/double" : "/slow";
		handle();
		ck_assert_int_eq(reply.status, 200);
		ck_assert_ptr_null(header("Preference-Applied"));
	}
	ck_assert_int_eq(calls, 2);
}
END_TEST

START_TEST(test_job_is_no_job_once_more)
{
	static const struct mr_job_call job = { .id = ID };

	request.job = &job;
	for (int i = 0; i < 2; i++) {
		request.path = i == 0 ? "/double" : "/slow";
		handle();
		ck_assert_int_eq(reply.status, 200);
	}
	ck_assert_int_eq(taken.count, 0);
}
END_TEST

START_TEST(test_all_that_the_client_said_is_submitted)
{
	const struct mr_submission *submission = &taken.submission;

	request.query = TEXT("x=1&");
	request.query.length = 0;
	request.content_type = "application/json;charset=utf-8";
	request.accept = "application/json, */*;q=0.1";
	request.idempotency_key = "\"a b\"";
	request.priority = "u=1, i";
	request.job_run_at = "2026-11-21T15:05:06.5+01:00";
	request.job_attempts = "7";
	handle();
	ck_assert_int_eq(reply.status, 202);
	ck_assert_ptr_eq(submission->endpoint, &mr_endpoint_twice);
	ck_assert_str_eq(submission->input.method.data, "POST");
	ck_assert_str_eq(submission->input.path.data, "/double");
	ck_assert_uint_eq(submission->input.query.length, 0);
	ck_assert_str_eq(submission->input.content_type.data,
	                 request.content_type);
	ck_assert_ptr_null(submission->input.content_encoding.data);
	ck_assert_str_eq(submission->input.accept.data, request.accept);
	ck_assert_str_eq(taken.body, "{\"x\":4}");
	ck_assert_str_eq(taken.key, "POST /double a b");
	ck_assert_str_eq(submission->request_id, "id-1");
	ck_assert_int_eq(submission->priority, 1);
	ck_assert_int_eq(submission->due, 1795269906500);
	ck_assert_int_eq(submission->attempts, 7);
}
END_TEST

START_TEST(test_what_was_not_said_has_its_default)
{
	const struct mr_submission *submission = &taken.submission;

	handle();
	ck_assert_ptr_null(submission->key);
	ck_assert_ptr_null(submission->input.content_type.data);
	ck_assert_ptr_null(submission->input.accept.data);
	ck_assert_int_eq(submission->priority, MR_JOB_PRIORITY_DEFAULT);
	ck_assert_int_eq(submission->due, 0);
	ck_assert_int_eq(submission->attempts, 0);
}
END_TEST

/* Large ones are pieces of their own, which a call would give back. */
START_TEST(test_body_is_submitted_as_it_came)
{
	struct mr_string body =
	    deflated((struct mr_string)BYTES("{\"x\":4}"), 9, NULL, arena);
	const size_t size = 1 << 20;
	char *piece = mr_arena_alloc(arena, size);

	memcpy(piece, body.data, body.length);
	request.body = (struct mr_string){ piece, body.length };
	request.body_piece = size;
	request.content_encoding = "gzip";
	handle();
	ck_assert_int_eq(reply.status, 202);
	ck_assert_ptr_eq(taken.submission.input.body.data, piece);
	ck_assert_uint_eq(taken.submission.input.body.length, body.length);
	ck_assert_mem_eq(taken.body, body.data, body.length);
	ck_assert_str_eq(taken.submission.input.content_encoding.data, "gzip");
}
END_TEST

/* What is wrong is told at once, and nothing is stored. */
static const struct {
	const char *body, *accept, *key, *run_at, *attempts;
	enum mr_err err;
	const char *detail;
} refusals[] = {
	{ "{\"x\":10}", NULL, NULL, NULL, NULL, MR_INVALID, "1 fault" },
	{ "{\"x\":", NULL, NULL, NULL, NULL, MR_SYNTAX, "Body, byte" },
	{ "{\"x\":4}", "text/html", NULL, NULL, NULL, MR_NOT_ACCEPTABLE, "" },
	{ "{\"x\":4}", NULL, "\"", NULL, NULL, MR_INVALID, "1 fault" },
	{ "{\"x\":", NULL, "\"", "soon", "0", MR_SYNTAX, "Body, byte" },
	{ "{\"x\":10}", NULL, "\"", "soon", "0", MR_INVALID, "4 faults" },
};

static void
refuse(int row)
{
	request.body = TEXT(refusals[row].body);
	request.accept = refusals[row].accept;
	request.idempotency_key = refusals[row].key;
	request.job_run_at = refusals[row].run_at;
	request.job_attempts = refusals[row].attempts;
	handle();
}

START_TEST(test_bad_submission_is_refused)
{
	refuse(_i);
	ck_assert_int_eq(reply.err, refusals[_i].err);
	ck_assert_int_eq(reply.status, mr_err_status(refusals[_i].err));
	ck_assert_int_eq(taken.count + calls, 0);
	ck_assert_ptr_null(header("Location"));
	if (*refusals[_i].detail != '\0')
		ck_assert_has(member("detail"), refusals[_i].detail);
}
END_TEST

static const struct {
	const char *key, *run_at, *attempts, *loc, *type, *msg;
	const char *ctx; /* NULL: there is none */
	int bound;
} headers[] = {
	{ "\"", NULL, NULL, "Idempotency-Key", "string_pattern_mismatch",
	  "String should be 1 to 255 visible", "errors|0|ctx|max_length", 255 },
	{ "", NULL, NULL, "Idempotency-Key", "string_pattern_mismatch",
	  "String should be 1 to 255 visible", "errors|0|ctx|max_length", 255 },
	{ NULL, "soon", NULL, "Job-Run-At", "datetime_parsing",
	  "Input should be a time", NULL, 0 },
	{ NULL, NULL, "one", "Job-Attempts", "int_parsing",
	  "Input should be a valid integer", NULL, 0 },
	{ NULL, NULL, "0", "Job-Attempts", "greater_than_equal",
	  "Input should be greater", "errors|0|ctx|ge", 1 },
	{ NULL, NULL, "101", "Job-Attempts", "less_than_equal",
	  "Input should be less", "errors|0|ctx|le", 100 },
};

START_TEST(test_fault_of_a_header_has_its_place)
{
	request.idempotency_key = headers[_i].key;
	request.job_run_at = headers[_i].run_at;
	request.job_attempts = headers[_i].attempts;
	handle();
	ck_assert_int_eq(reply.err, MR_INVALID);
	ck_assert_int_eq(taken.count + calls, 0);
	ck_assert_pstr_eq(member("errors|0|loc|0"), "header");
	ck_assert_pstr_eq(member("errors|0|loc|1"), headers[_i].loc);
	ck_assert_pstr_eq(member("errors|0|type"), headers[_i].type);
	ck_assert_has(member("errors|0|msg"), headers[_i].msg);
	if (headers[_i].ctx != NULL)
		ck_assert_int_eq(number(headers[_i].ctx), headers[_i].bound);
}
END_TEST

/* In the order in which they are read: headers, query string, body. */
START_TEST(test_faults_of_headers_and_input_are_told_at_once)
{
	static const char *const places[] = { "Job-Run-At", "Job-Attempts",
		                              "Idempotency-Key", "x" };
	char path[32];

	request.body = TEXT("{\"x\":10}");
	request.idempotency_key = request.job_run_at = request.job_attempts =
	    "\"";
	handle();
	ck_assert_int_eq(reply.err, MR_INVALID);
	for (size_t i = 0; i < N(places); i++) {
		snprintf(path, sizeof(path), "errors|%zu|loc|1", i);
		ck_assert_pstr_eq(member(path), places[i]);
	}
}
END_TEST

/* They are declared, so that a mistyped one is not overlooked either. */
START_TEST(test_headers_of_jobs_are_judged_in_other_calls_too)
{
	request.prefer = NULL;
	request.job_attempts = "none";
	handle();
	ck_assert_int_eq(reply.err, MR_INVALID);
	ck_assert_int_eq(calls, 0);
	ck_assert_pstr_eq(member("errors|0|loc|1"), "Job-Attempts");
	request.job_attempts = "2";
	request.idempotency_key = "bare";
	request.job_run_at = "2030-01-31T12:00:00Z";
	request.priority = "?";
	handle();
	ck_assert_int_eq(reply.status, 200);
	ck_assert_int_eq(taken.count, 0);
}
END_TEST

static const struct {
	enum mr_err err;
	const char *detail, *retry;
} ends[] = {
	{ MR_INVALID, "This Idempotency-Key was used for another input", NULL },
	{ MR_STORAGE, "The job was not accepted", "1" },
	{ MR_STORAGE_FULL, "The job was not accepted", NULL },
	{ MR_BUSY, "Nobody takes jobs", "1" },
	{ MR_MEMORY, NULL, NULL },
};

START_TEST(test_job_that_is_not_stored_is_a_problem)
{
	taken.err = ends[_i].err;
	handle();
	ck_assert_int_eq(reply.err, ends[_i].err);
	ck_assert_int_eq(reply.status, mr_err_status(ends[_i].err));
	ck_assert_pstr_eq(reply.content_type, "application/problem+json");
	ck_assert_pstr_eq(header("Retry-After"), ends[_i].retry);
	ck_assert_ptr_null(header("Location"));
	ck_assert_ptr_null(reply.job);
	if (ends[_i].detail != NULL)
		ck_assert_has(member("detail"), ends[_i].detail);
}
END_TEST

START_TEST(test_job_that_is_there_is_answered_as_it_is)
{
	taken.err = MR_CONFLICT;
	taken.state = MR_JOB_SUCCEEDED;
	handle();
	ck_assert_int_eq(reply.status, 202);
	ck_assert_pstr_eq(reply.job, ID);
	ck_assert_pstr_eq(member("state"), "succeeded");
}
END_TEST

START_TEST(test_internal_endpoint_is_only_for_jobs)
{
	static const struct mr_job_call job = { .id = ID };
	static const char *const methods[] = { "POST", "GET", "OPTIONS" };

	request.path = "/secret";
	for (size_t i = 0; i < N(methods); i++) {
		request.method = methods[i];
		handle();
		ck_assert_int_eq(reply.status, 404);
		ck_assert_ptr_null(reply.endpoint);
	}
	request.method = "POST";
	request.job = &job;
	handle();
	ck_assert_int_eq(reply.status, 200);
	ck_assert_int_eq(calls, 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, finish);
	tcase_add_loop_test(tc, test_call_is_a_job_if_it_is_asked_for, 0,
	                    N(rows));
	tcase_add_test(tc, test_reply_tells_of_the_job);
	tcase_add_test(tc, test_head_of_what_always_is_a_job_stores_none);
	tcase_add_test(tc, test_call_that_nobody_takes_is_answered_at_once);
	tcase_add_test(tc, test_job_is_no_job_once_more);
	tcase_add_test(tc, test_all_that_the_client_said_is_submitted);
	tcase_add_test(tc, test_what_was_not_said_has_its_default);
	tcase_add_test(tc, test_body_is_submitted_as_it_came);
	tcase_add_loop_test(tc, test_bad_submission_is_refused, 0, N(refusals));
	tcase_add_loop_test(tc, test_fault_of_a_header_has_its_place, 0,
	                    N(headers));
	tcase_add_test(tc, test_faults_of_headers_and_input_are_told_at_once);
	tcase_add_test(tc, test_headers_of_jobs_are_judged_in_other_calls_too);
	tcase_add_loop_test(tc, test_job_that_is_not_stored_is_a_problem, 0,
	                    N(ends));
	tcase_add_test(tc, test_job_that_is_there_is_answered_as_it_is);
	tcase_add_test(tc, test_internal_endpoint_is_only_for_jobs);
}

UNIT_MAIN("submit", add_tests)
