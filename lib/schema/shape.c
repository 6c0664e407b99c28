/*
 * shape.c: finding rows.
 */
#include "schema/shape.h"

#include "base/nearest.h"

#include <string.h>

size_t
mr_shape_count(const struct mr_shape *shape)
{
	size_t count = 0;

	while (count < shape->count && shape->fields[count].name != NULL)
		count++;
	return count;
}

const struct mr_field *
mr_shape_find(const struct mr_shape *shape, struct mr_string name)
{
	size_t count = mr_shape_count(shape);

	for (size_t i = 0; i < count; i++) {
		const char *known = shape->fields[i].name;

		if (strlen(known) == name.length &&
		    memcmp(known, name.data, name.length) == 0)
			return &shape->fields[i];
	}
	return NULL;
}

const char *
mr_shape_nearest(const struct mr_shape *shape, uint64_t rows,
                 struct mr_string name)
{
	char wanted[MR_NEAREST_LENGTH + 1];
	struct mr_nearest nearest = { .wanted = wanted };
	size_t count = mr_shape_count(shape);

	if (name.length > MR_NEAREST_LENGTH)
		return NULL;
	memcpy(wanted, name.data, name.length);
	wanted[name.length] = '\0';
	for (size_t i = 0; i < count; i++)
		if ((rows >> i & 1) != 0)
			mr_nearest_offer(&nearest, shape->fields[i].name);
	return nearest.name;
}

bool
mr_field_is_required(const struct mr_field *field)
{
	return field->default_value == NULL && !field->or_absent;
}

bool
mr_field_is_given(const struct mr_field *field, const void *record)
{
	return field->flag == 0 ||
	       *((const bool *)record + field->flag - 1);
}

void
mr_field_set_given(const struct mr_field *field, void *record, bool given)
{
	if (field->flag > 0)
		*((bool *)record + field->flag - 1) = given;
}
