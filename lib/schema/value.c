/*
 * value.c: the table of kinds, and what all of them share.
 *
 * A kind also has its row in the tables of declaration.c, format.c, binary.c,
 * encode.c, describe.c and example.c.
 */
#include "schema/value.h"

#include "schema/array.h"
#include "schema/object.h"
#include "schema/scalar.h"
#include "schema/shape.h"

#include <string.h>

/* What an array without elements points at. */
static const int64_t no_element[1];

static void
clear_nothing(const struct mr_target *target)
{
	(void)target;
}

static void
clear_string(const struct mr_target *target)
{
	*(struct mr_string *)target->member = (struct mr_string){ "", 0 };
}

static void
clear_bytes(const struct mr_target *target)
{
	*(struct mr_bytes *)target->member =
	    (struct mr_bytes){ (const void *)no_element, 0 };
}

static void
clear_array(const struct mr_target *target)
{
	*(struct mr_int64s *)target->member =
	    (struct mr_int64s){ no_element, 0 };
}

static void
clear_matrix(const struct mr_target *target)
{
	*(struct mr_matrix *)target->member =
	    (struct mr_matrix){ (const void *)no_element, 0, 0 };
}

static void
clear_object(const struct mr_target *target)
{
	mr_object_clear(target->field->shape, target->member);
}

/* Without a parser, a kind takes all texts of its name, or none. */
static const struct {
	void (*clear)(const struct mr_target *target);
	void (*read)(const struct mr_target *target, struct mr_json *json);
	enum mr_err (*parse)(const struct mr_target *target,
	                     struct mr_string text);
} kinds[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = { clear_nothing, mr_scalar_read_number,
	                    mr_scalar_parse_number },
	[MR_KIND_DOUBLE] = { clear_nothing, mr_scalar_read_number,
	                     mr_scalar_parse_number },
	[MR_KIND_BOOL] = { clear_nothing, mr_scalar_read_bool,
	                   mr_scalar_parse_bool },
	[MR_KIND_STRING] = { clear_string, mr_scalar_read_string,
	                     mr_scalar_parse_string },
	[MR_KIND_CHOICE] = { clear_nothing, mr_scalar_read_choice,
	                     mr_scalar_parse_choice },
	[MR_KIND_BYTES] = { clear_bytes, mr_scalar_read_bytes,
	                    mr_scalar_parse_bytes },
	[MR_KIND_INT64S] = { clear_array, mr_array_read, NULL },
	[MR_KIND_DOUBLES] = { clear_array, mr_array_read, NULL },
	[MR_KIND_MATRIX] = { clear_matrix, mr_array_read_matrix, NULL },
	[MR_KIND_OBJECT] = { clear_object, mr_object_read, NULL },
	[MR_KIND_OBJECTS] = { clear_array, mr_object_read_array, NULL },
};

void
mr_value_clear(const struct mr_target *target)
{
	kinds[target->field->kind].clear(target);
}

void
mr_value_set_given(const struct mr_target *target, bool given)
{
	const struct mr_field *field = target->field;

	mr_field_set_given(field, (char *)target->member - field->offset,
	                   given);
}

void
mr_value_read(const struct mr_target *target, struct mr_json *json)
{
	bool is_null = target->field->or_null &&
	               mr_json_peek(json) == MR_JSON_NULL;

	mr_value_set_given(target, !is_null);
	if (is_null)
		mr_json_word(json, "null");
	else
		kinds[target->field->kind].read(target, json);
}

enum mr_err
mr_value_parse(const struct mr_target *target, const struct mr_string *texts,
               size_t count)
{
	mr_value_set_given(target, true);
	if (kinds[target->field->kind].parse == NULL)
		return mr_array_parse(target, texts, count);
	if (count == 1)
		return kinds[target->field->kind].parse(target, texts[0]);
	mr_target_fault(target, MR_FAULT_REPEATED);
	return MR_OK;
}

enum mr_err
mr_value_preset(const struct mr_field *field, void *record, const char *text,
                struct mr_arena *arena)
{
	struct mr_faults faults = { .arena = arena };
	struct mr_target target = {
		.field = field,
		.member = (char *)record + field->offset,
		.faults = &faults,
	};
	struct mr_json json;

	mr_json_start(&json, (struct mr_string){ text, strlen(text) }, arena);
	mr_value_read(&target, &json);
	mr_json_finish(&json);
	if (json.err == MR_SYNTAX || faults.count > 0)
		return MR_INVALID;
	return json.err;
}
