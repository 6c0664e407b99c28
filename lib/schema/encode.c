/*
 * encode.c: writers of single values, one per kind, and of objects.
 *
 * A writer returns false for what cannot be said; on the way out, each level
 * puts its own name in front of the culprit's.
 */
#include "schema/encode.h"

#include "schema/base64.h"
#include "schema/escape.h"
#include "schema/integer.h"
#include "schema/number.h"
#include "schema/shape.h"
#include "schema/utf8.h"

#include <math.h>
#include <stdio.h>

/* Elements of an array for which room is made at once. */
#define BATCH ((size_t)1024)

struct writing {
	struct mr_buffer *json;
	const char *culprit; /* its place within the value; "" to begin with */
};

static bool
blame(struct writing *writing, const char *name)
{
	struct mr_buffer place = { .arena = writing->json->arena };
	const char *inner = writing->culprit;
	bool is_member = *inner != '\0' && *inner != '[';

	mr_buffer_printf(&place, "%s%s%s", name, is_member ? "." : "", inner);
	writing->culprit = place.failed ? "" : place.data;
	writing->json->failed |= place.failed;
	return false;
}

static bool
blame_element(struct writing *writing, size_t index)
{
	char name[32];

	snprintf(name, sizeof(name), "[%zu]", index);
	return blame(writing, name);
}

/* Single values. */

/* NULL when the value is not finite and the row does not allow for it. */
static char *
put_double(const struct mr_field *field, char *to, double value)
{
	if (isfinite(value))
		return to + mr_number_write_double(to, value);
	if (!field->null_if_not_finite)
		return NULL;
	memcpy(to, "null", 4);
	return to + 4;
}

static bool
write_int64(const struct mr_field *field, const void *member,
            struct writing *writing)
{
	struct mr_buffer *json = writing->json;
	char *room = mr_buffer_room(json, MR_INTEGER_TEXT);

	(void)field;
	if (room != NULL)
		json->length +=
		    mr_integer_write(room, *(const int64_t *)member);
	return true;
}

static bool
write_double(const struct mr_field *field, const void *member,
             struct writing *writing)
{
	struct mr_buffer *json = writing->json;
	char *room = mr_buffer_room(json, MR_DOUBLE_TEXT);
	char *end;

	if (room == NULL)
		return true;
	end = put_double(field, room, *(const double *)member);
	if (end != NULL)
		json->length = (size_t)(end - json->data);
	return end != NULL;
}

static bool
write_bool(const struct mr_field *field, const void *member,
           struct writing *writing)
{
	(void)field;
	mr_buffer_puts(writing->json,
	               *(const bool *)member ? "true" : "false");
	return true;
}

static bool
write_string(const struct mr_field *field, const void *member,
             struct writing *writing)
{
	const struct mr_string *text = member;
	const char *end = text->data + text->length;

	(void)field;
	if (mr_utf8_check(text->data, end) != end)
		return false;
	mr_escape_text(writing->json, *text);
	return true;
}

static bool
write_choice(const struct mr_field *field, const void *member,
             struct writing *writing)
{
	const char *const *choice = field->bounds.choices;
	unsigned left = *(const unsigned *)member;

	while (left > 0 && *choice != NULL)
		choice++, left--;
	if (*choice == NULL)
		return false;
	mr_escape_text(writing->json,
	               (struct mr_string){ *choice, strlen(*choice) });
	return true;
}

static bool
write_bytes(const struct mr_field *field, const void *member,
            struct writing *writing)
{
	const struct mr_bytes *bytes = member;
	struct mr_buffer *json = writing->json;
	size_t length = MR_BASE64_TEXT(bytes->length);
	char *room = mr_buffer_room(json, length + 2);

	(void)field;
	if (room == NULL)
		return true;
	room[0] = '"';
	mr_base64_write(room + 1, *bytes);
	room[length + 1] = '"';
	json->length += length + 2;
	return true;
}

/* Arrays of numbers. */

/* Numbers of either type: one of the pointers is NULL. */
struct numbers {
	const int64_t *int64s;
	const double *doubles;
	size_t length;
};

/* The next ones, BATCH at most, each with a comma behind it. */
static bool
put_batch(const struct mr_field *field, const struct numbers *numbers,
          size_t from, struct writing *writing)
{
	size_t rest = numbers->length - from;
	size_t count = rest < BATCH ? rest : BATCH;
	char *at = mr_buffer_room(writing->json, count * (MR_DOUBLE_TEXT + 1));

	if (at == NULL)
		return true;
	if (numbers->int64s != NULL) {
		writing->json->length +=
		    mr_integers_write(at, numbers->int64s + from, count);
		return true;
	}
	for (size_t i = from; i < from + count; i++) {
		at = put_double(field, at, numbers->doubles[i]);
		if (at == NULL)
			return blame_element(writing, i);
		*at++ = ',';
	}
	writing->json->length = (size_t)(at - writing->json->data);
	return true;
}

/* The comma behind the last element becomes the end of the array. */
static void
close_array(struct mr_buffer *json, size_t length)
{
	if (length > 0 && !json->failed)
		json->length--;
	mr_buffer_putc(json, ']');
}

/* The rest will be about as long as the first batch; each has its room. */
static void
expect_more(const struct numbers *numbers, size_t start,
            struct mr_buffer *json)
{
	size_t rest = (json->length - start) * (numbers->length - BATCH) / BATCH;

	mr_buffer_expect(json, rest + rest / 32 + BATCH * (MR_DOUBLE_TEXT + 1));
}

static bool
put_numbers(const struct mr_field *field, const struct numbers *numbers,
            struct writing *writing)
{
	size_t start = writing->json->length;

	mr_buffer_putc(writing->json, '[');
	for (size_t from = 0; from < numbers->length; from += BATCH) {
		if (!put_batch(field, numbers, from, writing))
			return false;
		if (from == 0 && numbers->length > BATCH)
			expect_more(numbers, start, writing->json);
	}
	close_array(writing->json, numbers->length);
	return true;
}

static bool
write_int64s(const struct mr_field *field, const void *member,
             struct writing *writing)
{
	const struct mr_int64s *array = member;

	return put_numbers(field,
	                   &(struct numbers){ .int64s = array->data,
	                                      .length = array->length },
	                   writing);
}

static bool
write_doubles(const struct mr_field *field, const void *member,
              struct writing *writing)
{
	const struct mr_doubles *array = member;

	return put_numbers(field,
	                   &(struct numbers){ .doubles = array->data,
	                                      .length = array->length },
	                   writing);
}

static bool
write_matrix(const struct mr_field *field, const void *member,
             struct writing *writing)
{
	const struct mr_matrix *matrix = member;
	struct numbers row = { .doubles = matrix->data,
		               .length = matrix->columns };

	mr_buffer_putc(writing->json, '[');
	for (size_t i = 0; i < matrix->rows; i++) {
		if (!put_numbers(field, &row, writing))
			return blame_element(writing, i);
		mr_buffer_putc(writing->json, ',');
		row.doubles += matrix->columns;
	}
	close_array(writing->json, matrix->rows);
	return true;
}

/* Objects. */

static bool put_object(const struct mr_shape *shape, const void *record,
                       struct writing *writing);

static bool
write_object(const struct mr_field *field, const void *member,
             struct writing *writing)
{
	return put_object(field->shape, member, writing);
}

static bool
write_objects(const struct mr_field *field, const void *member,
              struct writing *writing)
{
	const MR_ARRAY(char) *array = member;

	mr_buffer_putc(writing->json, '[');
	for (size_t i = 0; i < array->length; i++) {
		if (!put_object(field->shape,
		                array->data + i * field->shape->size, writing))
			return blame_element(writing, i);
		mr_buffer_putc(writing->json, ',');
	}
	close_array(writing->json, array->length);
	return true;
}

static bool (*const writers[MR_KIND_COUNT])(const struct mr_field *field,
                                            const void *member,
                                            struct writing *writing) = {
	[MR_KIND_INT64] = write_int64,   [MR_KIND_DOUBLE] = write_double,
	[MR_KIND_BOOL] = write_bool,     [MR_KIND_STRING] = write_string,
	[MR_KIND_CHOICE] = write_choice, [MR_KIND_BYTES] = write_bytes,
	[MR_KIND_INT64S] = write_int64s, [MR_KIND_DOUBLES] = write_doubles,
	[MR_KIND_MATRIX] = write_matrix, [MR_KIND_OBJECT] = write_object,
	[MR_KIND_OBJECTS] = write_objects,
};

static bool
put_member(const struct mr_field *field, const char *record,
           struct writing *writing)
{
	struct mr_buffer *json = writing->json;

	mr_buffer_putc(json, '"');
	mr_buffer_puts(json, field->name);
	mr_buffer_puts(json, "\":");
	if (!mr_field_is_given(field, record))
		mr_buffer_puts(json, "null");
	else if (!writers[field->kind](field, record + field->offset, writing))
		return blame(writing, field->name);
	return true;
}

static bool
put_object(const struct mr_shape *shape, const void *record,
           struct writing *writing)
{
	size_t count = mr_shape_count(shape);
	bool first = true;

	mr_buffer_putc(writing->json, '{');
	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &shape->fields[i];

		if (!field->or_null && !mr_field_is_given(field, record))
			continue;
		if (!first)
			mr_buffer_putc(writing->json, ',');
		first = false;
		if (!put_member(field, record, writing))
			return false;
	}
	mr_buffer_putc(writing->json, '}');
	return true;
}

enum mr_err
mr_encode_json(const struct mr_shape *shape, const void *record,
               struct mr_buffer *json, const char **culprit)
{
	struct writing writing = { json, "" };
	bool written = put_object(shape, record, &writing);

	*culprit = writing.culprit;
	if (json->failed)
		return MR_MEMORY;
	return written ? MR_OK : MR_RESULT;
}
