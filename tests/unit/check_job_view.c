/*
 * check_job_view.c: jobs as clients see them, read back with cJSON.
 */
#include "api/job_view.h"

#include "schema/declaration.h"
#include "tree.h"

#include <math.h>
#include <signal.h>

#define ID "0190b6a5-31a1-7cc4-8bf5-2fb1a3b0c9d4"

static struct mr_job job;

static void
begin(void)
{
	job = (struct mr_job){
		.id = ID,
		.state = MR_JOB_RUNNING,
		.endpoint = "annuity",
		.method = "POST",
		.path = "/annuity",
		.priority = 2,
		.created = 1795269906007,
		.started = 1795269907000,
		.attempt = 3,
		.attempts = 5,
		.failures = 1,
		.losses = 1,
	};
}

static cJSON *
viewed(const struct mr_job_progress *progress)
{
	struct mr_buffer json = { .arena = arena };
	cJSON *view;

	ck_assert_int_eq(mr_job_view_write(&job, progress, &json), MR_OK);
	view = cJSON_ParseWithLength(json.data, json.length);
	ck_assert(cJSON_IsObject(view));
	return view;
}

static const struct {
	const char *path, *text; /* NULL: null */
} texts[] = {
	{ "id", ID },
	{ "state", "running" },
	{ "endpoint", "annuity" },
	{ "request", "POST /annuity" },
	{ "created", "2026-11-21T14:05:06.007Z" },
	{ "started", "2026-11-21T14:05:07.000Z" },
	{ "due", NULL },
	{ "finished", NULL },
	{ "progress", NULL },
	{ "error", NULL },
	{ "status", NULL },
	{ "request_id", NULL },
	{ "links|self", "/jobs/" ID },
	{ "links|result", "/jobs/" ID "/result" },
	{ "links|events", "/jobs/" ID "/events" },
};

START_TEST(test_the_view_says)
{
	cJSON *view = viewed(NULL);
	const cJSON *member = tree_at(view, texts[_i].path);

	ck_assert_ptr_nonnull(member);
	ck_assert_pstr_eq(cJSON_GetStringValue(member), texts[_i].text);
	ck_assert_int_eq(cJSON_IsNull(member), texts[_i].text == NULL);
	cJSON_Delete(view);
}
END_TEST

static const struct {
	const char *path;
	double number;
} numbers[] = {
	{ "priority", 2 }, { "attempt", 3 }, { "attempts", 5 },
	{ "failures", 1 }, { "losses", 1 },
};

START_TEST(test_the_view_counts)
{
	cJSON *view = viewed(NULL);

	ck_assert_double_eq(tree_at(view, numbers[_i].path)->valuedouble,
	                    numbers[_i].number);
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_each_state_has_its_name)
{
	cJSON *view;

	job.state = _i;
	view = viewed(NULL);
	ck_assert_pstr_eq(tree_text(view, "state"), mr_job_state_name(_i));
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_result_has_a_status)
{
	cJSON *view;

	job.state = MR_JOB_FAILED;
	job.status = 422;
	job.finished = 1795269908000;
	job.request_id = "id-1";
	view = viewed(NULL);
	ck_assert_int_eq(tree_at(view, "status")->valueint, 422);
	ck_assert_pstr_eq(tree_text(view, "finished"),
	                  "2026-11-21T14:05:08.000Z");
	ck_assert_pstr_eq(tree_text(view, "request_id"), "id-1");
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_bad_end_is_told)
{
	cJSON *view;

	job.cause = MR_JOB_CAUSE_CRASH;
	job.signal = SIGSEGV;
	job.detail = "The function crashed";
	job.backtrace = "one\ntwo";
	job.digest = "abc";
	view = viewed(NULL);
	ck_assert_pstr_eq(tree_text(view, "error|cause"), "crash");
	ck_assert_pstr_eq(tree_text(view, "error|signal"), "SIGSEGV");
	ck_assert_pstr_eq(tree_text(view, "error|detail"), job.detail);
	ck_assert_pstr_eq(tree_text(view, "error|backtrace"), job.backtrace);
	ck_assert_pstr_eq(tree_text(view, "error|input_digest"), "abc");
	cJSON_Delete(view);
	job.signal = 40;
	view = viewed(NULL);
	ck_assert_pstr_eq(tree_text(view, "error|signal"), "40");
	cJSON_Delete(view);
	/* A later attempt made good for it. */
	job.state = MR_JOB_SUCCEEDED;
	view = viewed(NULL);
	ck_assert(cJSON_IsNull(tree_at(view, "error")));
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_end_without_more_is_told)
{
	static const char *const absent[] = { "detail", "signal", "backtrace",
		                              "input_digest" };
	cJSON *view;

	job.cause = MR_JOB_CAUSE_LOST;
	view = viewed(NULL);
	ck_assert_pstr_eq(tree_text(view, "error|cause"), "lost");
	for (size_t i = 0; i < N(absent); i++)
		ck_assert(cJSON_IsNull(
		    tree_at(tree_at(view, "error"), absent[i])));
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_texts_are_cut_where_they_are_no_utf8)
{
	cJSON *view;

	job.cause = MR_JOB_CAUSE_ERROR;
	job.detail = "caf\xC3";
	view = viewed(NULL);
	ck_assert_pstr_eq(tree_text(view, "error|detail"), "caf");
	cJSON_Delete(view);
}
END_TEST

static const struct mr_job_progress half = {
	.done = 5,
	.total = 10,
	.phase = "pricing",
	.figures = { { "error", 0.25 }, { "", 0 }, { "none", NAN } },
	.first = 0.25,
	.elapsed = 8,
};

START_TEST(test_progress_is_told)
{
	cJSON *view = viewed(&half);
	const cJSON *progress = tree_at(view, "progress");

	ck_assert_double_eq(tree_at(progress, "done")->valuedouble, 5);
	ck_assert_double_eq(tree_at(progress, "total")->valuedouble, 10);
	ck_assert_double_eq(tree_at(progress, "fraction")->valuedouble, 0.5);
	ck_assert_double_eq(tree_at(progress, "eta_seconds")->valuedouble, 16);
	ck_assert_pstr_eq(tree_text(progress, "phase"), "pricing");
	ck_assert_int_eq(cJSON_GetArraySize(tree_at(progress, "figures")), 2);
	ck_assert_pstr_eq(tree_text(progress, "figures|0|name"), "error");
	ck_assert_double_eq(
	    tree_at(progress, "figures|0|value")->valuedouble, 0.25);
	ck_assert(cJSON_IsNull(tree_at(progress, "figures|1|value")));
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_unknown_progress_is_null)
{
	static const struct mr_job_progress none = { .done = INFINITY };
	cJSON *view = viewed(&none);
	const cJSON *progress = tree_at(view, "progress");

	ck_assert(cJSON_IsNull(tree_at(progress, "done")));
	ck_assert(cJSON_IsNull(tree_at(progress, "fraction")));
	ck_assert(cJSON_IsNull(tree_at(progress, "eta_seconds")));
	ck_assert(cJSON_IsNull(tree_at(progress, "phase")));
	ck_assert_int_eq(cJSON_GetArraySize(tree_at(progress, "figures")), 0);
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_progress_of_the_job_is_that_which_it_kept)
{
	struct mr_buffer text = { .arena = arena };
	cJSON *view;

	mr_progress_write(&half, &text);
	job.progress = mr_buffer_text(&text);
	view = viewed(NULL);
	ck_assert_double_eq(tree_at(view, "progress|done")->valuedouble, 5);
	ck_assert_double_eq(
	    tree_at(view, "progress|eta_seconds")->valuedouble, 16);
	cJSON_Delete(view);
	job.state = MR_JOB_DEAD;
	view = viewed(NULL);
	ck_assert(cJSON_IsNull(tree_at(view, "progress|eta_seconds")));
	cJSON_Delete(view);
	job.progress = "none";
	view = viewed(NULL);
	ck_assert(cJSON_IsNull(tree_at(view, "progress")));
	cJSON_Delete(view);
}
END_TEST

START_TEST(test_only_what_runs_is_being_cancelled)
{
	cJSON *view;

	job.cancelling = 1;
	view = viewed(NULL);
	ck_assert(cJSON_IsTrue(tree_at(view, "cancelling")));
	cJSON_Delete(view);
	job.state = MR_JOB_CANCELLED;
	view = viewed(NULL);
	ck_assert(cJSON_IsFalse(tree_at(view, "cancelling")));
	cJSON_Delete(view);
}
END_TEST

static cJSON *
listed(const struct mr_job_list *list)
{
	struct mr_buffer json = { .arena = arena };
	cJSON *document;

	ck_assert_int_eq(mr_job_list_write(list, &json), MR_OK);
	document = cJSON_ParseWithLength(json.data, json.length);
	ck_assert(cJSON_IsObject(document));
	return document;
}

START_TEST(test_list_has_its_jobs_and_the_way_on)
{
	struct mr_job jobs[] = { job, job };
	const struct mr_job_progress *const progress[] = { NULL, &half };
	struct mr_job_list list = { .jobs = jobs,
		                    .progress = progress,
		                    .count = 2,
		                    .more = true };
	cJSON *document;

	jobs[0].id = "first";
	document = listed(&list);
	ck_assert_pstr_eq(tree_text(document, "jobs|0|id"), "first");
	ck_assert_pstr_eq(tree_text(document, "jobs|1|id"), ID);
	ck_assert(cJSON_IsNull(tree_at(document, "jobs|0|progress")));
	ck_assert_pstr_eq(tree_text(document, "jobs|1|progress|phase"),
	                  "pricing");
	ck_assert_pstr_eq(tree_text(document, "next"), ID);
	cJSON_Delete(document);
	list.more = false;
	document = listed(&list);
	ck_assert(cJSON_IsNull(tree_at(document, "next")));
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_empty_list_has_no_jobs)
{
	cJSON *document = listed(&(struct mr_job_list){ .more = true });

	ck_assert_int_eq(cJSON_GetArraySize(tree_at(document, "jobs")), 0);
	ck_assert(cJSON_IsNull(tree_at(document, "next")));
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_rows_are_sound)
{
	struct mr_buffer complaints = { .arena = arena };
	const struct mr_shape *const shapes[] = { &mr_job_view_shape,
		                                  &mr_job_list_shape };

	for (size_t i = 0; i < N(shapes); i++)
		ck_assert_msg(mr_declaration_check(shapes[i], MR_ROLE_RESULT,
		                                   &complaints),
		              "%s", mr_buffer_text(&complaints));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_loop_test(tc, test_the_view_says, 0, N(texts));
	tcase_add_loop_test(tc, test_the_view_counts, 0, N(numbers));
	tcase_add_loop_test(tc, test_each_state_has_its_name, 0,
	                    MR_JOB_STATE_COUNT);
	tcase_add_test(tc, test_result_has_a_status);
	tcase_add_test(tc, test_bad_end_is_told);
	tcase_add_test(tc, test_end_without_more_is_told);
	tcase_add_test(tc, test_texts_are_cut_where_they_are_no_utf8);
	tcase_add_test(tc, test_progress_is_told);
	tcase_add_test(tc, test_unknown_progress_is_null);
	tcase_add_test(tc, test_progress_of_the_job_is_that_which_it_kept);
	tcase_add_test(tc, test_only_what_runs_is_being_cancelled);
	tcase_add_test(tc, test_list_has_its_jobs_and_the_way_on);
	tcase_add_test(tc, test_empty_list_has_no_jobs);
	tcase_add_test(tc, test_rows_are_sound);
}

UNIT_MAIN("job_view", add_tests)
