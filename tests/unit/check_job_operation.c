/*
 * check_job_operation.c: what the document says of jobs, read back with cJSON.
 */
#include "api/job_operation.h"

#include "tree.h"

static cJSON *
read_back(struct mr_document *document)
{
	cJSON *tree = cJSON_Parse(mr_document_print(document, arena));

	mr_document_free(document);
	ck_assert(cJSON_IsObject(tree));
	return tree;
}

static cJSON *
described_paths(void)
{
	struct mr_document *document = mr_document_new();

	mr_job_operation_describe_paths(document, arena);
	return read_back(document);
}

static const struct {
	const char *path, *method, *name, *responses;
} operations[] = {
	{ "/jobs", "get", "listJobs",
	  "200 400 414 422 431 500 502 503 504 507" },
	{ "/jobs/{id}", "get", "getJob",
	  "200 400 404 414 422 431 500 502 503 504 507" },
	{ "/jobs/{id}", "delete", "cancelJob",
	  "200 202 400 404 409 414 422 431 500 502 503 504 507" },
	{ "/jobs/{id}/result", "get", "getJobResult",
	  "200 202 400 404 409 414 422 431 500 502 503 504 507" },
	{ "/jobs/{id}/events", "get", "getJobEvents",
	  "200 101 204 400 404 414 422 431 500 502 503 504 507" },
};

START_TEST(test_operation_and_its_responses)
{
	cJSON *paths = described_paths();
	const cJSON *operation = tree_at(tree_at(paths, operations[_i].path),
	                                 operations[_i].method);

	ck_assert_pstr_eq(tree_text(operation, "operationId"),
	                  operations[_i].name);
	ck_assert(mr_job_operation_is(operations[_i].name));
	ck_assert_pstr_eq(tree_text(operation, "tags|0"), MR_JOB_TAG);
	ck_assert_str_eq(tree_list(operation, "responses"),
	                 operations[_i].responses);
	cJSON_Delete(paths);
}
END_TEST

static const struct {
	const char *path, *text;
} texts[] = {
	{ "/jobs|get|parameters|0|name", "state" },
	{ "/jobs|get|parameters|1|name", "endpoint" },
	{ "/jobs|get|parameters|2|name", "limit" },
	{ "/jobs|get|parameters|3|name", "after" },
	{ "/jobs|get|parameters|4", NULL },
	{ "/jobs|get|responses|200|content|application/json|schema|$ref",
	  "#/components/schemas/JobList" },
	{ "/jobs/{id}|get|parameters|0|$ref", "#/components/parameters/JobId" },
	{ "/jobs/{id}|get|parameters|1", NULL },
	{ "/jobs/{id}|get|responses|200|content|application/json|schema|$ref",
	  "#/components/schemas/Job" },
	{ "/jobs/{id}|get|responses|404|$ref", "#/components/responses/404" },
	{ "/jobs/{id}/result|get|parameters|1|$ref",
	  "#/components/parameters/Prefer-Wait" },
	{ "/jobs/{id}/result|get|responses|202|headers|Location|$ref",
	  "#/components/headers/Location" },
	{ "/jobs/{id}|delete|responses|202|headers|Location|$ref", NULL },
	{ "/jobs/{id}/events|get|parameters|1|$ref",
	  "#/components/parameters/Last-Event-ID" },
	{ "/jobs/{id}/events|get|responses|200|content|text/event-stream|"
	  "schema|type",
	  NULL },
	{ "/jobs/{id}|delete|responses|202|content|application/json|schema|$ref",
	  "#/components/schemas/Job" },
	{ "/jobs/{id}/result|get|responses|202|content|application/json|"
	  "schema|$ref",
	  "#/components/schemas/Job" },
	{ "/jobs/{id}/events|get|responses|101|description",
	  "The same as a WebSocket." },
	{ "/jobs/{id}/events|get|responses|101|content", NULL },
	{ "/jobs/{id}/events|get|responses|204|description",
	  "There is nothing behind the last event." },
	{ "/jobs/{id}/events|get|responses|204|content", NULL },
};

START_TEST(test_the_paths_say)
{
	cJSON *paths = described_paths();

	ck_assert_pstr_eq(tree_text(paths, texts[_i].path), texts[_i].text);
	cJSON_Delete(paths);
}
END_TEST

START_TEST(test_parameters_are_those_that_are_referred_to)
{
	struct mr_document *document = mr_document_new();
	cJSON *tree;

	mr_job_operation_describe_parameters(document);
	tree = read_back(document);
	ck_assert_str_eq(tree_list(tree, "Prefer"),
	                 "name in description schema");
	ck_assert_int_eq(
	    tree_at(tree, "Job-Attempts|schema|maximum")->valueint, 100);
	ck_assert(cJSON_IsTrue(tree_at(tree, "JobId|required")));
	ck_assert_int_eq(cJSON_GetArraySize(tree), 8);
	cJSON_Delete(tree);
	document = mr_document_new();
	mr_job_operation_add_parameters(
	    mr_document_array(document, "parameters"));
	tree = read_back(document);
	ck_assert_int_eq(cJSON_GetArraySize(tree_at(tree, "parameters")), 5);
	cJSON_Delete(tree);
}
END_TEST

START_TEST(test_accepted_job_links_to_what_has_its_id)
{
	struct mr_document *document = mr_document_new();
	cJSON *tree;

	mr_job_operation_describe_accepted(document);
	tree = read_back(document);
	ck_assert_str_eq(tree_list(tree, "202|headers"),
	                 "X-Request-Id Server-Timing Location "
	                 "Preference-Applied");
	ck_assert_str_eq(tree_list(tree, "202|links"),
	                 "getJob cancelJob getJobResult getJobEvents");
	ck_assert_pstr_eq(
	    tree_text(tree, "202|links|cancelJob|parameters|id"),
	    "$response.body#/id");
	cJSON_Delete(tree);
}
END_TEST

START_TEST(test_schemas_have_the_members_of_views)
{
	struct mr_document *document = mr_document_new();
	cJSON *tree;

	mr_job_operation_describe_schemas(document, arena);
	tree = read_back(document);
	ck_assert_str_eq(tree_list(tree, "JobList|properties"), "jobs next");
	ck_assert_has(tree_list(tree, "Job|properties|state|enum"),
	              "queued running succeeded");
	cJSON_Delete(tree);
}
END_TEST

START_TEST(test_answers_are_those_of_any_operation)
{
	ck_assert(mr_job_operation_answers(MR_NOT_FOUND));
	ck_assert(mr_job_operation_answers(MR_CONFLICT));
	ck_assert(mr_job_operation_answers(MR_STORAGE));
	ck_assert(!mr_job_operation_answers(MR_OK));
	ck_assert(!mr_job_operation_answers(MR_CRASH));
	ck_assert(!mr_job_operation_is("annuity"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_operation_and_its_responses, 0,
	                    N(operations));
	tcase_add_loop_test(tc, test_the_paths_say, 0, N(texts));
	tcase_add_test(tc, test_parameters_are_those_that_are_referred_to);
	tcase_add_test(tc, test_accepted_job_links_to_what_has_its_id);
	tcase_add_test(tc, test_schemas_have_the_members_of_views);
	tcase_add_test(tc, test_answers_are_those_of_any_operation);
}

UNIT_MAIN("job_operation", add_tests)
