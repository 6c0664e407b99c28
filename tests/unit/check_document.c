/*
 * check_document.c: small JSON documents, read back with cJSON.
 */
#include "base/document.h"

#include "unit.h"

#include <cjson/cJSON.h>

static const char *
print_and_free(struct mr_document *document)
{
	const char *text = mr_document_print(document, arena);

	mr_document_free(document);
	ck_assert_ptr_nonnull(text);
	return text;
}

START_TEST(test_empty_document_is_an_object)
{
	ck_assert_str_eq(print_and_free(mr_document_new()), "{}");
}
END_TEST

START_TEST(test_members_are_printed_compactly_and_in_order)
{
	struct mr_document *document = mr_document_new(), *list, *object;

	mr_document_string(document, "b", "text");
	mr_document_literal(document, "a", "9223372036854775807");
	list = mr_document_array(document, "list");
	mr_document_string(list, NULL, "x");
	mr_document_literal(list, NULL, "true");
	mr_document_size(list, NULL, SIZE_MAX);
	mr_document_string(list, NULL, NULL);
	object = mr_document_object(list, NULL);
	mr_document_array(object, "none");
	mr_document_object(document, "o");
	ck_assert_str_eq(print_and_free(document),
	                 "{\"b\":\"text\",\"a\":9223372036854775807,"
	                 "\"list\":[\"x\",true,18446744073709551615,{\"none\":[]}],\"o\":{}}");
}
END_TEST

static const char *const texts[] = {
	"",
	"plain",
	"\"quoted\" and \\ and /",
	"\b\f\n\r\t\x01\x1f\x7f",
	"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
};

START_TEST(test_strings_read_back_as_they_were)
{
	struct mr_document *document = mr_document_new();
	cJSON *parsed;

	mr_document_string(document, "text", texts[_i]);
	parsed = cJSON_Parse(print_and_free(document));
	ck_assert_ptr_nonnull(parsed);
	ck_assert_str_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(parsed, "text")),
	    texts[_i]);
	cJSON_Delete(parsed);
}
END_TEST

START_TEST(test_text_and_names_are_copied)
{
	struct mr_document *document = mr_document_new();
	char name[] = "name", text[] = "text";

	mr_document_string(document, name, text);
	memset(name, 'x', 4);
	memset(text, 'y', 4);
	ck_assert_str_eq(print_and_free(document), "{\"name\":\"text\"}");
}
END_TEST

START_TEST(test_null_nodes_are_accepted)
{
	mr_document_string(NULL, "a", "b");
	mr_document_literal(NULL, NULL, "1");
	ck_assert_ptr_null(mr_document_object(NULL, "a"));
	ck_assert_ptr_null(mr_document_array(NULL, NULL));
	ck_assert_ptr_null(mr_document_print(NULL, arena));
	mr_document_free(NULL);
}
END_TEST

static struct mr_document *
parse(const char *text)
{
	return mr_document_parse(text, strlen(text));
}

START_TEST(test_parsed_members_have_their_values)
{
	struct mr_document *document = parse(
	    " {\"s\":\"text\",\"n\":1.5,\"b\":true,\"z\":null,\"o\":{\"s\":\"in\"}} \n");
	const struct mr_document *object = mr_document_member(document, "o");

	ck_assert_ptr_nonnull(document);
	ck_assert_str_eq(mr_document_get_string(document, "s", "-"), "text");
	ck_assert_str_eq(mr_document_get_string(object, "s", "-"), "in");
	ck_assert_double_eq(mr_document_get_number(document, "n", -1), 1.5);
	ck_assert(mr_document_get_bool(document, "b", false));
	mr_document_free(document);
}
END_TEST

/* Of another kind, null, in another case, not there; not an object. */
static const char *const others[] = { "s", "n", "b", "z", "o", "S", "none" };

START_TEST(test_what_is_not_there_is_otherwise)
{
	struct mr_document *document = parse(
	    "{\"s\":[],\"n\":\"1\",\"b\":1,\"z\":null,\"o\":{\"n\":1}}");
	const struct mr_document *const objects[] = {
		document, mr_document_member(document, "n"), NULL,
	};

	ck_assert_ptr_nonnull(document);
	for (size_t i = 0; i < N(objects); i++) {
		if (strcmp(others[_i], "n") != 0)
			ck_assert_str_eq(
			    mr_document_get_string(objects[i], others[_i], "-"),
			    "-");
		if (strcmp(others[_i], "b") != 0)
			ck_assert_double_eq(
			    mr_document_get_number(objects[i], others[_i], 7),
			    7);
		ck_assert(mr_document_get_bool(objects[i], others[_i], true));
	}
	mr_document_free(document);
}
END_TEST

START_TEST(test_array_is_walked_through)
{
	struct mr_document *document =
	    parse("{\"a\":[{\"n\":1},{\"n\":2},{\"n\":3}],\"none\":[],\"o\":{\"n\":1}}");
	const struct mr_document *element =
	    mr_document_first(mr_document_member(document, "a"));

	for (int i = 1; i <= 3; i++) {
		ck_assert_double_eq(mr_document_get_number(element, "n", 0), i);
		element = mr_document_next(element);
	}
	ck_assert_ptr_null(element);
	ck_assert_ptr_null(mr_document_next(element));
	ck_assert_ptr_null(
	    mr_document_first(mr_document_member(document, "none")));
	ck_assert_ptr_null(
	    mr_document_first(mr_document_member(document, "o")));
	ck_assert_ptr_null(mr_document_first(NULL));
	mr_document_free(document);
}
END_TEST

static const struct mr_string not_json[] = {
	BYTES(""), BYTES("{"), BYTES("{}x"), BYTES("{}{}"), BYTES("nonsense"),
	BYTES("{\"a\":}"), BYTES("{}\0"),
};

START_TEST(test_what_is_not_one_value_is_refused)
{
	struct mr_string text = guarded(not_json[_i]);

	ck_assert_ptr_null(mr_document_parse(text.data, text.length));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_empty_document_is_an_object);
	tcase_add_test(tc, test_members_are_printed_compactly_and_in_order);
	tcase_add_loop_test(tc, test_strings_read_back_as_they_were, 0,
	                    N(texts));
	tcase_add_test(tc, test_text_and_names_are_copied);
	tcase_add_test(tc, test_null_nodes_are_accepted);
	tcase_add_test(tc, test_parsed_members_have_their_values);
	tcase_add_loop_test(tc, test_what_is_not_there_is_otherwise, 0,
	                    N(others));
	tcase_add_test(tc, test_array_is_walked_through);
	tcase_add_loop_test(tc, test_what_is_not_one_value_is_refused, 0,
	                    N(not_json));
}

UNIT_MAIN("document", add_tests)
