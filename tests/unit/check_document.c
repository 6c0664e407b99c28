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

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_empty_document_is_an_object);
	tcase_add_test(tc, test_members_are_printed_compactly_and_in_order);
	tcase_add_loop_test(tc, test_strings_read_back_as_they_were, 0,
	                    N(texts));
	tcase_add_test(tc, test_text_and_names_are_copied);
	tcase_add_test(tc, test_null_nodes_are_accepted);
}

UNIT_MAIN("document", add_tests)
