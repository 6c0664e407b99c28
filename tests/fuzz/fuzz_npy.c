/*
 * fuzz_npy.c: any bytes as a body that is one array.
 *
 * The first byte picks a row, the second how far behind an aligned address the
 * body begins (three bits) and whether it is raw (the fourth).  The rest is
 * the body.  What is made of it is held against a reading of one element
 * after the other.
 */
#include "claim.h"
#include "schema/binary.h"
#include "schema/npy.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ALL 1000000

static const struct mr_field rows[] = {
	{ .name = "any_wholes",
	  .kind = MR_KIND_INT64S,
	  .bounds = MR_ITEMS(0, ALL, INT64_MIN, INT64_MAX) },
	{ .name = "wholes",
	  .kind = MR_KIND_INT64S,
	  .bounds = MR_ITEMS(1, 5, -100, 0.5L) },
	{ .name = "any_numbers",
	  .kind = MR_KIND_DOUBLES,
	  .bounds = MR_ITEMS(0, ALL, -INFINITY, INFINITY) },
	{ .name = "numbers",
	  .kind = MR_KIND_DOUBLES,
	  .bounds = MR_ITEMS(2, 5, 0, 0.1L) },
	{ .name = "any_matrix",
	  .kind = MR_KIND_MATRIX,
	  .bounds = MR_MATRIX(MR_ROWS(0, ALL), MR_COLUMNS(0, ALL), -DBL_MAX,
	                      DBL_MAX) },
	{ .name = "matrix",
	  .kind = MR_KIND_MATRIX,
	  .bounds = MR_MATRIX(MR_ROWS(1, 2), MR_COLUMNS(2, 3), -0.1L, 1) },
	{ .name = "bytes",
	  .kind = MR_KIND_BYTES,
	  .bounds = MR_LENGTH(1, 16) },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

union member {
	struct mr_bytes bytes;
	struct mr_int64s int64s;
	struct mr_doubles doubles;
	struct mr_matrix matrix;
};

static const struct mr_place place = { .name = { "x", 1 } };

/* Element by element. */

static uint64_t
bits_at(const struct mr_npy *array, size_t index)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < array->size; i++)
		bits |= (uint64_t)array->data[index * array->size + i]
		        << (8 * i);
	return bits;
}

static long double
half(unsigned bits)
{
	int exponent = (int)(bits >> 10 & 31);
	long double fraction = bits & 1023, magnitude;

	if (exponent == 31)
		magnitude = fraction == 0 ? INFINITY : NAN;
	else
		magnitude = exponent == 0
		                ? ldexpl(fraction, -24)
		                : ldexpl(1024 + fraction, exponent - 25);
	return bits >> 15 ? -magnitude : magnitude;
}

static long double
number_at(const struct mr_npy *array, size_t index)
{
	uint64_t bits = bits_at(array, index);
	uint32_t low = (uint32_t)bits;
	double wide;
	float narrow;

	memcpy(&wide, &bits, sizeof(wide));
	memcpy(&narrow, &low, sizeof(narrow));
	switch (array->type) {
	case MR_NPY_I1:
		return (int8_t)bits;
	case MR_NPY_I2:
		return (int16_t)bits;
	case MR_NPY_I4:
		return (int32_t)bits;
	case MR_NPY_I8:
		return (int64_t)bits;
	case MR_NPY_F2:
		return half(low);
	case MR_NPY_F4:
		return narrow;
	case MR_NPY_F8:
		return wide;
	default:
		return bits;
	}
}

/* What is wrong with an array. */

static bool
is_integer(enum mr_npy_type type)
{
	return type <= MR_NPY_U4;
}

static size_t
count_unsuitable(const struct mr_field *row, const struct mr_npy *array)
{
	size_t dimensions = row->kind == MR_KIND_MATRIX ? 2 : 1;
	bool fits;

	if (row->kind == MR_KIND_INT64S)
		fits = is_integer(array->type);
	else
		fits = (is_integer(array->type) && array->size < 8) ||
		       array->type == MR_NPY_F2 || array->type == MR_NPY_F4 ||
		       array->type == MR_NPY_F8;
	return (size_t)!fits + array->fortran +
	       (array->dimensions != dimensions);
}

static size_t
count_unfit(const struct mr_field *row, const struct mr_npy *array)
{
	const struct mr_bounds *bounds = &row->bounds;
	size_t count = array->shape[0] < bounds->min_length ||
	               array->shape[0] > bounds->max_length;

	if (row->kind == MR_KIND_MATRIX)
		count += array->shape[1] < bounds->min_columns ||
		         array->shape[1] > bounds->max_columns;
	for (size_t i = 0; i < array->count; i++) {
		long double number = number_at(array, i);

		count += !isfinite(number) || number < bounds->min ||
		         number > bounds->max;
	}
	return count;
}

/* What was made of an array without fault. */

static void
claim_values(const struct mr_field *row, const struct mr_npy *array,
             const union member *member)
{
	CLAIM(member->int64s.data != NULL);
	CLAIM(member->int64s.length == array->shape[0]);
	if (row->kind == MR_KIND_MATRIX)
		CLAIM(member->matrix.columns == array->shape[1]);
	for (size_t i = 0; i < array->count; i++) {
		long double number = number_at(array, i);
		long double value = row->kind == MR_KIND_INT64S
		                        ? (long double)member->int64s.data[i]
		                        : (long double)member->doubles.data[i];

		CLAIM(value == number && !signbit(value) == !signbit(number));
	}
}

static void
claim_place(const struct mr_binary *binary, const union member *member)
{
	const char *at = (const void *)member->int64s.data;
	const char *end = binary->body.data + binary->body.length;

	CLAIM(binary->in_place == (at >= binary->body.data && at < end));
}

static enum mr_err
read_body(const struct mr_field *row, struct mr_binary *binary,
          union member *member, struct mr_faults *faults)
{
	struct mr_target target = { row, member, &place, faults };

	memset(member, 0, sizeof(*member));
	return mr_binary_read(&target, binary);
}

static void
claim_round_trip(const struct mr_field *row, const struct mr_binary *read,
                 const union member *member, struct mr_arena *arena)
{
	struct mr_buffer body = { .arena = arena };
	struct mr_faults faults = { .arena = arena };
	struct mr_binary again = { .format = read->format };
	struct mr_string first, second;
	union member same;

	CLAIM(mr_binary_write(row, member, &body, &again) == MR_OK);
	first = again.body;
	if (first.length > 0)
		mr_buffer_append(&body, first.data, first.length);
	again.body = (struct mr_string){ body.data, body.length };
	CLAIM(read_body(row, &again, &same, &faults) == MR_OK);
	CLAIM(faults.count == 0);
	body = (struct mr_buffer){ .arena = arena };
	CLAIM(mr_binary_write(row, &same, &body, &again) == MR_OK);
	second = again.body;
	CLAIM(first.length == second.length);
	CLAIM(memcmp(first.data, second.data, first.length) == 0);
}

/* A raw body as an array; false when it is none. */
static bool
raw_array(const struct mr_field *row, struct mr_string body,
          struct mr_npy *array)
{
	bool bytes = row->kind == MR_KIND_BYTES;

	*array = (struct mr_npy){
		.type = bytes                         ? MR_NPY_U1
		        : row->kind == MR_KIND_INT64S ? MR_NPY_I8
		                                      : MR_NPY_F8,
		.dimensions = 1,
		.data = (const void *)body.data,
		.size = bytes ? 1 : 8,
	};
	array->shape[0] = array->count = body.length / array->size;
	return body.length % array->size == 0;
}

static size_t
count_faults(const struct mr_field *row, struct mr_string body,
             struct mr_npy *array, bool raw)
{
	size_t count;

	if (raw && !raw_array(row, body, array))
		return 1;
	if (row->kind == MR_KIND_BYTES)
		return body.length < row->bounds.min_length ||
		       body.length > row->bounds.max_length;
	count = count_unsuitable(row, array);
	return count > 0 ? count : count_unfit(row, array);
}

static void
try_body(const struct mr_field *row, struct mr_binary *binary,
         struct mr_arena *arena)
{
	bool raw = binary->format == MR_FORMAT_RAW;
	struct mr_faults faults = { .arena = arena };
	struct mr_npy array;
	union member member;

	if (!raw && mr_npy_read(&array, binary->body) != MR_OK) {
		CLAIM(read_body(row, binary, &member, &faults) == MR_SYNTAX);
		CLAIM(binary->reason != NULL);
		CLAIM(binary->offset <= binary->body.length);
		CLAIM(faults.count == 0 && !binary->in_place);
		return;
	}
	CLAIM(read_body(row, binary, &member, &faults) == MR_OK);
	CLAIM(faults.count == count_faults(row, binary->body, &array, raw));
	if (faults.count > 0) {
		CLAIM(member.int64s.data == NULL && !binary->in_place);
		return;
	}
	if (row->kind == MR_KIND_BYTES)
		CLAIM(member.bytes.data == (const void *)binary->body.data);
	else
		claim_values(row, &array, &member);
	claim_place(binary, &member);
	claim_round_trip(row, binary, &member, arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mr_field *row;
	struct mr_arena *arena;
	struct mr_binary binary;
	size_t offset;
	char *room;

	if (size < 2)
		return 0;
	row = &rows[data[0] % ROWS];
	offset = data[1] & 7;
	binary.format = row->kind == MR_KIND_BYTES ||
	                        (data[1] & 8 && row->kind != MR_KIND_MATRIX)
	                    ? MR_FORMAT_RAW
	                    : MR_FORMAT_NPY;
	arena = mr_arena_new();
	room = mr_arena_alloc(arena, offset + size - 2);
	memcpy(room + offset, data + 2, size - 2);
	binary.body = (struct mr_string){ room + offset, size - 2 };
	try_body(row, &binary, arena);
	mr_arena_free(arena);
	return 0;
}
