/*
 * binary.c: a body is first seen as an array of whatever type it has.  In the
 * good case its elements are looked at once, a batch at a time while it is in
 * the cache, and not moved if they are what the member wants already.
 */
#include "schema/binary.h"

#include "schema/elements.h"
#include "schema/npy.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#define BATCH ((size_t)1024)
#define ELEMENT sizeof(int64_t) /* and of a double */

_Static_assert(sizeof(double) == ELEMENT, "a double has 64 bits");

/* What each kind is, or becomes, in a file. */
static const struct {
	enum mr_npy_type type;
	size_t dimensions;
	const char *name; /* of the type */
} kinds[MR_KIND_COUNT] = {
	[MR_KIND_BYTES] = { MR_NPY_U1, 1, NULL },
	[MR_KIND_INT64S] = { MR_NPY_I8, 1, "int64" },
	[MR_KIND_DOUBLES] = { MR_NPY_F8, 1, "float64" },
	[MR_KIND_MATRIX] = { MR_NPY_F8, 2, "float64" },
};

/* Lengths. */

/* As in JSON, columns are those of the first row; without one, of the matrix. */
static bool
in_lengths(const struct mr_target *target, const struct mr_npy *array)
{
	const struct mr_bounds *bounds = &target->field->bounds;
	const struct mr_limits columns = { bounds->min_columns,
		                           bounds->max_columns,
		                           MR_FAULT_LIST_SHORT,
		                           MR_FAULT_LIST_LONG };
	struct mr_place place;
	struct mr_target first = mr_target_element(target, &place);
	bool fits = mr_target_fits_array(target, array->shape[0]);

	if (array->dimensions == 2)
		fits &= mr_target_in_limits(array->shape[0] > 0 ? &first
		                                                : target,
		                            array->shape[1], columns);
	return fits;
}

/* Elements. */

/* Some of an array, in the type of the member. */
struct batch {
	const void *values;
	size_t from, count; /* indices in the array, row after row */
};

static void
tell(const struct mr_target *element, long double value)
{
	if (isfinite(value))
		mr_target_in_range(element, value);
	else
		mr_target_fault(element, MR_FAULT_FINITE);
}

/* The same, of an element by its index. */
static void
tell_at(const struct mr_target *target, const struct mr_npy *array,
        size_t index, long double value)
{
	struct mr_place row_place, column_place;
	struct mr_target row = mr_target_element(target, &row_place);
	struct mr_target column = mr_target_element(&row, &column_place);

	row_place.index = index;
	if (array->dimensions == 1) {
		tell(&row, value);
		return;
	}
	row_place.index = index / array->shape[1];
	column_place.index = index % array->shape[1];
	tell(&column, value);
}

static void
check(const struct mr_target *target, const struct mr_npy *array,
      const struct batch *batch)
{
	const struct mr_bounds *bounds = &target->field->bounds;
	const int64_t *int64s = batch->values;
	const double *doubles = batch->values;
	bool integral = mr_target_is_integral(target);

	if (integral
	        ? mr_elements_int64_within(int64s, batch->count, bounds)
	        : mr_elements_double_within(doubles, batch->count, bounds))
		return;
	for (size_t i = 0; i < batch->count; i++)
		tell_at(target, array, batch->from + i,
		        integral ? (long double)int64s[i]
		                 : (long double)doubles[i]);
}

/* Reading. */

/* Of a kind of array that its member cannot hold, elements are not read. */
static bool
suits(const struct mr_target *target, const struct mr_npy *array)
{
	const struct mr_field *field = target->field;
	size_t before = target->faults->count;

	if (mr_elements_cast_of(array->type, mr_target_is_integral(target)) ==
	    NULL)
		mr_fault_add(target->faults, MR_FAULT_ARRAY_DTYPE,
		             target->place, kinds[field->kind].name);
	if (array->fortran)
		mr_target_fault(target, MR_FAULT_ARRAY_ORDER);
	if (array->dimensions != kinds[field->kind].dimensions)
		mr_fault_add_bound(
		    target->faults, MR_FAULT_ARRAY_DIMENSIONS, target->place,
		    (long double)kinds[field->kind].dimensions);
	return target->faults->count == before;
}

static void
set_member(const struct mr_target *target, const struct mr_npy *array,
           const void *values)
{
	size_t length = array->shape[0];

	if (target->field->kind == MR_KIND_MATRIX)
		*(struct mr_matrix *)target->member = (struct mr_matrix){
			values, length, array->shape[1]
		};
	else if (target->field->kind == MR_KIND_INT64S)
		*(struct mr_int64s *)target->member =
		    (struct mr_int64s){ values, length };
	else
		*(struct mr_doubles *)target->member =
		    (struct mr_doubles){ values, length };
}

static bool
can_stay(const struct mr_target *target, const struct mr_npy *array)
{
	return array->count > 0 &&
	       array->type == kinds[target->field->kind].type &&
	       (uintptr_t)array->data % ELEMENT == 0;
}

/*
 * NULL when out of memory.  An array that is too long is cast and checked
 * too, but not kept: every batch takes the place of the last.
 */
static const void *
cast_elements(const struct mr_target *target, const struct mr_npy *array,
              bool keep)
{
	mr_elements_cast *cast =
	    mr_elements_cast_of(array->type, mr_target_is_integral(target));
	size_t room = keep ? array->count : BATCH;
	unsigned char *values =
	    mr_arena_alloc(target->faults->arena, room * ELEMENT);
	unsigned char *to = values;

	for (size_t from = 0; to != NULL && from < array->count;
	     from += BATCH) {
		size_t rest = array->count - from;
		struct batch batch = { to, from, rest < BATCH ? rest : BATCH };

		cast(to, array->data + from * array->size, batch.count);
		check(target, array, &batch);
		if (keep)
			to += batch.count * ELEMENT;
	}
	return values;
}

static enum mr_err
take_array(const struct mr_target *target, const struct mr_npy *array,
           struct mr_binary *binary)
{
	const struct batch whole = { array->data, 0, array->count };
	size_t before = target->faults->count;
	const void *values = array->data;
	bool fits, stays = can_stay(target, array);

	if (!suits(target, array))
		return MR_OK;
	fits = in_lengths(target, array);
	if (stays)
		check(target, array, &whole);
	else
		values = cast_elements(target, array, fits);
	if (values == NULL)
		return MR_MEMORY;
	if (target->faults->count == before) {
		set_member(target, array, values);
		binary->in_place = stays;
	}
	return MR_OK;
}

static void
take_bytes(const struct mr_target *target, struct mr_binary *binary)
{
	struct mr_string body = binary->body;

	if (!mr_target_in_limits(target, body.length,
	                         mr_target_limits(target, MR_FAULT_BYTES_SHORT,
	                                          MR_FAULT_BYTES_LONG)))
		return;
	binary->in_place = body.length > 0;
	*(struct mr_bytes *)target->member = (struct mr_bytes){
		(const void *)(binary->in_place ? body.data : ""), body.length
	};
}

static enum mr_err
take_raw(const struct mr_target *target, struct mr_binary *binary)
{
	size_t length = binary->body.length / ELEMENT;
	struct mr_npy array = {
		.type = kinds[target->field->kind].type,
		.dimensions = 1,
		.shape = { length },
		.data = (const void *)binary->body.data,
		.count = length,
		.size = ELEMENT,
	};

	if (binary->body.length % ELEMENT == 0)
		return take_array(target, &array, binary);
	mr_fault_add_bound(target->faults, MR_FAULT_DATA_LENGTH, target->place,
	                   ELEMENT);
	return MR_OK;
}

static enum mr_err
take_npy(const struct mr_target *target, struct mr_binary *binary)
{
	struct mr_npy array;
	enum mr_err err = mr_npy_read(&array, binary->body);

	binary->reason = array.reason;
	binary->offset = array.offset;
	return err == MR_OK ? take_array(target, &array, binary) : err;
}

enum mr_err
mr_binary_read(const struct mr_target *target, struct mr_binary *binary)
{
	binary->in_place = false;
	if (binary->format == MR_FORMAT_NPY)
		return take_npy(target, binary);
	if (target->field->kind != MR_KIND_BYTES)
		return take_raw(target, binary);
	take_bytes(target, binary);
	return MR_OK;
}

/* Writing. */

static struct mr_npy
array_of(const struct mr_field *field, const void *member)
{
	const struct mr_bytes *bytes = member;
	const struct mr_int64s *int64s = member;
	const struct mr_doubles *doubles = member;
	const struct mr_matrix *matrix = member;
	struct mr_npy array = { .type = kinds[field->kind].type,
		                .dimensions = kinds[field->kind].dimensions,
		                .size = ELEMENT };

	if (field->kind == MR_KIND_BYTES) {
		array.size = 1;
		array.data = bytes->data;
		array.shape[0] = bytes->length;
	} else if (field->kind == MR_KIND_INT64S) {
		array.data = (const void *)int64s->data;
		array.shape[0] = int64s->length;
	} else if (field->kind == MR_KIND_DOUBLES) {
		array.data = (const void *)doubles->data;
		array.shape[0] = doubles->length;
	} else {
		array.data = (const void *)matrix->data;
		array.shape[0] = matrix->rows;
		array.shape[1] = matrix->columns;
	}
	return array;
}

static bool
can_be_told(const struct mr_field *field, const struct mr_npy *array)
{
	const struct mr_bounds finite = { .min = -DBL_MAX, .max = DBL_MAX };

	return array->type != MR_NPY_F8 || field->null_if_not_finite ||
	       mr_elements_double_within((const void *)array->data,
	                                 array->count, &finite);
}

/* The place of the first element that is not finite. */
static void
blame(const struct mr_npy *array, char culprit[MR_CULPRIT])
{
	const double *elements = (const void *)array->data;
	size_t i = 0;

	while (isfinite(elements[i]))
		i++;
	if (array->dimensions == 1)
		snprintf(culprit, MR_CULPRIT, "[%zu]", i);
	else
		snprintf(culprit, MR_CULPRIT, "[%zu][%zu]",
		         i / array->shape[1], i % array->shape[1]);
}

enum mr_err
mr_binary_write(const struct mr_field *field, const void *member,
                struct mr_buffer *preamble, struct mr_binary *binary)
{
	struct mr_npy array = array_of(field, member);
	size_t size = array.size;

	for (size_t i = 0; i < array.dimensions; i++)
		if (__builtin_mul_overflow(size, array.shape[i], &size))
			return MR_RESULT;
	array.count = size / array.size;
	if (!can_be_told(field, &array)) {
		blame(&array, binary->culprit);
		return MR_RESULT;
	}
	if (binary->format == MR_FORMAT_NPY)
		mr_npy_write(&array, preamble);
	binary->body = (struct mr_string){
		size == 0 ? "" : (const void *)array.data, size
	};
	return preamble->failed ? MR_MEMORY : MR_OK;
}
