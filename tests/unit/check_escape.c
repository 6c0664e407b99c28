/*
 * check_escape.c: single escapes, read behind their backslash and written.
 */
#include "schema/escape.h"

#include "unit.h"

static const struct {
	const char *text; /* behind the backslash */
	size_t length;
	uint32_t code;
} readable[] = {
	{ "\"", 1, '"' },
	{ "\\", 1, '\\' },
	{ "/", 1, '/' },
	{ "b", 1, '\b' },
	{ "f", 1, '\f' },
	{ "n", 1, '\n' },
	{ "r", 1, '\r' },
	{ "tx", 1, '\t' },
	{ "u0000", 5, 0 },
	{ "u0041", 5, 'A' },
	{ "u00e9", 5, 0xE9 },
	{ "uABCDEF", 5, 0xABCD },
	{ "uabcdef", 5, 0xABCD },
	{ "uD7FF", 5, 0xD7FF },
	{ "uE000", 5, 0xE000 },
	{ "uFFFF", 5, 0xFFFF },
	{ "uD800\\uDC00", 11, 0x10000 },
	{ "uD83D\\uDE00", 11, 0x1F600 },
	{ "udbff\\udfff", 11, 0x10FFFF },
};

START_TEST(test_escape_is_read)
{
	struct mr_string text = guarded(TEXT(readable[_i].text));
	uint32_t code = 77;

	ck_assert_ptr_eq(mr_escape_read(text.data, text.data + text.length, &code),
	                 text.data + readable[_i].length);
	ck_assert_uint_eq(code, readable[_i].code);
}
END_TEST

static const struct mr_string unreadable[] = {
	BYTES(""),
	BYTES("\0"),
	BYTES("0"),
	BYTES("a"),
	BYTES("v"),
	BYTES("x41"),
	BYTES("'"),
	BYTES(" "),
	BYTES("N"),
	BYTES("U0041"),
	BYTES("\x80"),
	BYTES("u"),
	BYTES("u004"),
	BYTES("u004G"),
	BYTES("u00@1"),
	BYTES("u00`1"),
	BYTES("u00/1"),
	BYTES("u00:1"),
	BYTES("u +41"),
	BYTES("u{41}"),
	BYTES("uD800"),
	BYTES("uD800\\"),
	BYTES("uD800\\u"),
	BYTES("uD800\\uDC0"),
	BYTES("uD800\\uDC0G"),
	BYTES("uD800\\nDC00"),
	BYTES("uD800/uDC00"),
	BYTES("uD800uDC00"),
	BYTES("uD800\\u0041"),
	BYTES("uD800\\uD800"),
	BYTES("uD800\\uDBFF"),
	BYTES("uDBFF\\uE000"),
	BYTES("uDC00"),
	BYTES("uDFFF\\uD800"),
};

START_TEST(test_what_is_no_escape_is_not_read)
{
	struct mr_string text = guarded(unreadable[_i]);
	uint32_t code;

	ck_assert_ptr_null(
	    mr_escape_read(text.data, text.data + text.length, &code));
}
END_TEST

START_TEST(test_what_needs_an_escape_is_known)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(mr_escape_needed((unsigned char)c),
		                 c < 0x20 || c == '"' || c == '\\');
}
END_TEST

static const struct {
	unsigned char c;
	const char *text;
} written[] = {
	{ '"', "\\\"" },    { '\\', "\\\\" },   { '\b', "\\b" },
	{ '\f', "\\f" },    { '\n', "\\n" },    { '\r', "\\r" },
	{ '\t', "\\t" },    { 0, "\\u0000" },   { 1, "\\u0001" },
	{ 0x0B, "\\u000b" }, { 0x10, "\\u0010" }, { 0x1F, "\\u001f" },
};

START_TEST(test_escape_is_written_shortest)
{
	char text[MR_ESCAPE_LONGEST];
	size_t length = mr_escape_write(text, written[_i].c);

	ck_assert_uint_eq(length, strlen(written[_i].text));
	ck_assert_mem_eq(text, written[_i].text, length);
}
END_TEST

START_TEST(test_what_is_written_reads_back)
{
	char text[MR_ESCAPE_LONGEST];
	uint32_t code;

	for (unsigned c = 0; c < 0x80; c++) {
		size_t length;

		if (!mr_escape_needed((unsigned char)c))
			continue;
		length = mr_escape_write(text, (unsigned char)c);
		ck_assert_int_eq(text[0], '\\');
		ck_assert_ptr_eq(mr_escape_read(text + 1, text + length, &code),
		                 text + length);
		ck_assert_uint_eq(code, c);
	}
}
END_TEST

static const struct {
	struct mr_string text;
	const char *json;
} texts[] = {
	{ { "", 0 }, "\"\"" },
	{ { "plain", 5 }, "\"plain\"" },
	{ { "\0a\n\"\\/", 6 }, "\"\\u0000a\\n\\\"\\\\/\"" },
	{ { "\"\xC3\xA9\"", 4 }, "\"\\\"\xC3\xA9\\\"\"" },
};

START_TEST(test_text_is_written_in_quotes)
{
	struct mr_buffer json = { .arena = arena };

	mr_escape_text(&json, texts[_i].text);
	ck_assert_uint_eq(json.length, strlen(texts[_i].json));
	ck_assert_mem_eq(json.data, texts[_i].json, json.length);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_text_is_written_in_quotes, 0, N(texts));
	tcase_add_loop_test(tc, test_escape_is_read, 0, N(readable));
	tcase_add_loop_test(tc, test_what_is_no_escape_is_not_read, 0,
	                    N(unreadable));
	tcase_add_test(tc, test_what_needs_an_escape_is_known);
	tcase_add_loop_test(tc, test_escape_is_written_shortest, 0, N(written));
	tcase_add_test(tc, test_what_is_written_reads_back);
}

UNIT_MAIN("escape", add_tests)
