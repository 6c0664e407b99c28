/*
 * declaration.c: contradictions that the compiler does not see.
 */
#include "schema/declaration.h"

#include "schema/format.h"
#include "schema/json.h"
#include "schema/object.h"
#include "schema/shape.h"
#include "schema/utf8.h"
#include "schema/value.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* A shape within others. */
struct check {
	const struct check *outer;
	const struct mr_field *within; /* of the outer shape */
	const struct mr_shape *shape;
	enum mr_role role;
	unsigned depth;
	struct mr_buffer *complaints;
};

static void
print_path(const struct check *check, const struct mr_field *field)
{
	if (check->outer != NULL) {
		print_path(check->outer, check->within);
		mr_buffer_putc(check->complaints, '.');
	}
	mr_buffer_puts(check->complaints, field->name);
}

static void
complain(const struct check *check, const struct mr_field *field,
         const char *what)
{
	mr_buffer_puts(check->complaints, "field ");
	print_path(check, field);
	mr_buffer_printf(check->complaints, ": %s\n", what);
}

/* Bounds. */

static const struct {
	enum mr_bounds_kind bounds;
	const char *complaint;
} wanted[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = { MR_BOUNDS_RANGE, "a number needs MR_RANGE" },
	[MR_KIND_DOUBLE] = { MR_BOUNDS_RANGE, "a number needs MR_RANGE" },
	[MR_KIND_BOOL] = { MR_BOUNDS_EITHER, "a boolean needs MR_EITHER" },
	[MR_KIND_STRING] = { MR_BOUNDS_LENGTH, "a string needs MR_LENGTH" },
	[MR_KIND_CHOICE] = { MR_BOUNDS_CHOICES,
	                     "an enumeration needs MR_CHOICES" },
	[MR_KIND_BYTES] = { MR_BOUNDS_LENGTH, "bytes need MR_LENGTH" },
	[MR_KIND_INT64S] = { MR_BOUNDS_ITEMS, "an array needs MR_ITEMS" },
	[MR_KIND_DOUBLES] = { MR_BOUNDS_ITEMS, "an array needs MR_ITEMS" },
	[MR_KIND_MATRIX] = { MR_BOUNDS_MATRIX, "a matrix needs MR_MATRIX" },
	[MR_KIND_OBJECT] = { MR_BOUNDS_NONE, "an object has no bounds" },
	[MR_KIND_OBJECTS] = { MR_BOUNDS_LENGTH,
	                      "an array of objects needs MR_LENGTH" },
};

static bool
is_length(size_t least, size_t most)
{
	return most > 0 && least <= most;
}

static void
check_lengths(const struct check *check, const struct mr_field *field)
{
	const struct mr_bounds *bounds = &field->bounds;
	bool has_length = bounds->kind == MR_BOUNDS_LENGTH ||
	                  bounds->kind == MR_BOUNDS_ITEMS ||
	                  bounds->kind == MR_BOUNDS_MATRIX;

	if ((has_length &&
	     !is_length(bounds->min_length, bounds->max_length)) ||
	    (bounds->kind == MR_BOUNDS_MATRIX &&
	     !is_length(bounds->min_columns, bounds->max_columns)))
		complain(check, field,
		         "the longest length must be above zero and not below "
		         "the shortest");
}

static void
check_choices(const struct check *check, const struct mr_field *field)
{
	const char *const *choices = field->bounds.choices;

	if (choices == NULL || choices[0] == NULL) {
		complain(check, field, "there is nothing to choose from");
		return;
	}
	for (size_t i = 0; choices[i] != NULL; i++) {
		if (*choices[i] == '\0' || !mr_utf8_is_text(choices[i]))
			complain(check, field, "a choice is no text");
		for (size_t j = 0; j < i; j++)
			if (strcmp(choices[j], choices[i]) == 0)
				complain(check, field, "a choice stands twice");
	}
}

static bool
is_integer(long double bound)
{
	return !isfinite(bound) || rintl(bound) == bound;
}

/* A bound that no integer has would not be what the document says of it. */
static bool
suits_kind(const struct mr_field *field)
{
	return (field->kind != MR_KIND_INT64 &&
	        field->kind != MR_KIND_INT64S) ||
	       (is_integer(field->bounds.min) && is_integer(field->bounds.max));
}

/* Of a result only a choice needs bounds, to have names. */
static void
check_bounds(const struct check *check, const struct mr_field *field)
{
	const struct mr_bounds *bounds = &field->bounds;

	if (check->role == MR_ROLE_RESULT &&
	    bounds->kind == MR_BOUNDS_NONE && field->kind != MR_KIND_CHOICE)
		return;
	if (bounds->kind != wanted[field->kind].bounds)
		complain(check, field, wanted[field->kind].complaint);
	else if (!(bounds->min <= bounds->max))
		complain(check, field, "min is above max");
	else if (!suits_kind(field))
		complain(check, field, "a bound of integers is no integer");
	else if (bounds->min > DBL_MAX || bounds->max < -DBL_MAX)
		complain(check, field, "no number is within the bounds");
	else if (bounds->kind == MR_BOUNDS_CHOICES)
		check_choices(check, field);
	else
		check_lengths(check, field);
}

/* Values in JSON are read as the client's would be, so they obey all bounds. */
static void
check_value(const struct check *check, const struct mr_field *field,
            const char *value, const char *complaint)
{
	struct mr_arena *arena = check->complaints->arena;
	void *record;

	if (value == NULL)
		return;
	record = mr_arena_alloc(arena, check->shape->size);
	if (record == NULL)
		return;
	mr_object_clear(check->shape, record);
	if (mr_value_preset(field, record, value, arena) == MR_INVALID)
		complain(check, field, complaint);
}

/* What is given, when, and from where. */
static void
check_presence(const struct check *check, const struct mr_field *field)
{
	if (field->required && field->default_value != NULL)
		complain(check, field, "it is required, and has a default");
	if (field->required && field->or_absent)
		complain(check, field, "it is required, and may be left out");
	if (field->default_value != NULL && field->or_absent)
		complain(check, field,
		         "it has a default, so that it is never left out");
	if (field->in_query && check->outer != NULL)
		complain(check, field,
		         "a field of an object is not read from a query string");
	else if ((field->in_query || check->role == MR_ROLE_QUERY) &&
	         !mr_format_in_query(field->kind))
		complain(check, field, "it cannot stand in a query string");
}

/* Nothing is read into a result, so that one struct can serve as both. */
static void
check_result(const struct check *check, const struct mr_field *field)
{
	struct mr_field unbounded = *field;

	if (field->bounds.kind == MR_BOUNDS_NONE)
		unbounded.bounds = (struct mr_bounds){
			.min = -INFINITY,
			.max = INFINITY,
			.max_length = SIZE_MAX,
			.max_columns = SIZE_MAX,
		};
	check_value(check, &unbounded, field->example,
	            "the example is not a value of the field");
}

static void
check_input(const struct check *check, const struct mr_field *field)
{
	check_presence(check, field);
	check_value(check, field, field->default_value,
	            "the default is not a value that the field accepts");
	check_value(check, field, field->example,
	            "the example is not a value that the field accepts");
}

/* Arrays of objects are two levels each, and at their end may be a matrix. */
#define DEEPEST ((MR_JSON_DEPTH - 2) / 2)

static void check_shape(const struct check *check);

static void
check_inner(const struct check *check, const struct mr_field *field)
{
	const struct check inner = {
		.outer = check,
		.within = field,
		.shape = field->shape,
		.role = check->role == MR_ROLE_QUERY ? MR_ROLE_INPUT
		                                     : check->role,
		.depth = check->depth + 1,
		.complaints = check->complaints,
	};

	if (field->kind != MR_KIND_OBJECT && field->kind != MR_KIND_OBJECTS)
		return;
	if (field->shape == NULL)
		complain(check, field, "an object needs rows");
	else if (inner.depth == DEEPEST)
		complain(check, field, "nested too deeply");
	else
		check_shape(&inner);
}

/* A name is a member's, so it needs no escape anywhere. */
static bool
is_name(const char *name)
{
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

static void
check_words(const struct check *check, const struct mr_field *field)
{
	struct mr_string name = { field->name, strlen(field->name) };

	if (!is_name(field->name))
		complain(check, field,
		         "a name is made of letters, digits and '_'");
	if (mr_shape_find(check->shape, name) != field)
		complain(check, field, "the name stands twice");
	if (field->text == NULL || *field->text == '\0')
		complain(check, field, "it has no text");
	if (!mr_utf8_is_text(field->text) || !mr_utf8_is_text(field->unit))
		complain(check, field, "its text or unit is not UTF-8");
}

static void
check_field(const struct check *check, const struct mr_field *field)
{
	if ((unsigned)field->kind >= MR_KIND_COUNT) {
		complain(check, field, "its kind is unknown");
		return;
	}
	check_words(check, field);
	if ((field->or_null || field->or_absent) != (field->flag > 0))
		complain(check, field,
		         "it may be null or left out, and a flag tells, or "
		         "neither");
	if (field->flag > check->shape->size)
		complain(check, field, "its flag is outside of the struct");
	if (field->null_if_not_finite && field->kind != MR_KIND_DOUBLE &&
	    field->kind != MR_KIND_DOUBLES && field->kind != MR_KIND_MATRIX)
		complain(check, field,
		         "null_if_not_finite is for doubles only");
	check_bounds(check, field);
	check_inner(check, field);
}

/* Values can be read by rows all of which make sense. */
static void
check_shape(const struct check *check)
{
	size_t count = mr_shape_count(check->shape);
	size_t before = check->complaints->length;

	if (count > MR_FIELDS_MAX)
		complain(check, &check->shape->fields[MR_FIELDS_MAX],
		         "one field too many for a struct");
	for (size_t i = 0; i < count; i++)
		check_field(check, &check->shape->fields[i]);
	if (check->complaints->length > before)
		return;
	for (size_t i = 0; i < count; i++) {
		if (check->role == MR_ROLE_RESULT)
			check_result(check, &check->shape->fields[i]);
		else
			check_input(check, &check->shape->fields[i]);
	}
}

bool
mr_declaration_check(const struct mr_shape *shape, enum mr_role role,
                     struct mr_buffer *complaints)
{
	const struct check check = { .shape = shape,
		                     .role = role,
		                     .complaints = complaints };
	size_t before = complaints->length;

	check_shape(&check);
	return complaints->length == before && !complaints->failed;
}
