/*
 * check_integer.c: digits to integers and back, against the C library.
 */
#include "schema/integer.h"

#include "unit.h"

#include <stdio.h>

static const struct {
	int64_t value;
	const char *text;
} integers[] = {
	{ 0, "0" },
	{ 7, "7" },
	{ -1, "-1" },
	{ 9, "9" },
	{ 10, "10" },
	{ -10, "-10" },
	{ 9999999, "9999999" },
	{ 10000000, "10000000" },
	{ 99999999, "99999999" },
	{ 100000000, "100000000" },
	{ 100000001, "100000001" },
	{ -123456789, "-123456789" },
	{ 1000000000000000, "1000000000000000" },
	{ 9999999999999999, "9999999999999999" },
	{ 10000000000000000, "10000000000000000" },
	{ 9007199254740993, "9007199254740993" },
	{ 1000000000000000000, "1000000000000000000" },
	{ INT64_MAX, "9223372036854775807" },
	{ -INT64_MAX, "-9223372036854775807" },
	{ INT64_MIN, "-9223372036854775808" },
};

START_TEST(test_integer_is_written_in_decimal)
{
	char text[MR_INTEGER_TEXT];
	size_t length = mr_integer_write(text, integers[_i].value);

	ck_assert_uint_eq(length, strlen(integers[_i].text));
	ck_assert_mem_eq(text, integers[_i].text, length);
}
END_TEST

START_TEST(test_integer_is_read)
{
	struct mr_string text = guarded(TEXT(integers[_i].text));
	const char *end = text.data + text.length;
	int64_t value = 77;

	ck_assert_ptr_eq(mr_integer_read(text.data, end, &value), end);
	ck_assert_int_eq(value, integers[_i].value);
}
END_TEST

START_TEST(test_minus_zero_is_zero)
{
	const char text[] = "-0";
	int64_t value = 77;

	ck_assert_ptr_eq(mr_integer_read(text, text + 2, &value), text + 2);
	ck_assert_int_eq(value, 0);
}
END_TEST

static const char *const refused[] = {
	"",
	"-",
	"--1",
	"-x",
	"+1",
	" 1",
	"x",
	".5",
	"/",
	":",
	"00",
	"01",
	"-01",
	"0000000000000000000",
	"00000000000000000001",
	"9223372036854775808",
	"-9223372036854775809",
	"9999999999999999999",
	"10000000000000000000",
	"18446744073709551615",
	"18446744073709551616",
	"18446744073709551617",
	"-18446744073709551616",
	"184467440737095516160",
	"340282366920938463463374607431768211457",
	"100000000000000000000000000000000000000000000000000000000000000001",
};

START_TEST(test_what_is_no_int64_is_not_read)
{
	struct mr_string text = guarded(TEXT(refused[_i]));
	int64_t value;

	ck_assert_ptr_null(
	    mr_integer_read(text.data, text.data + text.length, &value));
}
END_TEST

/*
 * Whether a number is read that stands among others, where the fast reader of
 * runs may look at the words before and behind it.
 */
static bool
read_in_run(const char *number, int64_t *value)
{
	int64_t values[3];
	char text[160];
	const char *at = text, *end;
	size_t count;

	end = text + snprintf(text, sizeof(text), "11111111,22222222,%s,%030d",
	                      number, 7);
	count = mr_integers_read(&at, end, values, 3);
	ck_assert_uint_ge(count, 2);
	ck_assert_ptr_eq(at, text + 18 + (count == 3) * (strlen(number) + 1));
	*value = values[2];
	return count == 3;
}

START_TEST(test_integer_is_read_in_a_run)
{
	int64_t value = 77;

	ck_assert(read_in_run(integers[_i].text, &value));
	ck_assert_int_eq(value, integers[_i].value);
}
END_TEST

START_TEST(test_what_is_no_int64_ends_a_run)
{
	int64_t value;

	/* White space is allowed around the numbers of a run. */
	ck_assert(read_in_run(refused[_i], &value) ==
	          (*refused[_i] == ' '));
}
END_TEST

/* Ones with another byte among them, which no comma or space is. */
static void
read_spoilt(int length, int at, char c)
{
	char number[40];
	int64_t value, expected;
	bool good;

	memset(number, '1', (size_t)length);
	number[length] = '\0';
	number[at] = c;
	good = mr_integer_read(number, number + length, &expected) ==
	       number + length;
	if (read_in_run(number, &value) != good ||
	    (good && value != expected))
		ck_abort_msg("%s", number);
}

START_TEST(test_any_other_byte_ends_a_run)
{
	for (int length = 1; length <= 20; length++)
		for (int at = 0; at < length; at++)
			for (int c = 1; c < 256; c++)
				if (strchr(", \t\n\r", c) == NULL)
					read_spoilt(length, at, (char)c);
}
END_TEST

/* Any byte but a digit ends a number, wherever in a word it stands. */
START_TEST(test_any_other_byte_ends_the_number)
{
	char text[40];
	int64_t value;

	for (int length = 1; length <= 18; length++)
		for (int c = 0; c < 256; c++) {
			if (c >= '0' && c <= '9')
				continue;
			memset(text, '9', sizeof(text));
			memset(text, '1', (size_t)length);
			text[length] = (char)c;
			if (mr_integer_read(text, text + sizeof(text),
			                    &value) != text + length)
				ck_abort_msg("byte %d behind %d digits", c,
				             length);
			text[length] = '\0';
			ck_assert_int_eq(value, atoll(text));
		}
}
END_TEST

static void
round_trip(int64_t value)
{
	char expected[32], text[MR_INTEGER_TEXT];
	int length = snprintf(expected, sizeof(expected), "%lld",
	                      (long long)value);
	const char *end = text + length;
	int64_t again;

	if (mr_integer_write(text, value) != (size_t)length ||
	    memcmp(text, expected, (size_t)length) != 0)
		ck_abort_msg("%s is written as another", expected);
	if (mr_integer_read(text, end, &again) != end || again != value)
		ck_abort_msg("%s is read as %lld", expected, (long long)again);
	if (!read_in_run(expected, &again) || again != value)
		ck_abort_msg("%s is read as %lld in a run", expected,
		             (long long)again);
}

START_TEST(test_any_integer_reads_back)
{
	uint64_t state = 10;

	for (int i = 0; i < 1000000; i++)
		round_trip((int64_t)random_bits(&state) >> i % 64);
}
END_TEST

START_TEST(test_powers_of_ten_and_their_neighbours_read_back)
{
	for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10)
		for (int64_t i = -12; i <= 12; i++)
			for (int64_t digit = 1; digit <= 9; digit++) {
				round_trip(digit * power + i);
				round_trip(-digit * power + i);
			}
}
END_TEST

START_TEST(test_each_eight_digits_read_back)
{
	for (int64_t i = 0; i < 100000000; i += 97)
		round_trip(i + 100000000 * (i % 3 == 0));
}
END_TEST

#define RUN 1000

START_TEST(test_run_reads_back)
{
	int64_t values[RUN], again[RUN];
	char text[RUN * (MR_INTEGER_TEXT + 1)];
	uint64_t state = 11;
	const char *at = text, *end;

	for (int i = 0; i < RUN; i++)
		values[i] = (int64_t)random_bits(&state) >> i % 64;
	end = text + mr_integers_write(text, values, RUN);
	ck_assert_uint_eq(mr_integers_read(&at, end, again, RUN), RUN);
	ck_assert_ptr_eq(at, end);
	ck_assert_mem_eq(again, values, sizeof(values));
}
END_TEST

START_TEST(test_run_is_written_as_its_numbers_are)
{
	const int64_t values[] = { 0, -1, INT64_MIN, INT64_MAX, 10000000000 };
	const char expected[] = "0,-1,-9223372036854775808,"
	                        "9223372036854775807,10000000000,";
	char text[N(values) * (MR_INTEGER_TEXT + 1)];

	ck_assert_uint_eq(mr_integers_write(text, values, N(values)),
	                  sizeof(expected) - 1);
	ck_assert_mem_eq(text, expected, sizeof(expected) - 1);
	ck_assert_uint_eq(mr_integers_write(text, values, 0), 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_integer_is_written_in_decimal, 0,
	                    N(integers));
	tcase_add_loop_test(tc, test_integer_is_read, 0, N(integers));
	tcase_add_test(tc, test_minus_zero_is_zero);
	tcase_add_loop_test(tc, test_what_is_no_int64_is_not_read, 0,
	                    N(refused));
	tcase_add_loop_test(tc, test_integer_is_read_in_a_run, 0, N(integers));
	tcase_add_loop_test(tc, test_what_is_no_int64_ends_a_run, 0,
	                    N(refused));
	tcase_add_test(tc, test_any_other_byte_ends_a_run);
	tcase_add_test(tc, test_any_other_byte_ends_the_number);
	tcase_add_test(tc, test_any_integer_reads_back);
	tcase_add_test(tc, test_powers_of_ten_and_their_neighbours_read_back);
	tcase_add_test(tc, test_each_eight_digits_read_back);
	tcase_add_test(tc, test_run_reads_back);
	tcase_add_test(tc, test_run_is_written_as_its_numbers_are);
}

UNIT_MAIN("integer", add_tests)
