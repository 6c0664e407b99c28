/*
 * declaration.c: contradictions that the compiler does not see.
 */
#include "schema/declaration.h"

#include "schema/decode.h"
#include "schema/shape.h"

#include <string.h>

static void
complain(struct mr_buffer *complaints, const struct mr_field *field,
         const char *what)
{
	mr_buffer_printf(complaints, "field %s: %s\n", field->name, what);
}

static void
check_bounds(const struct mr_field *field, struct mr_buffer *complaints)
{
	static const struct {
		enum mr_bounds_kind kind;
		const char *complaint;
	} wanted[MR_KIND_COUNT] = {
		[MR_KIND_INT64] = { MR_BOUNDS_RANGE,
		                    "a number needs MR_RANGE" },
		[MR_KIND_DOUBLE] = { MR_BOUNDS_RANGE,
		                     "a number needs MR_RANGE" },
		[MR_KIND_BOOL] = { MR_BOUNDS_EITHER,
		                   "a boolean needs MR_EITHER" },
		[MR_KIND_STRING] = { MR_BOUNDS_LENGTH,
		                     "a string needs MR_LENGTH" },
		[MR_KIND_INT64S] = { MR_BOUNDS_ITEMS,
		                     "an array needs MR_ITEMS" },
		[MR_KIND_DOUBLES] = { MR_BOUNDS_ITEMS,
		                      "an array needs MR_ITEMS" },
	};
	const struct mr_bounds *bounds = &field->bounds;

	if (bounds->kind != wanted[field->kind].kind)
		complain(complaints, field, wanted[field->kind].complaint);
	else if (!(bounds->min <= bounds->max))
		complain(complaints, field, "min is above max");
	else if ((bounds->kind == MR_BOUNDS_LENGTH ||
	          bounds->kind == MR_BOUNDS_ITEMS) &&
	         (bounds->max_length == 0 ||
	          bounds->min_length > bounds->max_length))
		complain(complaints, field,
		         "the longest length must be above zero and not below "
		         "the shortest");
}

/* The default is decoded as the field would be, so it obeys all bounds. */
static void
check_default(const struct mr_shape *shape, const struct mr_field *field,
              struct mr_buffer *complaints)
{
	void *record;

	if (field->default_value == NULL)
		return;
	record = mr_arena_alloc(complaints->arena, shape->size);
	if (record != NULL && mr_decode_default(field, record,
	                                        complaints->arena) == MR_INVALID)
		complain(complaints, field,
		         "the default is not a value that the field accepts");
}

bool
mr_declaration_check(const struct mr_shape *shape, bool input,
                     struct mr_buffer *complaints)
{
	size_t count = mr_shape_count(shape), before = complaints->length;

	if (count > MR_FIELDS_MAX)
		complain(complaints, &shape->fields[MR_FIELDS_MAX],
		         "one field too many for a struct");
	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &shape->fields[i];
		struct mr_string name = { field->name, strlen(field->name) };

		if (mr_shape_find(shape, name) != field)
			complain(complaints, field, "the name stands twice");
		if (field->text == NULL || *field->text == '\0')
			complain(complaints, field, "it has no text");
		if (input) {
			check_bounds(field, complaints);
			check_default(shape, field, complaints);
		}
	}
	return complaints->length == before && !complaints->failed;
}
