/*
 * decode.c: names to rows.  Values are value.c's.
 */
#include "schema/decode.h"

#include "schema/json.h"
#include "schema/query.h"
#include "schema/shape.h"
#include "schema/skip.h"
#include "schema/value.h"

#include <string.h>

static const struct mr_place in_body = { .name = { "body", 4 } };
static const struct mr_place in_query = { .name = { "query", 5 } };

static struct mr_target
target_of(struct mr_decoding *decoding, const struct mr_field *field,
          const struct mr_place *place)
{
	return (struct mr_target){
		.field = field,
		.member = (char *)decoding->record + field->offset,
		.place = place,
		.faults = &decoding->faults,
	};
}

static uint64_t
bit_of(const struct mr_decoding *decoding, const struct mr_field *field)
{
	return UINT64_C(1) << (field - decoding->shape->fields);
}

static const struct mr_place *
source_of(const struct mr_decoding *decoding, const struct mr_field *field)
{
	return decoding->query_only || field->in_query ? &in_query : &in_body;
}

bool
mr_decode_wants_body(const struct mr_decoding *decoding)
{
	size_t count = mr_shape_count(decoding->shape);

	for (size_t i = 0; i < count; i++)
		if (source_of(decoding, &decoding->shape->fields[i]) ==
		    &in_body)
			return true;
	return false;
}

void
mr_decode_begin(struct mr_decoding *decoding)
{
	size_t count = mr_shape_count(decoding->shape);

	decoding->faults = (struct mr_faults){ .arena = decoding->arena };
	decoding->seen = 0;
	decoding->reason = NULL;
	decoding->offset = 0;
	for (size_t i = 0; i < count; i++) {
		struct mr_target target =
		    target_of(decoding, &decoding->shape->fields[i], NULL);

		mr_value_clear(&target);
	}
}

/* The row that place names, read from place->parent; NULL and a fault else. */
static const struct mr_field *
find(struct mr_decoding *decoding, const struct mr_place *place)
{
	const struct mr_field *field =
	    mr_shape_find(decoding->shape, place->name);
	const char *meant;

	if (field != NULL && source_of(decoding, field) == place->parent)
		return field;
	meant = field != NULL || decoding->faults.count >= MR_FAULTS_LISTED
	            ? NULL
	            : mr_shape_nearest(decoding->shape, place->name);
	mr_fault_add(&decoding->faults,
	             meant == NULL ? MR_FAULT_EXTRA : MR_FAULT_MISNAMED, place,
	             meant);
	return NULL;
}

/* The body. */

static void
read_member(struct mr_decoding *decoding, struct mr_json *json)
{
	struct mr_place place = { .parent = &in_body };
	const char *at = mr_json_place(json);
	const struct mr_field *field;
	struct mr_target target;

	if (!mr_json_key(json, &place.name))
		return;
	field = find(decoding, &place);
	if (field == NULL) {
		if (mr_json_note_key(json, place.name, at))
			mr_json_skip(json);
		return;
	}
	if (decoding->seen & bit_of(decoding, field)) {
		mr_json_fail_repeated(json, at);
		return;
	}
	decoding->seen |= bit_of(decoding, field);
	target = target_of(decoding, field, &place);
	mr_value_read(&target, json);
}

static void
read_object(struct mr_decoding *decoding, struct mr_json *json)
{
	bool first = true;

	if (mr_json_peek(json) != MR_JSON_OBJECT) {
		if (mr_json_skip(json))
			mr_fault_add(&decoding->faults, MR_FAULT_OBJECT_TYPE,
			             &in_body, NULL);
		return;
	}
	if (!mr_json_enter(json))
		return;
	while (mr_json_more(json, &first, '}'))
		read_member(decoding, json);
	mr_json_check_keys(json, 0);
}

enum mr_err
mr_decode_json(struct mr_decoding *decoding, struct mr_string body)
{
	struct mr_json json;

	mr_json_start(&json, body, decoding->arena);
	read_object(decoding, &json);
	mr_json_finish(&json);
	decoding->reason = json.reason;
	decoding->offset = json.offset;
	return json.err;
}

/* The query string. */

/* All values of the name of parameter first, in order. */
static size_t
gather(struct mr_query *query, size_t first, struct mr_string *values)
{
	struct mr_string name = query->parameters[first].name;
	size_t count = 0;

	for (size_t i = first; i < query->count; i++) {
		struct mr_parameter *parameter = &query->parameters[i];

		if (parameter->name.length != name.length ||
		    memcmp(parameter->name.data, name.data, name.length) != 0)
			continue;
		parameter->taken = true;
		values[count++] = parameter->value;
	}
	return count;
}

static enum mr_err
read_parameters(struct mr_decoding *decoding, struct mr_query *query,
                struct mr_string *values)
{
	enum mr_err err = MR_OK;

	for (size_t i = 0; i < query->count && err == MR_OK; i++) {
		struct mr_place place = { .parent = &in_query,
			                  .name = query->parameters[i].name };
		const struct mr_field *field;
		struct mr_target target;
		size_t count;

		if (query->parameters[i].taken)
			continue;
		field = find(decoding, &place);
		if (field == NULL)
			continue;
		count = gather(query, i, values);
		decoding->seen |= bit_of(decoding, field);
		target = target_of(decoding, field, &place);
		err = mr_value_parse(&target, values, count);
	}
	return err;
}

enum mr_err
mr_decode_query(struct mr_decoding *decoding, struct mr_string text)
{
	struct mr_query query;
	struct mr_string *values;
	enum mr_err err;

	err = mr_query_parse(&query, text, decoding->arena);
	decoding->reason = query.reason;
	decoding->offset = query.offset;
	if (err != MR_OK || query.count == 0)
		return err;
	values =
	    mr_arena_alloc(decoding->arena, query.count * sizeof(*values));
	if (values == NULL)
		return MR_MEMORY;
	return read_parameters(decoding, &query, values);
}

/* What was not given. */

enum mr_err
mr_decode_default(const struct mr_field *field, void *record,
                  struct mr_arena *arena)
{
	struct mr_faults faults = { .arena = arena };
	struct mr_target target = {
		.field = field,
		.member = (char *)record + field->offset,
		.faults = &faults,
	};
	struct mr_json json;

	mr_json_start(&json,
	              (struct mr_string){ field->default_value,
	                                  strlen(field->default_value) },
	              arena);
	mr_value_read(&target, &json);
	mr_json_finish(&json);
	if (json.err == MR_SYNTAX || faults.count > 0)
		return MR_INVALID;
	return json.err;
}

enum mr_err
mr_decode_finish(struct mr_decoding *decoding)
{
	size_t count = mr_shape_count(decoding->shape);

	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &decoding->shape->fields[i];
		struct mr_place place = { source_of(decoding, field),
			                  { field->name, strlen(field->name) },
			                  0 };

		if (decoding->seen & bit_of(decoding, field))
			continue;
		if (field->default_value == NULL)
			mr_fault_add(&decoding->faults, MR_FAULT_MISSING,
			             &place, NULL);
		else if (mr_decode_default(field, decoding->record,
		                           decoding->arena) == MR_MEMORY)
			return MR_MEMORY;
	}
	return decoding->faults.count > 0 ? MR_INVALID : MR_OK;
}
