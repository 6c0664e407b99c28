/*
 * skip.c: stepping over whole values, with an eye on the keys of objects.
 */
#include "schema/skip.h"

bool
mr_json_fail_repeated(struct mr_json *json, const char *at)
{
	return mr_json_fail(json, at, "the key stands twice");
}

bool
mr_json_note_key(struct mr_json *json, struct mr_string key, const char *at)
{
	return mr_keys_add(&json->keys, key, (size_t)(at - json->start),
	                   json->arena) ||
	       mr_json_exhaust(json);
}

bool
mr_json_check_keys(struct mr_json *json, size_t from)
{
	const struct mr_key *repeated = mr_keys_repeated(&json->keys, from);

	if (repeated != NULL)
		mr_json_fail_repeated(json, json->start + repeated->offset);
	return json->err == MR_OK;
}

static bool
skip_array(struct mr_json *json)
{
	bool first = true;

	if (!mr_json_enter(json))
		return false;
	while (mr_json_more(json, &first, ']'))
		mr_json_skip(json);
	return json->err == MR_OK;
}

static bool
skip_object(struct mr_json *json)
{
	size_t from = json->keys.count;
	struct mr_string key;
	bool first = true;
	const char *at;

	if (!mr_json_enter(json))
		return false;
	while (mr_json_more(json, &first, '}')) {
		at = mr_json_place(json);
		if (mr_json_key(json, &key) && mr_json_note_key(json, key, at))
			mr_json_skip(json);
	}
	return mr_json_check_keys(json, from);
}

bool
mr_json_skip(struct mr_json *json)
{
	struct mr_json_number number;
	struct mr_string string;

	switch (mr_json_peek(json)) {
	case MR_JSON_NULL:
		return mr_json_word(json, "null");
	case MR_JSON_FALSE:
		return mr_json_word(json, "false");
	case MR_JSON_TRUE:
		return mr_json_word(json, "true");
	case MR_JSON_NUMBER:
		return mr_json_number(json, &number);
	case MR_JSON_STRING:
		return mr_json_string(json, &string);
	case MR_JSON_ARRAY:
		return skip_array(json);
	case MR_JSON_OBJECT:
		return skip_object(json);
	case MR_JSON_NONE:
		break;
	}
	return mr_json_fail(json, json->at, json->at == json->end
	                                        ? "a value is missing"
	                                        : "not a JSON value");
}
