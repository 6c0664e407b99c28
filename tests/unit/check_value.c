/*
 * check_value.c: that every kind is read by its own reader, what is null or
 * not given, and defaults.  What the readers do is tested beside them.
 */
#include "schema/value.h"

#include "reading.h"
#include "unit.h"

enum colour { RED, GREEN };

struct inner {
	struct mr_string name;
	MR_ARRAY(struct point) none;
};
struct point {
	double x;
};

struct record {
	int64_t int64;
	double number;
	bool flag;
	struct mr_string text;
	enum colour colour;
	struct mr_bytes bytes;
	struct mr_int64s int64s;
	struct mr_doubles doubles;
	struct mr_matrix matrix;
	struct inner object;
	MR_ARRAY(struct point) objects;
	bool given;
};

static const struct mr_field point[] = {
	MR_PARAM(struct point, x, "t", MR_RANGE(0, 1)),
};
static const struct mr_field inner[] = {
	MR_OPTIONAL(struct inner, name, "t", MR_LENGTH(0, 9), "\"\""),
	MR_OBJECTS(struct inner, none, "t", point, MR_LENGTH(0, 9),
	           .default_value = "[]"),
};

/* A row of each kind; others with attributes of their own. */
#define ROWS(...)                                                              \
	{                                                                      \
		[MR_KIND_INT64] = MR_FIELD(struct record, int64, "t",          \
		                           .bounds = MR_RANGE(0, 9),           \
		                           __VA_ARGS__),                       \
		[MR_KIND_DOUBLE] = MR_FIELD(struct record, number, "t",        \
		                            .bounds = MR_RANGE(0, 9),          \
		                            __VA_ARGS__),                      \
		[MR_KIND_BOOL] = MR_FIELD(struct record, flag, "t",            \
		                          .bounds = MR_EITHER, __VA_ARGS__),   \
		[MR_KIND_STRING] = MR_FIELD(struct record, text, "t",          \
		                            .bounds = MR_LENGTH(0, 9),         \
		                            __VA_ARGS__),                      \
		[MR_KIND_CHOICE] = MR_FIELD(                                   \
		    struct record, colour, "t",                                \
		    .bounds = MR_CHOICES("red", "green"), __VA_ARGS__),        \
		[MR_KIND_BYTES] = MR_FIELD(struct record, bytes, "t",          \
		                           .bounds = MR_LENGTH(0, 9),          \
		                           __VA_ARGS__),                       \
		[MR_KIND_INT64S] = MR_FIELD(struct record, int64s, "t",        \
		                            .bounds = MR_ITEMS(0, 9, 0, 9),    \
		                            __VA_ARGS__),                      \
		[MR_KIND_DOUBLES] = MR_FIELD(struct record, doubles, "t",      \
		                             .bounds = MR_ITEMS(0, 9, 0, 9),   \
		                             __VA_ARGS__),                     \
		[MR_KIND_MATRIX] = MR_FIELD(                                   \
		    struct record, matrix, "t",                                \
		    .bounds = MR_MATRIX(MR_ROWS(0, 9), MR_COLUMNS(0, 9), 0, 9),\
		    __VA_ARGS__),                                              \
		[MR_KIND_OBJECT] = MR_OBJECT(struct record, object, "t",       \
		                             inner, __VA_ARGS__),              \
		[MR_KIND_OBJECTS] = MR_OBJECTS(                                \
		    struct record, objects, "t", point,                        \
		    MR_LENGTH(0, 9), __VA_ARGS__),                   \
	}
static const struct mr_field record[] = ROWS(.example = NULL);
static const struct mr_field or_null[] =
    ROWS(MR_OR_NULL(struct record, given));
static const struct mr_field or_absent[] =
    ROWS(MR_OR_ABSENT(struct record, given));

static const struct mr_shape shape = MR_SHAPE(record);

static struct record got;

static struct mr_target
target_of(int row)
{
	return reading_target(&shape, row, &got);
}

/* Of each kind: */
static const struct {
	const char *json;    /* a value of that kind and no other */
	const char *null;    /* the fault of a null */
	const char *text;    /* a value as a query parameter; NULL: none */
	bool takes_texts;    /* any number of parameters */
} kinds[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = { "3", "x int_type", "3" },
	[MR_KIND_DOUBLE] = { "0.5", "x float_type", "0.5" },
	[MR_KIND_BOOL] = { "true", "x bool_type", "true" },
	[MR_KIND_STRING] = { "\"null\"", "x string_type", "null" },
	[MR_KIND_CHOICE] = { "\"green\"", "x enum", "green" },
	[MR_KIND_BYTES] = { "\"AAA=\"", "x bytes_type", "AAA=" },
	[MR_KIND_INT64S] = { "[3]", "x list_type", "3", true },
	[MR_KIND_DOUBLES] = { "[0.5]", "x list_type", "0.5", true },
	[MR_KIND_MATRIX] = { "[[0.5]]", "x list_type", NULL },
	[MR_KIND_OBJECT] = { "{\"name\":\"n\"}", "x model_attributes_type",
	                     NULL },
	[MR_KIND_OBJECTS] = { "[{\"x\":0.5}]", "x list_type", NULL },
};

/* Only the member of the row's kind is touched. */
static void
assert_value(int kind)
{
	ck_assert_int_eq(got.int64, kind == MR_KIND_INT64 ? 3 : 0);
	ck_assert(got.number == (kind == MR_KIND_DOUBLE ? 0.5 : 0));
	ck_assert_int_eq(got.flag, kind == MR_KIND_BOOL);
	ck_assert_uint_eq(got.text.length, kind == MR_KIND_STRING ? 4 : 0);
	ck_assert_int_eq(got.colour, kind == MR_KIND_CHOICE ? GREEN : RED);
	ck_assert_uint_eq(got.bytes.length, kind == MR_KIND_BYTES ? 2 : 0);
	ck_assert_uint_eq(got.int64s.length, kind == MR_KIND_INT64S);
	ck_assert_uint_eq(got.doubles.length, kind == MR_KIND_DOUBLES);
	ck_assert_uint_eq(got.matrix.rows, kind == MR_KIND_MATRIX);
	ck_assert_uint_eq(got.matrix.columns, kind == MR_KIND_MATRIX);
	ck_assert_uint_eq(got.object.name.length, kind == MR_KIND_OBJECT);
	ck_assert_uint_eq(got.objects.length, kind == MR_KIND_OBJECTS);
}

START_TEST(test_each_kind_is_read)
{
	ck_assert_str_eq(reading_json(target_of(_i), TEXT(kinds[_i].json)), "");
	assert_value(_i);
}
END_TEST

START_TEST(test_null_is_a_fault_where_it_is_not_allowed)
{
	struct mr_target target = target_of(_i);

	reading_json(target, TEXT("null"));
	ck_assert_str_eq(faults_line(&faults), kinds[_i].null);
	target = target_of(_i);
	target.field = &or_absent[_i];
	reading_json(target, TEXT(" null "));
	ck_assert_str_eq(faults_line(&faults), kinds[_i].null);
}
END_TEST

START_TEST(test_null_is_not_given_where_it_is_allowed)
{
	struct mr_target target = target_of(_i);

	target.field = &or_null[_i];
	got.given = true;
	ck_assert_str_eq(reading_json(target, TEXT(" null ")), "");
	ck_assert(!got.given);
	assert_value(-1);
}
END_TEST

static const struct mr_field *const flagged[] = { or_null, or_absent };

START_TEST(test_value_is_given)
{
	for (size_t i = 0; i < N(flagged); i++) {
		struct mr_target target = target_of(_i);

		target.field = &flagged[i][_i];
		ck_assert_str_eq(reading_json(target, TEXT(kinds[_i].json)),
		                 "");
		ck_assert(got.given);
		assert_value(_i);
	}
}
END_TEST

START_TEST(test_row_without_a_flag_has_none_to_set)
{
	struct mr_target target = target_of(_i);

	mr_value_set_given(&target, true);
	assert_value(-1);
	target.field = &or_null[_i];
	mr_value_set_given(&target, true);
	ck_assert(got.given);
	assert_value(-1);
	mr_value_set_given(&target, false);
	ck_assert(!got.given);
}
END_TEST

START_TEST(test_word_that_only_begins_like_null_is_malformed)
{
	struct mr_target target = target_of(_i);
	struct mr_json json;

	target.field = &or_null[_i];
	mr_json_start(&json, guarded(TEXT("nulL")), arena);
	mr_value_read(&target, &json);
	ck_assert_int_eq(json.err, MR_SYNTAX);
	ck_assert_uint_eq(json.offset, 0);
}
END_TEST

START_TEST(test_each_kind_is_parsed)
{
	struct mr_target target = target_of(_i);
	struct mr_string text;

	if (kinds[_i].text == NULL)
		return;
	text = TEXT(kinds[_i].text);
	ck_assert_str_eq(reading_texts(target, &text, 1), "");
	assert_value(_i);
	target = target_of(_i);
	target.field = &or_null[_i];
	ck_assert_str_eq(reading_texts(target, &text, 1), "");
	ck_assert(got.given);
}
END_TEST

START_TEST(test_repeated_parameter_is_a_fault_where_one_is_taken)
{
	struct mr_target target = target_of(_i);
	struct mr_string texts[2];

	if (kinds[_i].text == NULL)
		return;
	texts[0] = texts[1] = TEXT(kinds[_i].text);
	ck_assert_str_eq(reading_texts(target, texts, 2),
	                 kinds[_i].takes_texts ? "" : "x repeated");
}
END_TEST

/* Malformed text wins, whatever the kind and whatever came before. */
static const struct {
	enum mr_kind kind;
	const char *text;
	size_t offset;
} malformed[] = {
	{ MR_KIND_INT64, "01", 0 },
	{ MR_KIND_INT64, "1.", 2 },
	{ MR_KIND_INT64, "-", 1 },
	{ MR_KIND_INT64, "nul", 0 },
	{ MR_KIND_INT64, "\"\\x\"", 1 },
	{ MR_KIND_INT64, "[1,]", 3 },
	{ MR_KIND_DOUBLE, "1e", 2 },
	{ MR_KIND_DOUBLE, "+1", 0 },
	{ MR_KIND_BOOL, "tru", 0 },
	{ MR_KIND_BOOL, "\"", 1 },
	{ MR_KIND_STRING, "\"a\n\"", 2 },
	{ MR_KIND_STRING, "\"\\uD800\"", 1 },
	{ MR_KIND_CHOICE, "\"red", 4 },
	{ MR_KIND_CHOICE, "\"re\\d\"", 3 },
	{ MR_KIND_CHOICE, "[\"red\"", 6 },
	{ MR_KIND_BYTES, "\"AAA", 4 },
	{ MR_KIND_BYTES, "\"AA\nA\"", 3 },
	{ MR_KIND_BYTES, "{\"a\":}", 5 },
	{ MR_KIND_INT64S, "[1,2", 4 },
	{ MR_KIND_INT64S, "[1,]", 3 },
	{ MR_KIND_INT64S, "[null,01]", 6 },
	{ MR_KIND_INT64S, "[1 2]", 3 },
	{ MR_KIND_INT64S, "[1,2,3,4,5,6,7,8,9,10,x]", 22 },
	{ MR_KIND_DOUBLES, "[1,2}", 4 },
	{ MR_KIND_DOUBLES, "{\"a\":1,\"a\":2}", 7 },
	{ MR_KIND_DOUBLES, "[.5]", 1 },
	{ MR_KIND_MATRIX, "[[1],[2]", 8 },
	{ MR_KIND_MATRIX, "[[1],[2,]]", 8 },
	{ MR_KIND_MATRIX, "[[1][2]]", 4 },
	{ MR_KIND_MATRIX, "[[\"a\",01]]", 6 },
	{ MR_KIND_MATRIX, "[1,{\"a\":1,\"a\":2}]", 10 },
	{ MR_KIND_OBJECT, "{\"name\":\"n\"", 11 },
	{ MR_KIND_OBJECT, "{\"name\":\"n\",}", 12 },
	{ MR_KIND_OBJECT, "{\"name\":1,\"name\":\"n\"}", 10 },
	{ MR_KIND_OBJECT, "{\"name\":\"n\",\"n\\u0061me\":\"n\"}", 12 },
	{ MR_KIND_OBJECT, "{\"z\":1,\"none\":[],\"\\u007a\":1}", 17 },
	{ MR_KIND_OBJECT, "[{]", 2 },
	{ MR_KIND_OBJECTS, "[{\"x\":1},{\"x\":1,\"x\":1}]", 16 },
	{ MR_KIND_OBJECTS, "[{\"x\":9,\"y\":1,\"y\":1}]", 14 },
	{ MR_KIND_OBJECTS, "[{\"x\":9},]", 9 },
	{ MR_KIND_OBJECTS, "[{},{},{},{},{},{},{},{},{},{},{},{]", 35 },
	{ MR_KIND_OBJECTS, "[{\"x\":[}]", 7 },
};

START_TEST(test_malformed_json_is_an_error_of_the_cursor)
{
	struct mr_target target = target_of(malformed[_i].kind);
	struct mr_json json;

	mr_json_start(&json, guarded(TEXT(malformed[_i].text)), arena);
	mr_value_read(&target, &json);
	ck_assert_int_eq(json.err, MR_SYNTAX);
	ck_assert_msg(json.offset == malformed[_i].offset, "byte %zu: %s",
	              json.offset, json.reason);
}
END_TEST

START_TEST(test_deep_value_is_refused)
{
	char text[200] = "";
	struct mr_target target = target_of(_i);
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

	memset(&got, 0, sizeof(got));
	for (int row = 0; row < MR_KIND_COUNT; row++) {
		target = (struct mr_target){ .field = &record[row] };
		target.member = (char *)&got + record[row].offset;
		mr_value_clear(&target);
	}
	assert_value(-1);
	ck_assert_str_eq(got.text.data, "");
	ck_assert_ptr_nonnull(got.bytes.data);
	ck_assert_ptr_nonnull(got.int64s.data);
	ck_assert_ptr_nonnull(got.doubles.data);
	ck_assert_ptr_nonnull(got.matrix.data);
	ck_assert_str_eq(got.object.name.data, "");
	ck_assert_ptr_nonnull(got.object.none.data);
	ck_assert_ptr_nonnull(got.objects.data);
}
END_TEST

START_TEST(test_preset_is_a_value_of_each_kind)
{
	memset(&got, 0, sizeof(got));
	ck_assert_int_eq(
	    mr_value_preset(&record[_i], &got, kinds[_i].json, arena), MR_OK);
	assert_value(_i);
	ck_assert(!got.given);
	ck_assert_int_eq(
	    mr_value_preset(&or_null[_i], &got, kinds[_i].json, arena), MR_OK);
	ck_assert(got.given);
	ck_assert_int_eq(mr_value_preset(&or_null[_i], &got, "null", arena),
	                 MR_OK);
	ck_assert(!got.given);
	ck_assert_int_eq(mr_value_preset(&record[_i], &got, "null", arena),
	                 MR_INVALID);
}
END_TEST

static const struct {
	enum mr_kind kind;
	const char *text;
} unfit_presets[] = {
	{ MR_KIND_INT64, "10" },
	{ MR_KIND_INT64, "5," },
	{ MR_KIND_INT64, "" },
	{ MR_KIND_INT64, "5 5" },
	{ MR_KIND_INT64, "1.0" },
	{ MR_KIND_DOUBLE, "nan" },
	{ MR_KIND_BOOL, "yes" },
	{ MR_KIND_STRING, "text" },
	{ MR_KIND_CHOICE, "\"blue\"" },
	{ MR_KIND_BYTES, "\"A\"" },
	{ MR_KIND_INT64S, "[1,10]" },
	{ MR_KIND_DOUBLES, "[1" },
	{ MR_KIND_MATRIX, "[[1],[]]" },
	{ MR_KIND_OBJECT, "{\"name\":\"0123456789\"}" },
	{ MR_KIND_OBJECT, "{\"mane\":\"\"}" },
	{ MR_KIND_OBJECT, "{\"name\":\"\",\"name\":\"\"}" },
	{ MR_KIND_OBJECTS, "[{\"x\":2}]" },
	{ MR_KIND_OBJECTS, "[{}]" },
};

START_TEST(test_preset_is_judged_as_an_input)
{
	const struct mr_field *row = &record[unfit_presets[_i].kind];

	ck_assert_int_eq(
	    mr_value_preset(row, &got, unfit_presets[_i].text, arena),
	    MR_INVALID);
}
END_TEST

START_TEST(test_want_of_memory_is_told_of_a_preset)
{
	static char text[10000002];
	const struct mr_field row = MR_FIELD(
	    struct record, text, "t", .bounds = MR_LENGTH(0, sizeof(text)));

	memset(text, 'x', sizeof(text) - 1);
	text[0] = text[sizeof(text) - 2] = '"';
	starve(true);
	ck_assert_int_eq(mr_value_preset(&row, &got, text, arena), MR_MEMORY);
	starve(false);
	ck_assert_int_eq(mr_value_preset(&row, &got, text, arena), MR_OK);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_each_kind_is_read, 0, MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_null_is_a_fault_where_it_is_not_allowed, 0,
	                    MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_null_is_not_given_where_it_is_allowed, 0,
	                    MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_value_is_given, 0, MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_row_without_a_flag_has_none_to_set, 0,
	                    MR_KIND_COUNT);
	tcase_add_loop_test(tc,
	                    test_word_that_only_begins_like_null_is_malformed,
	                    0, MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_each_kind_is_parsed, 0, MR_KIND_COUNT);
	tcase_add_loop_test(
	    tc, test_repeated_parameter_is_a_fault_where_one_is_taken, 0,
	    MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_malformed_json_is_an_error_of_the_cursor, 0,
	                    N(malformed));
	tcase_add_loop_test(tc, test_deep_value_is_refused, 0, MR_KIND_COUNT);
	tcase_add_test(tc, test_clear_points_at_nothing_but_not_at_null);
	tcase_add_loop_test(tc, test_preset_is_a_value_of_each_kind, 0,
	                    MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_preset_is_judged_as_an_input, 0,
	                    N(unfit_presets));
	if (CAN_STARVE)
		tcase_add_test(tc, test_want_of_memory_is_told_of_a_preset);
}

UNIT_MAIN("value", add_tests)
