/*
 * check_utf8.c: every character, and what only looks like one.
 */
#include "schema/utf8.h"

#include "unit.h"

static bool
reads_back(uint32_t code)
{
	size_t expected = code < 0x80 ? 1 : code < 0x800 ? 2
	                                : code < 0x10000 ? 3
	                                                 : 4;
	char text[MR_UTF8_LONGEST];
	size_t length = mr_utf8_write(text, code);

	return length == expected &&
	       mr_utf8_step(text, text + length) == length &&
	       mr_utf8_step(text, text + length - 1) == 0 &&
	       mr_utf8_count(text, text + length) == 1;
}

START_TEST(test_every_character_reads_back)
{
	for (uint32_t code = 0; code <= 0x10FFFF; code++)
		if ((code < 0xD800 || code > 0xDFFF) && !reads_back(code))
			ck_abort_msg("U+%04X does not read back", code);
}
END_TEST

/* All first and second bytes, with third ones of which half are good. */
START_TEST(test_every_beginning_is_judged)
{
	static const unsigned char thirds[] = { 0x00, 0x7F, 0x80, 0x9F,
		                                0xA0, 0xBF, 0xC0, 0xFF };
	size_t counts[MR_UTF8_LONGEST + 1] = { 0 };

	for (unsigned i = 0; i < 0x10000 * N(thirds); i++) {
		char text[] = { (char)(i >> 11), (char)(i >> 3),
			        (char)thirds[i % N(thirds)] };

		counts[mr_utf8_step(text, text + 3)]++;
	}
	/* Characters of each length, times what may follow them. */
	ck_assert_uint_eq(counts[1], 0x80 * 0x100 * N(thirds));
	ck_assert_uint_eq(counts[2], 0x780 * N(thirds));
	ck_assert_uint_eq(counts[3], (0xF800 - 0x800) / 64 * N(thirds) / 2);
	ck_assert_uint_eq(counts[4], 0);
}
END_TEST

/* The first byte that is not well-formed. */
static const struct {
	struct mr_string text;
	size_t offset;
} faults[] = {
	{ BYTES("\x80"), 0 },
	{ BYTES("a\xBF"), 1 },
	{ BYTES("\xC0\x80"), 0 },
	{ BYTES("\xC1\xBF"), 0 },
	{ BYTES("\xC2"), 0 },
	{ BYTES("\xC2 "), 0 },
	{ BYTES("\xC2\xC2\x80"), 0 },
	{ BYTES("\xE0\x9F\xBF"), 0 },
	{ BYTES("\xE2\x82"), 0 },
	{ BYTES("\xE2\x82" "a"), 0 },
	{ BYTES("\xED\xA0\x80"), 0 },
	{ BYTES("\xED\xBF\xBF"), 0 },
	{ BYTES("\xF0\x8F\xBF\xBF"), 0 },
	{ BYTES("\xF0\x9F\x98"), 0 },
	{ BYTES("\xF0\x9F\x98" "a"), 0 },
	{ BYTES("\xF4\x90\x80\x80"), 0 },
	{ BYTES("\xF5\x80\x80\x80"), 0 },
	{ BYTES("\xFE"), 0 },
	{ BYTES("\xFF"), 0 },
	{ BYTES("\xC3\xA9\xE2\x82\xAC\xFF"), 5 },
	{ BYTES("ab\0\xC3"), 3 },
};

START_TEST(test_check_finds_the_first_fault)
{
	struct mr_string text = guarded(faults[_i].text);
	const char *end = text.data + text.length;

	ck_assert_uint_eq((size_t)(mr_utf8_check(text.data, end) - text.data),
	                  faults[_i].offset);
	ck_assert_uint_eq(mr_utf8_step(text.data + faults[_i].offset, end), 0);
}
END_TEST

START_TEST(test_check_passes_what_is_well_formed)
{
	static const char text[] = "a\0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80"
	                           "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"
	                           "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
	const char *end = text + sizeof(text) - 1;

	ck_assert_ptr_eq(mr_utf8_check(text, end), end);
	ck_assert_uint_eq(mr_utf8_count(text, end), 11);
	ck_assert_ptr_eq(mr_utf8_check(text, text), text);
	ck_assert_uint_eq(mr_utf8_count(text, text), 0);
	ck_assert_uint_eq(mr_utf8_step(text, text), 0);
}
END_TEST

START_TEST(test_text_is_utf8_to_its_end)
{
	ck_assert(mr_utf8_is_text(NULL));
	ck_assert(mr_utf8_is_text(""));
	ck_assert(mr_utf8_is_text("m/s \xC2\xB5"));
	ck_assert(!mr_utf8_is_text("\xB5m"));
	ck_assert(!mr_utf8_is_text("m\xC2"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_text_is_utf8_to_its_end);
	tcase_add_test(tc, test_every_character_reads_back);
	tcase_add_test(tc, test_every_beginning_is_judged);
	tcase_add_loop_test(tc, test_check_finds_the_first_fault, 0, N(faults));
	tcase_add_test(tc, test_check_passes_what_is_well_formed);
}

UNIT_MAIN("utf8", add_tests)
