/*
 * scalar.c: readers and parsers of what has no elements.
 */
#include "schema/scalar.h"

#include "base/buffer.h"
#include "schema/base64.h"
#include "schema/number.h"
#include "schema/skip.h"
#include "schema/utf8.h"

#include <string.h>

/* Numbers. */

static bool
take_int64(const struct mr_target *target, struct mr_json *json, int64_t *value)
{
	struct mr_json_number number;

	if (mr_json_int64(json, value))
		return mr_target_in_range(target, (long double)*value);
	if (mr_json_peek(json) != MR_JSON_NUMBER) {
		if (mr_json_skip(json))
			mr_target_fault(target, MR_FAULT_INT_TYPE);
	} else if (mr_json_number(json, &number)) {
		mr_target_fault(target, number.integral
		                            ? MR_FAULT_INT_SIZE
		                            : MR_FAULT_INT_FROM_FLOAT);
	}
	return false;
}

static bool
take_double(const struct mr_target *target, struct mr_json *json, double *value)
{
	struct mr_json_number number;

	if (mr_json_peek(json) != MR_JSON_NUMBER) {
		if (mr_json_skip(json))
			mr_target_fault(target, MR_FAULT_FLOAT_TYPE);
		return false;
	}
	if (!mr_json_number(json, &number))
		return false;
	if (!mr_number_read_double(number.text, number.length, value)) {
		mr_target_fault(target, MR_FAULT_FINITE);
		return false;
	}
	return mr_target_in_range(target, *value);
}

bool
mr_scalar_take(const struct mr_target *target, struct mr_json *json, void *to)
{
	return mr_target_is_integral(target) ? take_int64(target, json, to)
	                                     : take_double(target, json, to);
}

static bool
begins_number(struct mr_string text)
{
	return text.length > 0 &&
	       (*text.data == '-' || (*text.data >= '0' && *text.data <= '9'));
}

bool
mr_scalar_take_text(const struct mr_target *target, struct mr_string text,
                    void *to)
{
	struct mr_json json;
	struct mr_json_number number;

	mr_json_start(&json, text, target->faults->arena);
	if (!begins_number(text) || !mr_json_number(&json, &number) ||
	    number.length != text.length) {
		mr_target_fault(target, mr_target_is_integral(target)
		                            ? MR_FAULT_INT_PARSING
		                            : MR_FAULT_FLOAT_PARSING);
		return false;
	}
	mr_json_start(&json, text, target->faults->arena);
	return mr_scalar_take(target, &json, to);
}

void
mr_scalar_read_number(const struct mr_target *target, struct mr_json *json)
{
	mr_scalar_take(target, json, target->member);
}

enum mr_err
mr_scalar_parse_number(const struct mr_target *target, struct mr_string text)
{
	mr_scalar_take_text(target, text, target->member);
	return MR_OK;
}

/* Booleans. */

void
mr_scalar_read_bool(const struct mr_target *target, struct mr_json *json)
{
	enum mr_json_type type = mr_json_peek(json);

	if (!mr_json_skip(json))
		return;
	if (type == MR_JSON_TRUE || type == MR_JSON_FALSE)
		*(bool *)target->member = type == MR_JSON_TRUE;
	else
		mr_target_fault(target, MR_FAULT_BOOL_TYPE);
}

static bool
is_word(struct mr_string text, const char *word)
{
	return text.length == strlen(word) &&
	       memcmp(text.data, word, text.length) == 0;
}

enum mr_err
mr_scalar_parse_bool(const struct mr_target *target, struct mr_string text)
{
	if (is_word(text, "true"))
		*(bool *)target->member = true;
	else if (!is_word(text, "false"))
		mr_target_fault(target, MR_FAULT_BOOL_PARSING);
	return MR_OK;
}

/* What is a string in JSON: read as one, it is parsed like any other text. */

typedef enum mr_err parser(const struct mr_target *target,
                           struct mr_string text);

static void
read_text(const struct mr_target *target, struct mr_json *json, parser *parse)
{
	struct mr_string text;

	if (mr_json_string(json, &text) && parse(target, text) != MR_OK)
		mr_json_exhaust(json);
}

enum mr_err
mr_scalar_parse_string(const struct mr_target *target, struct mr_string text)
{
	struct mr_string *string = target->member;
	size_t characters = mr_utf8_count(text.data, text.data + text.length);

	if (!mr_target_in_limits(target, characters,
	                         mr_target_limits(target,
	                                          MR_FAULT_STRING_SHORT,
	                                          MR_FAULT_STRING_LONG)))
		return MR_OK;
	string->data =
	    mr_arena_copy(target->faults->arena, text.data, text.length);
	string->length = text.length;
	return string->data == NULL ? MR_MEMORY : MR_OK;
}

void
mr_scalar_read_string(const struct mr_target *target, struct mr_json *json)
{
	if (mr_json_peek(json) == MR_JSON_STRING)
		read_text(target, json, mr_scalar_parse_string);
	else if (mr_json_skip(json))
		mr_target_fault(target, MR_FAULT_STRING_TYPE);
}

/* "'red', 'green' or 'blue'" */
static enum mr_err
refuse_choice(const struct mr_target *target)
{
	struct mr_buffer names = { .arena = target->faults->arena };
	const char *const *choice = target->field->bounds.choices;
	const char *text;

	if (target->faults->count >= MR_FAULTS_LISTED) {
		mr_target_fault(target, MR_FAULT_CHOICE);
		return MR_OK;
	}
	for (const char *before = ""; *choice != NULL; choice++) {
		mr_buffer_printf(&names, "%s'%s'", before, *choice);
		before = choice[1] != NULL && choice[2] == NULL ? " or " : ", ";
	}
	text = mr_buffer_text(&names);
	if (text == NULL)
		return MR_MEMORY;
	mr_fault_add(target->faults, MR_FAULT_CHOICE, target->place, text);
	return MR_OK;
}

enum mr_err
mr_scalar_parse_choice(const struct mr_target *target, struct mr_string text)
{
	const char *const *choices = target->field->bounds.choices;

	for (unsigned i = 0; choices[i] != NULL; i++) {
		if (is_word(text, choices[i])) {
			*(unsigned *)target->member = i;
			return MR_OK;
		}
	}
	return refuse_choice(target);
}

void
mr_scalar_read_choice(const struct mr_target *target, struct mr_json *json)
{
	if (mr_json_peek(json) == MR_JSON_STRING)
		read_text(target, json, mr_scalar_parse_choice);
	else if (mr_json_skip(json) && refuse_choice(target) != MR_OK)
		mr_json_exhaust(json);
}

enum mr_err
mr_scalar_parse_bytes(const struct mr_target *target, struct mr_string text)
{
	struct mr_bytes *bytes = target->member;
	unsigned char *data;
	size_t length;

	if (!mr_base64_length(text, &length)) {
		mr_target_fault(target, MR_FAULT_BASE64);
		return MR_OK;
	}
	if (!mr_target_in_limits(target, length,
	                         mr_target_limits(target, MR_FAULT_BYTES_SHORT,
	                                          MR_FAULT_BYTES_LONG)))
		return MR_OK;
	data = mr_arena_alloc(target->faults->arena, length);
	if (data == NULL)
		return MR_MEMORY;
	if (mr_base64_read(data, text))
		*bytes = (struct mr_bytes){ data, length };
	else
		mr_target_fault(target, MR_FAULT_BASE64);
	return MR_OK;
}

void
mr_scalar_read_bytes(const struct mr_target *target, struct mr_json *json)
{
	if (mr_json_peek(json) == MR_JSON_STRING)
		read_text(target, json, mr_scalar_parse_bytes);
	else if (mr_json_skip(json))
		mr_target_fault(target, MR_FAULT_BYTES_TYPE);
}
