/*
 * check_npy.c: files that NumPy wrote, and headers that it never would.
 */
#include "schema/npy.h"

#include "data.h"
#include "unit.h"

static struct mr_npy npy;

/* Files that NumPy wrote: see tests/data/npy/make.py. */
static const struct {
	const char *name;
	enum mr_npy_type type;
	size_t count, dimensions, shape[3];
	bool fortran;
} files[] = {
	{ "i1", MR_NPY_I1, 5, 1, { 5 }, false },
	{ "i2", MR_NPY_I2, 5, 1, { 5 }, false },
	{ "i4", MR_NPY_I4, 5, 1, { 5 }, false },
	{ "i8", MR_NPY_I8, 5, 1, { 5 }, false },
	{ "u1", MR_NPY_U1, 4, 1, { 4 }, false },
	{ "u2", MR_NPY_U2, 4, 1, { 4 }, false },
	{ "u4", MR_NPY_U4, 4, 1, { 4 }, false },
	{ "u8", MR_NPY_U8, 4, 1, { 4 }, false },
	{ "f2", MR_NPY_F2, 6, 1, { 6 }, false },
	{ "f4", MR_NPY_F4, 6, 1, { 6 }, false },
	{ "f8", MR_NPY_F8, 6, 1, { 6 }, false },
	{ "f8_not_finite", MR_NPY_F8, 4, 1, { 4 }, false },
	{ "b1", MR_NPY_B1, 2, 1, { 2 }, false },
	{ "c16", MR_NPY_OTHER, 0, 1, { 1 }, false },
	{ "big_i8", MR_NPY_OTHER, 0, 1, { 2 }, false },
	{ "big_f8", MR_NPY_OTHER, 0, 1, { 2 }, false },
	{ "text", MR_NPY_OTHER, 0, 1, { 2 }, false },
	{ "bytes", MR_NPY_OTHER, 0, 1, { 2 }, false },
	{ "dates", MR_NPY_OTHER, 0, 1, { 1 }, false },
	{ "object", MR_NPY_OTHER, 0, 1, { 2 }, false },
	{ "record", MR_NPY_OTHER, 0, 1, { 1 }, false },
	{ "record_nested", MR_NPY_OTHER, 0, 1, { 1 }, false },
	{ "record_utf8", MR_NPY_OTHER, 0, 1, { 1 }, false },
	{ "matrix", MR_NPY_F8, 6, 2, { 2, 3 }, false },
	{ "matrix_fortran", MR_NPY_F8, 6, 2, { 2, 3 }, true },
	{ "matrix_i4", MR_NPY_I4, 6, 2, { 2, 3 }, false },
	{ "matrix_column", MR_NPY_F8, 2, 2, { 2, 1 }, false },
	{ "scalar", MR_NPY_F8, 1, 0, { 0 }, false },
	{ "cube", MR_NPY_F8, 8, 3, { 2, 2, 2 }, false },
	{ "deep", MR_NPY_F8, 1, 32, { 1, 1, 1 }, false },
	{ "empty_i8", MR_NPY_I8, 0, 1, { 0 }, false },
	{ "empty_f8", MR_NPY_F8, 0, 1, { 0 }, false },
	{ "no_rows", MR_NPY_F8, 0, 2, { 0, 3 }, false },
	{ "no_columns", MR_NPY_F8, 0, 2, { 3, 0 }, false },
	{ "version_1", MR_NPY_F8, 2, 1, { 2 }, false },
	{ "version_2", MR_NPY_F8, 2, 1, { 2 }, false },
	{ "version_3", MR_NPY_F8, 2, 1, { 2 }, false },
};

START_TEST(test_file_of_numpy_is_taken_apart)
{
	struct mr_string file = data_npy(files[_i].name);

	ck_assert_msg(mr_npy_read(&npy, file) == MR_OK, "byte %zu: %s",
	              npy.offset, npy.reason);
	ck_assert_int_eq(npy.type, files[_i].type);
	ck_assert_int_eq(npy.fortran, files[_i].fortran);
	ck_assert_uint_eq(npy.dimensions, files[_i].dimensions);
	ck_assert_mem_eq(npy.shape, files[_i].shape, sizeof(files[_i].shape));
	ck_assert_uint_eq(npy.count, files[_i].count);
	if (npy.type != MR_NPY_OTHER)
		ck_assert_ptr_eq(npy.data + npy.count * npy.size,
		                 file.data + file.length);
}
END_TEST

/* Whether mr_npy_write makes the first bytes of a file of NumPy. */
static const char *const written[] = {
	"i8",     "f8",            "f8_not_finite", "empty_i8",   "empty_f8",
	"matrix", "matrix_column", "no_rows",       "no_columns", "version_1",
};

START_TEST(test_header_is_written_as_numpy_does)
{
	struct mr_string file = data_npy(written[_i]);
	struct mr_buffer header = { .arena = arena };

	ck_assert_int_eq(mr_npy_read(&npy, file), MR_OK);
	mr_npy_write(&npy, &header);
	ck_assert_uint_eq(header.length, MR_NPY_HEADER);
	ck_assert_ptr_eq(npy.data, file.data + MR_NPY_HEADER);
	ck_assert_mem_eq(header.data, file.data, MR_NPY_HEADER);
}
END_TEST

START_TEST(test_header_of_longest_shape_is_written)
{
	struct mr_npy largest = { .type = MR_NPY_F8,
		                  .dimensions = 2,
		                  .shape = { SIZE_MAX, SIZE_MAX } };
	struct mr_buffer header = { .arena = arena };

	mr_npy_write(&largest, &header);
	ck_assert_uint_eq(header.length, MR_NPY_HEADER);
	mr_buffer_putc(&header, '\0');
	ck_assert_str_eq(header.data + 10,
	                 "{'descr': '<f8', 'fortran_order': False, 'shape': "
	                 "(18446744073709551615, 18446744073709551615), }"
	                 "                    \n");
}
END_TEST

START_TEST(test_file_that_ends_early_is_refused)
{
	static const char *const names[] = { "i2", "version_2", "cube" };
	struct mr_string file = data_npy(names[_i]);

	for (size_t length = 0; length < file.length; length++) {
		struct mr_string cut = guarded(
		    (struct mr_string){ file.data, length });

		ck_assert_int_eq(mr_npy_read(&npy, cut), MR_SYNTAX);
		ck_assert_uint_eq(npy.offset, length < 6 ? 0 : length);
		if (length >= 6)
			ck_assert_ptr_nonnull(strstr(npy.reason, "ends"));
	}
}
END_TEST

START_TEST(test_bytes_behind_the_data_are_refused)
{
	static const char *const names[] = { "i1", "f8", "scalar", "empty_f8" };
	struct mr_string file = data_npy(names[_i]);
	struct mr_string longer = {
		mr_arena_copy(arena, file.data, file.length), file.length + 1
	};

	ck_assert_int_eq(mr_npy_read(&npy, longer), MR_SYNTAX);
	ck_assert_uint_eq(npy.offset, file.length);
	ck_assert_str_eq(npy.reason, "nothing may follow the data");
}
END_TEST

/* Version 1.0, with this text for the header. */
static struct mr_string
file_with(struct mr_string text, struct mr_string data)
{
	struct mr_buffer file = { .arena = arena };

	mr_buffer_append(&file, "\x93NUMPY\1\0", 8);
	mr_buffer_putc(&file, (char)(text.length & 255));
	mr_buffer_putc(&file, (char)(text.length >> 8));
	mr_buffer_append(&file, text.data, text.length);
	mr_buffer_append(&file, data.data, data.length);
	return guarded((struct mr_string){ file.data, file.length });
}

#define D "'descr': '<i2'"
#define F "'fortran_order': False"
#define S "'shape': (1,)"

/* Two bytes of data follow. */
static const char *const headers[] = {
	"{" D ", " F ", " S ", }\n",
	"{" D "," F "," S "}\n",
	"{" D "," F "," S ",}\n",
	"{" S "," F "," D "}\n",
	"{" F "," D "," S "}\n",
	"{" D "," F ",'shape': (1L,)}\n",
	"{" D "," F ",'shape': (1 ,)}\n",
	"{" D "," F ",'shape': ()}\n",
	"{" D "," F ",'shape': (1, 1)}\n",
	"{" D "," F ",'shape': (1L, 1L,)}\n",
	"{\"descr\": \"<i2\",\"fortran_order\":False,\"shape\":(1,)}\n",
	" \t\r\n{ 'descr'\n: '<i2' , " F "\n, " S "\t, } \n \r\n",
	"{'descr': '<f4'," F ",'shape': (0, 9223372036854775807)}\n",
	"{'descr': '>i2'," F "," S "}\n",
	"{'descr': ''," F "," S "}\n",
	"{'descr': []," F "," S "}\n",
	"{'descr': [('a\\']', [('b', '<i4')], (2,))]," F "," S "}\n",
};

START_TEST(test_header_may_be_laid_out_otherwise)
{
	struct mr_string data = { "\1\2", strstr(headers[_i], "<f4") ? 0 : 2 };
	struct mr_string file = file_with(TEXT(headers[_i]), data);

	ck_assert_msg(mr_npy_read(&npy, file) == MR_OK, "byte %zu: %s",
	              npy.offset, npy.reason);
	ck_assert(!npy.fortran);
}
END_TEST

#define ENDS "the header ends inside a string"
#define QUOTES "text in quotes was expected"
#define COMMA "',' was expected"
#define LENGTH "the length of a dimension was expected"
#define NEEDED "descr, fortran_order and shape are needed"
#define FOLLOWS "only white space may follow the dictionary"

static const struct {
	struct mr_string text;
	size_t offset; /* in it */
	const char *reason;
} malformed[] = {
	{ BYTES(""), 0, "'{' was expected" },
	{ BYTES("\n"), 1, "'{' was expected" },
	{ BYTES("[]\n"), 0, "'{' was expected" },
	{ BYTES("\0{}\n"), 0, "'{' was expected" },
	{ BYTES("{"), 1, QUOTES },
	{ BYTES("{}\n"), 1, NEEDED },
	{ BYTES("{,}\n"), 1, QUOTES },
	{ BYTES("{descr: '<i2'}\n"), 1, QUOTES },
	{ BYTES("{'descr"), 7, ENDS },
	{ BYTES("{'descr\\"), 8, ENDS },
	{ BYTES("{'descr\"}\n"), 10, ENDS },
	{ BYTES("{'descr'}\n"), 8, "':' was expected" },
	{ BYTES("{'descr':}\n"), 9, QUOTES },
	{ BYTES("{'descr':'<i2\\'}\n"), 17, ENDS },
	{ BYTES("{'descr':None}\n"), 9, QUOTES },
	{ BYTES("{'descr':['<i2'"), 15, "the header ends inside brackets" },
	{ BYTES("{'descr':[['<i2']}\n"), 19, "the header ends inside brackets" },
	{ BYTES("{'descr':['<i2}\n"), 16, ENDS },
	{ BYTES("{" D " " F "}\n"), 16, COMMA },
	{ BYTES("{" D "," F "," D "}\n"), 39, "the key stands twice" },
	{ BYTES("{" D "," S "," S "}\n"), 30, "the key stands twice" },
	{ BYTES("{" D "," F "}\n"), 38, NEEDED },
	{ BYTES("{" D "," S "}\n"), 29, NEEDED },
	{ BYTES("{" F "," S "}\n"), 37, NEEDED },
	{ BYTES("{'Descr': '<i2'}\n"), 1, "a key that no header has" },
	{ BYTES("{'desc': '<i2'}\n"), 1, "a key that no header has" },
	{ BYTES("{'': '<i2'}\n"), 1, "a key that no header has" },
	{ BYTES("{" D "," F "," S ",'extra': 1}\n"), 53,
	  "a key that no header has" },
	{ BYTES("{'fortran_order': false}\n"), 18,
	  "True or False was expected" },
	{ BYTES("{'fortran_order': 0}\n"), 18, "True or False was expected" },
	{ BYTES("{'fortran_order': Tru"), 18, "True or False was expected" },
	{ BYTES("{'fortran_order': Trues}\n"), 22, COMMA },
	{ BYTES("{'shape': 1}\n"), 10, "'(' was expected" },
	{ BYTES("{'shape': [1]}\n"), 10, "'(' was expected" },
	{ BYTES("{'shape': (1)}\n"), 12, COMMA },
	{ BYTES("{'shape': (1 2)}\n"), 13, COMMA },
	{ BYTES("{'shape': (1"), 12, COMMA },
	{ BYTES("{'shape': (,)}\n"), 11, LENGTH },
	{ BYTES("{'shape': (1,,)}\n"), 13, LENGTH },
	{ BYTES("{'shape': (-1,)}\n"), 11, LENGTH },
	{ BYTES("{'shape': (-0,)}\n"), 11, LENGTH },
	{ BYTES("{'shape': (01,)}\n"), 11, LENGTH },
	{ BYTES("{'shape': (+1,)}\n"), 11, LENGTH },
	{ BYTES("{'shape': ('1',)}\n"), 11, LENGTH },
	{ BYTES("{'shape': (L,)}\n"), 11, LENGTH },
	{ BYTES("{'shape': (1.0,)}\n"), 12, COMMA },
	{ BYTES("{'shape': (1LL,)}\n"), 13, COMMA },
	{ BYTES("{'shape': (1l,)}\n"), 12, COMMA },
	{ BYTES("{'shape': (0x1,)}\n"), 12, COMMA },
	{ BYTES("{'shape': (9223372036854775808,)}\n"), 11, LENGTH },
	{ BYTES("{'shape': (99999999999999999999,)}\n"), 11, LENGTH },
	{ BYTES("{" D "," F "," S "}}\n"), 53, FOLLOWS },
	{ BYTES("{" D "," F "," S "}\n#\n"), 54, FOLLOWS },
	{ BYTES("{" D "," F "," S "}\0\n"), 53, FOLLOWS },
	{ BYTES("{" D "," F "," S "}"), 52, "a newline ends the header" },
	{ BYTES("{" D "," F "," S "}\n "), 54, "a newline ends the header" },
};

START_TEST(test_malformed_header_is_told_by_its_place)
{
	struct mr_string data = { "\1\2", 2 };

	ck_assert_int_eq(mr_npy_read(&npy, file_with(malformed[_i].text, data)),
	                 MR_SYNTAX);
	ck_assert_str_eq(npy.reason, malformed[_i].reason);
	ck_assert_uint_eq(npy.offset, 10 + malformed[_i].offset);
}
END_TEST

/* What stands before the dictionary. */
static const struct {
	struct mr_string file;
	size_t offset;
	const char *reason;
} prefixes[] = {
	{ BYTES(""), 0, "no .npy file begins like this" },
	{ BYTES("\x93NUMP"), 0, "no .npy file begins like this" },
	{ BYTES("\x93numpy\1\0\0\0"), 0, "no .npy file begins like this" },
	{ BYTES("[1, 2, 3, 4, 5]"), 0, "no .npy file begins like this" },
	{ BYTES("\x93NUMPY"), 6, "the header ends too early" },
	{ BYTES("\x93NUMPY\1\0\1"), 9, "the header ends too early" },
	{ BYTES("\x93NUMPY\2\0\1\0\0"), 11, "the header ends too early" },
	{ BYTES("\x93NUMPY\1\0\3\0{}"), 12, "the header ends too early" },
	{ BYTES("\x93NUMPY\1\0\0\0"), 10, "'{' was expected" },
	{ BYTES("\x93NUMPY\0\0\0\0\0\0"), 6,
	  "the version is not 1.0, 2.0 or 3.0" },
	{ BYTES("\x93NUMPY\4\0\0\0\0\0"), 6,
	  "the version is not 1.0, 2.0 or 3.0" },
	{ BYTES("\x93NUMPY\xFF\0\0\0\0\0"), 6,
	  "the version is not 1.0, 2.0 or 3.0" },
	{ BYTES("\x93NUMPY\1\1\0\0\0\0"), 6,
	  "the version is not 1.0, 2.0 or 3.0" },
	{ BYTES("\x93NUMPY\2\0\1\0\1\0{}"), 8, "the header is too long" },
	{ BYTES("\x93NUMPY\3\0\xFF\xFF\xFF\xFF{}"), 8,
	  "the header is too long" },
	{ BYTES("\x93NUMPY\2\0\0\0\1\0{}"), 14, "the header ends too early" },
};

START_TEST(test_malformed_prefix_is_told_by_its_place)
{
	ck_assert_int_eq(mr_npy_read(&npy, guarded(prefixes[_i].file)),
	                 MR_SYNTAX);
	ck_assert_str_eq(npy.reason, prefixes[_i].reason);
	ck_assert_uint_eq(npy.offset, prefixes[_i].offset);
}
END_TEST

START_TEST(test_longest_header_is_read)
{
	static const char text[] = "{" D "," F "," S "}";
	struct mr_buffer file = { .arena = arena };

	mr_buffer_append(&file, "\x93NUMPY\2\0\0\0\1\0", 12);
	mr_buffer_puts(&file, text);
	while (file.length < 12 + MR_NPY_HEADER_LONGEST)
		mr_buffer_putc(&file, '\n');
	mr_buffer_append(&file, "\1\2", 2);
	ck_assert_int_eq(
	    mr_npy_read(&npy, (struct mr_string){ file.data, file.length }),
	    MR_OK);
	ck_assert_uint_eq(npy.count, 1);
	ck_assert_uint_eq(npy.data[0], 1);
}
END_TEST

START_TEST(test_too_many_dimensions_are_refused)
{
	struct mr_buffer text = { .arena = arena };
	size_t count = MR_NPY_DIMENSIONS + (size_t)_i;
	struct mr_string data = { "\1\2", 2 };
	enum mr_err err;

	mr_buffer_puts(&text, "{" D "," F ",'shape':(");
	for (size_t i = 0; i < count; i++)
		mr_buffer_puts(&text, "1,");
	mr_buffer_puts(&text, ")}\n");
	err = mr_npy_read(
	    &npy,
	    file_with((struct mr_string){ text.data, text.length }, data));
	ck_assert_int_eq(err, _i == 0 ? MR_OK : MR_SYNTAX);
	if (_i > 0)
		ck_assert_str_eq(npy.reason, "too many dimensions");
}
END_TEST

/* Products that no size_t holds, or that wrap around to what is there. */
static const struct {
	const char *shape;
	enum mr_err err;
} products[] = {
	{ "(9223372036854775807,)", MR_SYNTAX },
	{ "(4611686018427387904, 2)", MR_SYNTAX },
	{ "(4294967296, 4294967296)", MR_SYNTAX },
	{ "(4294967297, 4294967295, 4294967295)", MR_SYNTAX },
	{ "(9223372036854775807, 9223372036854775807, 0)", MR_OK },
	{ "(0, 9223372036854775807, 9223372036854775807)", MR_OK },
};

START_TEST(test_product_of_the_shape_does_not_wrap)
{
	struct mr_buffer text = { .arena = arena };
	struct mr_string data = { "", 0 };
	struct mr_string file;

	mr_buffer_puts(&text, "{" D "," F ",'shape':");
	mr_buffer_puts(&text, products[_i].shape);
	mr_buffer_puts(&text, "}\n");
	file = file_with((struct mr_string){ text.data, text.length }, data);
	ck_assert_int_eq(mr_npy_read(&npy, file), products[_i].err);
	if (products[_i].err != MR_OK) {
		ck_assert_str_eq(npy.reason, "the data ends too early");
		ck_assert_uint_eq(npy.offset, file.length);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_file_of_numpy_is_taken_apart, 0, N(files));
	tcase_add_loop_test(tc, test_header_is_written_as_numpy_does, 0,
	                    N(written));
	tcase_add_test(tc, test_header_of_longest_shape_is_written);
	tcase_add_loop_test(tc, test_file_that_ends_early_is_refused, 0, 3);
	tcase_add_loop_test(tc, test_bytes_behind_the_data_are_refused, 0, 4);
	tcase_add_loop_test(tc, test_header_may_be_laid_out_otherwise, 0,
	                    N(headers));
	tcase_add_loop_test(tc, test_malformed_header_is_told_by_its_place, 0,
	                    N(malformed));
	tcase_add_loop_test(tc, test_malformed_prefix_is_told_by_its_place, 0,
	                    N(prefixes));
	tcase_add_test(tc, test_longest_header_is_read);
	tcase_add_loop_test(tc, test_too_many_dimensions_are_refused, 0, 2);
	tcase_add_loop_test(tc, test_product_of_the_shape_does_not_wrap, 0,
	                    N(products));
}

UNIT_MAIN("npy", add_tests)
