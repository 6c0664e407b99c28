/*
 * encode.c: writers of single values, one per kind, and of the object.
 */
#include "schema/encode.h"

#include "schema/escape.h"
#include "schema/integer.h"
#include "schema/number.h"
#include "schema/shape.h"
#include "schema/utf8.h"

#include <math.h>

/* Elements of a list for which room is made at once. */
#define BATCH ((size_t)1024)

typedef bool writer(const struct mr_field *field, const void *member,
                    struct mr_buffer *json);

static char *
put_int64(char *to, int64_t value)
{
	return to + mr_integer_write(to, value);
}

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
            struct mr_buffer *json)
{
	char *room = mr_buffer_room(json, MR_INTEGER_TEXT);

	(void)field;
	if (room != NULL)
		json->length +=
		    mr_integer_write(room, *(const int64_t *)member);
	return true;
}

static bool
write_double(const struct mr_field *field, const void *member,
             struct mr_buffer *json)
{
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
           struct mr_buffer *json)
{
	(void)field;
	mr_buffer_puts(json, *(const bool *)member ? "true" : "false");
	return true;
}

static void
write_escape(struct mr_buffer *json, unsigned char c)
{
	char *room = mr_buffer_room(json, MR_ESCAPE_LONGEST);

	if (room != NULL)
		json->length += mr_escape_write(room, c);
}

static bool
write_string(const struct mr_field *field, const void *member,
             struct mr_buffer *json)
{
	const struct mr_string *string = member;
	const char *at = string->data, *end = at + string->length, *plain;

	(void)field;
	if (mr_utf8_check(at, end) != end)
		return false;
	mr_buffer_putc(json, '"');
	while (at < end) {
		plain = at;
		while (at < end && !mr_escape_needed((unsigned char)*at))
			at++;
		mr_buffer_append(json, plain, (size_t)(at - plain));
		if (at < end)
			write_escape(json, (unsigned char)*at++);
	}
	mr_buffer_putc(json, '"');
	return true;
}

/* The next elements of a list, BATCH at most, each with a comma behind it. */
static bool
write_batch(const struct mr_field *field, const void *member,
            struct mr_buffer *json, size_t from)
{
	const struct mr_doubles *doubles = member;
	const struct mr_int64s *int64s = member;
	size_t rest = int64s->length - from;
	size_t count = rest < BATCH ? rest : BATCH;
	char *at = mr_buffer_room(json, count * (MR_DOUBLE_TEXT + 1));

	if (at == NULL)
		return true;
	for (size_t i = from; i < from + count; i++) {
		at = field->kind == MR_KIND_INT64S
		         ? put_int64(at, int64s->data[i])
		         : put_double(field, at, doubles->data[i]);
		if (at == NULL)
			return false;
		*at++ = ',';
	}
	json->length = (size_t)(at - json->data);
	return true;
}

static bool
write_list(const struct mr_field *field, const void *member,
           struct mr_buffer *json)
{
	size_t length = ((const struct mr_int64s *)member)->length;

	mr_buffer_putc(json, '[');
	for (size_t from = 0; from < length; from += BATCH)
		if (!write_batch(field, member, json, from))
			return false;
	if (length > 0 && !json->failed)
		json->length--;
	mr_buffer_putc(json, ']');
	return true;
}

static writer *const writers[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = write_int64,   [MR_KIND_DOUBLE] = write_double,
	[MR_KIND_BOOL] = write_bool,     [MR_KIND_STRING] = write_string,
	[MR_KIND_INT64S] = write_list,   [MR_KIND_DOUBLES] = write_list,
};

enum mr_err
mr_encode_json(const struct mr_shape *shape, const void *record,
               struct mr_buffer *json, const struct mr_field **culprit)
{
	size_t count = mr_shape_count(shape);

	mr_buffer_putc(json, '{');
	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &shape->fields[i];

		mr_buffer_puts(json, i == 0 ? "\"" : ",\"");
		mr_buffer_puts(json, field->name);
		mr_buffer_puts(json, "\":");
		if (!writers[field->kind](field,
		                          (const char *)record + field->offset,
		                          json)) {
			*culprit = field;
			return MR_RESULT;
		}
	}
	mr_buffer_putc(json, '}');
	return json->failed ? MR_MEMORY : MR_OK;
}
