/*
 * check_encode.c: records to JSON, and the results that JSON cannot say.
 */
#include "schema/encode.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>

struct record {
	int64_t whole;
	double number, maybe;
	bool flag;
	struct mr_string text;
	struct mr_int64s wholes;
	struct mr_doubles numbers, maybes;
};

static const struct mr_field rows[] = {
	MR_RESULT(struct record, whole, "t"),
	MR_RESULT(struct record, number, "t"),
	MR_RESULT(struct record, maybe, "t", .null_if_not_finite = true),
	MR_RESULT(struct record, flag, "t"),
	MR_RESULT(struct record, text, "t"),
	MR_RESULT(struct record, wholes, "t"),
	MR_RESULT(struct record, numbers, "t"),
	MR_RESULT(struct record, maybes, "t", .null_if_not_finite = true),
};
static const struct mr_shape shape = { rows, N(rows), sizeof(struct record) };

static struct record record;
static struct mr_buffer json;
static const struct mr_field *culprit;

/* The rows of one member only, and its text. */
static const char *
encode_row(int row)
{
	struct mr_shape one = { &rows[row], 1, sizeof(struct record) };

	json = (struct mr_buffer){ .arena = arena };
	culprit = NULL;
	if (mr_encode_json(&one, &record, &json, &culprit) != MR_OK)
		return NULL;
	mr_buffer_putc(&json, '\0');
	return json.data;
}

START_TEST(test_record_is_written_compactly_and_in_order)
{
	static const int64_t wholes[] = { 1, -2, INT64_MIN };
	static const double numbers[] = { 0.5 };

	record = (struct record){ INT64_MAX, 0.1, -0.0, true, BYTES("t"),
		                  { wholes, 3 }, { numbers, 1 }, { NULL, 0 } };
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit), MR_OK);
	mr_buffer_putc(&json, '\0');
	ck_assert_str_eq(json.data,
	                 "{\"whole\":9223372036854775807,\"number\":0.1,"
	                 "\"maybe\":-0,\"flag\":true,\"text\":\"t\","
	                 "\"wholes\":[1,-2,-9223372036854775808],"
	                 "\"numbers\":[0.5],\"maybes\":[]}");
}
END_TEST

START_TEST(test_untouched_record_is_written)
{
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit), MR_OK);
	mr_buffer_putc(&json, '\0');
	ck_assert_str_eq(json.data,
	                 "{\"whole\":0,\"number\":0,\"maybe\":0,\"flag\":false,"
	                 "\"text\":\"\",\"wholes\":[],\"numbers\":[],"
	                 "\"maybes\":[]}");
}
END_TEST

START_TEST(test_no_rows_are_an_empty_object)
{
	static const struct mr_field none[] = { { .name = NULL } };
	const struct mr_shape empty = { none, 1, 1 };

	ck_assert_int_eq(mr_encode_json(&empty, &record, &json, &culprit), MR_OK);
	ck_assert_uint_eq(json.length, 2);
	ck_assert_mem_eq(json.data, "{}", 2);
}
END_TEST

START_TEST(test_object_is_appended)
{
	static const struct mr_field none[] = { { .name = NULL } };
	const struct mr_shape empty = { none, 1, 1 };

	mr_buffer_puts(&json, "before ");
	ck_assert_int_eq(mr_encode_json(&empty, &record, &json, &culprit), MR_OK);
	ck_assert_uint_eq(json.length, 9);
	ck_assert_mem_eq(json.data, "before {}", 9);
}
END_TEST

static const struct {
	struct mr_string text;
	const char *json;
} strings[] = {
	{ BYTES(""), "\"\"" },
	{ BYTES("plain/\x7F"), "\"plain/\x7F\"" },
	{ BYTES("\"\\"), "\"\\\"\\\\\"" },
	{ BYTES("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"" },
	{ BYTES("\0"), "\"\\u0000\"" },
	{ BYTES("a\0b\x01\x1F"), "\"a\\u0000b\\u0001\\u001f\"" },
	{ BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
	  "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"" },
	{ BYTES("</script>\xE2\x80\xA8"), "\"</script>\xE2\x80\xA8\"" },
};

START_TEST(test_string_is_escaped_where_it_must_be)
{
	char expected[100];

	record.text = guarded(strings[_i].text);
	snprintf(expected, sizeof(expected), "{\"text\":%s}", strings[_i].json);
	ck_assert_pstr_eq(encode_row(4), expected);
}
END_TEST

START_TEST(test_every_control_character_is_escaped)
{
	char text[0x20];
	const char *written;

	for (int c = 0; c < 0x20; c++)
		text[c] = (char)c;
	record.text = (struct mr_string){ text, sizeof(text) };
	written = encode_row(4);
	ck_assert_pstr_eq(written,
	                  "{\"text\":\""
	                  "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006"
	                  "\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f"
	                  "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016"
	                  "\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d"
	                  "\\u001e\\u001f\"}");
}
END_TEST

static const struct mr_string invalid[] = {
	BYTES("\xFF"),         BYTES("a\x80"),     BYTES("\xC3"),
	BYTES("\xED\xA0\x80"), BYTES("\xC0\x80"), BYTES("ok\xF4\x90\x80\x80"),
};

START_TEST(test_string_that_is_not_utf8_is_the_culprit)
{
	record.text = guarded(invalid[_i]);
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_RESULT);
	ck_assert_ptr_eq(culprit, &rows[4]);
}
END_TEST

static const double not_finite[] = { NAN, INFINITY, -INFINITY };

START_TEST(test_number_that_is_not_finite_is_the_culprit)
{
	record.number = not_finite[_i];
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_RESULT);
	ck_assert_ptr_eq(culprit, &rows[1]);
}
END_TEST

START_TEST(test_element_that_is_not_finite_is_the_culprit)
{
	static double numbers[3000];

	numbers[2999] = not_finite[_i];
	record.numbers = (struct mr_doubles){ numbers, 3000 };
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_RESULT);
	ck_assert_ptr_eq(culprit, &rows[6]);
}
END_TEST

START_TEST(test_what_is_not_finite_is_null_where_that_is_declared)
{
	const double maybes[] = { 1, not_finite[_i], 2 };

	record.maybe = not_finite[_i];
	record.maybes = (struct mr_doubles){ maybes, 3 };
	ck_assert_pstr_eq(encode_row(2), "{\"maybe\":null}");
	ck_assert_pstr_eq(encode_row(7), "{\"maybes\":[1,null,2]}");
}
END_TEST

/* Around the batches in which lists are written. */
static const size_t lengths[] = { 0, 1, 2, 1023, 1024, 1025, 2048, 5000 };

START_TEST(test_list_of_any_length_is_written)
{
	int64_t wholes[5000];
	struct mr_buffer expected = { .arena = arena };

	mr_buffer_puts(&expected, "{\"wholes\":[");
	for (size_t i = 0; i < lengths[_i]; i++) {
		wholes[i] = INT64_MIN + (int64_t)i;
		mr_buffer_printf(&expected, "%s%lld", i == 0 ? "" : ",",
		                 (long long)wholes[i]);
	}
	mr_buffer_puts(&expected, "]}");
	mr_buffer_putc(&expected, '\0');
	record.wholes = (struct mr_int64s){ wholes, lengths[_i] };
	ck_assert_pstr_eq(encode_row(5), expected.data);
}
END_TEST

START_TEST(test_want_of_memory_is_told)
{
	mr_buffer_room(&json, SIZE_MAX / 2);
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_MEMORY);
}
END_TEST

static void
begin(void)
{
	memset(&record, 0, sizeof(record));
	json = (struct mr_buffer){ .arena = arena };
	culprit = NULL;
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_record_is_written_compactly_and_in_order);
	tcase_add_test(tc, test_untouched_record_is_written);
	tcase_add_test(tc, test_no_rows_are_an_empty_object);
	tcase_add_test(tc, test_object_is_appended);
	tcase_add_loop_test(tc, test_string_is_escaped_where_it_must_be, 0,
	                    N(strings));
	tcase_add_test(tc, test_every_control_character_is_escaped);
	tcase_add_loop_test(tc, test_string_that_is_not_utf8_is_the_culprit, 0,
	                    N(invalid));
	tcase_add_loop_test(tc, test_number_that_is_not_finite_is_the_culprit, 0,
	                    N(not_finite));
	tcase_add_loop_test(tc, test_element_that_is_not_finite_is_the_culprit,
	                    0, N(not_finite));
	tcase_add_loop_test(
	    tc, test_what_is_not_finite_is_null_where_that_is_declared, 0,
	    N(not_finite));
	tcase_add_loop_test(tc, test_list_of_any_length_is_written, 0,
	                    N(lengths));
	tcase_add_test(tc, test_want_of_memory_is_told);
}

UNIT_MAIN("encode", add_tests)
