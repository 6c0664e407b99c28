/*
 * check_background.c: calls that start others.
 */
#include "api/background.h"

#include "going.h"

#include <math.h>
#include <stdio.h>

/* What the function does, beside its answer. */
static struct {
	int starts; /* how many */
	double started; /* with this for an input */
	const struct mr_endpoint *target;
	enum mr_err err;
} script;

/* Each by its x, in order. */
static int64_t ran[8];
static int ran_count;

/* The target: internal. */

struct later_in {
	double x;
	struct mr_string text;
	int64_t maybe;
	bool has_maybe;
};
MR_NOTHING(later_out);

static enum mr_err
later(mr_call *call, const struct later_in *in, struct later_out *out)
{
	(void)out;
	ck_assert(!in->has_maybe);
	ck_assert_str_eq(in->text.data, "a\"b");
	mr_progress(call, 1, 2, "phase");
	mr_figure(call, "figure", 1);
	ck_assert_int_eq(mr_checkpoint(call, "x", 1), MR_OK);
	ck_assert_uint_eq(mr_restored(call).length, 0);
	ran[ran_count++] = (int64_t)in->x;
	return MR_OK;
}

static const struct mr_field later_in[] = {
	MR_PARAM(struct later_in, x, "x", MR_RANGE(-9, 9)),
	MR_PARAM(struct later_in, text, "text", MR_LENGTH(0, 9)),
	MR_FIELD(struct later_in, maybe, "maybe", .bounds = MR_RANGE(0, 9),
	         MR_OR_ABSENT(struct later_in, has_maybe)),
};
MR_ENDPOINT(later, MR_POST, "/later", "Later", .internal = true);

#define OTHER(name_, ...)                                                      \
	static const struct mr_endpoint name_ = {                              \
		.name = #name_, .function = later_call,                        \
		.out = MR_SHAPE(later_out), .summary = "Other", __VA_ARGS__    \
	}

static const struct mr_field in_query[] = {
	MR_PARAM(struct later_in, x, "x", MR_RANGE(-9, 9), .in_query = true),
};
OTHER(by_get, .in = { later_in, 2, sizeof(struct later_in) },
      .method = MR_GET, .path = "/get");
OTHER(by_query, .in = { in_query, 1, sizeof(struct later_in) },
      .method = MR_POST, .path = "/query");
OTHER(unknown, .in = MR_SHAPE(later_in), .method = MR_POST, .path = "/none");
OTHER(namesake, .in = MR_SHAPE(later_in), .method = MR_POST,
      .path = "/later");

/* POST /go follows the script. */

MR_NOTHING(go_in);
struct go_out {
	bool done;
};

static enum mr_err
go(mr_call *call, const struct go_in *in, struct go_out *out)
{
	(void)in;
	out->done = true;
	for (int i = 0; i < script.starts; i++) {
		const struct later_in input = { .x = script.started + i,
			                        .text = { "a\"b", 3 } };
		enum mr_err err = mr_start(call, script.target, &input);

		if (err != MR_OK)
			return err;
	}
	return script.err;
}

static const struct mr_field go_out[] = {
	MR_RESULT(struct go_out, done, "whether it is done"),
};
MR_ENDPOINT(go, MR_POST, "/go", "Goes");

static struct {
	int count, fails; /* the one that is refused, from 1 */
	enum mr_err err;
	struct mr_submission last;
	char key[300], body[100];
} taken;

static enum mr_err
take(void *context, const struct mr_submission *submission,
     struct mr_arena *pieces, struct mr_job *job)
{
	(void)context;
	(void)pieces;
	taken.count++;
	taken.last = *submission;
	snprintf(taken.key, sizeof(taken.key), "%s",
	         submission->key == NULL ? "" : submission->key);
	snprintf(taken.body, sizeof(taken.body), "%.*s",
	         (int)submission->input.body.length,
	         submission->input.body.data);
	*job = (struct mr_job){ .id = "id" };
	return taken.count == taken.fails ? taken.err : MR_OK;
}

static void
begin(void)
{
	const struct mr_endpoint *const own[] = { &mr_endpoint_later,
		                                  &mr_endpoint_go, &by_get,
		                                  &by_query };

	for (size_t i = 0; i < N(own); i++)
		serve_endpoint(own[i]);
	memset(&script, 0, sizeof(script));
	memset(&taken, 0, sizeof(taken));
	script.target = &mr_endpoint_later;
	ran_count = 0;
	prepare_request();
	request.submit = take;
}

START_TEST(test_started_jobs_are_submitted)
{
	script.starts = 2;
	script.started = 3;
	handle();
	ck_assert_int_eq(reply.status, 200);
	ck_assert_int_eq(taken.count, 2);
	ck_assert_int_eq(ran_count, 0);
	ck_assert_ptr_eq(taken.last.endpoint, &mr_endpoint_later);
	ck_assert_str_eq(taken.body, "{\"x\":4,\"text\":\"a\\\"b\"}");
	ck_assert_str_eq(taken.last.input.method.data, "POST");
	ck_assert_str_eq(taken.last.input.path.data, "/later");
	ck_assert_str_eq(taken.last.input.content_type.data,
	                 "application/json");
	ck_assert_ptr_null(taken.last.input.content_encoding.data);
	ck_assert_ptr_null(taken.last.input.accept.data);
	ck_assert_str_eq(taken.last.request_id, "id-1");
	ck_assert_int_eq(taken.last.priority, MR_JOB_PRIORITY_DEFAULT);
	ck_assert_str_eq(taken.key, "");
	ck_assert_ptr_null(reply.job);
}
END_TEST

/* What its first attempt has started, its second one starts again. */
START_TEST(test_jobs_of_a_job_have_a_key)
{
	static const struct mr_job_call job = { .id = "ID" };

	request.job = &job;
	script.starts = 2;
	handle();
	ck_assert_int_eq(taken.count, 2);
	ck_assert_str_eq(taken.key, "POST /later ID/2");
}
END_TEST

START_TEST(test_nothing_is_started_by_a_call_that_fails)
{
	script.starts = 2;
	script.err = MR_DOMAIN;
	handle();
	ck_assert_int_eq(reply.err, MR_DOMAIN);
	ck_assert_int_eq(taken.count, 0);
}
END_TEST

START_TEST(test_job_that_cannot_be_stored_is_a_problem)
{
	script.starts = 3;
	taken.fails = 2;
	taken.err = MR_STORAGE;
	handle();
	ck_assert_int_eq(taken.count, 2);
	ck_assert_int_eq(reply.err, MR_STORAGE);
	ck_assert_int_eq(reply.status, 503);
	ck_assert_pstr_eq(reply.content_type, "application/problem+json");
}
END_TEST

START_TEST(test_job_that_is_stored_already_is_none)
{
	script.starts = 1;
	taken.fails = 1;
	taken.err = MR_CONFLICT;
	handle();
	ck_assert_int_eq(reply.status, 200);
}
END_TEST

/* In order, once all that they follow is done. */
START_TEST(test_without_a_store_they_run_here)
{
	request.submit = NULL;
	script.starts = 3;
	script.started = 5;
	handle();
	ck_assert_int_eq(reply.status, 200);
	ck_assert_uint_eq(reply.body.length, strlen("{\"done\":true}"));
	ck_assert_mem_eq(reply.body.data, "{\"done\":true}",
	                 reply.body.length);
	ck_assert_int_eq(ran_count, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(ran[i], 5 + i);
}
END_TEST

START_TEST(test_starts_have_a_most)
{
	script.starts = MR_STARTS;
	script.started = -MR_STARTS; /* out of its range, as nobody looks */
	handle();
	ck_assert_int_eq(reply.status, 200);
	ck_assert_int_eq(taken.count, MR_STARTS);
	ck_assert_str_eq(taken.body, "{\"x\":-1,\"text\":\"a\\\"b\"}");
	script.starts++;
	handle();
	assert_result_problem("later: it has started as many jobs");
	ck_assert_int_eq(taken.count, MR_STARTS);
}
END_TEST

static const struct {
	const struct mr_endpoint *target;
	double x;
	const char *problem;
} refusals[] = {
	{ NULL, 0, "nothing" },
	{ &unknown, 0, "unknown: it is not served here" },
	{ &namesake, 0, "namesake: it is not served here" },
	{ &by_get, 0, "by_get: its input is not the body of a POST" },
	{ &by_query, 0, "by_query: its input is not the body of a POST" },
	{ &mr_endpoint_later, NAN, "later: its input cannot be written" },
};

START_TEST(test_what_cannot_start_is_told)
{
	script.starts = 1;
	script.target = refusals[_i].target;
	script.started = refusals[_i].x;
	handle();
	assert_result_problem(refusals[_i].problem);
	ck_assert_int_eq(taken.count, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, finish);
	tcase_add_test(tc, test_started_jobs_are_submitted);
	tcase_add_test(tc, test_jobs_of_a_job_have_a_key);
	tcase_add_test(tc, test_nothing_is_started_by_a_call_that_fails);
	tcase_add_test(tc, test_job_that_cannot_be_stored_is_a_problem);
	tcase_add_test(tc, test_job_that_is_stored_already_is_none);
	tcase_add_test(tc, test_without_a_store_they_run_here);
	tcase_add_test(tc, test_starts_have_a_most);
	tcase_add_loop_test(tc, test_what_cannot_start_is_told, 0, N(refusals));
}

UNIT_MAIN("background", add_tests)
