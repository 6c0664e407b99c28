/*
 * check_field_value.c: pieces of headers.
 */
#include "api/field_value.h"

#include "unit.h"

#include <limits.h>

static struct mr_piece
piece_of(const char *text)
{
	return mr_piece_between(text, text + strlen(text));
}

static void
assert_piece(struct mr_piece piece, const char *text)
{
	ck_assert_uint_eq(piece.length, strlen(text));
	ck_assert_mem_eq(piece.data, text, piece.length);
}

static const struct {
	const char *text, *first, *second, *third; /* NULL: no such piece */
} splits[] = {
	{ "a,b,c", "a", "b", "c" },
	{ " a b\t, ,", "a b", "", NULL },
	{ "\"a,b\",c", "\"a,b\"", "c", NULL },
	{ "\"\\\",a\",c", "\"\\\",a\"", "c", NULL },
	{ "a\\,b", "a\\", "b", NULL },
	{ "\"a,b", "\"a,b", NULL, NULL },
	{ "\"a\\", "\"a\\", NULL, NULL },
	{ "a;b", "a;b", NULL, NULL },
};

START_TEST(test_split_minds_quotes)
{
	const char *const expected[] = { splits[_i].first, splits[_i].second,
		                         splits[_i].third };
	const char *at = splits[_i].text, *end = at + strlen(at);

	for (size_t i = 0; i < N(expected) && expected[i] != NULL; i++)
		assert_piece(mr_piece_split(&at, end, ','), expected[i]);
	ck_assert_ptr_eq(at, end);
}
END_TEST

START_TEST(test_trim_takes_blanks_and_tabs)
{
	assert_piece(mr_piece_trim(piece_of(" \ta\t ")), "a");
	assert_piece(mr_piece_trim(piece_of(" \t ")), "");
	assert_piece(mr_piece_trim(piece_of("\na\r")), "\na\r");
}
END_TEST

START_TEST(test_is_ignores_case_and_nothing_else)
{
	ck_assert(mr_piece_is(piece_of("WaIt"), "wait"));
	ck_assert(!mr_piece_is(piece_of("wai"), "wait"));
	ck_assert(!mr_piece_is(piece_of("waits"), "wait"));
}
END_TEST

START_TEST(test_tokens_are_told)
{
	ck_assert(mr_piece_is_token(piece_of("aZ09!#$%&'*+-.^_`|~")));
	ck_assert(!mr_piece_is_token(piece_of("")));
	for (int c = 1; c < 256; c++) {
		char text[] = { 'a', (char)c, '\0' };

		if (c <= ' ' || c >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", c))
			ck_assert_msg(!mr_piece_is_token(piece_of(text)),
			              "byte %d", c);
		else
			ck_assert_msg(mr_piece_is_token(piece_of(text)),
			              "byte %d", c);
	}
	ck_assert(!mr_piece_is_token((struct mr_piece){ "a\0", 2 }));
}
END_TEST

static const struct {
	const char *text;
	long long most, number; /* -1: it is none */
} numbers[] = {
	{ "0", 9, 0 },
	{ "007", 9, 7 },
	{ "99", 100, 99 },
	{ "100", 100, 100 },
	{ "101", 100, 100 },
	{ "1000000000000000000000", 100, 100 },
	{ "9223372036854775807", LLONG_MAX, LLONG_MAX },
	{ "9223372036854775806", LLONG_MAX, LLONG_MAX - 1 },
	{ "9223372036854775808", LLONG_MAX, LLONG_MAX },
	{ "", 9, -1 },
	{ "-1", 9, -1 },
	{ "+1", 9, -1 },
	{ "1 ", 9, -1 },
	{ "1000000000000000000000x", 100, -1 },
};

START_TEST(test_numbers_are_read_up_to_the_most)
{
	long long number;
	bool read = mr_piece_number(piece_of(numbers[_i].text),
	                            numbers[_i].most, &number);

	ck_assert_int_eq(read, numbers[_i].number >= 0);
	if (read)
		ck_assert_int_eq(number, numbers[_i].number);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_split_minds_quotes, 0, N(splits));
	tcase_add_test(tc, test_trim_takes_blanks_and_tabs);
	tcase_add_test(tc, test_is_ignores_case_and_nothing_else);
	tcase_add_test(tc, test_tokens_are_told);
	tcase_add_loop_test(tc, test_numbers_are_read_up_to_the_most, 0,
	                    N(numbers));
}

UNIT_MAIN("field_value", add_tests)
