/*
 * check_encode.c: records to JSON, and the results that JSON cannot say.
 */
#include "schema/encode.h"

#include "schema/decode.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>

struct record {
	int64_t whole;
	double number, maybe;
	bool flag;
	struct mr_string text;
	struct mr_int64s wholes;
	struct mr_doubles numbers, maybes;
};

static const struct mr_field rows[] = {
	MR_RESULT(struct record, whole, "t"),
	MR_RESULT(struct record, number, "t"),
	MR_RESULT(struct record, maybe, "t", .null_if_not_finite = true),
	MR_RESULT(struct record, flag, "t"),
	MR_RESULT(struct record, text, "t"),
	MR_RESULT(struct record, wholes, "t"),
	MR_RESULT(struct record, numbers, "t"),
	MR_RESULT(struct record, maybes, "t", .null_if_not_finite = true),
};
static const struct mr_shape shape = { rows, N(rows), sizeof(struct record) };

static struct record record;
static struct mr_buffer json;
static const char *culprit;

/* The rows of one member only, and its text. */
static const char *
encode_row(int row)
{
	struct mr_shape one = { &rows[row], 1, sizeof(struct record) };

	json = (struct mr_buffer){ .arena = arena };
	culprit = NULL;
	if (mr_encode_json(&one, &record, &json, &culprit) != MR_OK)
		return NULL;
	mr_buffer_putc(&json, '\0');
	return json.data;
}

START_TEST(test_record_is_written_compactly_and_in_order)
{
	static const int64_t wholes[] = { 1, -2, INT64_MIN };
	static const double numbers[] = { 0.5 };

	record = (struct record){ INT64_MAX, 0.1, -0.0, true, BYTES("t"),
		                  { wholes, 3 }, { numbers, 1 }, { NULL, 0 } };
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit), MR_OK);
	mr_buffer_putc(&json, '\0');
	ck_assert_str_eq(json.data,
	                 "{\"whole\":9223372036854775807,\"number\":0.1,"
	                 "\"maybe\":-0,\"flag\":true,\"text\":\"t\","
	                 "\"wholes\":[1,-2,-9223372036854775808],"
	                 "\"numbers\":[0.5],\"maybes\":[]}");
}
END_TEST

START_TEST(test_untouched_record_is_written)
{
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit), MR_OK);
	mr_buffer_putc(&json, '\0');
	ck_assert_str_eq(json.data,
	                 "{\"whole\":0,\"number\":0,\"maybe\":0,\"flag\":false,"
	                 "\"text\":\"\",\"wholes\":[],\"numbers\":[],"
	                 "\"maybes\":[]}");
}
END_TEST

START_TEST(test_no_rows_are_an_empty_object)
{
	static const struct mr_field none[] = { { .name = NULL } };
	const struct mr_shape empty = { none, 1, 1 };

	ck_assert_int_eq(mr_encode_json(&empty, &record, &json, &culprit), MR_OK);
	ck_assert_uint_eq(json.length, 2);
	ck_assert_mem_eq(json.data, "{}", 2);
}
END_TEST

START_TEST(test_object_is_appended)
{
	static const struct mr_field none[] = { { .name = NULL } };
	const struct mr_shape empty = { none, 1, 1 };

	mr_buffer_puts(&json, "before ");
	ck_assert_int_eq(mr_encode_json(&empty, &record, &json, &culprit), MR_OK);
	ck_assert_uint_eq(json.length, 9);
	ck_assert_mem_eq(json.data, "before {}", 9);
}
END_TEST

static const struct {
	struct mr_string text;
	const char *json;
} strings[] = {
	{ BYTES(""), "\"\"" },
	{ BYTES("plain/\x7F"), "\"plain/\x7F\"" },
	{ BYTES("\"\\"), "\"\\\"\\\\\"" },
	{ BYTES("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"" },
	{ BYTES("\0"), "\"\\u0000\"" },
	{ BYTES("a\0b\x01\x1F"), "\"a\\u0000b\\u0001\\u001f\"" },
	{ BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
	  "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"" },
	{ BYTES("</script>\xE2\x80\xA8"), "\"</script>\xE2\x80\xA8\"" },
};

START_TEST(test_string_is_escaped_where_it_must_be)
{
	char expected[100];

	record.text = guarded(strings[_i].text);
	snprintf(expected, sizeof(expected), "{\"text\":%s}", strings[_i].json);
	ck_assert_pstr_eq(encode_row(4), expected);
}
END_TEST

START_TEST(test_every_control_character_is_escaped)
{
	char text[0x20];
	const char *written;

	for (int c = 0; c < 0x20; c++)
		text[c] = (char)c;
	record.text = (struct mr_string){ text, sizeof(text) };
	written = encode_row(4);
	ck_assert_pstr_eq(written,
	                  "{\"text\":\""
	                  "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006"
	                  "\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f"
	                  "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016"
	                  "\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d"
	                  "\\u001e\\u001f\"}");
}
END_TEST

static const struct mr_string invalid[] = {
	BYTES("\xFF"),         BYTES("a\x80"),     BYTES("\xC3"),
	BYTES("\xED\xA0\x80"), BYTES("\xC0\x80"), BYTES("ok\xF4\x90\x80\x80"),
};

START_TEST(test_string_that_is_not_utf8_is_the_culprit)
{
	record.text = guarded(invalid[_i]);
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_RESULT);
	ck_assert_pstr_eq(culprit, "text");
}
END_TEST

static const double not_finite[] = { NAN, INFINITY, -INFINITY };

START_TEST(test_number_that_is_not_finite_is_the_culprit)
{
	record.number = not_finite[_i];
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_RESULT);
	ck_assert_pstr_eq(culprit, "number");
}
END_TEST

START_TEST(test_element_that_is_not_finite_is_the_culprit)
{
	static double numbers[3000];

	numbers[2999] = not_finite[_i];
	record.numbers = (struct mr_doubles){ numbers, 3000 };
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_RESULT);
	ck_assert_pstr_eq(culprit, "numbers[2999]");
}
END_TEST

START_TEST(test_what_is_not_finite_is_null_where_that_is_declared)
{
	const double maybes[] = { 1, not_finite[_i], 2 };

	record.maybe = not_finite[_i];
	record.maybes = (struct mr_doubles){ maybes, 3 };
	ck_assert_pstr_eq(encode_row(2), "{\"maybe\":null}");
	ck_assert_pstr_eq(encode_row(7), "{\"maybes\":[1,null,2]}");
}
END_TEST

/* Around the batches in which lists are written. */
static const size_t lengths[] = { 0, 1, 2, 1023, 1024, 1025, 2048, 5000 };

START_TEST(test_list_of_any_length_is_written)
{
	int64_t wholes[5000];
	struct mr_buffer expected = { .arena = arena };

	mr_buffer_puts(&expected, "{\"wholes\":[");
	for (size_t i = 0; i < lengths[_i]; i++) {
		wholes[i] = INT64_MIN + (int64_t)i;
		mr_buffer_printf(&expected, "%s%lld", i == 0 ? "" : ",",
		                 (long long)wholes[i]);
	}
	mr_buffer_puts(&expected, "]}");
	mr_buffer_putc(&expected, '\0');
	record.wholes = (struct mr_int64s){ wholes, lengths[_i] };
	ck_assert_pstr_eq(encode_row(5), expected.data);
}
END_TEST

START_TEST(test_want_of_memory_is_told)
{
	mr_buffer_room(&json, SIZE_MAX / 2);
	ck_assert_int_eq(mr_encode_json(&shape, &record, &json, &culprit),
	                 MR_MEMORY);
}
END_TEST

/* Choices, bytes, matrices, and objects of all of them in one another. */

enum suit { CLUBS, HEARTS, ODD };
#define SUITS MR_CHOICES("clubs", "hearts", "\"c\xC5\x93ur\\")

struct leaf {
	enum suit suit;
	struct mr_bytes bytes;
	struct mr_matrix matrix, or_nulls;
	struct mr_string text;
	double number;
	double or_null, or_absent, or_nothing;
	bool has_null, has_absent, has_nothing;
};
struct branch {
	struct leaf leaf;
	MR_ARRAY(struct leaf) leaves;
	bool has_leaf, has_leaves;
};
struct tree {
	MR_ARRAY(struct branch) branches;
	struct mr_int64s int64s;
};

/* The rows of an input as well, with which it can be read back. */
#define ANY_MATRIX                                                             \
	MR_MATRIX(MR_ROWS(0, 99), MR_COLUMNS(0, 99), -INFINITY, INFINITY)
#define ANY_NUMBER MR_RANGE(-INFINITY, INFINITY)
static const struct mr_field leaf[] = {
	MR_PARAM(struct leaf, suit, "t", SUITS),
	MR_PARAM(struct leaf, bytes, "t", MR_LENGTH(0, 99)),
	MR_PARAM(struct leaf, matrix, "t", ANY_MATRIX),
	MR_PARAM(struct leaf, or_nulls, "t", ANY_MATRIX,
	         .null_if_not_finite = true),
	MR_PARAM(struct leaf, text, "t", MR_LENGTH(0, 99)),
	MR_PARAM(struct leaf, number, "t", ANY_NUMBER),
	MR_PARAM(struct leaf, or_null, "t", ANY_NUMBER,
	         MR_OR_NULL(struct leaf, has_null)),
	MR_FIELD(struct leaf, or_absent, "t", .bounds = ANY_NUMBER,
	         MR_OR_ABSENT(struct leaf, has_absent)),
	MR_MAYBE(struct leaf, or_nothing, has_nothing, "t", ANY_NUMBER),
};
static const struct mr_field branch[] = {
	MR_OBJECT(struct branch, leaf, "t", leaf,
	          MR_OR_NULL(struct branch, has_leaf)),
	MR_OBJECTS(struct branch, leaves, "t", leaf, MR_LENGTH(0, 99),
	           MR_OR_ABSENT(struct branch, has_leaves)),
};
static const struct mr_field tree[] = {
	MR_OBJECTS(struct tree, branches, "t", branch,
	           MR_LENGTH(0, 99)),
	MR_PARAM(struct tree, int64s, "t",
	         MR_ITEMS(0, 9999, INT64_MIN, INT64_MAX)),
};
static const struct mr_shape leaf_shape = MR_SHAPE(leaf);
static const struct mr_shape tree_shape = MR_SHAPE(tree);

static const char *
encode(const struct mr_shape *of, const void *from)
{
	json = (struct mr_buffer){ .arena = arena };
	ck_assert_int_eq(mr_encode_json(of, from, &json, &culprit), MR_OK);
	ck_assert_str_eq(culprit, "");
	mr_buffer_putc(&json, '\0');
	return json.data;
}

#define EMPTY                                                                  \
	"{\"suit\":\"clubs\",\"bytes\":\"\",\"matrix\":[],\"or_nulls\":[],"  \
	"\"text\":\"\",\"number\":0,\"or_null\":null,\"or_nothing\":null}"

START_TEST(test_what_is_not_given_is_null_or_left_out)
{
	struct leaf empty = { .or_null = 1, .or_absent = 2, .or_nothing = 3 };
	struct branch branch_ = { .leaf = empty, .has_leaves = true };
	struct tree tree_ = { .branches = { &branch_, 1 } };

	ck_assert_str_eq(encode(&leaf_shape, &empty), EMPTY);
	ck_assert_str_eq(encode(&tree_shape, &tree_),
	                 "{\"branches\":[{\"leaf\":null,\"leaves\":[]}],"
	                 "\"int64s\":[]}");
	branch_.has_leaves = false;
	branch_.has_leaf = true;
	ck_assert_str_eq(encode(&tree_shape, &tree_),
	                 "{\"branches\":[{\"leaf\":" EMPTY "}],\"int64s\":[]}");
}
END_TEST

START_TEST(test_row_that_is_left_out_first_leaves_no_comma)
{
	static const struct mr_field rows_[] = {
		MR_RESULT(struct leaf, or_absent, "t",
		          MR_OR_ABSENT(struct leaf, has_absent)),
		MR_RESULT(struct leaf, number, "t"),
		MR_RESULT(struct leaf, or_nothing, "t",
		          MR_OR_ABSENT(struct leaf, has_nothing)),
	};
	const struct mr_shape some = { rows_, 3, sizeof(struct leaf) };
	const struct mr_shape last = { rows_ + 2, 1, sizeof(struct leaf) };
	const struct leaf none = { 0 };

	ck_assert_str_eq(encode(&some, &none), "{\"number\":0}");
	ck_assert_str_eq(encode(&last, &none), "{}");
}
END_TEST

static const double elements[] = { 1, -0.0, 0.5, 5e-324, 1e300, -3 };

START_TEST(test_every_kind_is_written)
{
	const struct leaf full = {
		.suit = ODD,
		.bytes = { (const unsigned char *)"\0\xFF\xFE", 3 },
		.matrix = { elements, 3, 2 },
		.or_nulls = { elements, 2, 3 },
		.text = BYTES("\0"),
		.number = -0.0,
		.or_null = 1,
		.or_absent = 2,
		.or_nothing = 3,
		.has_null = true,
		.has_absent = true,
		.has_nothing = true,
	};

	ck_assert_str_eq(
	    encode(&leaf_shape, &full),
	    "{\"suit\":\"\\\"c\xC5\x93ur\\\\\",\"bytes\":\"AP/+\","
	    "\"matrix\":[[1,-0],[0.5,5e-324],[1e+300,-3]],"
	    "\"or_nulls\":[[1,-0,0.5],[5e-324,1e+300,-3]],"
	    "\"text\":\"\\u0000\",\"number\":-0,\"or_null\":1,"
	    "\"or_absent\":2,\"or_nothing\":3}");
}
END_TEST

static const struct {
	size_t rows, columns;
	const char *json;
} matrices[] = {
	{ 0, 0, "[]" },
	{ 0, 3, "[]" },
	{ 1, 0, "[[]]" },
	{ 3, 0, "[[],[],[]]" },
	{ 1, 1, "[[1]]" },
	{ 1, 2, "[[1,-0]]" },
	{ 2, 1, "[[1],[-0]]" },
};

START_TEST(test_matrix_of_any_form_is_written)
{
	const struct leaf one = { .matrix = { elements, matrices[_i].rows,
		                              matrices[_i].columns } };
	const struct mr_shape matrix = { &leaf[2], 1, sizeof(struct leaf) };
	char expected[100];

	snprintf(expected, sizeof(expected), "{\"matrix\":%s}",
	         matrices[_i].json);
	ck_assert_str_eq(encode(&matrix, &one), expected);
}
END_TEST

START_TEST(test_what_is_not_finite_is_null_in_a_matrix_and_inside)
{
	const double some[] = { not_finite[_i], 1, 2, not_finite[_i] };
	struct leaf leaf_ = { .or_nulls = { some, 2, 2 } };
	const struct branch branches[] = {
		{ .leaf = leaf_, .has_leaf = true },
	};
	const struct tree tree_ = { .branches = { branches, 1 } };

	ck_assert_ptr_nonnull(strstr(encode(&tree_shape, &tree_),
	                             "\"or_nulls\":[[null,1],[2,null]],"));
}
END_TEST

/* One thing that cannot be said, deep inside, and where. */
enum spoiled { SUIT, MATRIX, STRING, NUMBER, OR_NULL };

static const struct {
	enum spoiled what;
	bool in_leaves;
	const char *culprit;
} culprits[] = {
	{ SUIT, false, "branches[1].leaf.suit" },
	{ SUIT, true, "branches[1].leaves[2].suit" },
	{ MATRIX, false, "branches[1].leaf.matrix[2][1]" },
	{ MATRIX, true, "branches[1].leaves[2].matrix[2][1]" },
	{ STRING, false, "branches[1].leaf.text" },
	{ STRING, true, "branches[1].leaves[2].text" },
	{ NUMBER, false, "branches[1].leaf.number" },
	{ NUMBER, true, "branches[1].leaves[2].number" },
	{ OR_NULL, false, "branches[1].leaf.or_null" },
	{ OR_NULL, true, "branches[1].leaves[2].or_null" },
};

static void
spoil(struct leaf *leaf_, enum spoiled what)
{
	static const double bad[] = { 0, 1, 2, 3, 4, NAN };

	switch (what) {
	case SUIT:
		leaf_->suit = ODD + 1;
		break;
	case MATRIX:
		leaf_->matrix = (struct mr_matrix){ bad, 3, 2 };
		break;
	case STRING:
		leaf_->text = (struct mr_string)BYTES("ok\xFF");
		break;
	case NUMBER:
		leaf_->number = -INFINITY;
		break;
	case OR_NULL:
		leaf_->or_null = NAN;
		leaf_->has_null = true;
	}
}

static enum mr_err
encode_spoiled(int row)
{
	struct leaf leaves[4] = { { .number = 0 } };
	struct branch branches[3] = { { .has_leaf = false } };
	const struct tree tree_ = { .branches = { branches, 3 } };

	for (int i = 0; i < 3; i++) {
		branches[i].has_leaf = branches[i].has_leaves = true;
		branches[i].leaves.data = leaves;
	}
	branches[1].leaves.length = 4;
	spoil(culprits[row].in_leaves ? &leaves[2] : &branches[1].leaf,
	      culprits[row].what);
	return mr_encode_json(&tree_shape, &tree_, &json, &culprit);
}

START_TEST(test_culprit_is_found_at_any_depth)
{
	ck_assert_int_eq(encode_spoiled(_i), MR_RESULT);
	ck_assert_pstr_eq(culprit, culprits[_i].culprit);
}
END_TEST

/* Its place cannot be told without memory; it is not told by a lie. */
START_TEST(test_culprit_without_memory_is_want_of_memory)
{
	size_t size = 512;

	ck_assert_ptr_nonnull(mr_buffer_room(&json, 1 << 20));
	starve(true);
	while (mr_arena_alloc(arena, size) != NULL || (size /= 2) > 8)
		continue;
	ck_assert_int_eq(encode_spoiled(_i), MR_MEMORY);
	starve(false);
}
END_TEST

static const unsigned choices[] = { ODD + 1, 1000, UINT32_MAX };

START_TEST(test_choice_without_a_name_is_the_culprit)
{
	const struct leaf one = { .suit = choices[_i] };

	ck_assert_int_eq(mr_encode_json(&leaf_shape, &one, &json, &culprit),
	                 MR_RESULT);
	ck_assert_pstr_eq(culprit, "suit");
}
END_TEST

/* A record of some size: to JSON, back, and to JSON again. */

static struct leaf
grow_leaf(uint64_t *state)
{
	double *data = mr_arena_alloc(arena, 12 * sizeof(*data));
	char *text = mr_arena_alloc(arena, 33);
	uint64_t bits = random_bits(state);

	for (int i = 0; i < 12; i++)
		data[i] = (double)(int64_t)random_bits(state) / (double)bits;
	for (int i = 0; i < 32; i++)
		text[i] = (char)(random_bits(state) % 0x80);
	return (struct leaf){
		.suit = (enum suit)(bits % 3),
		.bytes = { (void *)data, bits / 3 % 90 },
		.matrix = { data, 3, bits / 5 % 5 },
		.or_nulls = { data, bits / 7 % 4, 3 },
		.text = { text, bits / 11 % 33 },
		.number = data[0] * 1e-300,
		.or_null = data[1],
		.or_absent = data[2],
		.or_nothing = data[3],
		.has_null = bits & 1,
		.has_absent = bits & 2,
		.has_nothing = bits & 4,
	};
}

static struct tree
grow_tree(void)
{
	struct branch *branches = mr_arena_alloc(arena, 40 * sizeof(*branches));
	int64_t *int64s = mr_arena_alloc(arena, 5000 * sizeof(*int64s));
	uint64_t state = 3;

	for (int i = 0; i < 5000; i++)
		int64s[i] = (int64_t)(random_bits(&state) >> i % 64);
	for (int i = 0; i < 40; i++) {
		struct leaf *leaves = mr_arena_alloc(arena, 40 * sizeof(*leaves));

		for (int j = 0; j < i; j++)
			leaves[j] = grow_leaf(&state);
		branches[i] = (struct branch){
			.leaf = grow_leaf(&state),
			.leaves = { leaves, (size_t)i },
			.has_leaf = i % 3 > 0,
			.has_leaves = i % 4 > 0,
		};
	}
	return (struct tree){ { branches, 40 }, { int64s, 5000 } };
}

START_TEST(test_what_was_written_is_read_back_the_same)
{
	struct tree tree_ = grow_tree(), again = { .int64s = { NULL, 0 } };
	struct mr_decoding decoding = { .shape = &tree_shape,
		                        .record = &again,
		                        .arena = arena };
	const char *first = encode(&tree_shape, &tree_), *second;

	mr_decode_begin(&decoding);
	ck_assert_int_eq(
	    mr_decode_body(&decoding, guarded(TEXT(first))), MR_OK);
	ck_assert_int_eq(mr_decode_finish(&decoding), MR_OK);
	ck_assert_uint_eq(again.branches.length, 40);
	ck_assert_mem_eq(&again.branches.data[38].leaf.number,
	                 &tree_.branches.data[38].leaf.number, sizeof(double));
	second = encode(&tree_shape, &again);
	ck_assert_uint_gt(strlen(first), 100000);
	ck_assert(strcmp(first, second) == 0);
}
END_TEST

static void
begin(void)
{
	memset(&record, 0, sizeof(record));
	json = (struct mr_buffer){ .arena = arena };
	culprit = NULL;
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_record_is_written_compactly_and_in_order);
	tcase_add_test(tc, test_untouched_record_is_written);
	tcase_add_test(tc, test_no_rows_are_an_empty_object);
	tcase_add_test(tc, test_object_is_appended);
	tcase_add_loop_test(tc, test_string_is_escaped_where_it_must_be, 0,
	                    N(strings));
	tcase_add_test(tc, test_every_control_character_is_escaped);
	tcase_add_loop_test(tc, test_string_that_is_not_utf8_is_the_culprit, 0,
	                    N(invalid));
	tcase_add_loop_test(tc, test_number_that_is_not_finite_is_the_culprit, 0,
	                    N(not_finite));
	tcase_add_loop_test(tc, test_element_that_is_not_finite_is_the_culprit,
	                    0, N(not_finite));
	tcase_add_loop_test(
	    tc, test_what_is_not_finite_is_null_where_that_is_declared, 0,
	    N(not_finite));
	tcase_add_loop_test(tc, test_list_of_any_length_is_written, 0,
	                    N(lengths));
	tcase_add_test(tc, test_want_of_memory_is_told);
	tcase_add_test(tc, test_what_is_not_given_is_null_or_left_out);
	tcase_add_test(tc, test_row_that_is_left_out_first_leaves_no_comma);
	tcase_add_test(tc, test_every_kind_is_written);
	tcase_add_loop_test(tc, test_matrix_of_any_form_is_written, 0,
	                    N(matrices));
	tcase_add_loop_test(
	    tc, test_what_is_not_finite_is_null_in_a_matrix_and_inside, 0,
	    N(not_finite));
	tcase_add_loop_test(tc, test_culprit_is_found_at_any_depth, 0,
	                    N(culprits));
	if (CAN_STARVE)
		tcase_add_loop_test(
		    tc, test_culprit_without_memory_is_want_of_memory, 0,
		    N(culprits));
	tcase_add_loop_test(tc, test_choice_without_a_name_is_the_culprit, 0,
	                    N(choices));
	tcase_add_test(tc, test_what_was_written_is_read_back_the_same);
}

UNIT_MAIN("encode", add_tests)
