/*
 * example.c: examples that are made up, one writer per kind.
 */
#include "schema/example.h"

#include "base/buffer.h"
#include "schema/bound.h"
#include "schema/escape.h"
#include "schema/shape.h"

/* How long an array, or a side of a matrix, would like to be. */
#define FEW ((size_t)3)

/* Elements, or characters, beyond which an example says nothing. */
#define MANY ((size_t)100)

static size_t
within(size_t wanted, size_t min, size_t max)
{
	return wanted < min ? min : wanted > max ? max : wanted;
}

static size_t
length_of(const struct mr_bounds *bounds, size_t wanted)
{
	return bounds->kind == MR_BOUNDS_NONE
	           ? wanted
	           : within(wanted, bounds->min_length, bounds->max_length);
}

/* Counts from 1, as far as the bounds let it. */
static void
write_count(const struct mr_bounds *bounds, size_t count,
            struct mr_buffer *json)
{
	char text[MR_BOUND_TEXT];
	long double value = count;

	if (value < bounds->min)
		value = bounds->min;
	if (value > bounds->max)
		value = bounds->max;
	mr_bound_write(text, value);
	mr_buffer_puts(json, text);
}

static void
write_number(const struct mr_field *field, struct mr_buffer *json)
{
	write_count(&field->bounds, 1, json);
}

static void
write_bool(const struct mr_field *field, struct mr_buffer *json)
{
	(void)field;
	mr_buffer_puts(json, "true");
}

static void
write_string(const struct mr_field *field, struct mr_buffer *json)
{
	static const char text[] = "text";
	size_t length = length_of(&field->bounds, sizeof(text) - 1);

	mr_buffer_putc(json, '"');
	for (size_t i = 0; i < length; i++)
		mr_buffer_putc(json, text[i % (sizeof(text) - 1)]);
	mr_buffer_putc(json, '"');
}

static void
write_choice(const struct mr_field *field, struct mr_buffer *json)
{
	const char *first = field->bounds.choices[0];

	mr_escape_text(json, (struct mr_string){ first, strlen(first) });
}

/* Bytes that are zero. */
static void
write_bytes(const struct mr_field *field, struct mr_buffer *json)
{
	static const char *const rests[] = { "", "AA==", "AAA=" };
	size_t length = length_of(&field->bounds, FEW);

	mr_buffer_putc(json, '"');
	for (size_t i = 0; i < length / 3; i++)
		mr_buffer_puts(json, "AAAA");
	mr_buffer_puts(json, rests[length % 3]);
	mr_buffer_putc(json, '"');
}

static void
write_numbers(const struct mr_bounds *bounds, size_t first, size_t count,
              struct mr_buffer *json)
{
	mr_buffer_putc(json, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			mr_buffer_putc(json, ',');
		write_count(bounds, first + i, json);
	}
	mr_buffer_putc(json, ']');
}

static void
write_list(const struct mr_field *field, struct mr_buffer *json)
{
	write_numbers(&field->bounds, 1, length_of(&field->bounds, FEW), json);
}

static void
write_matrix(const struct mr_field *field, struct mr_buffer *json)
{
	const struct mr_bounds *bounds = &field->bounds;
	size_t rows = length_of(bounds, FEW);
	size_t columns =
	    within(FEW, bounds->min_columns, bounds->max_columns);

	mr_buffer_putc(json, '[');
	for (size_t i = 0; i < rows; i++) {
		if (i > 0)
			mr_buffer_putc(json, ',');
		write_numbers(bounds, 1 + i * columns, columns, json);
	}
	mr_buffer_putc(json, ']');
}

static void write(const struct mr_field *field, struct mr_buffer *json);

static void
write_object(const struct mr_field *field, struct mr_buffer *json)
{
	size_t count = mr_shape_count(field->shape);

	mr_buffer_putc(json, '{');
	for (size_t i = 0; i < count; i++) {
		mr_buffer_printf(json, "%s\"%s\":", i == 0 ? "" : ",",
		                 field->shape->fields[i].name);
		write(&field->shape->fields[i], json);
	}
	mr_buffer_putc(json, '}');
}

static void
write_objects(const struct mr_field *field, struct mr_buffer *json)
{
	size_t length = length_of(&field->bounds, 1);

	mr_buffer_putc(json, '[');
	for (size_t i = 0; i < length; i++) {
		if (i > 0)
			mr_buffer_putc(json, ',');
		write_object(field, json);
	}
	mr_buffer_putc(json, ']');
}

static void
write(const struct mr_field *field, struct mr_buffer *json)
{
	static void (*const writers[MR_KIND_COUNT])(const struct mr_field *,
	                                            struct mr_buffer *) = {
		[MR_KIND_INT64] = write_number,
		[MR_KIND_DOUBLE] = write_number,
		[MR_KIND_BOOL] = write_bool,
		[MR_KIND_STRING] = write_string,
		[MR_KIND_CHOICE] = write_choice,
		[MR_KIND_BYTES] = write_bytes,
		[MR_KIND_INT64S] = write_list,
		[MR_KIND_DOUBLES] = write_list,
		[MR_KIND_MATRIX] = write_matrix,
		[MR_KIND_OBJECT] = write_object,
		[MR_KIND_OBJECTS] = write_objects,
	};

	if (field->example != NULL)
		mr_buffer_puts(json, field->example);
	else if (field->default_value != NULL)
		mr_buffer_puts(json, field->default_value);
	else
		writers[field->kind](field, json);
}

/* Whether the least that the bounds let one write is not too much to read. */
static bool
is_small(const struct mr_field *field)
{
	const struct mr_bounds *bounds = &field->bounds;
	size_t rows = field->shape == NULL ? 0 : mr_shape_count(field->shape);

	if (field->example != NULL || field->default_value != NULL)
		return true;
	for (size_t i = 0; i < rows; i++)
		if (!is_small(&field->shape->fields[i]))
			return false;
	return bounds->min_length <= MANY && bounds->min_columns <= MANY &&
	       bounds->min_length * bounds->min_columns <= MANY;
}

const char *
mr_example(const struct mr_field *field, struct mr_arena *arena)
{
	struct mr_buffer json = { .arena = arena };

	if (!is_small(field))
		return NULL;
	write(field, &json);
	return mr_buffer_text(&json);
}
