/*
 * check_value.c: one value of each kind, from JSON and from query parameters,
 * at and beyond its bounds.
 */
#include "schema/value.h"

#include "faults.h"
#include "unit.h"

#include <math.h>

struct record {
	int64_t whole, any_whole, below_max;
	double fraction, any;
	bool flag;
	struct mr_string text;
	struct mr_int64s wholes;
	struct mr_doubles numbers;
};

enum { WHOLE, ANY_WHOLE, BELOW_MAX, FRACTION, ANY, FLAG, STRING, WHOLES, NUMBERS };

static const struct mr_field rows[] = {
	[WHOLE] = MR_PARAM(struct record, whole, "t", MR_RANGE(-5, 7)),
	[ANY_WHOLE] = MR_PARAM(struct record, any_whole, "t",
	                       MR_RANGE(INT64_MIN, INT64_MAX)),
	[BELOW_MAX] = MR_PARAM(struct record, below_max, "t",
	                       MR_RANGE(INT64_MIN + 1, INT64_MAX - 1)),
	[FRACTION] = MR_PARAM(struct record, fraction, "t", MR_RANGE(0, 0.1)),
	[ANY] = MR_PARAM(struct record, any, "t", MR_RANGE(-INFINITY, INFINITY)),
	[FLAG] = MR_PARAM(struct record, flag, "t", MR_EITHER),
	[STRING] = MR_PARAM(struct record, text, "t", MR_LENGTH(2, 4)),
	[WHOLES] = MR_PARAM(struct record, wholes, "t", MR_ITEMS(1, 3, 0, 9)),
	[NUMBERS] = MR_PARAM(struct record, numbers, "t", MR_ITEMS(0, 2, -1, 1)),
};

static struct record record;
static struct mr_faults faults;
static const struct mr_place place = { .name = { "x", 1 } };

static struct mr_target
target_of(int row)
{
	faults = (struct mr_faults){ .arena = arena };
	memset(&record, 0, sizeof(record));
	return (struct mr_target){ &rows[row], (char *)&record + rows[row].offset,
		                   &place, &faults };
}

/* Reads a JSON text whole; what was said of it, "" if nothing. */
static const char *
read_json(int row, struct mr_string text)
{
	struct mr_target target = target_of(row);
	struct mr_json json;

	mr_value_clear(&target);
	mr_json_start(&json, guarded(text), arena);
	mr_value_read(&target, &json);
	ck_assert_msg(mr_json_finish(&json), "%s", json.reason);
	return faults_line(&faults);
}

static const char *
parse_texts(int row, const struct mr_string *texts, size_t count)
{
	struct mr_target target = target_of(row);

	mr_value_clear(&target);
	ck_assert_int_eq(mr_value_parse(&target, texts, count), MR_OK);
	return faults_line(&faults);
}

static const char *
parse_text(int row, struct mr_string text)
{
	/* Parameters are followed by a NUL; see mr_query_parse. */
	struct mr_string copy = { mr_arena_copy(arena, text.data, text.length),
		                  text.length };

	return parse_texts(row, &copy, 1);
}

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
	{ ANY_WHOLE, "9223372036854775807", INT64_MAX },
	{ ANY_WHOLE, "-9223372036854775808", INT64_MIN },
	{ BELOW_MAX, "9223372036854775806", INT64_MAX - 1 },
	{ BELOW_MAX, "-9223372036854775807", INT64_MIN + 1 },
};

START_TEST(test_int64_is_taken_exactly)
{
	int row = int64s[_i].row;
	const int64_t *member;

	ck_assert_str_eq(read_json(row, TEXT(int64s[_i].text)), "");
	member = (const void *)((char *)&record + rows[row].offset);
	ck_assert_int_eq(*member, int64s[_i].value);
	ck_assert_str_eq(parse_text(row, TEXT(int64s[_i].text)), "");
	ck_assert_int_eq(*member, int64s[_i].value);
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
	{ 0x1p63, "9223372036854775808", ANY },
	{ 1e300, "1e300", ANY },
	{ -1.7976931348623157e308, "-1.7976931348623157e308", ANY },
};

START_TEST(test_double_is_taken_correctly_rounded)
{
	int row = doubles[_i].row;
	const double *member;

	ck_assert_str_eq(read_json(row, TEXT(doubles[_i].text)), "");
	member = (const void *)((char *)&record + rows[row].offset);
	ck_assert_mem_eq(member, &doubles[_i].value, sizeof(double));
	ck_assert_str_eq(parse_text(row, TEXT(doubles[_i].text)), "");
	ck_assert_mem_eq(member, &doubles[_i].value, sizeof(double));
}
END_TEST

static const struct {
	int row;
	struct mr_string json;
	const char *faults;
} unfit[] = {
	/* Integers. */
	{ WHOLE, BYTES("-6"), "x greater_than_equal" },
	{ WHOLE, BYTES("8"), "x less_than_equal" },
	{ WHOLE, BYTES("-9223372036854775808"), "x greater_than_equal" },
	{ BELOW_MAX, BYTES("9223372036854775807"), "x less_than_equal" },
	{ BELOW_MAX, BYTES("-9223372036854775808"), "x greater_than_equal" },
	{ ANY_WHOLE, BYTES("9223372036854775808"), "x int_parsing_size" },
	{ ANY_WHOLE, BYTES("-9223372036854775809"), "x int_parsing_size" },
	{ WHOLE, BYTES("10000000000000000000000000000"), "x int_parsing_size" },
	{ WHOLE, BYTES("1.0"), "x int_from_float" },
	{ WHOLE, BYTES("1e0"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("1e3"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("-0.0"), "x int_from_float" },
	{ ANY_WHOLE, BYTES("1e400"), "x int_from_float" },
	{ WHOLE, BYTES("\"1\""), "x int_type" },
	{ WHOLE, BYTES("true"), "x int_type" },
	{ WHOLE, BYTES("null"), "x int_type" },
	{ WHOLE, BYTES("[1]"), "x int_type" },
	{ WHOLE, BYTES("{}"), "x int_type" },
	/* Doubles. */
	{ FRACTION, BYTES("-5e-324"), "x greater_than_equal" },
	{ FRACTION, BYTES("0.10000000000000002"), "x less_than_equal" },
	{ FRACTION, BYTES("1"), "x less_than_equal" },
	{ ANY, BYTES("1e400"), "x finite_number" },
	{ ANY, BYTES("-1e309"), "x finite_number" },
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
	{ STRING, BYTES("\"\""), "x string_too_short" },
	{ STRING, BYTES("\"a\""), "x string_too_short" },
	{ STRING, BYTES("\"\xF0\x9F\x98\x80\""), "x string_too_short" },
	{ STRING, BYTES("\"abcde\""), "x string_too_long" },
	{ STRING, BYTES("\"\\u0000\\u0000\\u0000\\u0000\\u0000\""),
	  "x string_too_long" },
	{ STRING, BYTES("12"), "x string_type" },
	{ STRING, BYTES("null"), "x string_type" },
	{ STRING, BYTES("[\"ab\"]"), "x string_type" },
	/* Lists. */
	{ WHOLES, BYTES("[]"), "x too_short" },
	{ WHOLES, BYTES("[1,2,3,4]"), "x too_long" },
	{ WHOLES, BYTES("1"), "x list_type" },
	{ WHOLES, BYTES("\"1,2\""), "x list_type" },
	{ WHOLES, BYTES("null"), "x list_type" },
	{ WHOLES, BYTES("{\"0\":1}"), "x list_type" },
	{ WHOLES, BYTES("[0,10]"), "x.1 less_than_equal" },
	{ WHOLES, BYTES("[-1,9]"), "x.0 greater_than_equal" },
	{ WHOLES, BYTES("[[1]]"), "x.0 int_type" },
	{ WHOLES, BYTES("[1.0,\"2\",9223372036854775808]"),
	  "x.0 int_from_float; x.1 int_type; x.2 int_parsing_size" },
	{ WHOLES, BYTES("[1,2,3,4,null]"), "x.4 int_type; x too_long" },
	{ NUMBERS, BYTES("[1,1,1]"), "x too_long" },
	{ NUMBERS, BYTES("[-1.0000000000000002,1.0000000000000002]"),
	  "x.0 greater_than_equal; x.1 less_than_equal" },
	{ NUMBERS, BYTES("[1e400,null]"), "x.0 finite_number; x.1 float_type" },
	{ NUMBERS, BYTES("true"), "x list_type" },
};

START_TEST(test_unfit_json_is_told_by_its_fault)
{
	ck_assert_str_eq(read_json(unfit[_i].row, unfit[_i].json),
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
	{ WHOLE, BYTES("8"), "x less_than_equal" },
	{ ANY_WHOLE, BYTES("9223372036854775808"), "x int_parsing_size" },
	{ ANY, BYTES(""), "x float_parsing" },
	{ ANY, BYTES("nan"), "x float_parsing" },
	{ ANY, BYTES("inf"), "x float_parsing" },
	{ ANY, BYTES("-Infinity"), "x float_parsing" },
	{ ANY, BYTES("0x1p3"), "x float_parsing" },
	{ ANY, BYTES("1,5"), "x float_parsing" },
	{ ANY, BYTES(".5"), "x float_parsing" },
	{ ANY, BYTES("1e400"), "x finite_number" },
	{ FRACTION, BYTES("0.2"), "x less_than_equal" },
	{ FLAG, BYTES(""), "x bool_parsing" },
	{ FLAG, BYTES("1"), "x bool_parsing" },
	{ FLAG, BYTES("True"), "x bool_parsing" },
	{ FLAG, BYTES("true\0"), "x bool_parsing" },
	{ FLAG, BYTES("yes"), "x bool_parsing" },
	{ STRING, BYTES(""), "x string_too_short" },
	{ STRING, BYTES("abcde"), "x string_too_long" },
	{ WHOLES, BYTES("1,2"), "x.0 int_parsing" },
	{ WHOLES, BYTES(""), "x.0 int_parsing" },
	{ NUMBERS, BYTES("x"), "x.0 float_parsing" },
};

START_TEST(test_unfit_parameter_is_told_by_its_fault)
{
	ck_assert_str_eq(parse_text(unfit_texts[_i].row, unfit_texts[_i].text),
	                 unfit_texts[_i].faults);
}
END_TEST

/* Those that take one value only, then those that take more. */
static const struct {
	int row;
	const char *faults;
} repeats[] = {
	{ WHOLE, "x repeated" },    { ANY, "x repeated" },
	{ FLAG, "x repeated" },     { STRING, "x repeated" },
	{ WHOLES, "x.1 int_parsing; x too_long" },
	{ NUMBERS, "x.0 less_than_equal; x.1 float_parsing; "
	           "x.2 less_than_equal; x.3 less_than_equal; x too_long" },
};

START_TEST(test_repeated_parameter_is_a_fault_where_one_is_taken)
{
	const struct mr_string texts[] = { TEXT("2"), TEXT("yes"), TEXT("3"),
		                           TEXT("4") };

	ck_assert_str_eq(parse_texts(repeats[_i].row, texts, N(texts)),
	                 repeats[_i].faults);
}
END_TEST

START_TEST(test_repeated_parameter_makes_a_list_in_order)
{
	const struct mr_string texts[] = { TEXT("3"), TEXT("0"), TEXT("9") };
	const struct mr_string halves[] = { TEXT("0.5"), TEXT("-1") };

	ck_assert_str_eq(parse_texts(WHOLES, texts, 3), "");
	ck_assert_uint_eq(record.wholes.length, 3);
	ck_assert_mem_eq(record.wholes.data, ((int64_t[]){ 3, 0, 9 }), 24);
	ck_assert_str_eq(parse_texts(NUMBERS, halves, 2), "");
	ck_assert_uint_eq(record.numbers.length, 2);
	ck_assert_mem_eq(record.numbers.data, ((double[]){ 0.5, -1 }), 16);
}
END_TEST

START_TEST(test_bool_is_taken)
{
	ck_assert_str_eq(read_json(FLAG, TEXT("true")), "");
	ck_assert(record.flag);
	ck_assert_str_eq(read_json(FLAG, TEXT("false")), "");
	ck_assert(!record.flag);
	ck_assert_str_eq(parse_text(FLAG, TEXT("true")), "");
	ck_assert(record.flag);
	ck_assert_str_eq(parse_text(FLAG, TEXT("false")), "");
	ck_assert(!record.flag);
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

	ck_assert_str_eq(read_json(STRING, strings[_i].json), "");
	ck_assert_uint_eq(record.text.length, expected->length);
	ck_assert_mem_eq(record.text.data, expected->data, expected->length + 1);
	ck_assert_str_eq(parse_text(STRING, *expected), "");
	ck_assert_uint_eq(record.text.length, expected->length);
	ck_assert_mem_eq(record.text.data, expected->data, expected->length + 1);
}
END_TEST

START_TEST(test_string_is_a_copy)
{
	char text[] = "\"abcd\"";
	struct mr_target target = target_of(STRING);
	struct mr_json json;

	mr_json_start(&json, TEXT(text), arena);
	mr_value_read(&target, &json);
	memset(text, 'x', sizeof(text));
	ck_assert_str_eq(record.text.data, "abcd");
}
END_TEST

START_TEST(test_list_is_taken_in_order)
{
	ck_assert_str_eq(read_json(WHOLES, TEXT("[9, 0,5]")), "");
	ck_assert_uint_eq(record.wholes.length, 3);
	ck_assert_mem_eq(record.wholes.data, ((int64_t[]){ 9, 0, 5 }), 24);
	ck_assert_str_eq(read_json(NUMBERS, TEXT("[-1,1e-1]")), "");
	ck_assert_uint_eq(record.numbers.length, 2);
	ck_assert_mem_eq(record.numbers.data, ((double[]){ -1, 0.1 }), 16);
	ck_assert_str_eq(read_json(NUMBERS, TEXT("[ ]")), "");
	ck_assert_uint_eq(record.numbers.length, 0);
	ck_assert_ptr_nonnull(record.numbers.data);
}
END_TEST

/*
 * Integers are taken in runs.  One that is unfit, wherever it stands, costs
 * neither its neighbours nor (or this never ends) a reading of the run for
 * each of them.
 */
static const struct {
	size_t count, unfit;
	const char *text, *faults;
} long_lists[] = {
	{ 40, 0, "10", "x.0 less_than_equal" },
	{ 40, 15, "-1", "x.15 greater_than_equal" },
	{ 40, 16, "1.0", "x.16 int_from_float" },
	{ 40, 17, "\"1\"", "x.17 int_type" },
	{ 40, 31, "10", "x.31 less_than_equal" },
	{ 40, 32, "9223372036854775808", "x.32 int_parsing_size" },
	{ 40, 39, "null", "x.39 int_type" },
	{ 3000000, 2999998, "10", "x.2999998 less_than_equal" },
	{ 3000000, 2999999, "-1", "x.2999999 greater_than_equal" },
};

START_TEST(test_unfit_integer_in_a_long_list_is_found)
{
	const struct mr_field row = MR_PARAM(struct record, wholes, "t",
	                                     MR_ITEMS(0, 3000000, 0, 9));
	struct mr_target target = target_of(WHOLES);
	struct mr_buffer text = { .arena = arena };
	struct mr_json json;

	target.field = &row;
	mr_buffer_putc(&text, '[');
	for (size_t i = 0; i < long_lists[_i].count; i++) {
		mr_buffer_puts(&text, i == long_lists[_i].unfit
		                          ? long_lists[_i].text
		                          : "7");
		mr_buffer_putc(&text, i + 1 < long_lists[_i].count ? ',' : ']');
	}
	mr_json_start(&json, (struct mr_string){ text.data, text.length }, arena);
	mr_value_read(&target, &json);
	ck_assert(mr_json_finish(&json));
	ck_assert_str_eq(faults_line(&faults), long_lists[_i].faults);
}
END_TEST

START_TEST(test_long_list_is_taken_whole)
{
	const struct mr_field row =
	    MR_PARAM(struct record, wholes, "t", MR_ITEMS(0, 100000, 0, 1e9));
	struct mr_target target = target_of(WHOLES);
	struct mr_buffer text = { .arena = arena };
	struct mr_json json;

	for (int i = 0; i < 100000; i++)
		mr_buffer_printf(&text, "%s%d", i == 0 ? "[" : ",", 7 * i);
	mr_buffer_puts(&text, "]");
	target.field = &row;
	mr_json_start(&json, (struct mr_string){ text.data, text.length }, arena);
	mr_value_read(&target, &json);
	ck_assert(mr_json_finish(&json));
	ck_assert_uint_eq(faults.count, 0);
	ck_assert_uint_eq(record.wholes.length, 100000);
	for (int i = 0; i < 100000; i++)
		if (record.wholes.data[i] != 7 * i)
			ck_abort_msg("element %d is wrong", i);
}
END_TEST

/* Malformed text wins, whatever the kind and whatever came before. */
static const struct {
	int row;
	const char *text;
	size_t offset;
} malformed[] = {
	{ WHOLE, "01", 0 },       { WHOLE, "1.", 2 },
	{ WHOLE, "-", 1 },        { WHOLE, "nul", 0 },
	{ WHOLE, "\"\\x\"", 1 },  { WHOLE, "[1,]", 3 },
	{ ANY, "1e", 2 },         { ANY, "+1", 0 },
	{ FLAG, "tru", 0 },       { FLAG, "\"", 1 },
	{ STRING, "\"a\n\"", 2 }, { STRING, "\"\\uD800\"", 1 },
	{ WHOLES, "[1,2", 4 },    { WHOLES, "[1,]", 3 },
	{ WHOLES, "[null,01]", 6 }, { WHOLES, "[1 2]", 3 },
	{ WHOLES, "[1,2,3,4,5,x]", 11 }, { NUMBERS, "[1,2}", 4 },
	{ NUMBERS, "{\"a\":1,\"a\":2}", 7 }, { NUMBERS, "[.5]", 1 },
};

START_TEST(test_malformed_json_is_an_error_of_the_cursor)
{
	struct mr_target target = target_of(malformed[_i].row);
	struct mr_json json;

	mr_json_start(&json, guarded(TEXT(malformed[_i].text)), arena);
	mr_value_read(&target, &json);
	ck_assert_int_eq(json.err, MR_SYNTAX);
	ck_assert_uint_eq(json.offset, malformed[_i].offset);
}
END_TEST

START_TEST(test_deep_list_is_refused)
{
	char text[200] = "";
	struct mr_target target = target_of(WHOLES);
	struct mr_json json;

	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	mr_json_start(&json, TEXT(text), arena);
	mr_value_read(&target, &json);
	ck_assert_int_eq(json.err, MR_SYNTAX);
	ck_assert_uint_eq(json.offset, 64);
}
END_TEST

START_TEST(test_clear_points_at_nothing_but_not_at_null)
{
	struct mr_target target;

	target = target_of(STRING);
	mr_value_clear(&target);
	ck_assert_uint_eq(record.text.length, 0);
	ck_assert_str_eq(record.text.data, "");
	target = target_of(WHOLES);
	mr_value_clear(&target);
	ck_assert_uint_eq(record.wholes.length, 0);
	ck_assert_ptr_nonnull(record.wholes.data);
	target = target_of(NUMBERS);
	mr_value_clear(&target);
	ck_assert_uint_eq(record.numbers.length, 0);
	ck_assert_ptr_nonnull(record.numbers.data);
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
	tcase_add_loop_test(
	    tc, test_repeated_parameter_is_a_fault_where_one_is_taken, 0,
	    N(repeats));
	tcase_add_test(tc, test_repeated_parameter_makes_a_list_in_order);
	tcase_add_test(tc, test_bool_is_taken);
	tcase_add_loop_test(tc, test_string_is_taken_with_a_nul_behind_it, 0,
	                    N(strings));
	tcase_add_test(tc, test_string_is_a_copy);
	tcase_add_test(tc, test_list_is_taken_in_order);
	tcase_add_loop_test(tc, test_unfit_integer_in_a_long_list_is_found, 0,
	                    N(long_lists));
	tcase_add_test(tc, test_long_list_is_taken_whole);
	tcase_add_loop_test(tc, test_malformed_json_is_an_error_of_the_cursor, 0,
	                    N(malformed));
	tcase_add_test(tc, test_deep_list_is_refused);
	tcase_add_test(tc, test_clear_points_at_nothing_but_not_at_null);
}

UNIT_MAIN("value", add_tests)
