/*
 * check_json.c: what the cursor accepts, what it refuses and at which byte.
 * Texts end at a page that cannot be read, so reading on would be a crash.
 */
#include "schema/skip.h"

#include "unit.h"

#include <stdio.h>

/* Steps over text as one whole value. */
static bool
accepts(struct mr_json *json, struct mr_string text)
{
	mr_json_start(json, guarded(text), arena);
	mr_json_skip(json);
	return mr_json_finish(json);
}

static const struct mr_string valid[] = {
	BYTES("null"),
	BYTES("true"),
	BYTES("false"),
	BYTES(" \t\r\n1 \t\r\n"),
	BYTES("0"),
	BYTES("-0"),
	BYTES("-0.0e-0"),
	BYTES("0.5"),
	BYTES("1E+5"),
	BYTES("1e-05"),
	BYTES("1e400"),
	BYTES("[1E400,0e99999999999,-1e-99999999999]"),
	BYTES("[5e-324,9007199254740993,-9223372036854775809]"),
	BYTES("123456789012345678901234567890.123456789012345678901234567890"),
	BYTES("\"\""),
	BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABCD\\uabcd\""),
	BYTES("\"\\uD83D\\uDE00\""),
	BYTES("\"\\uDBFF\\uDFFF\""),
	BYTES("\"\\uFFFF\\uD7FF\\uE000\""),
	BYTES("\"\x7F\xC2\x80\xE0\xA0\x80\xEF\xBF\xBF\xF4\x8F\xBF\xBF\""),
	BYTES("\"\xEF\xBB\xBF\""),
	BYTES("[]"),
	BYTES("[ ]"),
	BYTES("[[],[[]],{}]"),
	BYTES("[1 , 2 ,3]"),
	BYTES("{}"),
	BYTES("{ }"),
	BYTES("{ \"a\" : 1 , \"b\" : [ ] }"),
	BYTES("{\"a\":1,\"A\":2,\"\":3,\"aa\":4,\"\\u0000\":5,\"a\\u0000\":6}"),
	BYTES("{\"a\":{\"a\":{\"a\":1}}}"),
	BYTES("[{\"a\":1},{\"a\":1}]"),
};

START_TEST(test_skip_accepts_json)
{
	struct mr_json json;

	ck_assert_msg(accepts(&json, valid[_i]), "%s, byte %zu",
	              json.reason, json.offset);
	ck_assert_int_eq(json.err, MR_OK);
	ck_assert_ptr_eq(json.at, json.end);
}
END_TEST

/* The text, and the byte at which it stops being JSON. */
static const struct {
	struct mr_string text;
	size_t offset;
} invalid[] = {
	/* Nothing, too little, too much. */
	{ BYTES(""), 0 },
	{ BYTES(" "), 1 },
	{ BYTES("\xEF\xBB\xBF{}"), 0 },
	{ BYTES("\xEF\xBB\xBF"), 0 },
	{ BYTES("{}x"), 2 },
	{ BYTES("{} {}"), 3 },
	{ BYTES("1 2"), 2 },
	{ BYTES("1,"), 1 },
	{ BYTES("1\0"), 1 },
	{ BYTES("\0"), 0 },
	{ BYTES("[1]]"), 3 },
	{ BYTES("{}}"), 2 },
	{ BYTES("1//x"), 1 },
	{ BYTES("/*x*/1"), 0 },
	{ BYTES("\f1"), 0 },
	{ BYTES("\v1"), 0 },
	{ BYTES("\xC2\xA0" "1"), 0 },
	{ BYTES("{\0}\0"), 1 },
	/* Words. */
	{ BYTES("nul"), 0 },
	{ BYTES("nulL"), 0 },
	{ BYTES("Null"), 0 },
	{ BYTES("tru"), 0 },
	{ BYTES("fals"), 0 },
	{ BYTES("truefalse"), 4 },
	{ BYTES("nullx"), 4 },
	{ BYTES("NaN"), 0 },
	{ BYTES("Infinity"), 0 },
	{ BYTES("-Infinity"), 1 },
	{ BYTES("undefined"), 0 },
	{ BYTES("[true,nul]"), 6 },
	/* Numbers. */
	{ BYTES("-"), 1 },
	{ BYTES("+1"), 0 },
	{ BYTES("--1"), 1 },
	{ BYTES("- 1"), 1 },
	{ BYTES(".5"), 0 },
	{ BYTES("-.5"), 1 },
	{ BYTES("1."), 2 },
	{ BYTES("1.e5"), 2 },
	{ BYTES("1.5.2"), 3 },
	{ BYTES("1e"), 2 },
	{ BYTES("1e+"), 3 },
	{ BYTES("1E-x"), 3 },
	{ BYTES("1e5.5"), 3 },
	{ BYTES("1e+-5"), 3 },
	{ BYTES("00"), 0 },
	{ BYTES("01"), 0 },
	{ BYTES("-01"), 1 },
	{ BYTES("[00000000000000000000001]"), 1 },
	{ BYTES("0x10"), 1 },
	{ BYTES("1_000"), 1 },
	{ BYTES("1l"), 1 },
	{ BYTES("\xEF\xBC\x91"), 0 },
	/* Strings. */
	{ BYTES("\""), 1 },
	{ BYTES("\"a"), 2 },
	{ BYTES("\"\\"), 1 },
	{ BYTES("\"\\\""), 3 },
	{ BYTES("'a'"), 0 },
	{ BYTES("\"a\nb\""), 2 },
	{ BYTES("\"\0\""), 1 },
	{ BYTES("\"\t\""), 1 },
	{ BYTES("\"\x1F\""), 1 },
	{ BYTES("\"\\n\x01\""), 3 },
	{ BYTES("\"\\x41\""), 1 },
	{ BYTES("\"\\'\""), 1 },
	{ BYTES("\"\\N\""), 1 },
	{ BYTES("\"\\\0\""), 1 },
	{ BYTES("\"\\U0041\""), 1 },
	{ BYTES("\"\\u"), 1 },
	{ BYTES("\"\\u004"), 1 },
	{ BYTES("\"\\u004\""), 1 },
	{ BYTES("\"\\u004G\""), 1 },
	{ BYTES("\"\\u 041\""), 1 },
	{ BYTES("\"\\u+041\""), 1 },
	{ BYTES("\"\\u0x41\""), 1 },
	/* Surrogates. */
	{ BYTES("\"\\uD800\""), 1 },
	{ BYTES("\"\\uD800"), 1 },
	{ BYTES("\"\\uD800\\"), 1 },
	{ BYTES("\"\\uD800\\u"), 1 },
	{ BYTES("\"\\uD800\\uDC0\""), 1 },
	{ BYTES("\"\\uD800x\""), 1 },
	{ BYTES("\"\\uD800\\n\""), 1 },
	{ BYTES("\"\\uD800\\u0041\""), 1 },
	{ BYTES("\"\\uD800\\uD800\""), 1 },
	{ BYTES("\"\\uDC00\""), 1 },
	{ BYTES("\"\\uDFFF\\uD800\""), 1 },
	{ BYTES("\"ab\\uDBFF\\uE000\""), 3 },
	{ BYTES("\"\\uD83D\\uDE00\\uDE00\""), 13 },
	/* UTF-8. */
	{ BYTES("\"\x80\""), 1 },
	{ BYTES("\"\xC0\x80\""), 1 },
	{ BYTES("\"\xC1\xBF\""), 1 },
	{ BYTES("\"\xE0\x80\x80\""), 1 },
	{ BYTES("\"\xE0\x9F\xBF\""), 1 },
	{ BYTES("\"\xED\xA0\x80\""), 1 },
	{ BYTES("\"\xF0\x80\x80\x80\""), 1 },
	{ BYTES("\"\xF4\x90\x80\x80\""), 1 },
	{ BYTES("\"\xF5\x80\x80\x80\""), 1 },
	{ BYTES("\"\xFF\""), 1 },
	{ BYTES("\"ab\xC3\""), 3 },
	{ BYTES("\"\xE2\x82\""), 1 },
	{ BYTES("\"\xE2\x82"), 1 },
	{ BYTES("\"\xC3\xA9\xFE\""), 3 },
	{ BYTES("\"\\n\xFF\""), 3 },
	{ BYTES("{\"\xFF\":1}"), 2 },
	{ BYTES("\xC3\xA9"), 0 },
	/* Arrays and objects. */
	{ BYTES("["), 1 },
	{ BYTES("[1"), 2 },
	{ BYTES("[1,"), 3 },
	{ BYTES("[1,]"), 3 },
	{ BYTES("[,]"), 1 },
	{ BYTES("[,1]"), 1 },
	{ BYTES("[1,,2]"), 3 },
	{ BYTES("[1 2]"), 3 },
	{ BYTES("[1;2]"), 2 },
	{ BYTES("[1}"), 2 },
	{ BYTES("]"), 0 },
	{ BYTES("[:]"), 1 },
	{ BYTES("{"), 1 },
	{ BYTES("{\"a\""), 4 },
	{ BYTES("{\"a\":"), 5 },
	{ BYTES("{\"a\":1"), 6 },
	{ BYTES("{\"a\":1,"), 7 },
	{ BYTES("{\"a\":1,}"), 7 },
	{ BYTES("{,}"), 1 },
	{ BYTES("{\"a\" 1}"), 5 },
	{ BYTES("{\"a\",1}"), 4 },
	{ BYTES("{\"a\":}"), 5 },
	{ BYTES("{\"a\"::1}"), 5 },
	{ BYTES("{\"a\":1;\"b\":2}"), 6 },
	{ BYTES("{\"a\":1]"), 6 },
	{ BYTES("{\"a\":1 \"b\":2}"), 7 },
	{ BYTES("{a:1}"), 1 },
	{ BYTES("{'a':1}"), 1 },
	{ BYTES("{1:1}"), 1 },
	{ BYTES("{null:1}"), 1 },
	{ BYTES("}"), 0 },
	/* Keys that stand twice, however they are written. */
	{ BYTES("{\"a\":1,\"a\":2}"), 7 },
	{ BYTES("{\"a\":1,\"\\u0061\":2}"), 7 },
	{ BYTES("{\"\\u0061\":1, \"a\":2}"), 13 },
	{ BYTES("{\"\":1,\"\":2}"), 6 },
	{ BYTES("{\"/\":1,\"\\/\":2}"), 7 },
	{ BYTES("{\"\xF0\x9F\x98\x80\":1,\"\\uD83D\\uDE00\":2}"), 10 },
	{ BYTES("{\"a\":1,\"b\":2,\"c\":3,\"b\":4,\"a\":5}"), 19 },
	{ BYTES("[0,{\"k\":{},\"k\":0}]"), 11 },
	{ BYTES("{\"x\":{\"k\":[],\"k\":0}}"), 13 },
	{ BYTES("[[{\"a\":[{\"k\":0}],\"\\u0061\":0}]]"), 17 },
	{ BYTES("{\"\\u0000\":0,\"\\u0000\":0}"), 12 },
	{ BYTES("{\"\xC3\xA9\":0,\"\\u00E9\":0}"), 8 },
	{ BYTES("{\"\\n\":0,\"\\u000a\":0}"), 8 },
};

START_TEST(test_skip_refuses_what_is_not_json)
{
	struct mr_json json;

	ck_assert(!accepts(&json, invalid[_i].text));
	ck_assert_int_eq(json.err, MR_SYNTAX);
	ck_assert_msg(json.offset == invalid[_i].offset,
	              "byte %zu, not %zu: %s", json.offset, invalid[_i].offset,
	              json.reason);
	ck_assert_ptr_nonnull(json.reason);
}
END_TEST

START_TEST(test_every_truncation_is_refused)
{
	static const char whole[] =
	    "{\"numbers\": [0, -1, 9223372036854775807, 1.5e+10],\r\n"
	    "\t\"text\": \"a\\n\\u00e9\\uD83D\\uDE00 \xE2\x82\xAC\","
	    " \"none\": null, \"yes\": true, \"no\": false,"
	    " \"deep\": {\"list\": [[], {}, [{\"k\": \"v\"}]]}}";
	struct mr_json json;

	for (size_t length = 0; length < sizeof(whole) - 1; length++) {
		ck_assert(!accepts(&json, (struct mr_string){ whole, length }));
		ck_assert_int_eq(json.err, MR_SYNTAX);
		ck_assert_uint_le(json.offset, length);
	}
	ck_assert(accepts(&json, TEXT(whole)));
}
END_TEST

/* What stands before and behind ten thousand digits, and what may not. */
static const struct {
	const char *before, *behind;
	bool valid;
} endless[] = {
	{ "1", "", true },       { "-1", "", true },     { "0.", "", true },
	{ "1e", "", true },      { "1E+", "", true },    { "1e-", "", true },
	{ "[1.", "e5]", true },  { "0", "", false },     { "-0", "", false },
	{ "1", ".", false },     { "1", "e", false },    { "1.", "e+", false },
	{ "1e", ".5", false },   { "1", "x", false },    { "", "1", false },
};

START_TEST(test_number_may_be_of_any_length)
{
	static char text[10100];
	struct mr_json json;

	memset(text, '0', sizeof(text));
	memcpy(text, endless[_i].before, strlen(endless[_i].before));
	strcpy(text + strlen(endless[_i].before) + 10000, endless[_i].behind);
	ck_assert_int_eq(accepts(&json, TEXT(text)), endless[_i].valid);
	ck_assert_int_eq(json.err, endless[_i].valid ? MR_OK : MR_SYNTAX);
}
END_TEST

/* How many opening pieces, of what, and the byte at which it is too deep. */
static const struct {
	const char *open, *close;
	size_t offset;
} nests[] = {
	{ "[", "]", 64 },
	{ "{\"a\":", "}", 320 },
	{ " [ ", "]", 193 },
};

static struct mr_string
nest(int row, int depth, const char *inside)
{
	char *text = calloc(1, 1000);

	for (int i = 0; i < depth; i++)
		strcat(text, nests[row].open);
	strcat(text, inside);
	for (int i = 0; i < depth; i++)
		strcat(text, nests[row].close);
	return TEXT(text);
}

START_TEST(test_depth_64_is_accepted_and_65_refused)
{
	struct mr_string deep = nest(_i, 64, "1"), deeper = nest(_i, 65, "1");
	struct mr_json json;

	ck_assert(accepts(&json, deep));
	ck_assert(!accepts(&json, deeper));
	ck_assert_int_eq(json.err, MR_SYNTAX);
	ck_assert_uint_eq(json.offset, nests[_i].offset);
	free((void *)(uintptr_t)deep.data);
	free((void *)(uintptr_t)deeper.data);
}
END_TEST

START_TEST(test_depth_counts_what_is_open_not_what_there_is)
{
	char text[4000] = "[";
	struct mr_json json;

	for (int i = 0; i < 400; i++)
		strcat(text, "[{}],");
	strcat(text, "1]");
	ck_assert(accepts(&json, TEXT(text)));
}
END_TEST

static const struct {
	struct mr_string text, string;
} strings[] = {
	{ BYTES("\"\""), BYTES("") },
	{ BYTES(" \"plain \x7F\""), BYTES("plain \x7F") },
	{ BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), BYTES("\"\\/\b\f\n\r\t") },
	{ BYTES("\"a\\u0000b\""), BYTES("a\0b") },
	{ BYTES("\"\\u0041\\u00e9\\u00E9\""), BYTES("A\xC3\xA9\xC3\xA9") },
	{ BYTES("\"\\u07FF\\u0800\\uFFFF\""),
	  BYTES("\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF") },
	{ BYTES("\"\\uD800\\uDC00\""), BYTES("\xF0\x90\x80\x80") },
	{ BYTES("\"\\udbff\\udfff\""), BYTES("\xF4\x8F\xBF\xBF") },
	{ BYTES("\"\\u20AC\xE2\x82\xAC\\\\u\""),
	  BYTES("\xE2\x82\xAC\xE2\x82\xAC\\u") },
};

START_TEST(test_string_is_unescaped)
{
	struct mr_json json;
	struct mr_string string;

	mr_json_start(&json, guarded(strings[_i].text), arena);
	ck_assert_int_eq(mr_json_peek(&json), MR_JSON_STRING);
	ck_assert(mr_json_string(&json, &string));
	ck_assert(mr_json_finish(&json));
	ck_assert_uint_eq(string.length, strings[_i].string.length);
	ck_assert_mem_eq(string.data, strings[_i].string.data, string.length);
}
END_TEST

static const struct {
	const char *text;
	enum mr_json_type type;
} firsts[] = {
	{ "", MR_JSON_NONE },      { "  ", MR_JSON_NONE },
	{ "x", MR_JSON_NONE },     { "+1", MR_JSON_NONE },
	{ "]", MR_JSON_NONE },     { " null", MR_JSON_NULL },
	{ "false", MR_JSON_FALSE }, { "\ttrue", MR_JSON_TRUE },
	{ "0", MR_JSON_NUMBER },   { "9", MR_JSON_NUMBER },
	{ "-1", MR_JSON_NUMBER },  { "\"", MR_JSON_STRING },
	{ " [", MR_JSON_ARRAY },   { "\r\n{", MR_JSON_OBJECT },
};

START_TEST(test_peek_tells_the_type_without_stepping)
{
	struct mr_json json;

	mr_json_start(&json, guarded(TEXT(firsts[_i].text)), arena);
	ck_assert_int_eq(mr_json_peek(&json), firsts[_i].type);
	ck_assert_int_eq(mr_json_peek(&json), firsts[_i].type);
	ck_assert_int_eq(json.err, MR_OK);
}
END_TEST

/* A number, how much of the text it is, and whether it is integral. */
static const struct {
	const char *text;
	size_t length;
	bool integral;
} numbers[] = {
	{ "0", 1, true },          { "-0", 2, true },
	{ "0.0", 3, false },       { "12,", 2, true },
	{ "1e3", 3, false },       { "1E3]", 3, false },
	{ "-12.50e-07 ", 10, false }, { "99999999999999999999", 20, true },
};

START_TEST(test_number_is_delimited)
{
	struct mr_string text = guarded(TEXT(numbers[_i].text));
	struct mr_json_number number;
	struct mr_json json;

	mr_json_start(&json, text, arena);
	ck_assert(mr_json_number(&json, &number));
	ck_assert_ptr_eq(number.text, text.data);
	ck_assert_uint_eq(number.length, numbers[_i].length);
	ck_assert_int_eq(number.integral, numbers[_i].integral);
	ck_assert_ptr_eq(json.at, text.data + number.length);
}
END_TEST

static const struct {
	const char *text;
	int64_t value;
	size_t length;
} int64s[] = {
	{ "0", 0, 1 },
	{ "-0", 0, 2 },
	{ "7]", 7, 1 },
	{ "-7,", -7, 2 },
	{ "1234567", 1234567, 7 },
	{ "12345678", 12345678, 8 },
	{ "123456789", 123456789, 9 },
	{ "1234567890123456", 1234567890123456, 16 },
	{ "9223372036854775807", INT64_MAX, 19 },
	{ "-9223372036854775808", INT64_MIN, 20 },
	{ "-9223372036854775807 ", -INT64_MAX, 20 },
	{ "1000000000000000000", 1000000000000000000, 19 },
};

START_TEST(test_int64_is_read)
{
	struct mr_string text = guarded(TEXT(int64s[_i].text));
	struct mr_json json;
	int64_t value;

	mr_json_start(&json, text, arena);
	ck_assert(mr_json_int64(&json, &value));
	ck_assert_int_eq(value, int64s[_i].value);
	ck_assert_ptr_eq(json.at, text.data + int64s[_i].length);
}
END_TEST

static const char *const not_int64s[] = {
	"",
	"-",
	"x",
	"\"1\"",
	"null",
	"[1]",
	"01",
	"-01",
	"00000000",
	"000000000000000000000000001",
	"1.0",
	"1e3",
	"1E3",
	"12345678.0",
	"12345678e1",
	"9223372036854775807.0",
	"9223372036854775808",
	"-9223372036854775809",
	"9999999999999999999",
	"10000000000000000000",
	"18446744073709551615",
	"18446744073709551616",
	"18446744073709551617",
	"-18446744073709551617",
	"184467440737095516170",
	"1844674407370955161600000000000000000000000",
};

START_TEST(test_what_is_no_int64_is_left_without_an_error)
{
	struct mr_string text = guarded(TEXT(not_int64s[_i]));
	struct mr_json json;
	int64_t value;

	mr_json_start(&json, text, arena);
	ck_assert(!mr_json_int64(&json, &value));
	ck_assert_ptr_eq(json.at, text.data);
	ck_assert_int_eq(json.err, MR_OK);
}
END_TEST

START_TEST(test_random_int64s_are_read_beside_any_delimiter)
{
	static const char *const behind[] = { "",  ",",  "]",   " ",
		                              "}", "\n", ",12345678" };
	uint64_t state = 3;
	int64_t value, expected;
	struct mr_json json;
	char text[64];

	for (int i = 0; i < 100000; i++) {
		expected = (int64_t)random_bits(&state) >> i % 64;
		snprintf(text, sizeof(text), "%lld%s", (long long)expected,
		         behind[i % (int)N(behind)]);
		mr_json_start(&json, TEXT(text), arena);
		if (!mr_json_int64(&json, &value) || value != expected)
			ck_abort_msg("%s is not read", text);
	}
}
END_TEST

/* A text, how many are taken of it, with room for 4, and what is left. */
static const struct {
	const char *text;
	size_t count;
	const char *left;
} runs[] = {
	{ "", 0, "" },
	{ "1", 0, "1" },
	{ "1]", 0, "1]" },
	{ "1,2]", 1, "2]" },
	{ " 1 ,\t2 , 3]", 2, " 3]" },
	{ "1,2,", 2, "" },
	{ "1,2,]", 2, "]" },
	{ "1,2,3,4,5,6]", 4, "5,6]" },
	{ "1,2 3,4]", 1, "2 3,4]" },
	{ "1,2.0,3]", 1, "2.0,3]" },
	{ "1,2e0,3]", 1, "2e0,3]" },
	{ "1,02,3]", 1, "02,3]" },
	{ "1,-,3]", 1, "-,3]" },
	{ "1,,3]", 1, ",3]" },
	{ "1,null,3]", 1, "null,3]" },
	{ "1,9223372036854775808,3]", 1, "9223372036854775808,3]" },
	{ ",1]", 0, ",1]" },
	{ "]", 0, "]" },
	{ "\"1\",2]", 0, "\"1\",2]" },
};

START_TEST(test_run_of_int64s_ends_before_what_is_none)
{
	struct mr_string text = guarded(TEXT(runs[_i].text));
	int64_t values[5] = { 0 };
	struct mr_json json;

	mr_json_start(&json, text, arena);
	values[4] = 77;
	ck_assert_uint_eq(mr_json_int64s(&json, values, 4), runs[_i].count);
	for (size_t i = 0; i < runs[_i].count; i++)
		ck_assert_int_eq(values[i], (int64_t)i + 1);
	ck_assert_int_eq(values[4], 77);
	ck_assert_int_eq(json.err, MR_OK);
	ck_assert_uint_eq((size_t)(json.end - json.at), strlen(runs[_i].left));
	ck_assert_mem_eq(json.at, runs[_i].left, strlen(runs[_i].left));
}
END_TEST

/* The same of doubles, with room for 4: what stays is what JSON has not. */
static const struct {
	const char *text;
	size_t count;
	const char *left;
} double_runs[] = {
	{ "", 0, "" },
	{ "1", 0, "1" },
	{ "1]", 0, "1]" },
	{ "1,2]", 1, "2]" },
	{ " 1 ,\t2.0 , 3]", 2, " 3]" },
	{ "1,2,", 2, "" },
	{ "1.0,20e-1,0.3E+1,400E-2,5,6]", 4, "5,6]" },
	{ "1,2 3,4]", 1, "2 3,4]" },
	{ "1,02,3]", 1, "02,3]" },
	{ "1,-02,3]", 1, "-02,3]" },
	{ "1,00,3]", 1, "00,3]" },
	{ "1,2.,3]", 1, "2.,3]" },
	{ "1,2.e1,3]", 1, "2.e1,3]" },
	{ "1,.2,3]", 1, ".2,3]" },
	{ "1,-.2,3]", 1, "-.2,3]" },
	{ "1,+2,3]", 1, "+2,3]" },
	{ "1,-,3]", 1, "-,3]" },
	{ "1,--2,3]", 1, "--2,3]" },
	{ "1,2e,3]", 1, "2e,3]" },
	{ "1,2e+,3]", 1, "2e+,3]" },
	{ "1,2E-,3]", 1, "2E-,3]" },
	{ "1,2e1.5,3]", 1, "2e1.5,3]" },
	{ "1,2.0.0,3]", 1, "2.0.0,3]" },
	{ "1,0x2,3]", 1, "0x2,3]" },
	{ "1,inf,3]", 1, "inf,3]" },
	{ "1,-inf,3]", 1, "-inf,3]" },
	{ "1,Infinity,3]", 1, "Infinity,3]" },
	{ "1,nan,3]", 1, "nan,3]" },
	{ "1,NaN(1),3]", 1, "NaN(1),3]" },
	{ "1,1e400,3]", 1, "1e400,3]" },
	{ "1,-1e400,3]", 1, "-1e400,3]" },
	{ "1,1e-400,3]", 1, "1e-400,3]" },
	{ "1,,3]", 1, ",3]" },
	{ "1,null,3]", 1, "null,3]" },
	{ "\"1\",2]", 0, "\"1\",2]" },
};

START_TEST(test_run_of_doubles_ends_before_what_is_none)
{
	struct mr_string text = guarded(TEXT(double_runs[_i].text));
	const char *left = double_runs[_i].left;
	double values[5] = { 0 };
	struct mr_json json;

	mr_json_start(&json, text, arena);
	values[4] = 77;
	ck_assert_uint_eq(mr_json_doubles(&json, values, 4),
	                  double_runs[_i].count);
	for (size_t i = 0; i < double_runs[_i].count; i++)
		ck_assert_double_eq(values[i], (double)i + 1);
	ck_assert_double_eq(values[4], 77);
	ck_assert_int_eq(json.err, MR_OK);
	ck_assert_uint_eq((size_t)(json.end - json.at), strlen(left));
	ck_assert_mem_eq(json.at, left, strlen(left));
}
END_TEST

START_TEST(test_the_first_error_stays)
{
	struct mr_json_number number;
	struct mr_string string;
	struct mr_json json;
	const char *reason;
	int64_t value;
	bool first = true;

	mr_json_start(&json, TEXT("[1,x] 2 \"a\""), arena);
	ck_assert(!mr_json_skip(&json));
	reason = json.reason;
	ck_assert(!mr_json_skip(&json));
	ck_assert(!mr_json_number(&json, &number));
	ck_assert(!mr_json_int64(&json, &value));
	ck_assert_uint_eq(mr_json_int64s(&json, &value, 1), 0);
	ck_assert(!mr_json_string(&json, &string));
	ck_assert(!mr_json_key(&json, &string));
	ck_assert(!mr_json_more(&json, &first, ']'));
	ck_assert(!mr_json_fail(&json, json.start, "another reason"));
	ck_assert(!mr_json_finish(&json));
	ck_assert_int_eq(json.err, MR_SYNTAX);
	ck_assert_uint_eq(json.offset, 3);
	ck_assert_ptr_eq(json.reason, reason);
}
END_TEST

START_TEST(test_members_are_taken_one_by_one)
{
	struct mr_string key;
	struct mr_json json;
	int64_t value, sum = 0;
	bool first = true, first_inside = true;

	mr_json_start(&json, TEXT(" { \"a\" : [1, 2 ] , \"\\u0062\":3} "), arena);
	ck_assert(mr_json_peek(&json) == MR_JSON_OBJECT && mr_json_enter(&json));
	ck_assert(mr_json_more(&json, &first, '}') && mr_json_key(&json, &key));
	ck_assert_mem_eq(key.data, "a", 1);
	ck_assert(mr_json_peek(&json) == MR_JSON_ARRAY && mr_json_enter(&json));
	while (mr_json_more(&json, &first_inside, ']')) {
		ck_assert(mr_json_int64(&json, &value));
		sum = 10 * sum + value;
	}
	ck_assert_int_eq(sum, 12);
	ck_assert(mr_json_more(&json, &first, '}') && mr_json_key(&json, &key));
	ck_assert_mem_eq(key.data, "b", 1);
	ck_assert(mr_json_int64(&json, &value));
	ck_assert_int_eq(value, 3);
	ck_assert(!mr_json_more(&json, &first, '}'));
	ck_assert(mr_json_finish(&json));
}
END_TEST

START_TEST(test_plain_strings_are_not_copied)
{
	struct mr_string text = TEXT("\"plain\""), string;
	struct mr_json json;

	mr_json_start(&json, text, arena);
	ck_assert(mr_json_string(&json, &string));
	ck_assert_ptr_eq(string.data, text.data + 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_skip_accepts_json, 0, N(valid));
	tcase_add_loop_test(tc, test_skip_refuses_what_is_not_json, 0,
	                    N(invalid));
	tcase_add_test(tc, test_every_truncation_is_refused);
	tcase_add_loop_test(tc, test_number_may_be_of_any_length, 0,
	                    N(endless));
	tcase_add_loop_test(tc, test_depth_64_is_accepted_and_65_refused, 0,
	                    N(nests));
	tcase_add_test(tc, test_depth_counts_what_is_open_not_what_there_is);
	tcase_add_loop_test(tc, test_string_is_unescaped, 0, N(strings));
	tcase_add_loop_test(tc, test_peek_tells_the_type_without_stepping, 0,
	                    N(firsts));
	tcase_add_loop_test(tc, test_number_is_delimited, 0, N(numbers));
	tcase_add_loop_test(tc, test_int64_is_read, 0, N(int64s));
	tcase_add_loop_test(tc, test_what_is_no_int64_is_left_without_an_error,
	                    0, N(not_int64s));
	tcase_add_test(tc, test_random_int64s_are_read_beside_any_delimiter);
	tcase_add_loop_test(tc, test_run_of_int64s_ends_before_what_is_none, 0,
	                    N(runs));
	tcase_add_loop_test(tc, test_run_of_doubles_ends_before_what_is_none, 0,
	                    N(double_runs));
	tcase_add_test(tc, test_the_first_error_stays);
	tcase_add_test(tc, test_members_are_taken_one_by_one);
	tcase_add_test(tc, test_plain_strings_are_not_copied);
}

UNIT_MAIN("json", add_tests)
