/*
 * check_object.c: objects by their rows, inside of one another: what is
 * unknown, given twice, missing or not given, and where.
 */
#include "schema/object.h"

#include "faults.h"
#include "unit.h"

/* A leaf in objects in arrays of objects. */
struct leaf {
	int64_t number;
	double maybe, or_null, or_absent;
	struct mr_string text;
	struct mr_matrix matrix;
	bool has_maybe, has_or_null, has_or_absent, has_text;
};
struct branch {
	struct leaf leaf;
	MR_ARRAY(struct leaf) leaves;
	bool has_leaf;
};
struct tree {
	struct branch branch;
	MR_ARRAY(struct branch) branches;
};

static const struct mr_field leaf[] = {
	MR_PARAM(struct leaf, number, "t", MR_RANGE(0, 9)),
	MR_MAYBE(struct leaf, maybe, has_maybe, "t", MR_RANGE(0, 1)),
	MR_OPTIONAL(struct leaf, or_null, "t", MR_RANGE(0, 1), "0.5",
	            MR_OR_NULL(struct leaf, has_or_null)),
	MR_FIELD(struct leaf, or_absent, "t", .bounds = MR_RANGE(0, 1),
	         MR_OR_ABSENT(struct leaf, has_or_absent)),
	MR_OPTIONAL(struct leaf, text, "t", MR_LENGTH(0, 4), "null",
	            MR_OR_NULL(struct leaf, has_text)),
	MR_OPTIONAL(struct leaf, matrix, "t",
	            MR_MATRIX(MR_ROWS(0, 2), MR_COLUMNS(0, 2), 0, 9), "[[7]]"),
};
static const struct mr_field branch[] = {
	MR_OBJECT(struct branch, leaf, "t", leaf,
	          MR_OR_NOTHING(struct branch, has_leaf)),
	MR_OBJECTS(struct branch, leaves, "t", leaf, MR_LENGTH(0, 30),
	           .default_value = "[]"),
};
static const struct mr_field tree[] = {
	MR_OBJECT(struct tree, branch, "t", branch),
	MR_OBJECTS(struct tree, branches, "t", branch,
	           MR_LENGTH(1, 3)),
};
static const struct mr_shape shape = MR_SHAPE(tree);

static const struct mr_place place = { .name = { "body", 4 } };

static struct tree got;
static struct mr_faults faults;
static struct mr_object object;

static void
begin(void)
{
	memset(&got, 0, sizeof(got));
	faults = (struct mr_faults){ .arena = arena };
	object = (struct mr_object){ .shape = &shape,
		                     .record = &got,
		                     .place = &place,
		                     .faults = &faults,
		                     .rows = MR_EVERY_ROW };
	mr_object_clear(&shape, &got);
}

static enum mr_err
read_text(struct mr_string text, size_t *offset)
{
	struct mr_json json;

	begin();
	mr_json_start(&json, guarded(text), arena);
	mr_object_read_json(&object, &json);
	mr_json_finish(&json);
	*offset = json.offset;
	return json.err == MR_OK ? mr_object_finish(&object) : json.err;
}

static void
read_good(const char *text)
{
	size_t offset;

	ck_assert_int_eq(read_text(TEXT(text), &offset), MR_OK);
	ck_assert_str_eq(faults_line(&faults), "");
}

#define IN_LEAF(text) "{\"branch\":{\"leaf\":{" text "}},\"branches\":[{}]}"
#define IN_LEAVES(text)                                                        \
	"{\"branch\":{},\"branches\":[{},{\"leaves\":["                        \
	"{\"number\":0},{" text "}]}]}"

START_TEST(test_members_are_never_null)
{
	begin();
	ck_assert_str_eq(got.branch.leaf.text.data, "");
	ck_assert_ptr_nonnull(got.branch.leaf.matrix.data);
	ck_assert_ptr_nonnull(got.branch.leaves.data);
	ck_assert_ptr_nonnull(got.branches.data);
	read_good(IN_LEAVES("\"number\":1,\"text\":null,\"matrix\":[]"));
	ck_assert_ptr_nonnull(got.branch.leaves.data);
	ck_assert_ptr_nonnull(got.branches.data[0].leaves.data);
	ck_assert_str_eq(got.branches.data[0].leaf.text.data, "");
	ck_assert_ptr_nonnull(got.branches.data[1].leaf.matrix.data);
	ck_assert_str_eq(got.branches.data[1].leaves.data[1].text.data, "");
	ck_assert_ptr_nonnull(got.branches.data[1].leaves.data[1].matrix.data);
}
END_TEST

/* What is given of a leaf, and what of it the flags then say. */
static const struct {
	const char *json, *text;
	struct leaf leaf;
	double element;
} leaves[] = {
	{ "\"number\":3", "",
	  { .number = 3, .or_null = 0.5, .has_or_null = true }, 7 },
	{ "\"number\":3,\"maybe\":1,\"or_null\":1,\"or_absent\":1,"
	  "\"text\":\"a\",\"matrix\":[[5]]",
	  "a",
	  { .number = 3, .maybe = 1, .has_maybe = true, .or_null = 1,
	    .has_or_null = true, .or_absent = 1, .has_or_absent = true,
	    .has_text = true },
	  5 },
	{ "\"number\":3,\"maybe\":null,\"or_null\":null,\"text\":null", "",
	  { .number = 3 }, 7 },
	{ "\"or_absent\":0,\"number\":0,\"maybe\":-0.0,\"text\":\"\"", "",
	  { .maybe = -0.0, .has_maybe = true, .or_null = 0.5,
	    .has_or_null = true, .has_or_absent = true, .has_text = true },
	  7 },
};

static void
assert_leaf(const struct leaf *found, int row)
{
	const struct leaf *expected = &leaves[row].leaf;

	ck_assert_int_eq(found->number, expected->number);
	ck_assert_mem_eq(&found->maybe, &expected->maybe, sizeof(double));
	ck_assert_int_eq(found->has_maybe, expected->has_maybe);
	ck_assert_mem_eq(&found->or_null, &expected->or_null, sizeof(double));
	ck_assert_int_eq(found->has_or_null, expected->has_or_null);
	ck_assert_mem_eq(&found->or_absent, &expected->or_absent,
	                 sizeof(double));
	ck_assert_int_eq(found->has_or_absent, expected->has_or_absent);
	ck_assert_str_eq(found->text.data, leaves[row].text);
	ck_assert_int_eq(found->has_text, expected->has_text);
	ck_assert_uint_eq(found->matrix.rows, 1);
	ck_assert(found->matrix.data[0] == leaves[row].element);
}

START_TEST(test_flags_and_defaults_hold_at_every_depth)
{
	struct mr_buffer text = { .arena = arena };
	const char *json = leaves[_i].json;

	mr_buffer_printf(&text,
	                 "{\"branch\":{\"leaf\":{%s}},\"branches\":"
	                 "[{\"leaf\":null},{\"leaves\":[{\"number\":9},{%s}]},"
	                 "{\"leaf\":{%s}}]}",
	                 json, json, json);
	read_good(text.data);
	ck_assert(got.branch.has_leaf);
	assert_leaf(&got.branch.leaf, _i);
	ck_assert_uint_eq(got.branches.length, 3);
	ck_assert(!got.branches.data[0].has_leaf);
	ck_assert(!got.branches.data[1].has_leaf);
	ck_assert_uint_eq(got.branches.data[1].leaves.length, 2);
	ck_assert_int_eq(got.branches.data[1].leaves.data[0].number, 9);
	assert_leaf(&got.branches.data[1].leaves.data[1], _i);
	ck_assert(got.branches.data[2].has_leaf);
	assert_leaf(&got.branches.data[2].leaf, _i);
}
END_TEST

#define LEAVES "body.branches.1.leaves.1"
#define NO_OBJECT "model_attributes_type"

static const struct {
	const char *json, *faults;
} unfit[] = {
	{ "{}", "body.branch missing; body.branches missing" },
	{ "[]", "body " NO_OBJECT },
	/* Missing inside; an absent object misses nothing. */
	{ IN_LEAF(""), "body.branch.leaf.number missing" },
	{ IN_LEAVES(""), LEAVES ".number missing" },
	{ "{\"branch\":{\"leaves\":[{},{}]},\"branches\":[{\"leaf\":{}}]}",
	  "body.branch.leaves.0.number missing; "
	  "body.branch.leaves.1.number missing; "
	  "body.branches.0.leaf.number missing" },
	/* Null where it is not allowed. */
	{ IN_LEAF("\"number\":null"), "body.branch.leaf.number int_type" },
	{ IN_LEAVES("\"number\":1,\"or_absent\":null"),
	  LEAVES ".or_absent float_type" },
	{ IN_LEAVES("\"number\":1,\"matrix\":null"), LEAVES ".matrix list_type" },
	{ "{\"branch\":null,\"branches\":null}",
	  "body.branch " NO_OBJECT "; body.branches list_type" },
	{ "{\"branch\":{\"leaves\":null},\"branches\":[null]}",
	  "body.branch.leaves list_type; body.branches.0 " NO_OBJECT },
	/* Not objects, not arrays. */
	{ "{\"branch\":[],\"branches\":{}}",
	  "body.branch " NO_OBJECT "; body.branches list_type" },
	{ "{\"branch\":{\"leaf\":3},\"branches\":[1,\"\",[],{}]}",
	  "body.branch.leaf " NO_OBJECT "; body.branches.0 " NO_OBJECT "; "
	  "body.branches.1 " NO_OBJECT "; body.branches.2 " NO_OBJECT "; "
	  "body.branches too_long {\"max_length\":3}" },
	{ "{\"branch\":{},\"branches\":[]}",
	  "body.branches too_short {\"min_length\":1}" },
	/* What is too many is read, and told. */
	{ "{\"branch\":{},\"branches\":[{},{},{},{},{\"leaf\":{}}]}",
	  "body.branches.4.leaf.number missing; "
	  "body.branches too_long {\"max_length\":3}" },
	/* Unknown names, and what was meant among those of that object. */
	{ IN_LEAF("\"number\":1,\"nummer\":2"),
	  "body.branch.leaf.nummer extra_forbidden {\"nearest\":\"number\"}" },
	{ IN_LEAVES("\"number\":1,\"or_nul\":2"),
	  LEAVES ".or_nul extra_forbidden {\"nearest\":\"or_null\"}" },
	{ IN_LEAVES("\"number\":1,\"branches\":2"),
	  LEAVES ".branches extra_forbidden" },
	{ IN_LEAVES("\"number\":1,\"zebra\":{\"number\":\"x\"}"),
	  LEAVES ".zebra extra_forbidden" },
	{ "{\"branch\":{},\"branches\":[{\"leave\":{}}],\"number\":1}",
	  "body.branches.0.leave extra_forbidden {\"nearest\":\"leaves\"}; "
	  "body.number extra_forbidden" },
	{ IN_LEAVES("\"number\":1,\"Number\":1,\"\":1"),
	  LEAVES ".Number extra_forbidden {\"nearest\":\"number\"}; " LEAVES
	         ". extra_forbidden" },
	/* Values, with the bounds of their rows. */
	{ IN_LEAVES("\"number\":10,\"maybe\":2,\"text\":\"12345\""),
	  LEAVES ".number less_than_equal {\"le\":9}; " LEAVES
	         ".maybe less_than_equal {\"le\":1}; " LEAVES
	         ".text string_too_long {\"max_length\":4}" },
	{ IN_LEAVES("\"matrix\":[[1],[-1,2],3]"),
	  LEAVES ".matrix.1.0 greater_than_equal {\"ge\":0}; " LEAVES
	         ".matrix.1 row_length {\"length\":1}; " LEAVES
	         ".matrix.2 list_type; " LEAVES
	         ".matrix too_long {\"max_length\":2}; " LEAVES
	         ".number missing" },
};

START_TEST(test_unfit_object_is_told_by_all_its_faults)
{
	size_t offset;

	ck_assert_int_eq(read_text(TEXT(unfit[_i].json), &offset), MR_OK);
	ck_assert_str_eq(faults_with_ctx(&faults), unfit[_i].faults);
}
END_TEST

/* What comes before the second key, which is where it goes wrong. */
static const struct {
	const char *json, *twice;
} repeated[] = {
	{ "{\"branch\":{},", "\"branch\":{}}" },
	{ "{\"branch\":{},", "\"br\\u0061nch\":{}}" },
	{ "{\"z\":1,\"branch\":{\"z\":1},", "\"\\u007A\":1}" },
	{ "{\"branch\":{\"leaf\":{\"number\":1,", "\"number\":1}}}" },
	{ "{\"branch\":{\"leaf\":{\"number\":\"x\",", "\"numbe\\u0072\":1}}}" },
	{ "{\"branch\":{\"leaf\":null,", "\"leaf\":null}}" },
	{ "{\"branch\":{\"leaf\":{\"y\":1,\"z\":1,", "\"y\":1,\"z\":2}}}" },
	{ "{\"branches\":[{},{\"leaves\":[{\"number\":1},{\"number\":1,"
	  "\"maybe\":null,",
	  "\"m\\u0061ybe\":0}]}]}" },
	{ "{\"branches\":[{},{\"leaves\":[{\"z\":1},{\"z\":1,",
	  "\"z\":0}]}]}" },
	{ "{\"branches\":[0,{\"leaf\":[{\"z\":1,", "\"z\":0}]}]}" },
	{ "{\"branches\":[{},{},{},{},{\"leaf\":null,", "\"leaf\":null}]}" },
	{ "{\"\\/\":1,", "\"/\":1}" },
};

START_TEST(test_key_that_stands_twice_is_malformed_at_every_depth)
{
	struct mr_buffer text = { .arena = arena };
	size_t offset;

	mr_buffer_puts(&text, repeated[_i].json);
	mr_buffer_puts(&text, repeated[_i].twice);
	ck_assert_int_eq(
	    read_text((struct mr_string){ text.data, text.length }, &offset),
	    MR_SYNTAX);
	ck_assert_uint_eq(offset, strlen(repeated[_i].json));
}
END_TEST

START_TEST(test_same_key_in_other_objects_is_fine)
{
	read_good("{\"branch\":{\"leaf\":{\"number\":1},\"leaves\":["
	          "{\"number\":2},{\"number\":3}]},"
	          "\"branches\":[{\"leaf\":{\"number\":4}},"
	          "{\"leaf\":{\"number\":5}}]}");
	ck_assert_int_eq(got.branch.leaf.number, 1);
	ck_assert_int_eq(got.branch.leaves.data[1].number, 3);
	ck_assert_int_eq(got.branches.data[1].leaf.number, 5);
}
END_TEST

START_TEST(test_twenty_faults_are_listed_across_nested_arrays)
{
	struct mr_buffer text = { .arena = arena };
	size_t offset;

	mr_buffer_puts(&text, "{\"branch\":{},\"branches\":[");
	for (int i = 0; i < 2; i++) {
		mr_buffer_puts(&text, i == 0 ? "{\"leaves\":["
		                             : "]},{\"leaves\":[");
		for (int j = 0; j < 18; j++)
			mr_buffer_puts(&text, j == 0 ? "{}" : ",{}");
	}
	mr_buffer_puts(&text, "]}]}");
	ck_assert_int_eq(
	    read_text((struct mr_string){ text.data, text.length }, &offset),
	    MR_OK);
	ck_assert_uint_eq(faults.count, 36);
	ck_assert_ptr_nonnull(
	    strstr(faults_line(&faults),
	           "body.branches.0.leaves.17.number missing; "
	           "body.branches.1.leaves.0.number missing; "
	           "body.branches.1.leaves.1.number missing; truncated"));
}
END_TEST

START_TEST(test_only_rows_that_may_be_given_here_are_found)
{
	const struct mr_place name = { &place, TEXT("branches"), 0 };
	struct mr_target target;

	begin();
	object.rows = 1;
	ck_assert(!mr_object_find(&object, &name, &target));
	ck_assert_uint_eq(object.seen, 0);
	ck_assert_str_eq(faults_with_ctx(&faults),
	                 "body.branches extra_forbidden");
	begin();
	object.rows = 2;
	ck_assert_uint_eq(object.seen, 0);
	ck_assert(mr_object_find(&object, &name, &target));
	ck_assert_ptr_eq(target.member, &got.branches);
	ck_assert_ptr_eq(target.field, &tree[1]);
	ck_assert_uint_eq(object.seen, 2);
	ck_assert_int_eq(mr_object_finish(&object), MR_OK);
	ck_assert_uint_eq(faults.count, 0);
}
END_TEST

START_TEST(test_elements_are_copies_of_their_own)
{
	char text[] = "{\"branch\":{\"leaves\":[{\"number\":1,\"text\":\"abc\"},"
	              "{\"number\":2,\"text\":\"xyz\"}]},\"branches\":[{}]}";
	struct mr_json json;

	begin();
	mr_json_start(&json, TEXT(text), arena);
	mr_object_read_json(&object, &json);
	memset(text, '#', sizeof(text));
	ck_assert_str_eq(got.branch.leaves.data[0].text.data, "abc");
	ck_assert_str_eq(got.branch.leaves.data[1].text.data, "xyz");
}
END_TEST

static struct mr_string
many_leaves(int count)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_puts(&text, "{\"branch\":{\"leaves\":[");
	for (int i = 0; i < count; i++)
		mr_buffer_puts(&text, i == 0 ? "{\"number\":1}"
		                             : ",{\"number\":1}");
	mr_buffer_puts(&text, "]},\"branches\":[{}]}");
	return (struct mr_string){ text.data, text.length };
}

START_TEST(test_want_of_memory_is_told)
{
	struct mr_json json;
	struct mr_string text = many_leaves(100000);

	begin();
	mr_json_start(&json, text, arena);
	starve(true);
	mr_object_read_json(&object, &json);
	starve(false);
	ck_assert_int_eq(json.err, MR_MEMORY);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_members_are_never_null);
	tcase_add_loop_test(tc, test_flags_and_defaults_hold_at_every_depth, 0,
	                    N(leaves));
	tcase_add_loop_test(tc, test_unfit_object_is_told_by_all_its_faults, 0,
	                    N(unfit));
	tcase_add_loop_test(
	    tc, test_key_that_stands_twice_is_malformed_at_every_depth, 0,
	    N(repeated));
	tcase_add_test(tc, test_same_key_in_other_objects_is_fine);
	tcase_add_test(tc, test_twenty_faults_are_listed_across_nested_arrays);
	tcase_add_test(tc, test_only_rows_that_may_be_given_here_are_found);
	tcase_add_test(tc, test_elements_are_copies_of_their_own);
	if (CAN_STARVE)
		tcase_add_test(tc, test_want_of_memory_is_told);
}

UNIT_MAIN("object", add_tests)
