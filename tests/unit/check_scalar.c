/*
 * check_scalar.c: one number, boolean, string, choice or bytes, from JSON and
 * from a query parameter, at and beyond its bounds.
 */
#include "schema/scalar.h"

#include "reading.h"
#include "unit.h"

#include <math.h>

enum suit { CLUBS, HEARTS };

struct record {
	int64_t whole, any_whole, below_max;
	double fraction, any;
	bool flag;
	struct mr_string text;
	enum suit suit, odd;
	struct mr_bytes bytes, any_bytes;
};

enum {
	WHOLE,
	ANY_WHOLE,
	BELOW_MAX,
	FRACTION,
	ANY,
	FLAG,
	STRING,
	SUIT,
	ODD,
	BYTES_2,
	ANY_BYTES
};

#define QUOTES "it's \"so\""
#define FRENCH "c\xC5\x93ur"

static const struct mr_field record[] = {
	[WHOLE] = MR_PARAM(struct record, whole, "t", MR_RANGE(-5, 7)),
	[ANY_WHOLE] = MR_PARAM(struct record, any_whole, "t",
	                       MR_RANGE(INT64_MIN, INT64_MAX)),
	[BELOW_MAX] = MR_PARAM(struct record, below_max, "t",
	                       MR_RANGE(INT64_MIN + 1, INT64_MAX - 1)),
	[FRACTION] = MR_PARAM(struct record, fraction, "t", MR_RANGE(0, 0.1)),
	[ANY] = MR_PARAM(struct record, any, "t", MR_RANGE(-INFINITY, INFINITY)),
	[FLAG] = MR_PARAM(struct record, flag, "t", MR_EITHER),
	[STRING] = MR_PARAM(struct record, text, "t", MR_LENGTH(2, 4)),
	[SUIT] = MR_PARAM(struct record, suit, "t",
	                  MR_CHOICES("clubs", "hearts")),
	[ODD] = MR_PARAM(struct record, odd, "t",
	                 MR_CHOICES("a", "A", "ab", " a", QUOTES, FRENCH)),
	[BYTES_2] = MR_PARAM(struct record, bytes, "t", MR_LENGTH(2, 4)),
	[ANY_BYTES] = MR_PARAM(struct record, any_bytes, "t",
	                       MR_LENGTH(0, 1000000)),
};
static const struct mr_shape shape = MR_SHAPE(record);

static struct record got;

static struct mr_target
target_of(int row)
{
	return reading_target(&shape, row, &got);
}

static const char *
parse_text(int row, struct mr_string text)
{
	/* Parameters are followed by a NUL; see mr_query_parse. */
	struct mr_string copy = { mr_arena_copy(arena, text.data, text.length),
		                  text.length };

	return reading_texts(target_of(row), &copy, 1);
}

static const void *
member(int row)
{
	return (const char *)&got + record[row].offset;
}

#define TEN_0 "0000000000"
#define HUNDRED_0                                                              \
	TEN_0 TEN_0 TEN_0 TEN_0 TEN_0 TEN_0 TEN_0 TEN_0 TEN_0 TEN_0

/* Integers.  Most are said the same of as JSON and as a query parameter. */
static const struct {
	int row;
	const char *text;
	int64_t value;
} int64s[] = {
	{ WHOLE, "-5", -5 },
	{ WHOLE, "7", 7 },
	{ WHOLE, "-0", 0 },
	{ ANY_WHOLE, "0", 0 },
	{ ANY_WHOLE, "9007199254740993", 9007199254740993 },
	{ ANY_WHOLE, "-9007199254740993", -9007199254740993 },
	{ ANY_WHOLE, "9223372036854775807", INT64_MAX },
	{ ANY_WHOLE, "-9223372036854775808", INT64_MIN },
	{ BELOW_MAX, "9223372036854775806", INT64_MAX - 1 },
	{ BELOW_MAX, "-9223372036854775807", INT64_MIN + 1 },
};

START_TEST(test_int64_is_taken_exactly)
{
	int row = int64s[_i].row;

	ck_assert_str_eq(reading_json(target_of(row), TEXT(int64s[_i].text)), "");
	ck_assert_int_eq(*(const int64_t *)member(row), int64s[_i].value);
	ck_assert_str_eq(parse_text(row, TEXT(int64s[_i].text)), "");
	ck_assert_int_eq(*(const int64_t *)member(row), int64s[_i].value);
}
END_TEST

static const struct {
	double value;
	const char *text;
	int row;
} doubles[] = {
	{ 0.0, "0", FRACTION },
	{ -0.0, "-0", FRACTION },
	{ 0.1, "0.1", FRACTION },
	{ 0.1, "1e-1", FRACTION },
	{ 0x1p-1074, "5e-324", ANY },
	{ 0.0, "1e-400", ANY },
	{ 9007199254740992.0, "9007199254740993", ANY },
	{ 9007199254740994.0, "9007199254740993.00000000000000000001", ANY },
	{ 0x1p63, "9223372036854775807", ANY },
	{ 0x1p63, "9223372036854775808", ANY },
	{ -0x1p63, "-9223372036854775808", ANY },
	{ 0.0, "1e-99999999999", ANY },
	{ -0.0, "-1e-99999999999", ANY },
	{ 0.0, "0e99999999999", ANY },
	{ -0.0, "-0.000E+99999999999", ANY },
	{ 1.0, "1" HUNDRED_0 "e-100", ANY },
	{ 1.0, "0." HUNDRED_0 "1e101", ANY },
	{ 1.0, "1." HUNDRED_0 "e0" HUNDRED_0, ANY },
	{ 1e300, "1e300", ANY },
	{ -1.7976931348623157e308, "-1.7976931348623157e308", ANY },
};

START_TEST(test_double_is_taken_correctly_rounded)
{
	int row = doubles[_i].row;

	ck_assert_str_eq(reading_json(target_of(row), TEXT(doubles[_i].text)), "");
	ck_assert_mem_eq(member(row), &doubles[_i].value, sizeof(double));
	ck_assert_str_eq(parse_text(row, TEXT(doubles[_i].text)), "");
	ck_assert_mem_eq(member(row), &doubles[_i].value, sizeof(double));
}
END_TEST

#define SUITS "{\"expected\":\"'clubs' or 'hearts'\"}"

static const struct {
	int row;
	struct mr_string json;
	const char *faults;
} unfit[] = {
	/* Integers. */
	{ WHOLE, BYTES("-6"), "x greater_than_equal {\"ge\":-5}" },
	{ WHOLE, BYTES("8"), "x less_than_equal {\"le\":7}" },
	{ WHOLE, BYTES("-9223372036854775808"),
	  "x greater_than_equal {\"ge\":-5}" },
	{ BELOW_MAX, BYTES("9223372036854775807"),
	  "x less_than_equal {\"le\":9.2233720368547758e+18}" },
	{ BELOW_MAX, BYTES("-9223372036854775808"),
	  "x greater_than_equal {\"ge\":-9.2233720368547758e+18}" },
	{ ANY_WHOLE, BYTES("9223372036854775808"), "x int_parsing_size" },
	{ ANY_WHOLE, BYTES("-9223372036854775809"), "x int_parsing_size" },
	{ WHOLE, BYTES("10000000000000000000000000000"), "x int_parsing_size" },
	{ WHOLE, BYTES("1.0"), "x int_from_float" },
	{ WHOLE, BYTES("1e0"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("1e3"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("-0.0"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("1e400"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("0e99999999999"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("1" HUNDRED_0), "x int_parsing_size" },
	{ ANY_WHOLE, BYTES("-1" HUNDRED_0 ".0"), "x int_from_float" },
	{ WHOLE, BYTES("\"1\""), "x int_type" },
	{ WHOLE, BYTES("true"), "x int_type" },
	{ WHOLE, BYTES("null"), "x int_type" },
	{ WHOLE, BYTES("[1]"), "x int_type" },
	{ WHOLE, BYTES("{}"), "x int_type" },
	/* Doubles. */
	{ FRACTION, BYTES("-5e-324"), "x greater_than_equal {\"ge\":0}" },
	{ FRACTION, BYTES("0.10000000000000002"),
	  "x less_than_equal {\"le\":0.1}" },
	{ FRACTION, BYTES("1"), "x less_than_equal {\"le\":0.1}" },
	{ ANY, BYTES("1e400"), "x finite_number" },
	{ ANY, BYTES("-1e309"), "x finite_number" },
	{ ANY, BYTES("1E400"), "x finite_number" },
	{ ANY, BYTES("1e99999999999"), "x finite_number" },
	{ ANY, BYTES("-1e99999999999"), "x finite_number" },
	{ FRACTION, BYTES("1e99999999999"), "x finite_number" },
	{ ANY, BYTES("\"1\""), "x float_type" },
	{ ANY, BYTES("\"NaN\""), "x float_type" },
	{ ANY, BYTES("null"), "x float_type" },
	{ ANY, BYTES("false"), "x float_type" },
	{ ANY, BYTES("[]"), "x float_type" },
	/* Booleans. */
	{ FLAG, BYTES("1"), "x bool_type" },
	{ FLAG, BYTES("0"), "x bool_type" },
	{ FLAG, BYTES("\"true\""), "x bool_type" },
	{ FLAG, BYTES("null"), "x bool_type" },
	{ FLAG, BYTES("{\"a\":true}"), "x bool_type" },
	/* Strings: characters count, not bytes. */
	{ STRING, BYTES("\"\""), "x string_too_short {\"min_length\":2}" },
	{ STRING, BYTES("\"a\""), "x string_too_short {\"min_length\":2}" },
	{ STRING, BYTES("\"\xF0\x9F\x98\x80\""),
	  "x string_too_short {\"min_length\":2}" },
	{ STRING, BYTES("\"abcde\""), "x string_too_long {\"max_length\":4}" },
	{ STRING, BYTES("\"\\u0000\\u0000\\u0000\\u0000\\u0000\""),
	  "x string_too_long {\"max_length\":4}" },
	{ STRING, BYTES("12"), "x string_type" },
	{ STRING, BYTES("null"), "x string_type" },
	{ STRING, BYTES("[\"ab\"]"), "x string_type" },
	/* Choices are told with all names, whatever is in them. */
	{ SUIT, BYTES("\"spades\""), "x enum " SUITS },
	{ SUIT, BYTES("\"\""), "x enum " SUITS },
	{ SUIT, BYTES("\"Clubs\""), "x enum " SUITS },
	{ SUIT, BYTES("\"clubs \""), "x enum " SUITS },
	{ SUIT, BYTES("\"club\""), "x enum " SUITS },
	{ SUIT, BYTES("\"clubs\\u0000\""), "x enum " SUITS },
	{ SUIT, BYTES("0"), "x enum " SUITS },
	{ SUIT, BYTES("null"), "x enum " SUITS },
	{ SUIT, BYTES("[\"clubs\"]"), "x enum " SUITS },
	{ SUIT, BYTES("{\"clubs\":1}"), "x enum " SUITS },
	{ ODD, BYTES("\"b\""),
	  "x enum {\"expected\":\"'a', 'A', 'ab', ' a', 'it's "
	  "\\\"so\\\"' or '" FRENCH "'\"}" },
	{ ODD, BYTES("\"c\xC5\x92ur\""),
	  "x enum {\"expected\":\"'a', 'A', 'ab', ' a', 'it's "
	  "\\\"so\\\"' or '" FRENCH "'\"}" },
	/* Bytes: those that the text stands for count. */
	{ BYTES_2, BYTES("\"\""), "x bytes_too_short {\"min_length\":2}" },
	{ BYTES_2, BYTES("\"AA==\""), "x bytes_too_short {\"min_length\":2}" },
	{ BYTES_2, BYTES("\"AAAAAAA=\""),
	  "x bytes_too_long {\"max_length\":4}" },
	{ BYTES_2, BYTES("\"AAA\""), "x base64_decode" },
	{ BYTES_2, BYTES("\"AAB=\""), "x base64_decode" },
	{ BYTES_2, BYTES("\"AA A\""), "x base64_decode" },
	{ BYTES_2, BYTES("\"AA\\n=\""), "x base64_decode" },
	{ BYTES_2, BYTES("\"__8=\""), "x base64_decode" },
	{ BYTES_2, BYTES("\"AA\xC3\xA9\""), "x base64_decode" },
	{ ANY_BYTES, BYTES("\"=\""), "x base64_decode" },
	{ ANY_BYTES, BYTES("\"====\""), "x base64_decode" },
	{ ANY_BYTES, BYTES("\"AA\\u0000A\""), "x base64_decode" },
	{ BYTES_2, BYTES("1"), "x bytes_type" },
	{ BYTES_2, BYTES("null"), "x bytes_type" },
	{ BYTES_2, BYTES("[0,1]"), "x bytes_type" },
	{ BYTES_2, BYTES("{}"), "x bytes_type" },
	{ BYTES_2, BYTES("true"), "x bytes_type" },
};

START_TEST(test_unfit_json_is_told_by_its_fault)
{
	ck_assert_str_eq(reading_json(target_of(unfit[_i].row), unfit[_i].json),
	                 unfit[_i].faults);
}
END_TEST

static const struct {
	int row;
	struct mr_string text;
	const char *faults;
} unfit_texts[] = {
	{ WHOLE, BYTES(""), "x int_parsing" },
	{ WHOLE, BYTES("-"), "x int_parsing" },
	{ WHOLE, BYTES("x"), "x int_parsing" },
	{ WHOLE, BYTES("1x"), "x int_parsing" },
	{ WHOLE, BYTES("+1"), "x int_parsing" },
	{ WHOLE, BYTES(" 1"), "x int_parsing" },
	{ WHOLE, BYTES("1 "), "x int_parsing" },
	{ WHOLE, BYTES("\n1"), "x int_parsing" },
	{ WHOLE, BYTES("01"), "x int_parsing" },
	{ WHOLE, BYTES("1\0"), "x int_parsing" },
	{ WHOLE, BYTES("0x1"), "x int_parsing" },
	{ WHOLE, BYTES("null"), "x int_parsing" },
	{ WHOLE, BYTES("\"1\""), "x int_parsing" },
	{ WHOLE, BYTES("[1]"), "x int_parsing" },
	{ WHOLE, BYTES("1.0"), "x int_from_float" },
	{ WHOLE, BYTES("1e0"), "x int_from_float" },
	{ WHOLE, BYTES("1."), "x int_parsing" },
	{ WHOLE, BYTES("8"), "x less_than_equal {\"le\":7}" },
	{ ANY_WHOLE, BYTES("9223372036854775808"), "x int_parsing_size" },
	{ ANY, BYTES(""), "x float_parsing" },
	{ ANY, BYTES("nan"), "x float_parsing" },
	{ ANY, BYTES("inf"), "x float_parsing" },
	{ ANY, BYTES("-Infinity"), "x float_parsing" },
	{ ANY, BYTES("0x1p3"), "x float_parsing" },
	{ ANY, BYTES("1,5"), "x float_parsing" },
	{ ANY, BYTES(".5"), "x float_parsing" },
	{ ANY, BYTES("1e400"), "x finite_number" },
	{ FRACTION, BYTES("0.2"), "x less_than_equal {\"le\":0.1}" },
	{ FLAG, BYTES(""), "x bool_parsing" },
	{ FLAG, BYTES("1"), "x bool_parsing" },
	{ FLAG, BYTES("True"), "x bool_parsing" },
	{ FLAG, BYTES("true\0"), "x bool_parsing" },
	{ FLAG, BYTES("yes"), "x bool_parsing" },
	{ STRING, BYTES(""), "x string_too_short {\"min_length\":2}" },
	{ STRING, BYTES("abcde"), "x string_too_long {\"max_length\":4}" },
	{ SUIT, BYTES(""), "x enum " SUITS },
	{ SUIT, BYTES("Hearts"), "x enum " SUITS },
	{ SUIT, BYTES("\"hearts\""), "x enum " SUITS },
	{ SUIT, BYTES("hearts\0"), "x enum " SUITS },
	{ SUIT, BYTES("1"), "x enum " SUITS },
	{ BYTES_2, BYTES(""), "x bytes_too_short {\"min_length\":2}" },
	{ BYTES_2, BYTES("AAA"), "x base64_decode" },
	{ BYTES_2, BYTES("AA A"), "x base64_decode" },
	{ BYTES_2, BYTES("AAAAAAAA"), "x bytes_too_long {\"max_length\":4}" },
};

START_TEST(test_unfit_parameter_is_told_by_its_fault)
{
	ck_assert_str_eq(parse_text(unfit_texts[_i].row, unfit_texts[_i].text),
	                 unfit_texts[_i].faults);
}
END_TEST

/* Digits without end: what is told of them as a double, and as an integer. */
static const struct {
	const char *before;
	size_t zeros;
	const char *behind, *of_double, *of_int64;
	double value;
} endless[] = {
	{ "1", 10000, "", "x finite_number", "x int_parsing_size", 0 },
	{ "-1", 10000, "", "x finite_number", "x int_parsing_size", 0 },
	{ "0.", 10000, "1", "", "x int_from_float", 0 },
	{ "1", 10000, "e-10000", "", "x int_from_float", 1 },
	{ "0.", 10000, "25e10002", "", "x int_from_float", 25 },
	{ "9007199254740993.", 10000, "1", "", "x int_from_float",
	  9007199254740994 },
	{ "1e", 10000, "1", "", "x int_from_float", 10 },
	{ "1e-", 10000, "1", "", "x int_from_float", 0.1 },
	{ "1e1", 10000, "", "x finite_number", "x int_from_float", 0 },
	{ "1e-1", 10000, "", "", "x int_from_float", 0 },
	{ "0e1", 10000, "", "", "x int_from_float", 0 },
};

START_TEST(test_number_of_any_length_is_judged_exactly)
{
	struct mr_buffer text = { .arena = arena };
	struct mr_string number;

	mr_buffer_puts(&text, endless[_i].before);
	for (size_t i = 0; i < endless[_i].zeros; i++)
		mr_buffer_putc(&text, '0');
	mr_buffer_puts(&text, endless[_i].behind);
	number = (struct mr_string){ text.data, text.length };
	ck_assert_str_eq(reading_json(target_of(ANY_WHOLE), number),
	                 endless[_i].of_int64);
	ck_assert_str_eq(parse_text(ANY_WHOLE, number), endless[_i].of_int64);
	ck_assert_str_eq(reading_json(target_of(ANY), number),
	                 endless[_i].of_double);
	if (*endless[_i].of_double == '\0')
		ck_assert_mem_eq(&got.any, &endless[_i].value, sizeof(double));
	ck_assert_str_eq(parse_text(ANY, number), endless[_i].of_double);
}
END_TEST

START_TEST(test_bool_is_taken)
{
	ck_assert_str_eq(reading_json(target_of(FLAG), TEXT("true")), "");
	ck_assert(got.flag);
	ck_assert_str_eq(reading_json(target_of(FLAG), TEXT("false")), "");
	ck_assert(!got.flag);
	ck_assert_str_eq(parse_text(FLAG, TEXT("true")), "");
	ck_assert(got.flag);
	ck_assert_str_eq(parse_text(FLAG, TEXT("false")), "");
	ck_assert(!got.flag);
}
END_TEST

static const struct {
	struct mr_string json, text; /* the second as a query parameter */
} strings[] = {
	{ BYTES("\"ab\""), BYTES("ab") },
	{ BYTES("\"abcd\""), BYTES("abcd") },
	{ BYTES("\"\\u0000\\u0000\""), BYTES("\0\0") },
	{ BYTES("\"\\uD83D\\uDE00\xE2\x82\xAC\xC3\xA9z\""),
	  BYTES("\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9z") },
};

START_TEST(test_string_is_taken_with_a_nul_behind_it)
{
	const struct mr_string *expected = &strings[_i].text;

	ck_assert_str_eq(reading_json(target_of(STRING), strings[_i].json), "");
	ck_assert_uint_eq(got.text.length, expected->length);
	ck_assert_mem_eq(got.text.data, expected->data, expected->length + 1);
	ck_assert_str_eq(parse_text(STRING, *expected), "");
	ck_assert_uint_eq(got.text.length, expected->length);
	ck_assert_mem_eq(got.text.data, expected->data, expected->length + 1);
}
END_TEST

START_TEST(test_string_is_a_copy)
{
	char text[] = "\"abcd\"";
	struct mr_target target = target_of(STRING);
	struct mr_json json;

	mr_json_start(&json, TEXT(text), arena);
	mr_scalar_read_string(&target, &json);
	memset(text, 'x', sizeof(text));
	ck_assert_str_eq(got.text.data, "abcd");
}
END_TEST

/* A choice as JSON, as text, and its place among the choices. */
static const struct {
	int row;
	struct mr_string json, text;
	unsigned value;
} choices[] = {
	{ SUIT, BYTES("\"clubs\""), BYTES("clubs"), CLUBS },
	{ SUIT, BYTES("\"hearts\""), BYTES("hearts"), HEARTS },
	{ SUIT, BYTES("\"\\u0068earts\""), BYTES("hearts"), HEARTS },
	{ ODD, BYTES("\"a\""), BYTES("a"), 0 },
	{ ODD, BYTES("\"A\""), BYTES("A"), 1 },
	{ ODD, BYTES("\"ab\""), BYTES("ab"), 2 },
	{ ODD, BYTES("\" a\""), BYTES(" a"), 3 },
	{ ODD, BYTES("\"it's \\\"so\\\"\""), BYTES(QUOTES), 4 },
	{ ODD, BYTES("\"c\\u0153ur\""), BYTES(FRENCH), 5 },
};

START_TEST(test_choice_is_taken_by_its_name)
{
	int row = choices[_i].row;

	ck_assert_str_eq(reading_json(target_of(row), choices[_i].json), "");
	ck_assert_uint_eq(*(const unsigned *)member(row), choices[_i].value);
	ck_assert_str_eq(parse_text(row, choices[_i].text), "");
	ck_assert_uint_eq(*(const unsigned *)member(row), choices[_i].value);
}
END_TEST

static const struct {
	struct mr_string json, text, bytes;
} bytes[] = {
	{ BYTES("\"\""), BYTES(""), BYTES("") },
	{ BYTES("\"AA==\""), BYTES("AA=="), BYTES("\0") },
	{ BYTES("\"AP8=\""), BYTES("AP8="), BYTES("\0\xFF") },
	{ BYTES("\"\\/\\u002b8A\""), BYTES("/+8A"), BYTES("\xFF\xEF\0") },
};

START_TEST(test_bytes_are_taken)
{
	const struct mr_string *expected = &bytes[_i].bytes;

	ck_assert_str_eq(reading_json(target_of(ANY_BYTES), bytes[_i].json), "");
	ck_assert_uint_eq(got.any_bytes.length, expected->length);
	ck_assert_mem_eq(got.any_bytes.data, expected->data, expected->length);
	ck_assert_ptr_nonnull(got.any_bytes.data);
	ck_assert_str_eq(parse_text(ANY_BYTES, bytes[_i].text), "");
	ck_assert_uint_eq(got.any_bytes.length, expected->length);
	ck_assert_mem_eq(got.any_bytes.data, expected->data, expected->length);
	ck_assert_ptr_nonnull(got.any_bytes.data);
}
END_TEST

START_TEST(test_text_is_one_number_or_a_fault)
{
	struct mr_target target = target_of(WHOLE);
	int64_t number = 99;

	ck_assert(mr_scalar_take_text(&target, TEXT("-5"), &number));
	ck_assert_int_eq(number, -5);
	ck_assert(!mr_scalar_take_text(&target, TEXT("1 2"), &number));
	ck_assert(!mr_scalar_take_text(&target, TEXT("8"), &number));
	ck_assert_str_eq(faults_line(&faults),
	                 "x int_parsing; x less_than_equal");
}
END_TEST

/* A text may hold a million unknown choices: they are counted. */
START_TEST(test_refusal_that_is_not_listed_needs_no_memory)
{
	struct mr_target target = target_of(SUIT);

	for (int i = 0; i < MR_FAULTS_LISTED; i++)
		mr_scalar_parse_choice(&target, TEXT("spades"));
	starve(true);
	for (int i = 0; i < 100000; i++)
		ck_assert_int_eq(
		    mr_scalar_parse_choice(&target, TEXT("spades")), MR_OK);
	starve(false);
	ck_assert_uint_eq(faults.count, MR_FAULTS_LISTED + 100000);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_int64_is_taken_exactly, 0, N(int64s));
	tcase_add_loop_test(tc, test_double_is_taken_correctly_rounded, 0,
	                    N(doubles));
	tcase_add_loop_test(tc, test_unfit_json_is_told_by_its_fault, 0,
	                    N(unfit));
	tcase_add_loop_test(tc, test_unfit_parameter_is_told_by_its_fault, 0,
	                    N(unfit_texts));
	tcase_add_loop_test(tc, test_number_of_any_length_is_judged_exactly, 0,
	                    N(endless));
	tcase_add_test(tc, test_bool_is_taken);
	tcase_add_loop_test(tc, test_string_is_taken_with_a_nul_behind_it, 0,
	                    N(strings));
	tcase_add_test(tc, test_string_is_a_copy);
	tcase_add_loop_test(tc, test_choice_is_taken_by_its_name, 0, N(choices));
	tcase_add_loop_test(tc, test_bytes_are_taken, 0, N(bytes));
	tcase_add_test(tc, test_text_is_one_number_or_a_fault);
	if (CAN_STARVE)
		tcase_add_test(
		    tc, test_refusal_that_is_not_listed_needs_no_memory);
}

UNIT_MAIN("scalar", add_tests)
