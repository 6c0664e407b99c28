/*
 * records.c: claims by kind, row by row.
 */
#include "records.h"

#include "claim.h"
#include "schema/shape.h"
#include "schema/utf8.h"

#include <string.h>

/* Bounds. */

static void
claim_in_range(const struct mr_field *field, long double value)
{
	CLAIM(value >= field->bounds.min && value <= field->bounds.max);
}

static void
claim_in_length(const struct mr_field *field, size_t length)
{
	CLAIM(length >= field->bounds.min_length);
	CLAIM(length <= field->bounds.max_length);
}

static void
bounds_int64(const struct mr_field *field, const void *member)
{
	claim_in_range(field, (long double)*(const int64_t *)member);
}

static void
bounds_double(const struct mr_field *field, const void *member)
{
	claim_in_range(field, *(const double *)member);
}

static void
bounds_bool(const struct mr_field *field, const void *member)
{
	(void)field;
	CLAIM(*(const unsigned char *)member <= 1);
}

static void
bounds_string(const struct mr_field *field, const void *member)
{
	const struct mr_string *string = member;
	const char *end = string->data + string->length;

	CLAIM(*end == '\0');
	CLAIM(mr_utf8_check(string->data, end) == end);
	claim_in_length(field, mr_utf8_count(string->data, end));
}

static void
bounds_choice(const struct mr_field *field, const void *member)
{
	for (unsigned i = 0; i <= *(const unsigned *)member; i++)
		CLAIM(field->bounds.choices[i] != NULL);
}

static void
bounds_bytes(const struct mr_field *field, const void *member)
{
	claim_in_length(field, ((const struct mr_bytes *)member)->length);
}

static void
bounds_int64s(const struct mr_field *field, const void *member)
{
	const struct mr_int64s *array = member;

	claim_in_length(field, array->length);
	for (size_t i = 0; i < array->length; i++)
		claim_in_range(field, (long double)array->data[i]);
}

static void
bounds_doubles(const struct mr_field *field, const void *member)
{
	const struct mr_doubles *array = member;

	claim_in_length(field, array->length);
	for (size_t i = 0; i < array->length; i++)
		claim_in_range(field, array->data[i]);
}

static void
bounds_matrix(const struct mr_field *field, const void *member)
{
	const struct mr_matrix *matrix = member;

	claim_in_length(field, matrix->rows);
	CLAIM(matrix->columns >= field->bounds.min_columns);
	CLAIM(matrix->columns <= field->bounds.max_columns);
	for (size_t i = 0; i < matrix->rows * matrix->columns; i++)
		claim_in_range(field, matrix->data[i]);
}

static void
bounds_object(const struct mr_field *field, const void *member)
{
	fuzz_claim_bounds(field->shape, member);
}

typedef MR_ARRAY(char) objects;

static const char *
object_at(const struct mr_field *field, const objects *array, size_t index)
{
	return array->data + index * field->shape->size;
}

static void
bounds_objects(const struct mr_field *field, const void *member)
{
	const objects *array = member;

	claim_in_length(field, array->length);
	for (size_t i = 0; i < array->length; i++)
		fuzz_claim_bounds(field->shape, object_at(field, array, i));
}

/* Sameness. */

static void
claim_same_bytes(const void *a, const void *b, size_t size)
{
	CLAIM(a != NULL && b != NULL);
	CLAIM(memcmp(a, b, size) == 0);
}

static void
same_word(const struct mr_field *field, const void *a, const void *b)
{
	(void)field;
	claim_same_bytes(a, b, sizeof(int64_t));
}

static void
same_bool(const struct mr_field *field, const void *a, const void *b)
{
	(void)field;
	claim_same_bytes(a, b, sizeof(bool));
}

static void
same_choice(const struct mr_field *field, const void *a, const void *b)
{
	(void)field;
	claim_same_bytes(a, b, sizeof(unsigned));
}

/* Of strings and bytes. */
static void
same_bytes(const struct mr_field *field, const void *a_, const void *b_)
{
	const struct mr_bytes *a = a_, *b = b_;

	(void)field;
	CLAIM(a->length == b->length);
	claim_same_bytes(a->data, b->data, a->length);
}

static void
same_words(const struct mr_field *field, const void *a_, const void *b_)
{
	const struct mr_int64s *a = a_, *b = b_;

	(void)field;
	CLAIM(a->length == b->length);
	claim_same_bytes(a->data, b->data, a->length * sizeof(*a->data));
}

static void
same_matrix(const struct mr_field *field, const void *a_, const void *b_)
{
	const struct mr_matrix *a = a_, *b = b_;

	(void)field;
	CLAIM(a->rows == b->rows);
	/* JSON does not tell the columns of a matrix that has no rows. */
	CLAIM(a->rows == 0 || a->columns == b->columns);
	claim_same_bytes(a->data, b->data,
	                 a->rows * a->columns * sizeof(*a->data));
}

static void
same_object(const struct mr_field *field, const void *a, const void *b)
{
	fuzz_claim_same(field->shape, a, b);
}

static void
same_objects(const struct mr_field *field, const void *a_, const void *b_)
{
	const objects *a = a_, *b = b_;

	CLAIM(a->data != NULL && b->data != NULL && a->length == b->length);
	for (size_t i = 0; i < a->length; i++)
		fuzz_claim_same(field->shape, object_at(field, a, i),
		                object_at(field, b, i));
}

/* Both. */

static const struct {
	void (*claim_bounds)(const struct mr_field *field, const void *member);
	void (*claim_same)(const struct mr_field *field, const void *a,
	                   const void *b);
} kinds[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = { bounds_int64, same_word },
	[MR_KIND_DOUBLE] = { bounds_double, same_word },
	[MR_KIND_BOOL] = { bounds_bool, same_bool },
	[MR_KIND_STRING] = { bounds_string, same_bytes },
	[MR_KIND_CHOICE] = { bounds_choice, same_choice },
	[MR_KIND_BYTES] = { bounds_bytes, same_bytes },
	[MR_KIND_INT64S] = { bounds_int64s, same_words },
	[MR_KIND_DOUBLES] = { bounds_doubles, same_words },
	[MR_KIND_MATRIX] = { bounds_matrix, same_matrix },
	[MR_KIND_OBJECT] = { bounds_object, same_object },
	[MR_KIND_OBJECTS] = { bounds_objects, same_objects },
};

static const void *
member(const struct mr_field *field, const void *record)
{
	return (const char *)record + field->offset;
}

void
fuzz_claim_bounds(const struct mr_shape *shape, const void *record)
{
	size_t count = mr_shape_count(shape);

	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &shape->fields[i];

		if (mr_field_is_given(field, record))
			kinds[field->kind].claim_bounds(field,
			                                member(field, record));
	}
}

void
fuzz_claim_same(const struct mr_shape *shape, const void *a, const void *b)
{
	size_t count = mr_shape_count(shape);

	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &shape->fields[i];

		CLAIM(mr_field_is_given(field, a) ==
		      mr_field_is_given(field, b));
		kinds[field->kind].claim_same(field, member(field, a),
		                              member(field, b));
	}
}
