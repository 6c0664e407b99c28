/*
 * check_base64.c: bytes to text and back, and texts that are not base64.
 */
#include "schema/base64.h"

#include "unit.h"

/* The examples of RFC 4648, section 10, and the ends of the alphabet. */
static const struct {
	struct mr_string bytes, text;
} pairs[] = {
	{ BYTES(""), BYTES("") },
	{ BYTES("f"), BYTES("Zg==") },
	{ BYTES("fo"), BYTES("Zm8=") },
	{ BYTES("foo"), BYTES("Zm9v") },
	{ BYTES("foob"), BYTES("Zm9vYg==") },
	{ BYTES("fooba"), BYTES("Zm9vYmE=") },
	{ BYTES("foobar"), BYTES("Zm9vYmFy") },
	{ BYTES("\0"), BYTES("AA==") },
	{ BYTES("\0\0\0"), BYTES("AAAA") },
	{ BYTES("\xFF"), BYTES("/w==") },
	{ BYTES("\xFF\xFF\xFF"), BYTES("////") },
	{ BYTES("\xFB\xEF\xBE"), BYTES("++++") },
	{ BYTES("\x00\x10\x83\x10\x51\x87\x20\x92\x8B\x30\xD3\x8F\x41\x14\x93"
	        "\x51\x55\x97\x61\x96\x9B\x71\xD7\x9F\x82\x18\xA3\x92\x59\xA7"
	        "\xA2\x9A\xAB\xB2\xDB\xAF\xC3\x1C\xB3\xD3\x5D\xB7\xE3\x9E\xBB"
	        "\xF3\xDF\xBF"),
	  BYTES("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	        "0123456789+/") },
};

START_TEST(test_text_is_read)
{
	const struct mr_string *expected = &pairs[_i].bytes;
	unsigned char bytes[100];
	size_t length;

	memset(bytes, '#', sizeof(bytes));
	ck_assert(mr_base64_length(guarded(pairs[_i].text), &length));
	ck_assert_uint_eq(length, expected->length);
	ck_assert(mr_base64_read(bytes, guarded(pairs[_i].text)));
	ck_assert_mem_eq(bytes, expected->data, length);
	ck_assert_int_eq(bytes[length], '#');
}
END_TEST

START_TEST(test_bytes_are_written)
{
	struct mr_string bytes = guarded(pairs[_i].bytes);
	char text[100];

	memset(text, '#', sizeof(text));
	ck_assert_uint_eq(MR_BASE64_TEXT(bytes.length), pairs[_i].text.length);
	mr_base64_write(text, (struct mr_bytes){ (const void *)bytes.data,
	                                         bytes.length });
	ck_assert_mem_eq(text, pairs[_i].text.data, pairs[_i].text.length);
	ck_assert_int_eq(text[pairs[_i].text.length], '#');
}
END_TEST

/* Whether its length alone shows that a text is not base64. */
static const struct {
	struct mr_string text;
	bool by_length;
} invalid[] = {
	/* Padding: too little, too much, and in the wrong place. */
	{ BYTES("Z"), true },
	{ BYTES("Zg"), true },
	{ BYTES("Zm8"), true },
	{ BYTES("Zg="), true },
	{ BYTES("Zg==="), true },
	{ BYTES("="), true },
	{ BYTES("=="), true },
	{ BYTES("Zm9v="), true },
	{ BYTES("Zm9vY"), true },
	{ BYTES("Z==="), false },
	{ BYTES("===="), false },
	{ BYTES("Zm9v===="), false },
	{ BYTES("=Zg="), false },
	{ BYTES("Z=g="), false },
	{ BYTES("Zg=="
	        "Zg=="), false },
	{ BYTES("Zm8="
	        "Zm9v"), false },
	/* Bits that stand for no byte. */
	{ BYTES("Zh=="), false },
	{ BYTES("Zv=="), false },
	{ BYTES("Zm9="), false },
	{ BYTES("Zm+="), false },
	/* White space. */
	{ BYTES(" Zg=="), true },
	{ BYTES("Zm9v\n"), true },
	{ BYTES("Zm9v\r\n  "), false },
	{ BYTES("Zm 9"), false },
	{ BYTES("\tZm9"), false },
	/* Other alphabets, and what is in none. */
	{ BYTES("__--"), false },
	{ BYTES("-w=="), false },
	{ BYTES("Zm9,"), false },
	{ BYTES("Zm9."), false },
	{ BYTES("Zm\0v"), false },
	{ BYTES("\xFFm9v"), false },
	{ BYTES("Zm\xC3\xA9"), false },
	{ BYTES("Zm9vYmF`"), false },
	{ BYTES("@m9v"), false },
	{ BYTES("[m9v"), false },
	{ BYTES("{m9v"), false },
	{ BYTES(":m9v"), false },
};

START_TEST(test_other_text_is_refused)
{
	struct mr_string text = guarded(invalid[_i].text);
	unsigned char bytes[100];
	size_t length;

	ck_assert_int_eq(mr_base64_length(text, &length),
	                 !invalid[_i].by_length);
	if (!invalid[_i].by_length)
		ck_assert(!mr_base64_read(bytes, text));
}
END_TEST

START_TEST(test_no_byte_but_a_digit_is_one)
{
	static const char known[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+/";
	char text[] = "?AAA";
	unsigned char bytes[3];

	for (int c = 0; c < 256; c++) {
		text[0] = (char)c;
		ck_assert_int_eq(
		    mr_base64_read(bytes, (struct mr_string){ text, 4 }),
		    c != 0 && strchr(known, c) != NULL);
	}
}
END_TEST

START_TEST(test_bytes_of_any_length_come_back)
{
	unsigned char bytes[200], again[200];
	char text[MR_BASE64_TEXT(sizeof(bytes))];
	uint64_t state = 7;
	size_t found;

	for (size_t length = 0; length <= sizeof(bytes); length++) {
		struct mr_string whole = { text, MR_BASE64_TEXT(length) };

		for (size_t i = 0; i < length; i++)
			bytes[i] = (unsigned char)random_bits(&state);
		mr_base64_write(text, (struct mr_bytes){ bytes, length });
		ck_assert(mr_base64_length(whole, &found));
		ck_assert_uint_eq(found, length);
		ck_assert(mr_base64_read(again, whole));
		ck_assert_mem_eq(again, bytes, length);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_text_is_read, 0, N(pairs));
	tcase_add_loop_test(tc, test_bytes_are_written, 0, N(pairs));
	tcase_add_loop_test(tc, test_other_text_is_refused, 0, N(invalid));
	tcase_add_test(tc, test_no_byte_but_a_digit_is_one);
	tcase_add_test(tc, test_bytes_of_any_length_come_back);
}

UNIT_MAIN("base64", add_tests)
