/*
 * check_binary.c: bodies that are one array, at and beyond the bounds of their
 * row, from files that NumPy wrote and from raw bytes; and back.
 */
#include "schema/binary.h"

#include "data.h"
#include "faults.h"
#include "schema/npy.h"
#include "unit.h"

#include <float.h>
#include <math.h>

struct record {
	struct mr_int64s any_wholes, wholes;
	struct mr_doubles any_numbers, numbers;
	struct mr_matrix any_matrix, matrix;
	struct mr_bytes bytes;
};

enum {
	ANY_WHOLES,
	WHOLES,
	ANY_NUMBERS,
	NUMBERS,
	ANY_MATRIX,
	MATRIX,
	OCTETS,
	NULLS
};

static const struct mr_field rows[] = {
	[ANY_WHOLES] = MR_PARAM(struct record, any_wholes, "t",
	                        MR_ITEMS(0, 9999, INT64_MIN, INT64_MAX)),
	[WHOLES] = MR_PARAM(struct record, wholes, "t", MR_ITEMS(1, 3, 0, 9)),
	[ANY_NUMBERS] = MR_PARAM(struct record, any_numbers, "t",
	                         MR_ITEMS(0, 9999, -INFINITY, INFINITY)),
	[NUMBERS] = MR_PARAM(struct record, numbers, "t", MR_ITEMS(1, 3, 0, 9)),
	[ANY_MATRIX] = MR_PARAM(struct record, any_matrix, "t",
	                        MR_MATRIX(MR_ROWS(0, 99), MR_COLUMNS(0, 99),
	                                  -INFINITY, INFINITY)),
	[MATRIX] = MR_PARAM(
	    struct record, matrix, "t",
	    MR_MATRIX(MR_ROWS(0, 2), MR_COLUMNS(2, 3), 0, 1)),
	[OCTETS] = MR_PARAM(struct record, bytes, "t", MR_LENGTH(1, 4)),
	[NULLS] = MR_RESULT(struct record, numbers, "t",
	                    .null_if_not_finite = true),
};

static struct record record;
static struct mr_faults faults;
static struct mr_binary binary;
static const struct mr_place place = { .name = { "x", 1 } };

static void *
member(int row)
{
	return (char *)&record + rows[row].offset;
}

static enum mr_err
read_body(int row, enum mr_format format, struct mr_string body)
{
	struct mr_target target = { &rows[row], member(row), &place, &faults };

	faults = (struct mr_faults){ .arena = arena };
	memset(&record, 0, sizeof(record));
	binary = (struct mr_binary){ .format = format, .body = body };
	return mr_binary_read(&target, &binary);
}

/* What is said of a body, "" if nothing; the member is set only then. */
static const char *
said_of(int row, enum mr_format format, struct mr_string body)
{
	static const struct record nothing;
	const char *line;

	ck_assert_msg(read_body(row, format, body) == MR_OK, "byte %zu: %s",
	              binary.offset, binary.reason);
	line = faults_line(&faults);
	if (*line != '\0') {
		ck_assert_mem_eq(&record, &nothing, sizeof(record));
		ck_assert(!binary.in_place);
	}
	return line;
}

static const char *
said_of_npy(int row, const char *name)
{
	return said_of(row, MR_FORMAT_NPY, data_npy(name));
}

static struct mr_string
raw(const void *values, size_t size)
{
	return (struct mr_string){ values, size };
}

/* A copy at an address that is as many bytes behind an aligned one. */
static struct mr_string
moved_by(size_t offset, struct mr_string body)
{
	char *room = mr_arena_alloc(arena, body.length + offset);

	memcpy(room + offset, body.data, body.length);
	return (struct mr_string){ room + offset, body.length };
}

/* NumPy's header for any shape of one or two dimensions, and the data. */
static struct mr_string
npy_of(enum mr_npy_type type, const size_t *shape, struct mr_string data)
{
	struct mr_npy npy = { .type = type,
		              .dimensions = shape[1] == SIZE_MAX ? 1 : 2,
		              .shape = { shape[0], shape[1] } };
	struct mr_buffer file = { .arena = arena };

	mr_npy_write(&npy, &file);
	mr_buffer_append(&file, data.data, data.length);
	return (struct mr_string){ file.data, file.length };
}

/* Every type, at its extremes: see tests/data/npy/make.py. */
static const struct {
	const char *name;
	int64_t values[5];
	size_t count;
} wholes[] = {
	{ "i1", { INT8_MIN, -1, 0, 1, INT8_MAX }, 5 },
	{ "i2", { INT16_MIN, -1, 0, 1, INT16_MAX }, 5 },
	{ "i4", { INT32_MIN, -1, 0, 1, INT32_MAX }, 5 },
	{ "i8", { INT64_MIN, -1, 0, 1, INT64_MAX }, 5 },
	{ "u1", { 0, 1, INT8_MAX + 1, UINT8_MAX }, 4 },
	{ "u2", { 0, 1, INT16_MAX + 1, UINT16_MAX }, 4 },
	{ "u4", { 0, 1, (int64_t)INT32_MAX + 1, UINT32_MAX }, 4 },
	{ "empty_i8", { 0 }, 0 },
};

START_TEST(test_npy_of_integers_becomes_int64s)
{
	const struct mr_int64s *int64s = &record.any_wholes;

	ck_assert_str_eq(said_of_npy(ANY_WHOLES, wholes[_i].name), "");
	ck_assert_uint_eq(int64s->length, wholes[_i].count);
	ck_assert_ptr_nonnull(int64s->data);
	for (size_t i = 0; i < int64s->length; i++)
		ck_assert_int_eq(int64s->data[i], wholes[_i].values[i]);
	ck_assert_int_eq(binary.in_place, strcmp(wholes[_i].name, "i8") == 0);
}
END_TEST

static const struct {
	const char *name;
	double values[6];
	size_t count;
} numbers[] = {
	{ "i1", { INT8_MIN, -1, 0, 1, INT8_MAX }, 5 },
	{ "i2", { INT16_MIN, -1, 0, 1, INT16_MAX }, 5 },
	{ "i4", { INT32_MIN, -1, 0, 1, INT32_MAX }, 5 },
	{ "u1", { 0, 1, 0x1p7, UINT8_MAX }, 4 },
	{ "u2", { 0, 1, 0x1p15, UINT16_MAX }, 4 },
	{ "u4", { 0, 1, 0x1p31, UINT32_MAX }, 4 },
	{ "f2", { -0.0, 1, 0x1p-24, 0x1p-14, -65504, 0x1.554p-2 }, 6 },
	{ "f4",
	  { -0.0, 1, 0x1p-149, FLT_MIN, -FLT_MAX, (double)(1.0F / 3.0F) },
	  6 },
	{ "f8", { -0.0, 1, 0x1p-1074, DBL_MIN, -DBL_MAX, 1.0 / 3.0 }, 6 },
	{ "version_1", { 1.5, -2.25 }, 2 },
	{ "version_2", { 1.5, -2.25 }, 2 },
	{ "version_3", { 1.5, -2.25 }, 2 },
	{ "empty_f8", { 0 }, 0 },
};

START_TEST(test_npy_of_numbers_becomes_doubles)
{
	const struct mr_doubles *doubles = &record.any_numbers;

	ck_assert_str_eq(said_of_npy(ANY_NUMBERS, numbers[_i].name), "");
	ck_assert_uint_eq(doubles->length, numbers[_i].count);
	ck_assert_ptr_nonnull(doubles->data);
	ck_assert_mem_eq(doubles->data, numbers[_i].values,
	                 doubles->length * sizeof(double));
}
END_TEST

static const struct {
	const char *name;
	size_t rows, columns;
	double values[6];
	bool in_place;
} matrices[] = {
	{ "matrix", 2, 3, { 0, 0.25, 0.5, 0.75, 1, 1.25 }, true },
	{ "matrix_i4", 2, 3, { 0, 1, 2, 3, 4, 5 }, false },
	{ "matrix_column", 2, 1, { 1.5, 2.5 }, true },
	{ "no_rows", 0, 3, { 0 }, false },
	{ "no_columns", 3, 0, { 0 }, false },
};

/* The shape says how many columns there would be. */
START_TEST(test_columns_of_a_matrix_without_rows_are_judged)
{
	static const struct {
		size_t columns;
		const char *faults;
	} empty[] = { { 1, "x too_short" }, { 2, "" }, { 3, "" },
		      { 4, "x too_long" } };

	for (size_t i = 0; i < N(empty); i++) {
		const struct mr_npy array = { .type = MR_NPY_F8,
			                      .dimensions = 2,
			                      .shape = { 0, empty[i].columns } };
		struct mr_buffer file = { .arena = arena };

		mr_npy_write(&array, &file);
		ck_assert_str_eq(
		    said_of(MATRIX, MR_FORMAT_NPY,
		            (struct mr_string){ file.data, file.length }),
		    empty[i].faults);
		if (*empty[i].faults == '\0')
			ck_assert_uint_eq(record.matrix.columns,
			                  empty[i].columns);
	}
}
END_TEST

START_TEST(test_npy_becomes_a_matrix)
{
	const struct mr_matrix *matrix = &record.any_matrix;
	struct mr_string file = moved_by(0, data_npy(matrices[_i].name));

	ck_assert_str_eq(said_of(ANY_MATRIX, MR_FORMAT_NPY, file), "");
	ck_assert_uint_eq(matrix->rows, matrices[_i].rows);
	ck_assert_uint_eq(matrix->columns, matrices[_i].columns);
	ck_assert_ptr_nonnull(matrix->data);
	ck_assert_mem_eq(matrix->data, matrices[_i].values,
	                 matrix->rows * matrix->columns * sizeof(double));
	ck_assert_int_eq(binary.in_place, matrices[_i].in_place);
}
END_TEST

/* Arrays that NumPy wrote, but no such member can hold. */
static const struct {
	int row;
	const char *name, *faults;
} unfit[] = {
	{ ANY_WHOLES, "u8", "x array_dtype" },
	{ ANY_WHOLES, "f2", "x array_dtype" },
	{ ANY_WHOLES, "f4", "x array_dtype" },
	{ ANY_WHOLES, "f8", "x array_dtype" },
	{ ANY_WHOLES, "b1", "x array_dtype" },
	{ ANY_WHOLES, "big_i8", "x array_dtype" },
	{ ANY_WHOLES, "text", "x array_dtype" },
	{ ANY_WHOLES, "object", "x array_dtype" },
	{ ANY_NUMBERS, "i8", "x array_dtype" },
	{ ANY_NUMBERS, "empty_i8", "x array_dtype" },
	{ ANY_NUMBERS, "u8", "x array_dtype" },
	{ ANY_NUMBERS, "b1", "x array_dtype" },
	{ ANY_NUMBERS, "c16", "x array_dtype" },
	{ ANY_NUMBERS, "big_f8", "x array_dtype" },
	{ ANY_NUMBERS, "bytes", "x array_dtype" },
	{ ANY_NUMBERS, "dates", "x array_dtype" },
	{ ANY_NUMBERS, "record", "x array_dtype" },
	{ ANY_NUMBERS, "record_nested", "x array_dtype" },
	{ ANY_NUMBERS, "record_utf8", "x array_dtype" },
	{ ANY_NUMBERS, "scalar", "x array_dimensions" },
	{ ANY_NUMBERS, "matrix", "x array_dimensions" },
	{ ANY_NUMBERS, "no_columns", "x array_dimensions" },
	{ ANY_NUMBERS, "deep", "x array_dimensions" },
	{ ANY_MATRIX, "scalar", "x array_dimensions" },
	{ ANY_MATRIX, "f8", "x array_dimensions" },
	{ ANY_MATRIX, "cube", "x array_dimensions" },
	{ ANY_MATRIX, "matrix_fortran", "x array_order" },
	{ ANY_MATRIX, "i8", "x array_dtype; x array_dimensions" },
	{ ANY_WHOLES, "matrix_fortran",
	  "x array_dtype; x array_order; x array_dimensions" },
	{ ANY_NUMBERS, "f2_not_finite",
	  "x.1 finite_number; x.2 finite_number; x.3 finite_number" },
	{ ANY_NUMBERS, "f4_not_finite",
	  "x.1 finite_number; x.2 finite_number; x.3 finite_number" },
	{ ANY_NUMBERS, "f8_not_finite",
	  "x.1 finite_number; x.2 finite_number; x.3 finite_number" },
	{ WHOLES, "empty_i8", "x too_short" },
	{ NUMBERS, "empty_f8", "x too_short" },
	{ NUMBERS, "version_1", "x.1 greater_than_equal" },
	{ WHOLES, "i8",
	  "x too_long; x.0 greater_than_equal; x.1 greater_than_equal; "
	  "x.4 less_than_equal" },
	{ WHOLES, "i1",
	  "x too_long; x.0 greater_than_equal; x.1 greater_than_equal; "
	  "x.4 less_than_equal" },
	{ MATRIX, "matrix", "x.1.2 less_than_equal" },
	{ MATRIX, "matrix_i4",
	  "x.0.2 less_than_equal; x.1.0 less_than_equal; "
	  "x.1.1 less_than_equal; x.1.2 less_than_equal" },
	{ MATRIX, "matrix_column",
	  "x.0 too_short; x.0.0 less_than_equal; x.1.0 less_than_equal" },
	{ MATRIX, "no_columns", "x too_long; x.0 too_short" },
	{ MATRIX, "no_rows", "" },
};

START_TEST(test_unfit_npy_is_told_by_its_faults)
{
	ck_assert_str_eq(said_of_npy(unfit[_i].row, unfit[_i].name),
	                 unfit[_i].faults);
}
END_TEST

START_TEST(test_too_many_columns_are_told_at_the_first_row)
{
	static const double values[8];
	const size_t shape[] = { 2, 4 };

	ck_assert_str_eq(said_of(MATRIX, MR_FORMAT_NPY,
	                         npy_of(MR_NPY_F8, shape,
	                                raw(values, sizeof(values)))),
	                 "x.0 too_long");
}
END_TEST

/* Sentences and bounds: one of each that has a detail. */
static const struct {
	int row;
	const char *name, *said;
} details[] = {
	{ ANY_WHOLES, "f8", "becomes int64 without loss" },
	{ ANY_NUMBERS, "i8", "becomes float64 without loss" },
	{ ANY_MATRIX, "i8", "becomes float64 without loss" },
	{ ANY_NUMBERS, "cube", "\"dimensions\":1" },
	{ ANY_MATRIX, "cube", "\"dimensions\":2" },
	{ MATRIX, "no_columns", "\"max_length\":2" },
	{ MATRIX, "no_columns", "\"min_length\":2" },
	{ WHOLES, "i1", "\"ge\":0" },
	{ WHOLES, "i1", "\"le\":9" },
};

START_TEST(test_fault_tells_what_it_expected)
{
	said_of_npy(details[_i].row, details[_i].name);
	ck_assert_ptr_nonnull(strstr(faults_text(&faults), details[_i].said));
}
END_TEST

START_TEST(test_malformed_npy_has_a_reason_and_a_place)
{
	struct mr_string file = data_npy("f8");

	file.length--;
	ck_assert_int_eq(read_body(ANY_NUMBERS, MR_FORMAT_NPY, file),
	                 MR_SYNTAX);
	ck_assert_str_eq(binary.reason, "the data ends too early");
	ck_assert_uint_eq(binary.offset, file.length);
	ck_assert_uint_eq(faults.count, 0);
	ck_assert(!binary.in_place);
}
END_TEST

/* The member points into the body at every eighth address only. */
START_TEST(test_body_stays_in_place_where_it_is_aligned)
{
	const int64_t values[] = { INT64_MIN, -1, INT64_MAX };
	struct mr_string file = data_npy("f8");

	file = moved_by((size_t)_i, file);
	ck_assert_str_eq(said_of(ANY_NUMBERS, MR_FORMAT_NPY, file), "");
	ck_assert_int_eq(binary.in_place, _i % 8 == 0);
	ck_assert_int_eq((const char *)record.any_numbers.data ==
	                     file.data + MR_NPY_HEADER,
	                 _i % 8 == 0);
	ck_assert_mem_eq(record.any_numbers.data, file.data + MR_NPY_HEADER,
	                 6 * sizeof(double));

	file = moved_by((size_t)_i, raw(values, sizeof(values)));
	ck_assert_str_eq(said_of(ANY_WHOLES, MR_FORMAT_RAW, file), "");
	ck_assert_int_eq(binary.in_place, _i % 8 == 0);
	ck_assert_mem_eq(record.any_wholes.data, values, sizeof(values));
}
END_TEST

/* Longer than a batch, cast and not, with a breach at the end. */
START_TEST(test_long_array_is_taken_whole)
{
	static int32_t int32s[5000];
	const size_t shape[] = { N(int32s), SIZE_MAX };
	struct mr_string data = raw(int32s, sizeof(int32s));

	for (size_t i = 0; i < N(int32s); i++)
		int32s[i] = (int32_t)i * 7 - 3;
	ck_assert_str_eq(said_of(ANY_WHOLES, MR_FORMAT_NPY,
	                         npy_of(MR_NPY_I4, shape, data)),
	                 "");
	ck_assert_uint_eq(record.any_wholes.length, N(int32s));
	for (size_t i = 0; i < N(int32s); i++)
		ck_assert_int_eq(record.any_wholes.data[i], int32s[i]);
	for (size_t i = 0; i < N(int32s); i++)
		int32s[i] = i == 4321 ? 10 : 9;
	ck_assert_str_eq(said_of(WHOLES, MR_FORMAT_NPY,
	                         npy_of(MR_NPY_I4, shape, data)),
	                 "x too_long; x.4321 less_than_equal");
}
END_TEST

START_TEST(test_faults_are_counted_beyond_those_listed)
{
	static const int64_t values[] = { [5000] = 0, -1 };
	static int64_t many[3000];

	for (size_t i = 0; i < N(many); i++)
		many[i] = 10;
	said_of(WHOLES, MR_FORMAT_RAW, raw(many, sizeof(many)));
	ck_assert_uint_eq(faults.count, 1 + N(many));
	ck_assert_ptr_nonnull(strstr(faults_line(&faults), "; truncated"));
	ck_assert_str_eq(said_of(WHOLES, MR_FORMAT_RAW,
	                         raw(values, sizeof(values))),
	                 "x too_long; x.5001 greater_than_equal");
}
END_TEST

/* Raw bodies. */
static const struct {
	int row;
	struct mr_string body;
	const char *faults;
} raws[] = {
	{ ANY_WHOLES, BYTES(""), "" },
	{ ANY_NUMBERS, BYTES(""), "" },
	{ WHOLES, BYTES(""), "x too_short" },
	{ WHOLES, BYTES("\1"), "x data_length" },
	{ WHOLES, BYTES("\1\0\0\0\0\0\0"), "x data_length" },
	{ WHOLES, BYTES("\1\0\0\0\0\0\0\0"), "" },
	{ WHOLES, BYTES("\1\0\0\0\0\0\0\0\0"), "x data_length" },
	{ WHOLES, BYTES("\12\0\0\0\0\0\0\0"), "x.0 less_than_equal" },
	{ WHOLES, BYTES("\1\0\0\0\0\0\0\x80"), "x.0 greater_than_equal" },
	{ NUMBERS, BYTES("\0\0\0\0\0\0\xF0\x3F"), "" },
	{ NUMBERS, BYTES("\0\0\0\0\0\0\0\x80"), "" },
	{ NUMBERS, BYTES("\0\0\0\0\0\0\xF0\xBF"), "x.0 greater_than_equal" },
	{ NUMBERS, BYTES("\0\0\0\0\0\0\xF0\x7F"), "x.0 finite_number" },
	{ NUMBERS, BYTES("\1\0\0\0\0\0\xF0\xFF"), "x.0 finite_number" },
	{ OCTETS, BYTES(""), "x bytes_too_short" },
	{ OCTETS, BYTES("\0"), "" },
	{ OCTETS, BYTES("\xFF\0\x93N"), "" },
	{ OCTETS, BYTES("abcde"), "x bytes_too_long" },
};

START_TEST(test_raw_body_is_taken_or_told_by_its_faults)
{
	struct mr_string body = moved_by(0, raws[_i].body);

	ck_assert_str_eq(said_of(raws[_i].row, MR_FORMAT_RAW, body),
	                 raws[_i].faults);
	ck_assert_int_eq(binary.in_place,
	                 *raws[_i].faults == '\0' && body.length > 0);
}
END_TEST

START_TEST(test_raw_bytes_are_the_body_itself)
{
	struct mr_string body = BYTES("\0\xFF\n");

	ck_assert_str_eq(said_of(OCTETS, MR_FORMAT_RAW, body), "");
	ck_assert_ptr_eq(record.bytes.data, body.data);
	ck_assert_uint_eq(record.bytes.length, body.length);
}
END_TEST

START_TEST(test_nothing_is_not_at_null)
{
	static const struct mr_field any = MR_PARAM(
	    struct record, bytes, "t", MR_LENGTH(0, 4));
	struct mr_target target = { &any, &record.bytes, &place, &faults };

	faults = (struct mr_faults){ .arena = arena };
	binary = (struct mr_binary){ .format = MR_FORMAT_RAW };
	ck_assert_int_eq(mr_binary_read(&target, &binary), MR_OK);
	ck_assert_uint_eq(record.bytes.length, 0);
	ck_assert_ptr_nonnull(record.bytes.data);
	ck_assert(!binary.in_place);
	read_body(ANY_WHOLES, MR_FORMAT_RAW, (struct mr_string){ NULL, 0 });
	ck_assert_ptr_nonnull(record.any_wholes.data);
}
END_TEST

/* Writing. */

static struct mr_buffer preamble;

static enum mr_err
write_member(int row, enum mr_format format)
{
	preamble = (struct mr_buffer){ .arena = arena };
	binary = (struct mr_binary){ .format = format };
	return mr_binary_write(&rows[row], member(row), &preamble, &binary);
}

static const struct {
	int row;
	const char *name;
} trips[] = {
	{ ANY_WHOLES, "i8" },        { ANY_NUMBERS, "f8" },
	{ ANY_MATRIX, "matrix" },    { ANY_MATRIX, "matrix_column" },
	{ ANY_WHOLES, "empty_i8" },  { ANY_NUMBERS, "empty_f8" },
	{ ANY_MATRIX, "no_columns" }, { ANY_NUMBERS, "version_1" },
};

START_TEST(test_written_npy_is_the_file_of_numpy)
{
	struct mr_string file = moved_by(0, data_npy(trips[_i].name));

	ck_assert_str_eq(said_of(trips[_i].row, MR_FORMAT_NPY, file), "");
	ck_assert_int_eq(write_member(trips[_i].row, MR_FORMAT_NPY), MR_OK);
	ck_assert_uint_eq(preamble.length, MR_NPY_HEADER);
	ck_assert_mem_eq(preamble.data, file.data, MR_NPY_HEADER);
	ck_assert_uint_eq(MR_NPY_HEADER + binary.body.length, file.length);
	ck_assert_ptr_nonnull(binary.body.data);
	ck_assert_mem_eq(binary.body.data, file.data + MR_NPY_HEADER,
	                 binary.body.length);
}
END_TEST

static const struct {
	int row;
	struct mr_string body;
} raw_trips[] = {
	{ ANY_WHOLES, BYTES("\1\2\3\4\5\6\7\xFF") },
	{ ANY_NUMBERS, BYTES("\1\2\3\4\5\6\7\xFF\1\2\3\4\5\6\7\0") },
	{ ANY_NUMBERS, BYTES("") },
	{ OCTETS, BYTES("\xFF\0\x93N") },
};

START_TEST(test_raw_is_written_as_it_was_read)
{
	struct mr_string body = moved_by(0, raw_trips[_i].body);

	ck_assert_str_eq(said_of(raw_trips[_i].row, MR_FORMAT_RAW, body), "");
	ck_assert_int_eq(write_member(raw_trips[_i].row, MR_FORMAT_RAW), MR_OK);
	ck_assert_uint_eq(preamble.length, 0);
	ck_assert_uint_eq(binary.body.length, body.length);
	if (body.length > 0)
		ck_assert_ptr_eq(binary.body.data, body.data);
}
END_TEST

/* Of a result that nobody set. */
START_TEST(test_nothing_is_written_as_an_empty_array)
{
	memset(&record, 0, sizeof(record));
	for (int row = ANY_WHOLES; row <= NULLS; row++) {
		ck_assert_int_eq(write_member(row, MR_FORMAT_RAW), MR_OK);
		ck_assert_uint_eq(binary.body.length, 0);
		ck_assert_ptr_nonnull(binary.body.data);
	}
}
END_TEST

START_TEST(test_result_that_is_not_finite_is_refused)
{
	static const double extremes[] = { NAN, INFINITY, -INFINITY };
	const double values[] = { DBL_MAX, extremes[_i], -DBL_MAX };

	memset(&record, 0, sizeof(record));
	record.numbers = (struct mr_doubles){ values, N(values) };
	record.matrix = (struct mr_matrix){ values, 1, N(values) };
	for (enum mr_format format = MR_FORMAT_NPY; format <= MR_FORMAT_RAW;
	     format++) {
		ck_assert_int_eq(write_member(NUMBERS, format), MR_RESULT);
		ck_assert_int_eq(write_member(NULLS, format), MR_OK);
		ck_assert_ptr_eq(binary.body.data, values);
		ck_assert_uint_eq(binary.body.length, sizeof(values));
	}
	ck_assert_int_eq(write_member(MATRIX, MR_FORMAT_NPY), MR_RESULT);
}
END_TEST

START_TEST(test_matrix_beyond_memory_is_refused)
{
	static const double value;
	static const size_t sizes[][2] = {
		{ SIZE_MAX, SIZE_MAX },
		{ (size_t)1 << 61, 1 },
		{ (size_t)1 << 32, (size_t)1 << 32 },
		{ ((size_t)1 << 60) + 1, 16 },
	};

	record.matrix =
	    (struct mr_matrix){ &value, sizes[_i][0], sizes[_i][1] };
	ck_assert_int_eq(write_member(MATRIX, MR_FORMAT_NPY), MR_RESULT);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_npy_of_integers_becomes_int64s, 0,
	                    N(wholes));
	tcase_add_loop_test(tc, test_npy_of_numbers_becomes_doubles, 0,
	                    N(numbers));
	tcase_add_test(tc, test_columns_of_a_matrix_without_rows_are_judged);
	tcase_add_loop_test(tc, test_npy_becomes_a_matrix, 0, N(matrices));
	tcase_add_loop_test(tc, test_unfit_npy_is_told_by_its_faults, 0,
	                    N(unfit));
	tcase_add_test(tc, test_too_many_columns_are_told_at_the_first_row);
	tcase_add_loop_test(tc, test_fault_tells_what_it_expected, 0,
	                    N(details));
	tcase_add_test(tc, test_malformed_npy_has_a_reason_and_a_place);
	tcase_add_loop_test(tc, test_body_stays_in_place_where_it_is_aligned, 0,
	                    9);
	tcase_add_test(tc, test_long_array_is_taken_whole);
	tcase_add_test(tc, test_faults_are_counted_beyond_those_listed);
	tcase_add_loop_test(tc, test_raw_body_is_taken_or_told_by_its_faults, 0,
	                    N(raws));
	tcase_add_test(tc, test_raw_bytes_are_the_body_itself);
	tcase_add_test(tc, test_nothing_is_not_at_null);
	tcase_add_loop_test(tc, test_written_npy_is_the_file_of_numpy, 0,
	                    N(trips));
	tcase_add_loop_test(tc, test_raw_is_written_as_it_was_read, 0,
	                    N(raw_trips));
	tcase_add_test(tc, test_nothing_is_written_as_an_empty_array);
	tcase_add_loop_test(tc, test_result_that_is_not_finite_is_refused, 0,
	                    3);
	tcase_add_loop_test(tc, test_matrix_beyond_memory_is_refused, 0, 4);
}

UNIT_MAIN("binary", add_tests)
