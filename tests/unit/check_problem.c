/*
 * check_problem.c: the members of an error document (RFC 9457), read back
 * with cJSON.
 */
#include "api/problem.h"

#include "base/err.h"
#include "tree.h"

#include <stdio.h>

static cJSON *
printed(const struct mr_problem *problem)
{
	const char *text = mr_problem_print(problem, arena);
	cJSON *document;

	ck_assert_ptr_nonnull(text);
	document = cJSON_Parse(text);
	ck_assert(cJSON_IsObject(document));
	return document;
}

static const char *
string(const cJSON *document, const char *name)
{
	return cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(document, name));
}

START_TEST(test_every_error_has_type_title_and_status)
{
	const struct mr_problem problem = { .err = _i };
	cJSON *document = printed(&problem);
	char slug[MR_ERR_SLUG], type[64];

	mr_err_slug(_i, slug);
	snprintf(type, sizeof(type), "urn:millrace:problem:%s", slug);
	ck_assert_pstr_eq(string(document, "type"), type);
	ck_assert_pstr_eq(string(document, "title"), mr_err_title(_i));
	ck_assert_int_eq(cJSON_GetObjectItem(document, "status")->valueint,
	                 mr_err_status(_i));
	ck_assert_int_eq(cJSON_GetArraySize(document), 3);
	cJSON_Delete(document);
}
END_TEST

static void
add_name(const void *extension, struct mr_document *document)
{
	mr_document_string(document, "name", extension);
}

START_TEST(test_problem_has_members_of_its_own)
{
	const struct mr_problem problem = { .err = MR_BUSY,
		                            .extend = add_name,
		                            .extension = "value" };
	cJSON *document = printed(&problem);

	ck_assert_pstr_eq(string(document, "name"), "value");
	ck_assert_int_eq(cJSON_GetArraySize(document), 4);
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_problem_tells_all_that_is_known)
{
	struct mr_faults faults = { .arena = arena };
	const struct mr_problem problem = { .err = MR_INVALID,
		                            .detail = "1 \"fault\"\n",
		                            .instance = "/a%20b",
		                            .request_id = "id-1",
		                            .faults = &faults,
		                            .has_offset = true,
		                            .offset = 4294967296 };
	cJSON *document, *errors;

	mr_fault_add(&faults, MR_FAULT_MISSING, NULL, NULL);
	document = printed(&problem);
	ck_assert_pstr_eq(string(document, "type"),
	                  "urn:millrace:problem:invalid");
	ck_assert_pstr_eq(string(document, "detail"), "1 \"fault\"\n");
	ck_assert_pstr_eq(string(document, "instance"), "/a%20b");
	ck_assert_pstr_eq(string(document, "request_id"), "id-1");
	ck_assert(cJSON_GetObjectItem(document, "offset")->valuedouble ==
	          4294967296.0);
	errors = cJSON_GetObjectItem(document, "errors");
	ck_assert_int_eq(cJSON_GetArraySize(errors), 1);
	ck_assert_int_eq(cJSON_GetArraySize(document), 8);
	cJSON_Delete(document);
}
END_TEST

static void
say(struct mr_problem *problem, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	mr_problem_say(problem, arena, format, values);
	va_end(values);
}

START_TEST(test_detail_is_a_sentence_that_is_cut)
{
	struct mr_problem problem = { .err = MR_BUSY };

	say(&problem, "%s has %d", "fast", 3);
	ck_assert_str_eq(problem.detail, "fast has 3");
	say(&problem, "%0*d", MR_PROBLEM_DETAIL, 7);
	ck_assert_uint_eq(strlen(problem.detail), MR_PROBLEM_DETAIL);
	ck_assert_str_eq(problem.detail + MR_PROBLEM_DETAIL - 2, "07");
	say(&problem, "%0*d", MR_PROBLEM_DETAIL + 1, 7);
	ck_assert_uint_eq(strlen(problem.detail), MR_PROBLEM_DETAIL);
	ck_assert_str_eq(problem.detail + MR_PROBLEM_DETAIL - 2, "00");
}
END_TEST

START_TEST(test_offset_zero_is_told)
{
	const struct mr_problem problem = { .err = MR_SYNTAX,
		                            .has_offset = true };
	cJSON *document = printed(&problem), *offset;

	offset = cJSON_GetObjectItem(document, "offset");
	ck_assert(cJSON_IsNumber(offset) && offset->valueint == 0);
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_want_of_faults_is_not_told)
{
	struct mr_faults faults = { .arena = arena };
	const struct mr_problem problem = { .err = MR_INVALID,
		                            .faults = &faults };
	cJSON *document = printed(&problem);

	ck_assert_int_eq(
	    cJSON_GetArraySize(cJSON_GetObjectItem(document, "errors")), 0);
	ck_assert_ptr_null(cJSON_GetObjectItem(document, "truncated"));
	ck_assert_ptr_null(cJSON_GetObjectItem(document, "offset"));
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_the_schema_has_every_member_and_type)
{
	static const char types[] = "properties|type|enum";
	struct mr_document *document = mr_document_new();
	const cJSON *fault;
	cJSON *schema;

	mr_problem_describe(document);
	schema = cJSON_Parse(mr_document_print(document, arena));
	mr_document_free(document);
	ck_assert_str_eq(tree_list(schema, "properties"),
	                 "type title status detail instance request_id offset "
	                 "errors truncated");
	ck_assert_str_eq(tree_list(schema, "required"),
	                 "type title status instance request_id");
	ck_assert_int_eq(cJSON_GetArraySize(tree_at(schema, types)),
	                 MR_ERR_COUNT - 1);
	fault = tree_at(schema, "properties|errors|items");
	ck_assert_str_eq(tree_list(fault, "properties"), "loc type msg ctx");
	ck_assert_int_eq(cJSON_GetArraySize(tree_at(fault, types)),
	                 MR_FAULT_COUNT - 1);
	cJSON_Delete(schema);
}
END_TEST

static const struct {
	const char *path, *instance;
} paths[] = {
	{ "", "" },
	{ "/", "/" },
	{ "/process-numbers", "/process-numbers" },
	{ "/A.b_c~d-9/", "/A.b_c~d-9/" },
	{ "/a b", "/a%20b" },
	{ "/a%b?c#d", "/a%25b%3Fc%23d" },
	{ "/<script>\"'", "/%3Cscript%3E%22%27" },
	{ "/\n\x7F\x01", "/%0A%7F%01" },
	{ "/caf\xC3\xA9\xFF", "/caf%C3%A9%FF" },
	{ "/+&=;:@!$()*,[]", "/%2B%26%3D%3B%3A%40%21%24%28%29%2A%2C%5B%5D" },
};

START_TEST(test_instance_is_escaped)
{
	ck_assert_pstr_eq(mr_problem_instance(paths[_i].path, arena),
	                  paths[_i].instance);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_every_error_has_type_title_and_status,
	                    MR_OK + 1, MR_ERR_COUNT);
	tcase_add_test(tc, test_problem_has_members_of_its_own);
	tcase_add_test(tc, test_problem_tells_all_that_is_known);
	tcase_add_test(tc, test_detail_is_a_sentence_that_is_cut);
	tcase_add_test(tc, test_offset_zero_is_told);
	tcase_add_test(tc, test_want_of_faults_is_not_told);
	tcase_add_test(tc, test_the_schema_has_every_member_and_type);
	tcase_add_loop_test(tc, test_instance_is_escaped, 0, N(paths));
}

UNIT_MAIN("problem", add_tests)
