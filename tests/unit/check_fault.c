/*
 * check_fault.c: how faults are listed, counted and told to the client.
 */
#include "schema/fault.h"

#include "faults.h"
#include "schema/utf8.h"
#include "unit.h"

static const struct mr_place body = { .name = { "body", 4 } };

static struct mr_faults faults;

static cJSON *
described(void)
{
	cJSON *document = cJSON_Parse(faults_text(&faults));

	ck_assert_ptr_nonnull(document);
	return document;
}

static const struct {
	enum mr_fault_kind kind;
	const char *detail, *type, *msg, *ctx;
} kinds[] = {
	{ MR_FAULT_MISSING, NULL, "missing", "Field required", NULL },
	{ MR_FAULT_EXTRA, NULL, "extra_forbidden",
	  "Extra inputs are not permitted", NULL },
	{ MR_FAULT_MISNAMED, "rounds", "extra_forbidden",
	  "Extra inputs are not permitted; did you mean 'rounds'?",
	  "{\"nearest\":\"rounds\"}" },
	{ MR_FAULT_REPEATED, NULL, "repeated", "Field may be given only once",
	  NULL },
	{ MR_FAULT_OBJECT_TYPE, NULL, "model_attributes_type",
	  "Input should be a valid object", NULL },
	{ MR_FAULT_INT_TYPE, NULL, "int_type",
	  "Input should be a valid integer", NULL },
	{ MR_FAULT_INT_FROM_FLOAT, NULL, "int_from_float",
	  "Input should be an integer without fraction or exponent", NULL },
	{ MR_FAULT_INT_PARSING, NULL, "int_parsing",
	  "Input should be a valid integer, unable to parse it as one", NULL },
	{ MR_FAULT_INT_SIZE, NULL, "int_parsing_size",
	  "Input should be an integer from -9223372036854775808 to "
	  "9223372036854775807",
	  NULL },
	{ MR_FAULT_FLOAT_TYPE, NULL, "float_type",
	  "Input should be a valid number", NULL },
	{ MR_FAULT_FLOAT_PARSING, NULL, "float_parsing",
	  "Input should be a valid number, unable to parse it as one", NULL },
	{ MR_FAULT_FINITE, NULL, "finite_number",
	  "Input should be a finite number", NULL },
	{ MR_FAULT_BOOL_TYPE, NULL, "bool_type",
	  "Input should be a valid boolean", NULL },
	{ MR_FAULT_BOOL_PARSING, NULL, "bool_parsing",
	  "Input should be true or false", NULL },
	{ MR_FAULT_STRING_TYPE, NULL, "string_type",
	  "Input should be a valid string", NULL },
	{ MR_FAULT_TIME, NULL, "datetime_parsing",
	  "Input should be a time such as 2030-01-31T12:00:00Z, or a date as "
	  "HTTP writes it",
	  NULL },
	{ MR_FAULT_LIST_TYPE, NULL, "list_type", "Input should be a valid list",
	  NULL },
	{ MR_FAULT_CHOICE, "'red' or '\"%s\"'", "enum",
	  "Input should be 'red' or '\"%s\"'",
	  "{\"expected\":\"'red' or '\\\"%s\\\"'\"}" },
	{ MR_FAULT_BYTES_TYPE, NULL, "bytes_type",
	  "Input should be a string of base64", NULL },
	{ MR_FAULT_BASE64, NULL, "base64_decode",
	  "Input should be base64 with padding and nothing else", NULL },
	{ MR_FAULT_ARRAY_DTYPE, "int64", "array_dtype",
	  "Array should be of a type that becomes int64 without loss",
	  "{\"expected\":\"int64\"}" },
	{ MR_FAULT_ARRAY_ORDER, NULL, "array_order",
	  "Array should be in C order", NULL },
};

START_TEST(test_fault_is_told_by_type_sentence_and_context)
{
	cJSON *document, *error, *ctx;
	char *printed;

	mr_fault_add(&faults, kinds[_i].kind, &body, kinds[_i].detail);
	document = described();
	error = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "errors"), 0);
	ck_assert_pstr_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(error, "type")),
	    kinds[_i].type);
	ck_assert_pstr_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(error, "msg")),
	    kinds[_i].msg);
	ctx = cJSON_GetObjectItem(error, "ctx");
	printed = ctx == NULL ? NULL : cJSON_PrintUnformatted(ctx);
	ck_assert_pstr_eq(printed, kinds[_i].ctx);
	cJSON_free(printed);
	cJSON_Delete(document);
}
END_TEST

static const struct {
	enum mr_fault_kind kind;
	long double bound;
	const char *error;
} bounds[] = {
	{ MR_FAULT_LOW, 0,
	  "\"type\":\"greater_than_equal\",\"msg\":\"Input should be greater "
	  "than or equal to 0\",\"ctx\":{\"ge\":0}" },
	{ MR_FAULT_HIGH, INT64_MAX,
	  "\"type\":\"less_than_equal\",\"msg\":\"Input should be less than or "
	  "equal to 9223372036854775807\",\"ctx\":{\"le\":9223372036854775807}" },
	{ MR_FAULT_LOW, INT64_MIN,
	  "\"type\":\"greater_than_equal\",\"msg\":\"Input should be greater "
	  "than or equal to -9223372036854775808\","
	  "\"ctx\":{\"ge\":-9223372036854775808}" },
	{ MR_FAULT_HIGH, 0.1,
	  "\"type\":\"less_than_equal\",\"msg\":\"Input should be less than or "
	  "equal to 0.1\",\"ctx\":{\"le\":0.1}" },
	{ MR_FAULT_HIGH, 0x1p63,
	  "\"type\":\"less_than_equal\",\"msg\":\"Input should be less than or "
	  "equal to 9223372036854775808\",\"ctx\":{\"le\":9223372036854775808}" },
	{ MR_FAULT_LOW, -1e300,
	  "\"type\":\"greater_than_equal\",\"msg\":\"Input should be greater "
	  "than or equal to -1e+300\",\"ctx\":{\"ge\":-1e+300}" },
	{ MR_FAULT_STRING_SHORT, 2,
	  "\"type\":\"string_too_short\",\"msg\":\"String should have at least "
	  "2 characters\",\"ctx\":{\"min_length\":2}" },
	{ MR_FAULT_STRING_LONG, 4,
	  "\"type\":\"string_too_long\",\"msg\":\"String should have at most 4 "
	  "characters\",\"ctx\":{\"max_length\":4}" },
	{ MR_FAULT_LIST_SHORT, 1,
	  "\"type\":\"too_short\",\"msg\":\"List should have at least 1 "
	  "items\",\"ctx\":{\"min_length\":1}" },
	{ MR_FAULT_LIST_LONG, 2000000,
	  "\"type\":\"too_long\",\"msg\":\"List should have at most 2000000 "
	  "items\",\"ctx\":{\"max_length\":2000000}" },
	{ MR_FAULT_BYTES_SHORT, 2,
	  "\"type\":\"bytes_too_short\",\"msg\":\"Data should have at least "
	  "2 bytes\",\"ctx\":{\"min_length\":2}" },
	{ MR_FAULT_BYTES_LONG, 6,
	  "\"type\":\"bytes_too_long\",\"msg\":\"Data should have at most 6 "
	  "bytes\",\"ctx\":{\"max_length\":6}" },
	{ MR_FAULT_ROW_LENGTH, 3,
	  "\"type\":\"row_length\",\"msg\":\"Row should have 3 items, as one "
	  "before it has\",\"ctx\":{\"length\":3}" },
	{ MR_FAULT_QUOTED, 255,
	  "\"type\":\"string_pattern_mismatch\",\"msg\":\"String should be 1 "
	  "to 255 visible characters in double quotes\",\"ctx\":{"
	  "\"max_length\":255}" },
	{ MR_FAULT_ARRAY_DIMENSIONS, 2,
	  "\"type\":\"array_dimensions\",\"msg\":\"Array should have 2 "
	  "dimensions\",\"ctx\":{\"dimensions\":2}" },
	{ MR_FAULT_DATA_LENGTH, 8,
	  "\"type\":\"data_length\",\"msg\":\"Data should have a multiple of "
	  "8 bytes\",\"ctx\":{\"multiple_of\":8}" },
};

START_TEST(test_bound_is_told_exactly)
{
	mr_fault_add_bound(&faults, bounds[_i].kind, &body, bounds[_i].bound);
	ck_assert_ptr_nonnull(strstr(faults_text(&faults), bounds[_i].error));
}
END_TEST

START_TEST(test_every_kind_is_tested_here)
{
	bool seen[MR_FAULT_COUNT] = { false };

	for (size_t i = 0; i < N(kinds); i++)
		seen[kinds[i].kind] = true;
	for (size_t i = 0; i < N(bounds); i++)
		seen[bounds[i].kind] = true;
	for (int kind = 0; kind < MR_FAULT_COUNT; kind++)
		ck_assert_msg(seen[kind], "kind %d has no row", kind);
}
END_TEST

START_TEST(test_no_fault_is_an_empty_list)
{
	ck_assert_str_eq(faults_text(&faults), "{\"errors\":[]}");
	ck_assert_uint_eq(faults.count, 0);
}
END_TEST

START_TEST(test_place_is_told_from_the_outside_in)
{
	const struct mr_place list = { &body, { "numbers", 7 }, 0 };
	const struct mr_place element = { &list, { NULL, 0 }, 1999999 };

	mr_fault_add(&faults, MR_FAULT_INT_TYPE, &element, NULL);
	mr_fault_add(&faults, MR_FAULT_MISSING, &list, NULL);
	mr_fault_add(&faults, MR_FAULT_OBJECT_TYPE, &body, NULL);
	mr_fault_add(&faults, MR_FAULT_OBJECT_TYPE, NULL, NULL);
	ck_assert_str_eq(faults_text(&faults),
	                 "{\"errors\":["
	                 "{\"loc\":[\"body\",\"numbers\",1999999],"
	                 "\"type\":\"int_type\","
	                 "\"msg\":\"Input should be a valid integer\"},"
	                 "{\"loc\":[\"body\",\"numbers\"],"
	                 "\"type\":\"missing\",\"msg\":\"Field required\"},"
	                 "{\"loc\":[\"body\"],"
	                 "\"type\":\"model_attributes_type\","
	                 "\"msg\":\"Input should be a valid object\"},"
	                 "{\"loc\":[],"
	                 "\"type\":\"model_attributes_type\","
	                 "\"msg\":\"Input should be a valid object\"}]}");
}
END_TEST

START_TEST(test_place_and_detail_are_copied)
{
	char name[] = "nmae", detail[] = "name";
	struct mr_place place = { &body, TEXT(name), 0 };

	mr_fault_add(&faults, MR_FAULT_MISNAMED, &place, detail);
	memset(name, 'x', 4);
	memset(detail, 'y', 4);
	memset(&place, 0xFF, sizeof(place));
	ck_assert_str_eq(faults_line(&faults), "body.nmae extra_forbidden");
	ck_assert_ptr_nonnull(strstr(faults_text(&faults), "'name'"));
}
END_TEST

START_TEST(test_name_may_be_empty_or_hold_a_nul)
{
	const struct mr_place empty = { &body, { "", 0 }, 7 };
	const struct mr_place nul = { &body, { "a\0b", 3 }, 7 };

	mr_fault_add(&faults, MR_FAULT_EXTRA, &empty, NULL);
	mr_fault_add(&faults, MR_FAULT_EXTRA, &nul, NULL);
	ck_assert_str_eq(faults_line(&faults),
	                 "body. extra_forbidden; body.a\\u0000b extra_forbidden");
}
END_TEST

/* A long name is cut, but never within a character. */
static const char *const characters[] = { "x", "\xC3\xA9", "\xE2\x82\xAC",
	                                  "\xF0\x9F\x98\x80" };

static const char *
told_name(const char *name)
{
	const struct mr_place place = { &body, TEXT(name), 0 };
	cJSON *document, *loc;
	const char *told;

	faults = (struct mr_faults){ .arena = arena };
	mr_fault_add(&faults, MR_FAULT_EXTRA, &place, NULL);
	document = described();
	loc = cJSON_GetObjectItem(
	    cJSON_GetArrayItem(cJSON_GetObjectItem(document, "errors"), 0),
	    "loc");
	told = cJSON_GetStringValue(cJSON_GetArrayItem(loc, 1));
	told = mr_arena_copy(arena, told, strlen(told));
	cJSON_Delete(document);
	return told;
}

START_TEST(test_long_name_is_cut_between_characters)
{
	char name[600];
	const char *told, *end;
	size_t length;

	for (size_t plain = 230; plain < 265; plain++) {
		memset(name, 'a', plain);
		name[plain] = '\0';
		for (int i = 0; i < 10; i++)
			strcat(name, characters[_i]);
		told = told_name(name);
		length = strlen(told);
		end = told + length;
		ck_assert_mem_eq(told, name, length);
		ck_assert_uint_gt(length, 200);
		ck_assert_msg(mr_utf8_check(told, end) == end,
		              "a name is cut within a character");
	}
}
END_TEST

START_TEST(test_name_that_fits_is_told_whole)
{
	char name[201] = "";

	while (strlen(name) + strlen(characters[_i]) < sizeof(name))
		strcat(name, characters[_i]);
	ck_assert_str_eq(told_name(name), name);
}
END_TEST

START_TEST(test_very_long_name_with_nuls_is_cut)
{
	static char name[100000];
	const struct mr_place place = { &body, { name, sizeof(name) }, 0 };

	mr_fault_add(&faults, MR_FAULT_EXTRA, &place, NULL);
	ck_assert_uint_lt(strlen(faults_text(&faults)), 1000);
	ck_assert_ptr_nonnull(strstr(faults_line(&faults), "\\u0000\\u0000"));
}
END_TEST

static const struct {
	size_t count, listed;
	bool truncated;
} amounts[] = {
	{ 1, 1, false },
	{ MR_FAULTS_LISTED - 1, MR_FAULTS_LISTED - 1, false },
	{ MR_FAULTS_LISTED, MR_FAULTS_LISTED, false },
	{ MR_FAULTS_LISTED + 1, MR_FAULTS_LISTED, true },
	{ 100000, MR_FAULTS_LISTED, true },
};

START_TEST(test_more_than_are_listed_are_counted)
{
	cJSON *document, *truncated;

	for (size_t i = 0; i < amounts[_i].count; i++) {
		const struct mr_place place = { &body, { NULL, 0 }, i };

		mr_fault_add(&faults, MR_FAULT_INT_TYPE, &place, NULL);
	}
	ck_assert_uint_eq(faults.count, amounts[_i].count);
	document = described();
	ck_assert_int_eq(
	    cJSON_GetArraySize(cJSON_GetObjectItem(document, "errors")),
	    (int)amounts[_i].listed);
	truncated = cJSON_GetObjectItem(document, "truncated");
	if (amounts[_i].truncated)
		ck_assert(cJSON_IsTrue(truncated));
	else
		ck_assert_ptr_null(truncated);
	cJSON_Delete(document);
}
END_TEST

static void
begin(void)
{
	faults = (struct mr_faults){ .arena = arena };
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_loop_test(tc, test_fault_is_told_by_type_sentence_and_context,
	                    0, N(kinds));
	tcase_add_loop_test(tc, test_bound_is_told_exactly, 0, N(bounds));
	tcase_add_test(tc, test_every_kind_is_tested_here);
	tcase_add_test(tc, test_no_fault_is_an_empty_list);
	tcase_add_test(tc, test_place_is_told_from_the_outside_in);
	tcase_add_test(tc, test_place_and_detail_are_copied);
	tcase_add_test(tc, test_name_may_be_empty_or_hold_a_nul);
	tcase_add_loop_test(tc, test_long_name_is_cut_between_characters, 0,
	                    N(characters));
	tcase_add_loop_test(tc, test_name_that_fits_is_told_whole, 0,
	                    N(characters));
	tcase_add_test(tc, test_very_long_name_with_nuls_is_cut);
	tcase_add_loop_test(tc, test_more_than_are_listed_are_counted, 0,
	                    N(amounts));
}

UNIT_MAIN("fault", add_tests)
