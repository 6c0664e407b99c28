/*
 * encode.c: writers of single values, one per kind, and of the object.
 */
#include "schema/encode.h"

#include "schema/number.h"
#include "schema/shape.h"
#include "schema/utf8.h"

#include <math.h>
#include <stdio.h>

/* Elements of a list for which room is made at once. */
#define BATCH ((size_t)1024)

typedef bool writer(const struct mr_field *field, const void *member,
                    struct mr_buffer *json);

static char *
put_int64(char *to, int64_t value)
{
	return to + mr_number_write_int64(to, value);
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
	char *room = mr_buffer_room(json, MR_INT64_TEXT);

	(void)field;
	if (room != NULL)
		json->length +=
		    mr_number_write_int64(room, *(const int64_t *)member);
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

/* RFC 8259, section 7: what must be escaped, in the shortest way. */
static void
escape(struct mr_buffer *json, unsigned char c)
{
	static const char letters[] = "\"\\\b\f\n\r\t";
	static const char escapes[] = "\"\\bfnrt";
	const char *letter = c == '\0' ? NULL : strchr(letters, c);

	if (letter == NULL) {
		mr_buffer_printf(json, "\\u%04x", c);
		return;
	}
	mr_buffer_putc(json, '\\');
	mr_buffer_putc(json, escapes[letter - letters]);
}

static bool
must_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
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
		while (at < end && !must_escape((unsigned char)*at))
			at++;
		mr_buffer_append(json, plain, (size_t)(at - plain));
		if (at < end)
			escape(json, (unsigned char)*at++);
	}
	mr_buffer_putc(json, '"');
	return true;
}

/* Elements [from, to) of a list, each with a comma behind it. */
static bool
write_batch(const struct mr_field *field, const void *member,
            struct mr_buffer *json, size_t from, size_t to)
{
	const struct mr_doubles *doubles = member;
	const struct mr_int64s *int64s = member;
	char *at = mr_buffer_room(json, (to - from) * (MR_DOUBLE_TEXT + 1));

	if (at == NULL)
		return true;
	for (size_t i = from; i < to; i++) {
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
	for (size_t from = 0; from < length; from += BATCH) {
		size_t to = length - from < BATCH ? length : from + BATCH;

		if (!write_batch(field, member, json, from, to))
			return false;
	}
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
