/*
 * check_number.c: doubles to text and back, to the last bit.
 *
 * CHECK_DOUBLES=10000000 in the environment tries so many random ones, in
 * place of a million.
 */
#include "schema/number.h"

#include "unit.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

static uint64_t
bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static double
double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static const struct {
	double value;
	const char *text;
} doubles[] = {
	{ 0.0, "0" },
	{ -0.0, "-0" },
	{ 1.0, "1" },
	{ 0.1, "0.1" },
	{ 0.1 + 0.2, "0.30000000000000004" },
	{ 1e21, "1e+21" },
	{ 1e-7, "1e-07" },
	{ 123456.789, "123456.789" },
	{ 9007199254740993.0, "9007199254740992" },
	{ 4.9406564584124654e-324, "5e-324" },
	{ DBL_MIN, "2.2250738585072014e-308" },
	{ -DBL_MIN, "-2.2250738585072014e-308" },
	{ DBL_MAX, "1.7976931348623157e+308" },
};

START_TEST(test_double_is_written_shortest)
{
	char text[MR_DOUBLE_TEXT];
	size_t length = mr_number_write_double(text, doubles[_i].value);

	ck_assert_uint_eq(length, strlen(doubles[_i].text));
	ck_assert_mem_eq(text, doubles[_i].text, length);
}
END_TEST

/* The fewest significant digits in scientific notation that read back. */
static size_t
fewest(double value)
{
	char text[40];

	for (int precision = 0;; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, value);
		if (bits_of(strtod(text, NULL)) == bits_of(value))
			return strlen(text);
	}
}

static void
round_trip(double value)
{
	char text[MR_DOUBLE_TEXT + 1];
	size_t length = mr_number_write_double(text, value);
	double again;

	text[length] = '\0';
	if (!mr_number_read_double(text, length, &again) ||
	    bits_of(again) != bits_of(value))
		ck_abort_msg("%a is not what is read from %s", value, text);
	if (bits_of(strtod(text, NULL)) != bits_of(value))
		ck_abort_msg("%a is not what strtod reads from %s", value, text);
	if (length > fewest(value))
		ck_abort_msg("%s is not the shortest of %a", text, value);
}

START_TEST(test_any_bits_read_back_from_the_shortest_text)
{
	uint64_t state = 1, bits;

	for (int i = 0; i < 100000; i++) {
		bits = random_bits(&state);
		if (isfinite(double_of(bits)))
			round_trip(double_of(bits));
		/* Tiny, whole and small numbers are rare among those. */
		if (i % 8 == 0)
			round_trip(double_of(bits >> (12 + i / 8 % 50)));
		else if (i % 8 == 1)
			round_trip((double)(int64_t)bits);
		else if (i % 8 == 2)
			round_trip((double)bits / 0x1p64);
	}
}
END_TEST

/* Written and read in runs, as arrays are. */
#define RUN 1000

static void
fill_with_any_bits(double *values, uint64_t *state)
{
	for (int i = 0; i < RUN; i++)
		do
			values[i] = double_of(random_bits(state));
		while (!isfinite(values[i]));
}

START_TEST(test_runs_of_any_bits_read_back)
{
	const char *wanted = getenv("CHECK_DOUBLES");
	long rest = wanted == NULL ? 1000000 : atol(wanted);
	char text[RUN * (MR_DOUBLE_TEXT + 1)], *to;
	double values[RUN], again[RUN];
	uint64_t state = 3;
	const char *at;

	for (; rest > 0; rest -= RUN) {
		fill_with_any_bits(values, &state);
		to = text;
		for (int i = 0; i < RUN; i++) {
			to += mr_number_write_double(to, values[i]);
			*to++ = ',';
		}
		at = text;
		ck_assert_uint_eq(mr_numbers_read(&at, to, again, RUN), RUN);
		ck_assert_ptr_eq(at, to);
		ck_assert_mem_eq(again, values, sizeof(values));
	}
}
END_TEST

/* In which a comma stands where C has a point, if the machine has any. */
static const char *const comma_locales[] = {
	"de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8", "pt_BR.UTF-8",
	"ru_RU.UTF-8", "de_DE",       "fr_FR",
};

static bool
set_comma_locale(void)
{
	for (size_t i = 0; i < N(comma_locales); i++)
		if (setlocale(LC_ALL, comma_locales[i]) != NULL &&
		    *localeconv()->decimal_point == ',')
			return true;
	return false;
}

START_TEST(test_locale_does_not_matter)
{
	char text[MR_DOUBLE_TEXT];
	const char *at = "0.25,";
	double value;

	if (!set_comma_locale()) {
		fputs("skipped: there is no locale with a decimal comma\n",
		      stderr);
		return;
	}
	ck_assert_uint_eq(mr_number_write_double(text, 1234567.5), 9);
	ck_assert_mem_eq(text, "1234567.5", 9);
	ck_assert(mr_number_read_double("1234567.5", 9, &value));
	ck_assert_double_eq(value, 1234567.5);
	ck_assert_uint_eq(mr_numbers_read(&at, at + 5, &value, 1), 1);
	ck_assert_double_eq(value, 0.25);
	setlocale(LC_ALL, "C");
}
END_TEST

#define ZEROS "00000000000000000000000000000000000000000000000000"
#define ZEROS400 ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS

static const struct {
	const char *text;
	double value;
} readable[] = {
	{ "0", 0.0 },
	{ "-0", -0.0 },
	{ "-0.0e+5", -0.0 },
	{ "0e999999999999999999999", 0.0 },
	{ "1", 1.0 },
	{ "1E2", 100.0 },
	{ "1e+2", 100.0 },
	{ "1e-2", 0.01 },
	{ "1e0000000000000000000000001", 10.0 },
	{ "9007199254740993", 9007199254740992.0 },
	{ "9007199254740993.0000000000000000000000001", 9007199254740994.0 },
	{ "9007199254740995", 9007199254740996.0 },
	{ "9223372036854775807", 0x1p63 },
	{ "1.7976931348623157e308", DBL_MAX },
	{ "1.797693134862315807e308", DBL_MAX },
	{ "179769313486231570" ZEROS ZEROS ZEROS ZEROS ZEROS
	  "0000000000000000000000000000000000000000e1",
	  DBL_MAX },
	{ "1" ZEROS400 "e-400", 1.0 },
	{ "0." ZEROS400 "1e401", 1.0 },
	{ "5e-324", 0x1p-1074 },
	{ "4.9e-324", 0x1p-1074 },
	{ "3e-324", 0x1p-1074 },
	{ "2.4703282292062328e-324", 0x1p-1074 },
	{ "2.4703282292062327e-324", 0.0 },
	{ "2e-324", 0.0 },
	{ "-2e-324", -0.0 },
	{ "1e-310", 1e-310 },
	{ "2.2250738585072011e-308", 0x0.fffffffffffffp-1022 },
	{ "2.2250738585072014e-308", DBL_MIN },
	{ "1e-400", 0.0 },
	{ "-1e-400", -0.0 },
	{ "1e-99999999999999999999999", 0.0 },
	{ "-1e-99999999999999999999999", -0.0 },
	{ "123456789e-99999999999999999999999", 0.0 },
	{ "0." ZEROS400 "1", 0.0 },
	{ "0." ZEROS400 "1e1", 0.0 },
};

START_TEST(test_read_rounds_correctly)
{
	struct mr_string text = guarded(TEXT(readable[_i].text));
	double value = NAN;

	ck_assert(mr_number_read_double(text.data, text.length, &value));
	ck_assert_msg(bits_of(value) == bits_of(readable[_i].value),
	              "%s is read as %a", readable[_i].text, value);
}
END_TEST

static const char *const too_large[] = {
	"1e309",
	"-1e309",
	"1e400",
	"1.7976931348623159e308",
	"1.797693134862315808e308",
	"1e99999999999999999999999",
	"-1e+99999999999999999999999",
	"0.0001e99999999999999999999999",
	"1" ZEROS400,
	"-1" ZEROS400,
	"1" ZEROS400 ".5e-20",
	"0." ZEROS "1e400",
};

START_TEST(test_read_refuses_what_no_double_holds)
{
	struct mr_string text = guarded(TEXT(too_large[_i]));
	double value;

	ck_assert(!mr_number_read_double(text.data, text.length, &value));
}
END_TEST

/* Ten thousand zeros between two texts. */
static const struct {
	const char *before, *behind;
	double value; /* NAN: no double holds it */
} endless[] = {
	{ "1", "", NAN },
	{ "-1", "", NAN },
	{ "1", "e-10000", 1.0 },
	{ "1", "e-9692", 1e308 },
	{ "1", "e-9691", NAN },
	{ "0.", "1", 0.0 },
	{ "-0.", "1", -0.0 },
	{ "0.", "1e10001", 1.0 },
	{ "0.", "5e9677", 0x1p-1074 },
	{ "0.", "2e9677", 0.0 },
	{ "9007199254740993.", "0", 9007199254740992.0 },
	{ "9007199254740993.", "1", 9007199254740994.0 },
	{ "1e", "5", 1e5 },
	{ "1e-", "5", 1e-5 },
	{ "1e5", "", NAN },
	{ "1e-5", "", 0.0 },
	{ "0e5", "", 0.0 },
};

START_TEST(test_read_takes_ten_thousand_digits)
{
	static char text[10100];
	struct mr_string number;
	double value = NAN, expected = endless[_i].value;

	memset(text, '0', sizeof(text));
	memcpy(text, endless[_i].before, strlen(endless[_i].before));
	strcpy(text + strlen(endless[_i].before) + 10000, endless[_i].behind);
	number = guarded(TEXT(text));
	ck_assert_int_eq(
	    mr_number_read_double(number.data, number.length, &value),
	    !isnan(expected));
	if (!isnan(expected))
		ck_assert_uint_eq(bits_of(value), bits_of(expected));
}
END_TEST

START_TEST(test_read_agrees_with_strtod)
{
	uint64_t state = 2, bits;
	char text[64];
	double value, expected;
	int length;

	for (int i = 0; i < 100000; i++) {
		bits = random_bits(&state);
		length = snprintf(text, sizeof(text), "%s%llu.%llue%d",
		                  bits & 1 ? "-" : "",
		                  (unsigned long long)(bits >> (1 + bits % 60)),
		                  (unsigned long long)random_bits(&state),
		                  (int)(random_bits(&state) % 700) - 370);
		expected = strtod(text, NULL);
		if (mr_number_read_double(text, (size_t)length, &value) !=
		        isfinite(expected) ||
		    (isfinite(expected) && bits_of(value) != bits_of(expected)))
			ck_abort_msg("%s is read as %a", text, value);
	}
}
END_TEST

/*
 * Halfway between two doubles, a little below and a little above: to the last
 * of up to 770 digits, and with a tail that no fixed number of digits shows.
 */
static void
read_beside_halfway(uint64_t bits)
{
	static const char *const tails[] = { "", "0000000000", "00000000001",
		                             "99999999999" };
	long double halfway =
	    ((long double)double_of(bits) + (long double)double_of(bits + 1)) /
	    2;
	char text[1200];
	double value, expected;
	size_t digits, length;

	snprintf(text, sizeof(text), "%.1080Lf", halfway);
	digits = strlen(text);
	while (text[digits - 1] == '0')
		digits--;
	for (size_t i = 0; i < 2 * N(tails); i++) {
		/* The last digit of a halfway is 5: 4 is below it. */
		text[digits - 1] = i % 2 == 0 ? '5' : '4';
		strcpy(text + digits, tails[i / 2]);
		length = strlen(text);
		expected = strtod(text, NULL);
		ck_assert(mr_number_read_double(text, length, &value));
		ck_assert_msg(bits_of(value) == bits_of(expected),
		              "%s is read as %a", text, value);
	}
}

START_TEST(test_halfway_is_read_as_strtod_reads_it)
{
	uint64_t state = 4;

	for (int i = 0; i < 5000; i++) {
		uint64_t bits = random_bits(&state);
		uint64_t exponent = 1 + bits % 1075; /* below 2^53 */

		read_beside_halfway(exponent << 52 | bits >> 12);
		read_beside_halfway(bits >> (12 + i % 52));
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_double_is_written_shortest, 0, N(doubles));
	tcase_add_test(tc, test_any_bits_read_back_from_the_shortest_text);
	tcase_add_test(tc, test_runs_of_any_bits_read_back);
	tcase_add_test(tc, test_locale_does_not_matter);
	tcase_add_loop_test(tc, test_read_rounds_correctly, 0, N(readable));
	tcase_add_loop_test(tc, test_read_refuses_what_no_double_holds, 0,
	                    N(too_large));
	tcase_add_loop_test(tc, test_read_takes_ten_thousand_digits, 0,
	                    N(endless));
	tcase_add_test(tc, test_read_agrees_with_strtod);
	tcase_add_test(tc, test_halfway_is_read_as_strtod_reads_it);
}

UNIT_MAIN("number", add_tests)
