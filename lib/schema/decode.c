/*
 * decode.c: which row is read from where.
 */
#include "schema/decode.h"

#include "schema/binary.h"
#include "schema/json.h"
#include "schema/query.h"
#include "schema/shape.h"
#include "schema/value.h"

#include <string.h>

static const struct mr_place in_body = { .name = { "body", 4 } };
static const struct mr_place in_query = { .name = { "query", 5 } };

/* In a format that carries one row only, all others are in the query. */
static bool
is_in_body(const struct mr_decoding *decoding, const struct mr_field *field)
{
	if (decoding->query_only)
		return false;
	if (decoding->format == MR_FORMAT_JSON)
		return !field->in_query;
	return field == mr_format_input(decoding->format, decoding->shape);
}

static uint64_t
rows_of_body(const struct mr_decoding *decoding)
{
	size_t count = mr_shape_count(decoding->shape);
	uint64_t rows = 0;

	for (size_t i = 0; i < count; i++)
		if (is_in_body(decoding, &decoding->shape->fields[i]))
			rows |= UINT64_C(1) << i;
	return rows;
}

void
mr_decode_begin(struct mr_decoding *decoding)
{
	decoding->faults = (struct mr_faults){ .arena = decoding->arena };
	decoding->keeps_body = false;
	decoding->reason = NULL;
	decoding->offset = 0;
	decoding->body = (struct mr_object){
		.shape = decoding->shape,
		.record = decoding->record,
		.place = &in_body,
		.faults = &decoding->faults,
		.rows = rows_of_body(decoding),
	};
	decoding->query = decoding->body;
	decoding->query.place = &in_query;
	decoding->query.rows = ~decoding->body.rows;
	mr_object_clear(decoding->shape, decoding->record);
}

/* The body. */

static enum mr_err
decode_json(struct mr_decoding *decoding, struct mr_string body)
{
	struct mr_json json;

	mr_json_start(&json, body, decoding->arena);
	mr_object_read_json(&decoding->body, &json);
	mr_json_finish(&json);
	decoding->reason = json.reason;
	decoding->offset = json.offset;
	return json.err;
}

/* One row, which is all of the body. */
static enum mr_err
decode_binary(struct mr_decoding *decoding, struct mr_string body)
{
	const struct mr_field *field =
	    mr_format_input(decoding->format, decoding->shape);
	const struct mr_place place = { .parent = &in_body,
		                        .name = { field->name,
		                                  strlen(field->name) } };
	struct mr_binary binary = { .format = decoding->format, .body = body };
	struct mr_target target;
	enum mr_err err;

	if (!mr_object_find(&decoding->body, &place, &target))
		return MR_OK;
	mr_value_set_given(&target, true);
	err = mr_binary_read(&target, &binary);
	decoding->keeps_body = binary.in_place;
	decoding->reason = binary.reason;
	decoding->offset = binary.offset;
	return err;
}

enum mr_err
mr_decode_body(struct mr_decoding *decoding, struct mr_string body)
{
	return decoding->format == MR_FORMAT_JSON
	           ? decode_json(decoding, body)
	           : decode_binary(decoding, body);
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
		struct mr_target target;
		size_t count;

		if (query->parameters[i].taken ||
		    !mr_object_find(&decoding->query, &place, &target))
			continue;
		count = gather(query, i, values);
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

enum mr_err
mr_decode_finish(struct mr_decoding *decoding)
{
	enum mr_err err = mr_object_finish(&decoding->query);

	if (err == MR_OK)
		err = mr_object_finish(&decoding->body);
	if (err == MR_OK && decoding->faults.count > 0)
		err = MR_INVALID;
	return err;
}
