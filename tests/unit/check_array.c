/*
 * check_array.c: arrays of numbers and matrices, at and beyond their bounds.
 */
#include "schema/array.h"

#include "reading.h"
#include "unit.h"

#include <math.h>

struct record {
	struct mr_int64s wholes, many;
	struct mr_doubles numbers;
	struct mr_matrix matrix, any;
};

enum { WHOLES, MANY, NUMBERS, MATRIX, ANY };

static const struct mr_field record[] = {
	[WHOLES] = MR_PARAM(struct record, wholes, "t", MR_ITEMS(1, 3, 0, 9)),
	[MANY] = MR_PARAM(struct record, many, "t",
	                  MR_ITEMS(0, 100000000, 0, 999999999)),
	[NUMBERS] = MR_PARAM(struct record, numbers, "t", MR_ITEMS(0, 2, -1, 1)),
	[MATRIX] = MR_PARAM(struct record, matrix, "t",
	                    MR_MATRIX(MR_ROWS(1, 3), MR_COLUMNS(2, 3), -1, 1)),
	[ANY] = MR_PARAM(struct record, any, "t",
	                 MR_MATRIX(MR_ROWS(0, 1000), MR_COLUMNS(0, 1000),
	                           -INFINITY, INFINITY)),
};
static const struct mr_shape shape = MR_SHAPE(record);

static struct record got;

static struct mr_target
target_of(int row)
{
	return reading_target(&shape, row, &got);
}

static const struct {
	int row;
	struct mr_string json;
	const char *faults;
} unfit[] = {
	{ WHOLES, BYTES("[]"), "x too_short {\"min_length\":1}" },
	{ WHOLES, BYTES("[1,2,3,4]"), "x too_long {\"max_length\":3}" },
	{ WHOLES, BYTES("1"), "x list_type" },
	{ WHOLES, BYTES("\"1,2\""), "x list_type" },
	{ WHOLES, BYTES("null"), "x list_type" },
	{ WHOLES, BYTES("{\"0\":1}"), "x list_type" },
	{ WHOLES, BYTES("[0,10]"), "x.1 less_than_equal {\"le\":9}" },
	{ WHOLES, BYTES("[-1,9]"), "x.0 greater_than_equal {\"ge\":0}" },
	{ WHOLES, BYTES("[[1]]"), "x.0 int_type" },
	{ WHOLES, BYTES("[1.0,\"2\",9223372036854775808]"),
	  "x.0 int_from_float; x.1 int_type; x.2 int_parsing_size" },
	{ WHOLES, BYTES("[1,2,3,4,null]"),
	  "x.4 int_type; x too_long {\"max_length\":3}" },
	{ NUMBERS, BYTES("[1,1,1]"), "x too_long {\"max_length\":2}" },
	{ NUMBERS, BYTES("[-1.0000000000000002,1.0000000000000002]"),
	  "x.0 greater_than_equal {\"ge\":-1}; x.1 less_than_equal {\"le\":1}" },
	{ NUMBERS, BYTES("[1e400,null]"), "x.0 finite_number; x.1 float_type" },
	{ NUMBERS, BYTES("true"), "x list_type" },
	/* Matrices: rows within the bounds, as long as the first of those. */
	{ MATRIX, BYTES("[]"), "x too_short {\"min_length\":1}" },
	{ MATRIX, BYTES("[[0,0],[0,0],[0,0],[0,0]]"),
	  "x too_long {\"max_length\":3}" },
	{ MATRIX, BYTES("[[]]"), "x.0 too_short {\"min_length\":2}" },
	{ MATRIX, BYTES("[[0]]"), "x.0 too_short {\"min_length\":2}" },
	{ MATRIX, BYTES("[[],[]]"),
	  "x.0 too_short {\"min_length\":2}; x.1 too_short {\"min_length\":2}" },
	{ MATRIX, BYTES("[[0,0,0,0]]"), "x.0 too_long {\"max_length\":3}" },
	{ MATRIX, BYTES("[[0,0],[0]]"), "x.1 too_short {\"min_length\":2}" },
	{ MATRIX, BYTES("[[0,0],[0,0,0]]"), "x.1 row_length {\"length\":2}" },
	{ MATRIX, BYTES("[[0,0,0],[0,0],[0,0,0,0]]"),
	  "x.1 row_length {\"length\":3}; x.2 too_long {\"max_length\":3}" },
	{ MATRIX, BYTES("[[0,0],[],[0,0]]"),
	  "x.1 too_short {\"min_length\":2}" },
	{ MATRIX, BYTES("[[0],[0,0],[0,0]]"),
	  "x.0 too_short {\"min_length\":2}" },
	{ MATRIX, BYTES("[[0],[0,0],[0,0,0]]"),
	  "x.0 too_short {\"min_length\":2}; x.2 row_length {\"length\":2}" },
	{ MATRIX, BYTES("[[0,0,0,0],[0,0]]"), "x.0 too_long {\"max_length\":3}" },
	{ ANY, BYTES("[[],[0]]"), "x.1 row_length {\"length\":0}" },
	{ ANY, BYTES("[[0],[]]"), "x.1 row_length {\"length\":1}" },
	/* Rows that are none. */
	{ MATRIX, BYTES("[0,0]"), "x.0 list_type; x.1 list_type" },
	{ MATRIX, BYTES("[null]"), "x.0 list_type" },
	{ MATRIX, BYTES("[{\"0\":[0,0]}]"), "x.0 list_type" },
	{ MATRIX, BYTES("[\"0,0\",[0,0]]"), "x.0 list_type" },
	{ MATRIX, BYTES("[true,[0,0],[0,0,0]]"),
	  "x.0 list_type; x.2 row_length {\"length\":2}" },
	{ MATRIX, BYTES("[[0,0],1,[0,0,0]]"),
	  "x.1 list_type; x.2 row_length {\"length\":2}" },
	{ MATRIX, BYTES("[[0,0],1,2,3,[0,0,0]]"),
	  "x.1 list_type; x.2 list_type; x.3 list_type; "
	  "x.4 row_length {\"length\":2}; x too_long {\"max_length\":3}" },
	{ MATRIX, BYTES("{}"), "x list_type" },
	{ MATRIX, BYTES("\"[[0,0]]\""), "x list_type" },
	{ MATRIX, BYTES("null"), "x list_type" },
	{ MATRIX, BYTES("0"), "x list_type" },
	/* Their elements. */
	{ MATRIX, BYTES("[[0,2],[-2,0]]"),
	  "x.0.1 less_than_equal {\"le\":1}; "
	  "x.1.0 greater_than_equal {\"ge\":-1}" },
	{ MATRIX, BYTES("[[[0],{}],[\"0\",null]]"),
	  "x.0.0 float_type; x.0.1 float_type; x.1.0 float_type; "
	  "x.1.1 float_type" },
	{ ANY, BYTES("[[1e400],[-1e99999999999]]"),
	  "x.0.0 finite_number; x.1.0 finite_number" },
	{ MATRIX, BYTES("[[null,0],[0,0,0],[0,0],[9]]"),
	  "x.0.0 float_type; x.1 row_length {\"length\":2}; "
	  "x.3.0 less_than_equal {\"le\":1}; x.3 too_short {\"min_length\":2}; "
	  "x too_long {\"max_length\":3}" },
};

START_TEST(test_unfit_json_is_told_by_its_fault)
{
	ck_assert_str_eq(reading_json(target_of(unfit[_i].row), unfit[_i].json),
	                 unfit[_i].faults);
}
END_TEST

static const struct {
	int row;
	struct mr_string texts[4];
	const char *faults;
} unfit_texts[] = {
	{ WHOLES, { BYTES("1,2") }, "x.0 int_parsing" },
	{ WHOLES, { BYTES("") }, "x.0 int_parsing" },
	{ WHOLES, { BYTES("[1]") }, "x.0 int_parsing" },
	{ WHOLES, { BYTES("10") }, "x.0 less_than_equal {\"le\":9}" },
	{ NUMBERS, { BYTES("x") }, "x.0 float_parsing" },
	{ WHOLES,
	  { BYTES("2"), BYTES("yes"), BYTES("3"), BYTES("4") },
	  "x.1 int_parsing; x too_long {\"max_length\":3}" },
	{ NUMBERS,
	  { BYTES("2"), BYTES("yes"), BYTES("1e400"), BYTES("-4") },
	  "x.0 less_than_equal {\"le\":1}; x.1 float_parsing; "
	  "x.2 finite_number; x.3 greater_than_equal {\"ge\":-1}; "
	  "x too_long {\"max_length\":2}" },
};

START_TEST(test_unfit_parameter_is_told_by_its_fault)
{
	const struct mr_string *texts = unfit_texts[_i].texts;
	size_t count = 1;

	while (count < 4 && texts[count].data != NULL)
		count++;
	ck_assert_str_eq(
	    reading_texts(target_of(unfit_texts[_i].row), texts, count),
	    unfit_texts[_i].faults);
}
END_TEST

START_TEST(test_texts_make_an_array_in_order)
{
	const struct mr_string texts[] = { TEXT("3"), TEXT("0"), TEXT("9") };
	const struct mr_string halves[] = { TEXT("0.5"), TEXT("-1") };

	ck_assert_str_eq(reading_texts(target_of(WHOLES), texts, 3), "");
	ck_assert_uint_eq(got.wholes.length, 3);
	ck_assert_mem_eq(got.wholes.data, ((int64_t[]){ 3, 0, 9 }), 24);
	ck_assert_str_eq(reading_texts(target_of(NUMBERS), halves, 2), "");
	ck_assert_uint_eq(got.numbers.length, 2);
	ck_assert_mem_eq(got.numbers.data, ((double[]){ 0.5, -1 }), 16);
}
END_TEST

START_TEST(test_array_is_taken_in_order)
{
	ck_assert_str_eq(reading_json(target_of(WHOLES), TEXT("[9, 0,5]")), "");
	ck_assert_uint_eq(got.wholes.length, 3);
	ck_assert_mem_eq(got.wholes.data, ((int64_t[]){ 9, 0, 5 }), 24);
	ck_assert_str_eq(reading_json(target_of(NUMBERS), TEXT("[-1,1e-1]")), "");
	ck_assert_uint_eq(got.numbers.length, 2);
	ck_assert_mem_eq(got.numbers.data, ((double[]){ -1, 0.1 }), 16);
	ck_assert_str_eq(reading_json(target_of(NUMBERS), TEXT("[ ]")), "");
	ck_assert_uint_eq(got.numbers.length, 0);
	ck_assert_ptr_nonnull(got.numbers.data);
}
END_TEST

static const struct {
	const char *json;
	size_t rows, columns;
	double elements[6];
} matrices[] = {
	{ "[]", 0, 0, { 0 } },
	{ "[[]]", 1, 0, { 0 } },
	{ "[[],[ ],[]]", 3, 0, { 0 } },
	{ "[[-0]]", 1, 1, { -0.0 } },
	{ "[[1,2,3]]", 1, 3, { 1, 2, 3 } },
	{ "[[1],[2],[3]]", 3, 1, { 1, 2, 3 } },
	{ " [ [1 , 2e0] ,[ 3, 5e-324 ],[1e300,-6]]", 3, 2,
	  { 1, 2, 3, 0x1p-1074, 1e300, -6 } },
};

START_TEST(test_matrix_is_taken_row_after_row)
{
	size_t size;

	ck_assert_str_eq(reading_json(target_of(ANY), TEXT(matrices[_i].json)), "");
	ck_assert_uint_eq(got.any.rows, matrices[_i].rows);
	ck_assert_uint_eq(got.any.columns, matrices[_i].columns);
	ck_assert_ptr_nonnull(got.any.data);
	size = got.any.rows * got.any.columns * sizeof(double);
	ck_assert_mem_eq(got.any.data, matrices[_i].elements, size);
}
END_TEST

START_TEST(test_large_matrix_is_taken_whole)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_putc(&text, '[');
	for (int i = 0; i < 1000; i++)
		for (int j = 0; j < 100; j++)
			mr_buffer_printf(&text, "%s%d%s", j == 0 ? "[" : ",",
			                 100 * i + j,
			                 j < 99    ? ""
			                 : i < 999 ? "],"
			                           : "]]");
	ck_assert_str_eq(
	    reading_json(target_of(ANY),
	                 (struct mr_string){ text.data, text.length }),
	    "");
	ck_assert_uint_eq(got.any.rows, 1000);
	ck_assert_uint_eq(got.any.columns, 100);
	for (int i = 0; i < 100000; i++)
		if (got.any.data[i] != i)
			ck_abort_msg("element %d is wrong", i);
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
} long_arrays[] = {
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

START_TEST(test_unfit_integer_in_a_long_array_is_found)
{
	const struct mr_field row = MR_PARAM(struct record, many, "t",
	                                     MR_ITEMS(0, 3000000, 0, 9));
	struct mr_target target = target_of(MANY);
	struct mr_buffer text = { .arena = arena };

	target.field = &row;
	mr_buffer_putc(&text, '[');
	for (size_t i = 0; i < long_arrays[_i].count; i++) {
		mr_buffer_puts(&text, i == long_arrays[_i].unfit
		                          ? long_arrays[_i].text
		                          : "7");
		mr_buffer_putc(&text, i + 1 < long_arrays[_i].count ? ',' : ']');
	}
	reading_json(target, (struct mr_string){ text.data, text.length });
	ck_assert_str_eq(faults_line(&faults), long_arrays[_i].faults);
}
END_TEST

/* The numbers from 0 on, in steps of 7. */
static struct mr_string
many_numbers(int count)
{
	struct mr_buffer text = { .arena = arena };

	for (int i = 0; i < count; i++)
		mr_buffer_printf(&text, "%s%d", i == 0 ? "[" : ",", 7 * i);
	mr_buffer_puts(&text, "]");
	return (struct mr_string){ text.data, text.length };
}

START_TEST(test_long_array_is_taken_whole)
{
	ck_assert_str_eq(reading_json(target_of(MANY), many_numbers(100000)), "");
	ck_assert_uint_eq(got.many.length, 100000);
	for (int i = 0; i < 100000; i++)
		if (got.many.data[i] != 7 * i)
			ck_abort_msg("element %d is wrong", i);
}
END_TEST

/* An array that cannot grow is no fault. */
START_TEST(test_want_of_memory_is_an_error_of_the_cursor)
{
	struct mr_target target = target_of(MANY);
	struct mr_string text = many_numbers(1000000);
	struct mr_json json;

	mr_json_start(&json, text, arena);
	starve(true);
	mr_array_read(&target, &json);
	starve(false);
	ck_assert_int_eq(json.err, MR_MEMORY);
	ck_assert_uint_eq(faults.count, 0);
	ck_assert_uint_eq(got.many.length, 0);
	ck_assert_ptr_nonnull(got.many.data);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_unfit_json_is_told_by_its_fault, 0,
	                    N(unfit));
	tcase_add_loop_test(tc, test_unfit_parameter_is_told_by_its_fault, 0,
	                    N(unfit_texts));
	tcase_add_test(tc, test_texts_make_an_array_in_order);
	tcase_add_test(tc, test_array_is_taken_in_order);
	tcase_add_loop_test(tc, test_matrix_is_taken_row_after_row, 0,
	                    N(matrices));
	tcase_add_test(tc, test_large_matrix_is_taken_whole);
	tcase_add_loop_test(tc, test_unfit_integer_in_a_long_array_is_found, 0,
	                    N(long_arrays));
	tcase_add_test(tc, test_long_array_is_taken_whole);
	if (CAN_STARVE)
		tcase_add_test(tc, test_want_of_memory_is_an_error_of_the_cursor);
}

UNIT_MAIN("array", add_tests)
