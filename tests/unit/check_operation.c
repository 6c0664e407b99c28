/*
 * check_operation.c: the Operation Object of an endpoint, read back with cJSON.
 */
#include "api/operation.h"

#include "base/err.h"
#include "tree.h"

struct in {
	int64_t rounds;
	struct mr_doubles values;
	struct mr_string mode;
};
struct out {
	struct mr_matrix table;
	int64_t count;
};

static const struct mr_field in[] = {
	MR_OPTIONAL(struct in, rounds, "rounds", MR_RANGE(0, 9), "3"),
	MR_PARAM(struct in, values, "values", MR_ITEMS(0, 9, 0, 1),
	         .unit = "m"),
	MR_PARAM(struct in, mode, "mode", MR_LENGTH(1, 9), .in_query = true),
};
static const struct mr_field out[] = {
	MR_RESULT(struct out, table, "table"),
	MR_RESULT(struct out, count, "count"),
};
MR_NOTHING(nothing);

static const struct mr_endpoint post = {
	.name = "smooth",
	.in = MR_SHAPE(in),
	.out = MR_SHAPE(out),
	.method = MR_POST,
	.path = "/smooth",
	.summary = "Smooths",
	.description = "At *length*.",
	.tag = "Signals",
};
static const struct mr_endpoint get = {
	.name = "look",
	.in = { in, 2, sizeof(struct in) },
	.out = MR_SHAPE(nothing),
	.method = MR_GET,
	.path = "/look",
	.summary = "Looks",
};
static const struct mr_endpoint bare = {
	.name = "go",
	.in = MR_SHAPE(nothing),
	.out = MR_SHAPE(nothing),
	.method = MR_POST,
	.path = "/go",
	.summary = "Goes",
	.pool = "heavy",
};

static const struct mr_endpoint slow = {
	.name = "crawl",
	.in = MR_SHAPE(nothing),
	.out = MR_SHAPE(nothing),
	.method = MR_POST,
	.path = "/crawl",
	.summary = "Crawls",
	.long_running = true,
};

static cJSON *
described(const struct mr_endpoint *endpoint)
{
	struct mr_document *document = mr_document_new();
	cJSON *operation;

	mr_operation_describe(endpoint, arena, document);
	operation = cJSON_Parse(mr_document_print(document, arena));
	mr_document_free(document);
	ck_assert_ptr_nonnull(operation);
	return operation;
}

/* Path of a text in the operation of an endpoint; NULL: nothing is there. */
static const struct {
	const struct mr_endpoint *endpoint;
	const char *path, *text;
} texts[] = {
	{ &post, "operationId", "smooth" },
	{ &post, "summary", "Smooths" },
	{ &post, "tags|0", "Signals" },
	{ &get, "tags|0", "fast" },
	{ &bare, "tags|0", "heavy" },
	{ &get, "description", NULL },
	{ &bare, "description", NULL },
	{ &get, "requestBody", NULL },
	{ &bare, "requestBody", NULL },
	{ &bare, "parameters|0|$ref", "#/components/parameters/Prefer" },
	{ &bare, "parameters|4|$ref", "#/components/parameters/Job-Attempts" },
	{ &bare, "parameters|5", NULL },
	{ &bare, "responses|202|$ref", "#/components/responses/202" },
	{ &bare, "responses|200|description", "The result." },
	{ &slow, "responses|202|$ref", "#/components/responses/202" },
	{ &slow, "responses|200|description",
	  "The result, to a client that waits for it (`Prefer: wait=N`); "
	  "without that the answer is a 202." },
	{ &post, "requestBody|description", "At most 1048576 bytes." },
	{ &post,
	  "requestBody|content|application/x-npy|schema|description",
	  "values alone: NumPy's format, dtype <f8, shape (n,), C order." },
	{ &post,
	  "requestBody|content|application/octet-stream|schema|description",
	  "values alone: 8 bytes for each element, dtype <f8 "
	  "(little-endian), shape (n,)." },
	{ &post, "requestBody|content|application/x-npy|schema|contentMediaType",
	  "application/x-npy" },
	{ &post, "responses|200|content|application/x-npy|schema|description",
	  "table alone: NumPy's format, dtype <f8, shape (rows, columns), "
	  "C order." },
	{ &post, "responses|200|content|application/octet-stream", NULL },
	{ &post, "responses|200|headers|X-Request-Id|$ref",
	  "#/components/headers/X-Request-Id" },
	{ &post, "responses|422|$ref", "#/components/responses/422" },
	{ &post, "parameters|0|name", "rounds" },
	{ &post, "parameters|0|description",
	  "rounds. Only beside a body that is not JSON; then the default is "
	  "3." },
	{ &post, "parameters|0|required", NULL },
	{ &post, "parameters|0|example", NULL },
	{ &post, "parameters|0|schema|default", NULL },
	{ &post, "parameters|1|name", "mode" },
	{ &post, "parameters|1|example", "text" },
	{ &post, "parameters|2|$ref", "#/components/parameters/Prefer" },
	{ &get, "parameters|0|name", "rounds" },
	{ &get, "parameters|0|description", "rounds." },
	{ &get, "parameters|1|description",
	  "values. Shape (n,). Unit: m." },
	{ &get, "parameters|1|in", "query" },
	{ &get, "parameters|1|style", "form" },
};

START_TEST(test_an_operation_says)
{
	cJSON *operation = described(texts[_i].endpoint);

	ck_assert_pstr_eq(tree_text(operation, texts[_i].path), texts[_i].text);
	cJSON_Delete(operation);
}
END_TEST

START_TEST(test_what_must_be_given_is_required)
{
	cJSON *operation = described(&get);

	ck_assert_ptr_null(tree_at(operation, "parameters|0|required"));
	ck_assert(cJSON_IsTrue(tree_at(operation, "parameters|1|required")));
	ck_assert(cJSON_IsTrue(tree_at(operation, "parameters|1|explode")));
	ck_assert_int_eq(tree_at(operation, "parameters|0|example")->valueint, 3);
	ck_assert_int_eq(
	    cJSON_GetArraySize(tree_at(operation, "parameters|1|example")), 3);
	cJSON_Delete(operation);
}
END_TEST

START_TEST(test_a_json_body_has_only_the_rows_of_the_body)
{
	cJSON *operation = described(&post);

	ck_assert_str_eq(
	    tree_list(operation, "requestBody|content|application/json|"
	                         "schema|properties"),
	    "rounds values");
	ck_assert(cJSON_IsTrue(tree_at(operation, "requestBody|required")));
	cJSON_Delete(operation);
}
END_TEST

START_TEST(test_the_description_tells_how_to_send_an_array)
{
	cJSON *operation = described(&post);
	const char *text = tree_text(operation, "description");

	ck_assert(strncmp(text, "At *length*.\n\n", 14) == 0);
	ck_assert_ptr_nonnull(strstr(text, "--data-binary @values.npy "
	                                   "http://HOST/smooth\n"));
	cJSON_Delete(operation);
}
END_TEST

static const struct {
	const struct mr_endpoint *endpoint;
	const char *statuses;
} answers[] = {
	{ &get, "200 202 400 406 409 414 422 431 500 502 503 504 507" },
	{ &bare, "200 202 400 406 409 413 414 415 422 431 500 502 503 504 507" },
	{ &post, "200 202 400 406 409 411 413 414 415 422 431 500 502 503 504 507" },
};

START_TEST(test_statuses_are_those_that_can_be_answered)
{
	cJSON *operation = described(answers[_i].endpoint);

	ck_assert_str_eq(tree_list(operation, "responses"),
	                 answers[_i].statuses);
	cJSON_Delete(operation);
}
END_TEST

START_TEST(test_what_has_no_endpoint_is_not_its_answer)
{
	ck_assert(!mr_operation_answers(&post, MR_NOT_FOUND));
	ck_assert(!mr_operation_answers(&post, MR_METHOD));
	ck_assert(!mr_operation_answers(&get, MR_HTTP_VERSION));
	ck_assert(!mr_operation_answers(&get, MR_OK));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_an_operation_says, 0, N(texts));
	tcase_add_test(tc, test_what_must_be_given_is_required);
	tcase_add_test(tc, test_a_json_body_has_only_the_rows_of_the_body);
	tcase_add_test(tc, test_the_description_tells_how_to_send_an_array);
	tcase_add_loop_test(tc, test_statuses_are_those_that_can_be_answered,
	                    0, N(answers));
	tcase_add_test(tc, test_what_has_no_endpoint_is_not_its_answer);
}

UNIT_MAIN("operation", add_tests)
