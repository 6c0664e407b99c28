/*
 * object.c: finding rows by name; what is given twice, unknown or missing.
 */
#include "schema/object.h"

#include "schema/array.h"
#include "schema/list.h"
#include "schema/shape.h"
#include "schema/skip.h"
#include "schema/value.h"

#include <string.h>

static struct mr_target
target_of(const struct mr_object *object, const struct mr_field *field,
          const struct mr_place *place)
{
	return (struct mr_target){
		.field = field,
		.member = (char *)object->record + field->offset,
		.place = place,
		.faults = object->faults,
	};
}

static uint64_t
bit_of(const struct mr_object *object, const struct mr_field *field)
{
	return UINT64_C(1) << (field - object->shape->fields);
}

void
mr_object_clear(const struct mr_shape *shape, void *record)
{
	const struct mr_object object = { .shape = shape, .record = record };
	size_t count = mr_shape_count(shape);

	for (size_t i = 0; i < count; i++) {
		struct mr_target target =
		    target_of(&object, &shape->fields[i], NULL);

		mr_value_clear(&target);
	}
}

bool
mr_object_find(struct mr_object *object, const struct mr_place *place,
               struct mr_target *target)
{
	const struct mr_field *field = mr_shape_find(object->shape, place->name);
	const char *meant;

	if (field != NULL && (object->rows & bit_of(object, field)) != 0) {
		object->seen |= bit_of(object, field);
		*target = target_of(object, field, place);
		return true;
	}
	meant = field != NULL || object->faults->count >= MR_FAULTS_LISTED
	            ? NULL
	            : mr_shape_nearest(object->shape, object->rows,
	                               place->name);
	mr_fault_add(object->faults,
	             meant == NULL ? MR_FAULT_EXTRA : MR_FAULT_MISNAMED, place,
	             meant);
	return false;
}

/* JSON. */

static void
read_member(struct mr_object *object, struct mr_json *json)
{
	struct mr_place place = { .parent = object->place };
	const char *at = mr_json_place(json);
	uint64_t before = object->seen;
	struct mr_target target;

	if (!mr_json_key(json, &place.name))
		return;
	if (!mr_object_find(object, &place, &target)) {
		if (mr_json_note_key(json, place.name, at))
			mr_json_skip(json);
	} else if (object->seen == before) {
		mr_json_fail_repeated(json, at);
	} else {
		mr_value_read(&target, json);
	}
}

void
mr_object_read_json(struct mr_object *object, struct mr_json *json)
{
	size_t from = json->keys.count;
	bool first = true;

	if (mr_json_peek(json) != MR_JSON_OBJECT) {
		object->rows = 0; /* there is nothing that could be missing */
		if (mr_json_skip(json))
			mr_fault_add(object->faults, MR_FAULT_OBJECT_TYPE,
			             object->place, NULL);
		return;
	}
	if (!mr_json_enter(json))
		return;
	while (mr_json_more(json, &first, '}'))
		read_member(object, json);
	mr_json_check_keys(json, from);
}

/* What was not given. */

static enum mr_err
finish_row(const struct mr_object *object, const struct mr_field *field)
{
	struct mr_place place = { .parent = object->place,
		                  .name = { field->name,
		                            strlen(field->name) } };

	if (field->default_value != NULL)
		return mr_value_preset(field, object->record,
		                       field->default_value,
		                       object->faults->arena);
	if (!field->or_absent)
		mr_fault_add(object->faults, MR_FAULT_MISSING, &place, NULL);
	return MR_OK;
}

enum mr_err
mr_object_finish(const struct mr_object *object)
{
	size_t count = mr_shape_count(object->shape);

	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &object->shape->fields[i];

		if ((object->rows & ~object->seen & bit_of(object, field)) == 0)
			continue;
		if (finish_row(object, field) == MR_MEMORY)
			return MR_MEMORY;
	}
	return MR_OK;
}

/* Objects inside of others. */

static void
read_inner(const struct mr_target *target, void *record, struct mr_json *json)
{
	struct mr_object object = {
		.shape = target->field->shape,
		.record = record,
		.place = target->place,
		.faults = target->faults,
		.rows = MR_EVERY_ROW,
	};

	mr_object_read_json(&object, json);
	if (json->err == MR_OK && mr_object_finish(&object) != MR_OK)
		mr_json_exhaust(json);
}

void
mr_object_read(const struct mr_target *target, struct mr_json *json)
{
	read_inner(target, target->member, json);
}

/* What comes behind the longest array that is allowed is read, not kept. */
static void
read_elements(const struct mr_target *target, struct mr_json *json,
              struct mr_list *list, struct mr_place *place)
{
	struct mr_target element = mr_target_element(target, place);
	bool first = true;

	for (; mr_json_more(json, &first, ']'); place->index++) {
		void *record = mr_list_room(list);

		if (record == NULL) {
			mr_json_exhaust(json);
			return;
		}
		mr_object_clear(target->field->shape, record);
		read_inner(&element, record, json);
		if (place->index < target->field->bounds.max_length)
			list->length++;
	}
}

void
mr_object_read_array(const struct mr_target *target, struct mr_json *json)
{
	struct mr_list list = { .arena = target->faults->arena,
		                .size = target->field->shape->size };
	struct mr_place place;

	if (!mr_array_enter(target, json))
		return;
	read_elements(target, json, &list, &place);
	if (json->err == MR_OK &&
	    mr_target_fits_array(target, place.index))
		mr_list_hand_over(&list, target->member);
}
