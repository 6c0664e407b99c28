/*
 * check_openapi.c: the document as a whole, read back with cJSON.  Whether it
 * is valid, a linter says (make lint).
 */
#include "api/openapi.h"

#include "tree.h"

MR_NOTHING(nothing);

static const struct mr_endpoint endpoints[] = {
	{ .name = "b_post",
	  .in = MR_SHAPE(nothing),
	  .out = MR_SHAPE(nothing),
	  .method = MR_POST,
	  .path = "/b",
	  .summary = "B" },
	{ .name = "b_get",
	  .in = MR_SHAPE(nothing),
	  .out = MR_SHAPE(nothing),
	  .method = MR_GET,
	  .path = "/b",
	  .summary = "B" },
	{ .name = "a",
	  .in = MR_SHAPE(nothing),
	  .out = MR_SHAPE(nothing),
	  .method = MR_GET,
	  .path = "/a",
	  .tag = "Letters",
	  .summary = "A" },
	{ .name = "secret",
	  .in = MR_SHAPE(nothing),
	  .out = MR_SHAPE(nothing),
	  .method = MR_POST,
	  .path = "/secret",
	  .summary = "S",
	  .internal = true },
};

static cJSON *document;

static void
print(size_t count)
{
	struct mr_registry *registry = mr_registry_new();
	struct mr_buffer complaints = { .arena = arena };

	for (size_t i = 0; i < count; i++)
		ck_assert(mr_registry_add(registry, &endpoints[i],
		                          &complaints));
	document = cJSON_Parse(mr_openapi_print(registry, "7.8.9", arena));
	ck_assert(cJSON_IsObject(document));
	mr_registry_free(registry);
}

static const struct {
	const char *path, *text;
} texts[] = {
	{ "openapi", "3.1.0" },
	{ "info|title", "Millrace" },
	{ "info|version", "7.8.9" },
	{ "info|license|identifier", "MIT" },
	{ "servers|0|url", "/" },
	{ "tags|0|name", "Letters" },
	{ "tags|1|name", "fast" },
	{ "tags|2|name", "Jobs" },
	{ "tags|3|name", NULL },
	{ "paths|/a|get|operationId", "a" },
	{ "paths|/b|get|operationId", "b_get" },
	{ "paths|/b|post|operationId", "b_post" },
	{ "components|responses|422|description",
	  "Input does not match the declaration; Input outside the domain of "
	  "the function." },
	{ "components|responses|503|headers|Retry-After|$ref",
	  "#/components/headers/Retry-After" },
	{ "components|responses|502|headers|Retry-After", NULL },
	{ "components|responses|404|description", "Not found." },
	{ "components|responses|503|description",
	  "Busy; Jobs cannot be stored or read." },
	{ "components|responses|507|description",
	  "Memory limit reached; No room to store jobs." },
	{ "components|responses|202|links|getJob|operationId", "getJob" },
	{ "components|parameters|Prefer|in", "header" },
	{ "components|schemas|Job|type", "object" },
	{ "components|schemas|JobList|type", "object" },
	{ "components|headers|Location|schema|type", "string" },
	{ "paths|/jobs|get|operationId", "listJobs" },
	{ "paths|/secret", NULL },
	{ "components|responses|400|content|application/problem+json|schema|"
	  "allOf|0|$ref",
	  "#/components/schemas/Problem" },
	{ "components|schemas|Problem|type", "object" },
};

START_TEST(test_the_document_says)
{
	print(N(endpoints));
	ck_assert_pstr_eq(tree_text(document, texts[_i].path),
	                  texts[_i].text);
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_paths_are_sorted_before_those_of_jobs)
{
	print(N(endpoints));
	ck_assert_str_eq(tree_list(document, "paths"), "/a /b /jobs /jobs/{id} /jobs/{id}/result "
	                 "/jobs/{id}/events");
	ck_assert_str_eq(tree_list(document, "paths|/b"), "get post");
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_a_response_names_its_problems)
{
	const cJSON *narrowed;

	print(N(endpoints));
	narrowed = tree_at(document,
	                   "components|responses|500|content|"
	                   "application/problem+json|schema|allOf|1|"
	                   "properties");
	ck_assert_int_eq(tree_at(narrowed, "status|const")->valueint, 500);
	ck_assert_str_eq(tree_list(narrowed, "type|enum"),
	                 "urn:millrace:problem:crash "
	                 "urn:millrace:problem:result "
	                 "urn:millrace:problem:internal");
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_only_used_responses_are_components)
{
	print(N(endpoints));
	ck_assert_str_eq(tree_list(document, "components|responses"),
	                 "202 400 404 406 409 413 414 415 422 431 500 502 503 "
	                 "504 507");
	cJSON_Delete(document);
	print(0);
	ck_assert_str_eq(tree_list(document, "components|responses"),
	                 "202 400 404 409 414 422 431 500 502 503 504 507");
	cJSON_Delete(document);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_the_document_says, 0, N(texts));
	tcase_add_test(tc, test_paths_are_sorted_before_those_of_jobs);
	tcase_add_test(tc, test_a_response_names_its_problems);
	tcase_add_test(tc, test_only_used_responses_are_components);
}

UNIT_MAIN("openapi", add_tests)
