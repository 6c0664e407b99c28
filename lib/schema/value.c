/*
 * value.c: readers and parsers of single values, one of each per kind.
 */
#include "schema/value.h"

#include "schema/list.h"
#include "schema/number.h"
#include "schema/skip.h"
#include "schema/utf8.h"

#include <string.h>

static void
fault(const struct mr_target *target, enum mr_fault_kind kind)
{
	mr_fault_add(target->faults, kind, target->place, NULL);
}

/* Bounds. */

static bool
in_range(const struct mr_target *target, long double value)
{
	const struct mr_bounds *bounds = &target->field->bounds;

	if (value < bounds->min)
		mr_fault_add_bound(target->faults, MR_FAULT_LOW, target->place,
		                   bounds->min);
	else if (value > bounds->max)
		mr_fault_add_bound(target->faults, MR_FAULT_HIGH,
		                   target->place, bounds->max);
	else
		return true;
	return false;
}

static bool
in_length(const struct mr_target *target, size_t length,
          enum mr_fault_kind low, enum mr_fault_kind high)
{
	const struct mr_bounds *bounds = &target->field->bounds;

	if (length < bounds->min_length)
		mr_fault_add_bound(target->faults, low, target->place,
		                   (long double)bounds->min_length);
	else if (length > bounds->max_length)
		mr_fault_add_bound(target->faults, high, target->place,
		                   (long double)bounds->max_length);
	else
		return true;
	return false;
}

/* Single numbers; false after a fault, with the cursor behind the value. */

static bool
take_int64(const struct mr_target *target, struct mr_json *json, int64_t *value)
{
	struct mr_json_number number;

	if (mr_json_int64(json, value))
		return in_range(target, (long double)*value);
	if (mr_json_peek(json) != MR_JSON_NUMBER) {
		if (mr_json_skip(json))
			fault(target, MR_FAULT_INT_TYPE);
	} else if (mr_json_number(json, &number)) {
		fault(target, number.integral ? MR_FAULT_INT_SIZE
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
			fault(target, MR_FAULT_FLOAT_TYPE);
		return false;
	}
	if (!mr_json_number(json, &number))
		return false;
	if (!mr_number_read_double(number.text, number.length, value)) {
		fault(target, MR_FAULT_FINITE);
		return false;
	}
	return in_range(target, *value);
}

/* Of the row, or of each element of its list. */
static bool
is_integral(const struct mr_target *target)
{
	return target->field->kind == MR_KIND_INT64 ||
	       target->field->kind == MR_KIND_INT64S;
}

static bool
take_number(const struct mr_target *target, struct mr_json *json, void *to)
{
	return is_integral(target) ? take_int64(target, json, to)
	                           : take_double(target, json, to);
}

static void
read_number(const struct mr_target *target, struct mr_json *json)
{
	take_number(target, json, target->member);
}

static void
read_bool(const struct mr_target *target, struct mr_json *json)
{
	enum mr_json_type type = mr_json_peek(json);

	if (!mr_json_skip(json))
		return;
	if (type == MR_JSON_TRUE || type == MR_JSON_FALSE)
		*(bool *)target->member = type == MR_JSON_TRUE;
	else
		fault(target, MR_FAULT_BOOL_TYPE);
}

/* Strings. */

static enum mr_err
set_string(const struct mr_target *target, struct mr_string text)
{
	struct mr_string *string = target->member;
	size_t characters = mr_utf8_count(text.data, text.data + text.length);

	if (!in_length(target, characters, MR_FAULT_STRING_SHORT,
	               MR_FAULT_STRING_LONG))
		return MR_OK;
	string->data =
	    mr_arena_copy(target->faults->arena, text.data, text.length);
	string->length = text.length;
	return string->data == NULL ? MR_MEMORY : MR_OK;
}

static void
read_string(const struct mr_target *target, struct mr_json *json)
{
	struct mr_string text;

	if (mr_json_peek(json) != MR_JSON_STRING) {
		if (mr_json_skip(json))
			fault(target, MR_FAULT_STRING_TYPE);
	} else if (mr_json_string(json, &text) &&
	           set_string(target, text) != MR_OK) {
		mr_json_exhaust(json);
	}
}

/* Lists. */

/*
 * The fast lane of integers: a run of them at once.  If any is out of bounds,
 * the run is taken back, and all is read one by one for its faults.
 */
static void
take_run(const struct mr_target *target, struct mr_json *json,
         struct mr_list *list, size_t *index)
{
	const struct mr_bounds *bounds = &target->field->bounds;
	int64_t *run = (void *)(list->elements + list->length * MR_LIST_ELEMENT);
	size_t room = list->capacity - list->length;
	int64_t least = INT64_MAX, most = INT64_MIN;
	const char *start = json->at;
	size_t count;

	if (list->one_by_one || *index != list->length ||
	    *index >= bounds->max_length)
		return;
	if (room > bounds->max_length - *index)
		room = bounds->max_length - *index;
	count = mr_json_int64s(json, run, room);
	for (size_t i = 0; i < count; i++) {
		least = run[i] < least ? run[i] : least;
		most = run[i] > most ? run[i] : most;
	}
	if (count > 0 && (least < bounds->min || most > bounds->max)) {
		json->at = start;
		list->one_by_one = true;
		return;
	}
	list->length += count;
	*index += count;
}

/* What comes behind the longest allowed list is read, but not kept. */
static void
read_list(const struct mr_target *target, struct mr_json *json)
{
	struct mr_place place = { .parent = target->place };
	struct mr_target element = { target->field, NULL, &place,
		                     target->faults };
	struct mr_list list = { .arena = target->faults->arena };
	bool first = true;
	void *room;

	if (mr_json_peek(json) != MR_JSON_ARRAY) {
		if (mr_json_skip(json))
			fault(target, MR_FAULT_LIST_TYPE);
		return;
	}
	if (!mr_json_enter(json))
		return;
	for (; mr_json_more(json, &first, ']'); place.index++) {
		room = mr_list_room(&list);
		if (room != NULL && is_integral(target)) {
			take_run(target, json, &list, &place.index);
			room = mr_list_room(&list);
		}
		if (room == NULL) {
			mr_json_exhaust(json);
			return;
		}
		if (take_number(&element, json, room) &&
		    place.index < target->field->bounds.max_length)
			list.length++;
	}
	if (json->err == MR_OK &&
	    in_length(target, place.index, MR_FAULT_LIST_SHORT,
	              MR_FAULT_LIST_LONG))
		mr_list_hand_over(&list, target->member);
}

/* From the text of a query parameter: the same, but told apart otherwise. */

static bool
begins_number(struct mr_string text)
{
	return text.length > 0 &&
	       (*text.data == '-' || (*text.data >= '0' && *text.data <= '9'));
}

static bool
take_text(const struct mr_target *target, struct mr_string text, void *to)
{
	struct mr_json json;
	struct mr_json_number number;

	mr_json_start(&json, text, target->faults->arena);
	if (!begins_number(text) || !mr_json_number(&json, &number) ||
	    number.length != text.length) {
		fault(target, is_integral(target) ? MR_FAULT_INT_PARSING
		                                  : MR_FAULT_FLOAT_PARSING);
		return false;
	}
	mr_json_start(&json, text, target->faults->arena);
	return take_number(target, &json, to);
}

static enum mr_err
parse_number(const struct mr_target *target, struct mr_string text)
{
	take_text(target, text, target->member);
	return MR_OK;
}

static bool
is_word(struct mr_string text, const char *word)
{
	return text.length == strlen(word) &&
	       memcmp(text.data, word, text.length) == 0;
}

static enum mr_err
parse_bool(const struct mr_target *target, struct mr_string text)
{
	if (is_word(text, "true"))
		*(bool *)target->member = true;
	else if (!is_word(text, "false"))
		fault(target, MR_FAULT_BOOL_PARSING);
	return MR_OK;
}

static enum mr_err
parse_list(const struct mr_target *target, const struct mr_string *texts,
           size_t count)
{
	struct mr_place place = { .parent = target->place };
	struct mr_target element = { target->field, NULL, &place,
		                     target->faults };
	struct mr_list list = { .arena = target->faults->arena };
	void *room;

	for (; place.index < count; place.index++) {
		room = mr_list_room(&list);
		if (room == NULL)
			return MR_MEMORY;
		if (take_text(&element, texts[place.index], room))
			list.length++;
	}
	if (in_length(target, count, MR_FAULT_LIST_SHORT, MR_FAULT_LIST_LONG))
		mr_list_hand_over(&list, target->member);
	return MR_OK;
}

/* The table of kinds.  A kind without a parser takes any number of texts. */
static const struct {
	void (*read)(const struct mr_target *target, struct mr_json *json);
	enum mr_err (*parse)(const struct mr_target *target,
	                     struct mr_string text);
} kinds[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = { read_number, parse_number },
	[MR_KIND_DOUBLE] = { read_number, parse_number },
	[MR_KIND_BOOL] = { read_bool, parse_bool },
	[MR_KIND_STRING] = { read_string, set_string },
	[MR_KIND_INT64S] = { read_list, NULL },
	[MR_KIND_DOUBLES] = { read_list, NULL },
};

void
mr_value_read(const struct mr_target *target, struct mr_json *json)
{
	kinds[target->field->kind].read(target, json);
}

enum mr_err
mr_value_parse(const struct mr_target *target, const struct mr_string *texts,
               size_t count)
{
	if (kinds[target->field->kind].parse == NULL)
		return parse_list(target, texts, count);
	if (count > 1) {
		fault(target, MR_FAULT_REPEATED);
		return MR_OK;
	}
	return kinds[target->field->kind].parse(target, texts[0]);
}

void
mr_value_clear(const struct mr_target *target)
{
	static const int64_t no_element[1];

	switch (target->field->kind) {
	case MR_KIND_STRING:
		*(struct mr_string *)target->member = (struct mr_string){ "", 0 };
		break;
	case MR_KIND_INT64S:
	case MR_KIND_DOUBLES:
		*(struct mr_int64s *)target->member =
		    (struct mr_int64s){ no_element, 0 };
		break;
	default:
		break;
	}
}
