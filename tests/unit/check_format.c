/*
 * check_format.c: which structs the formats of a body can carry.
 */
#include "schema/format.h"

#include "unit.h"

START_TEST(test_formats_have_media_types)
{
	ck_assert_str_eq(mr_format_type(MR_FORMAT_JSON), "application/json");
	ck_assert_str_eq(mr_format_type(MR_FORMAT_NPY), "application/x-npy");
	ck_assert_str_eq(mr_format_type(MR_FORMAT_RAW),
	                 "application/octet-stream");
}
END_TEST

#define ROW(kind_, ...) { .name = #kind_, .kind = MR_KIND_##kind_, __VA_ARGS__ }

/* NONE: no row; otherwise the index of the row that is all of the body. */
enum { NONE = -1 };

static const struct {
	struct mr_field rows[3];
	int npy_in, raw_in, npy_out, raw_out;
} structs[] = {
	/* One row of each kind. */
	{ { ROW(INT64) }, NONE, NONE, NONE, NONE },
	{ { ROW(DOUBLE) }, NONE, NONE, NONE, NONE },
	{ { ROW(BOOL) }, NONE, NONE, NONE, NONE },
	{ { ROW(STRING) }, NONE, NONE, NONE, NONE },
	{ { ROW(CHOICE) }, NONE, NONE, NONE, NONE },
	{ { ROW(BYTES) }, NONE, 0, NONE, 0 },
	{ { ROW(INT64S) }, 0, 0, 0, 0 },
	{ { ROW(DOUBLES) }, 0, 0, 0, 0 },
	{ { ROW(MATRIX) }, 0, NONE, 0, NONE },
	{ { ROW(OBJECT) }, NONE, NONE, NONE, NONE },
	{ { ROW(OBJECTS) }, NONE, NONE, NONE, NONE },
	/* Beside others: scalars go into the query string, objects cannot. */
	{ { ROW(INT64), ROW(DOUBLES), ROW(STRING) }, 1, 1, 1, 1 },
	{ { ROW(MATRIX), ROW(BOOL), ROW(CHOICE) }, 0, NONE, 0, NONE },
	{ { ROW(OBJECT), ROW(INT64S) }, NONE, NONE, 1, 1 },
	{ { ROW(INT64S), ROW(OBJECTS) }, NONE, NONE, 0, 0 },
	/* Two of data: which one is meant cannot be known. */
	{ { ROW(INT64S), ROW(DOUBLES) }, NONE, NONE, NONE, NONE },
	{ { ROW(MATRIX), ROW(BYTES) }, NONE, NONE, NONE, NONE },
	{ { ROW(INT64S), ROW(INT64), ROW(MATRIX) }, NONE, NONE, NONE, NONE },
	/* Unless the other one is in the query string anyway. */
	{ { ROW(INT64S, .in_query = true), ROW(DOUBLES) }, 1, 1, 1, 1 },
	{ { ROW(BYTES, .in_query = true), ROW(MATRIX) }, 1, NONE, 1, NONE },
	{ { ROW(DOUBLES, .in_query = true) }, NONE, NONE, NONE, NONE },
	/* What may be left out of an input must be there in a result. */
	{ { ROW(DOUBLES, .default_value = "[]") }, 0, 0, 0, 0 },
	{ { ROW(DOUBLES, .or_absent = true) }, 0, 0, NONE, NONE },
	{ { ROW(DOUBLES, .or_null = true) }, 0, 0, NONE, NONE },
};

#define CHECK_ROW(found, index)                                                \
	ck_assert_ptr_eq(found, (index) == NONE ? NULL                         \
	                                        : &structs[_i].rows[index])

START_TEST(test_one_row_of_data_is_all_of_a_binary_body)
{
	const struct mr_shape shape = { structs[_i].rows, 3, 1 };

	CHECK_ROW(mr_format_input(MR_FORMAT_NPY, &shape), structs[_i].npy_in);
	CHECK_ROW(mr_format_input(MR_FORMAT_RAW, &shape), structs[_i].raw_in);
	CHECK_ROW(mr_format_output(MR_FORMAT_NPY, &shape), structs[_i].npy_out);
	CHECK_ROW(mr_format_output(MR_FORMAT_RAW, &shape), structs[_i].raw_out);
}
END_TEST

static const bool in_query[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = true,  [MR_KIND_DOUBLE] = true,
	[MR_KIND_BOOL] = true,   [MR_KIND_STRING] = true,
	[MR_KIND_CHOICE] = true, [MR_KIND_BYTES] = true,
	[MR_KIND_INT64S] = true, [MR_KIND_DOUBLES] = true,
};

START_TEST(test_query_holds_what_is_flat)
{
	ck_assert_int_eq(mr_format_in_query((enum mr_kind)_i), in_query[_i]);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_formats_have_media_types);
	tcase_add_loop_test(tc, test_one_row_of_data_is_all_of_a_binary_body, 0,
	                    N(structs));
	tcase_add_loop_test(tc, test_query_holds_what_is_flat, 0,
	                    MR_KIND_COUNT);
}

UNIT_MAIN("format", add_tests)
