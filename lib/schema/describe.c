/*
 * describe.c: the keywords of each kind of row.
 *
 * A schema never refuses what the reader of the kind takes.  Where JSON
 * Schema has no word for a rule (the bytes behind base64, rows of equal
 * length, 1.0 for an integer), the text says it.
 */
#include "schema/describe.h"

#include "base/buffer.h"
#include "schema/base64.h"
#include "schema/bound.h"
#include "schema/example.h"
#include "schema/shape.h"

#include <float.h>
#include <math.h>

struct view {
	const struct mr_field *field;
	enum mr_role role;
	struct mr_arena *arena;
};

static bool
is_null(const struct view *view)
{
	const struct mr_field *field = view->field;

	switch (view->role) {
	case MR_ROLE_INPUT:
		return field->or_null;
	case MR_ROLE_RESULT:
		return field->or_null || (field->kind == MR_KIND_DOUBLE &&
		                          field->null_if_not_finite);
	default:
		return false;
	}
}

static void
add_type(struct mr_document *schema, const char *type, bool or_null)
{
	struct mr_document *types;

	if (!or_null) {
		mr_document_string(schema, "type", type);
		return;
	}
	types = mr_document_array(schema, "type");
	mr_document_string(types, NULL, type);
	mr_document_string(types, NULL, "null");
}

static const char *const characters[] = { "minLength", "maxLength" };
static const char *const elements[] = { "minItems", "maxItems" };

/* No upper bound stands for what is beyond every memory. */
static void
add_lengths(struct mr_document *schema, const char *const names[2], size_t min,
            size_t max)
{
	if (min > 0)
		mr_document_size(schema, names[0], min);
	if (max < PTRDIFF_MAX)
		mr_document_size(schema, names[1], max);
}

static bool
has_bounds(const struct view *view)
{
	return view->role != MR_ROLE_RESULT &&
	       view->field->bounds.kind != MR_BOUNDS_NONE;
}

/* Numbers. */

static void
add_bound(struct mr_document *schema, const char *name, long double bound)
{
	char text[MR_BOUND_TEXT];

	mr_bound_write(text, bound);
	mr_document_literal(schema, name, text);
}

/* What the format says of a result, an input is held to by its bounds too. */
static void
add_integer(const struct view *view, struct mr_document *schema)
{
	const struct mr_bounds *bounds = &view->field->bounds;
	const long double least = INT64_MIN, most = INT64_MAX;

	mr_document_string(schema, "format", "int64");
	if (!has_bounds(view))
		return;
	add_bound(schema, "minimum", fmaxl(bounds->min, least));
	add_bound(schema, "maximum", fminl(bounds->max, most));
}

/* The largest doubles bound nothing. */
static void
add_double(const struct view *view, struct mr_document *schema)
{
	const struct mr_bounds *bounds = &view->field->bounds;

	mr_document_string(schema, "format", "double");
	if (!has_bounds(view))
		return;
	if (bounds->min > -DBL_MAX)
		add_bound(schema, "minimum", bounds->min);
	if (bounds->max < DBL_MAX)
		add_bound(schema, "maximum", bounds->max);
}

/* Text. */

static void
add_string(const struct view *view, struct mr_document *schema)
{
	const struct mr_bounds *bounds = &view->field->bounds;

	if (has_bounds(view))
		add_lengths(schema, characters, bounds->min_length,
		            bounds->max_length);
}

static void
add_choices(const struct view *view, struct mr_document *schema)
{
	const char *const *choice = view->field->bounds.choices;
	struct mr_document *names = mr_document_array(schema, "enum");

	for (; choice != NULL && *choice != NULL; choice++)
		mr_document_string(names, NULL, *choice);
	if (is_null(view))
		mr_document_literal(names, NULL, "null");
}

/* No bound stays none. */
static size_t
base64_length(size_t bytes)
{
	return bytes < PTRDIFF_MAX ? MR_BASE64_TEXT(bytes) : bytes;
}

static void
add_bytes(const struct view *view, struct mr_document *schema)
{
	const struct mr_bounds *bounds = &view->field->bounds;

	mr_document_string(schema, "contentEncoding", "base64");
	mr_document_string(schema, "pattern", MR_BASE64_PATTERN);
	if (has_bounds(view))
		add_lengths(schema, characters,
		            base64_length(bounds->min_length),
		            base64_length(bounds->max_length));
}

/* Arrays. */

static struct mr_document *
add_items(const struct view *view, struct mr_document *schema)
{
	const struct mr_bounds *bounds = &view->field->bounds;

	if (has_bounds(view))
		add_lengths(schema, elements, bounds->min_length,
		            bounds->max_length);
	return mr_document_object(schema, "items");
}

static void
add_doubles_items(const struct view *view, struct mr_document *items)
{
	add_type(items, "number",
	         view->role == MR_ROLE_RESULT && view->field->null_if_not_finite);
	add_double(view, items);
}

static void
add_int64s(const struct view *view, struct mr_document *schema)
{
	struct mr_document *items = add_items(view, schema);

	add_type(items, "integer", false);
	add_integer(view, items);
}

static void
add_doubles(const struct view *view, struct mr_document *schema)
{
	add_doubles_items(view, add_items(view, schema));
}

static void
add_matrix(const struct view *view, struct mr_document *schema)
{
	const struct mr_bounds *bounds = &view->field->bounds;
	struct mr_document *row = add_items(view, schema);

	add_type(row, "array", false);
	if (has_bounds(view))
		add_lengths(row, elements, bounds->min_columns,
		            bounds->max_columns);
	add_doubles_items(view, mr_document_object(row, "items"));
}

/* Objects. */

/* In a reply, what is left out when absent; a null is written. */
static bool
is_required(const struct mr_field *field, enum mr_role role)
{
	return role == MR_ROLE_RESULT ? field->or_null || !field->or_absent
	                            : mr_field_is_required(field);
}

static void
add_members(const struct mr_shape *shape, enum mr_role role,
            struct mr_arena *arena, struct mr_document *schema)
{
	struct mr_document *properties =
	    mr_document_object(schema, "properties");
	struct mr_document *required = mr_document_array(schema, "required");
	size_t count = mr_shape_count(shape);

	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &shape->fields[i];

		if (field->in_query)
			continue;
		mr_describe_field(field, role, arena,
		                  mr_document_object(properties, field->name));
		if (is_required(field, role))
			mr_document_string(required, NULL, field->name);
	}
	mr_document_literal(schema, "additionalProperties", "false");
}

static void
add_object(const struct view *view, struct mr_document *schema)
{
	add_members(view->field->shape, view->role, view->arena, schema);
}

static void
add_objects(const struct view *view, struct mr_document *schema)
{
	mr_describe_shape(view->field->shape, view->role, view->arena,
	                  add_items(view, schema));
}

static const struct {
	const char *type;
	void (*add)(const struct view *view, struct mr_document *schema);
	const char *form, *dtype;
} kinds[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = { "integer", add_integer, NULL, NULL },
	[MR_KIND_DOUBLE] = { "number", add_double, NULL, NULL },
	[MR_KIND_BOOL] = { "boolean", NULL, NULL, NULL },
	[MR_KIND_STRING] = { "string", add_string, NULL, NULL },
	[MR_KIND_CHOICE] = { "string", add_choices, NULL, NULL },
	[MR_KIND_BYTES] = { "string", add_bytes, NULL, NULL },
	[MR_KIND_INT64S] = { "array", add_int64s, "(n,)", "<i8" },
	[MR_KIND_DOUBLES] = { "array", add_doubles, "(n,)", "<f8" },
	[MR_KIND_MATRIX] = { "array", add_matrix, "(rows, columns)", "<f8" },
	[MR_KIND_OBJECT] = { "object", add_object, NULL, NULL },
	[MR_KIND_OBJECTS] = { "array", add_objects, "(n,)", NULL },
};

const char *
mr_describe_dtype(const struct mr_field *field)
{
	return kinds[field->kind].dtype;
}

const char *
mr_describe_form(const struct mr_field *field)
{
	return kinds[field->kind].form;
}

/* The bytes, where the schema counts characters. */
static void
add_byte_count(const struct mr_bounds *bounds, struct mr_buffer *text)
{
	if (bounds->kind == MR_BOUNDS_NONE)
		return;
	mr_buffer_printf(text, " Base64 of %zu", bounds->min_length);
	if (bounds->max_length < PTRDIFF_MAX)
		mr_buffer_printf(text, " to %zu bytes.", bounds->max_length);
	else
		mr_buffer_puts(text, " bytes or more.");
}

const char *
mr_describe_text(const struct mr_field *field, struct mr_arena *arena)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_puts(&text, field->text);
	if (text.length > 0 && text.data[text.length - 1] != '.')
		mr_buffer_putc(&text, '.');
	if (field->kind == MR_KIND_BYTES)
		add_byte_count(&field->bounds, &text);
	if (mr_describe_form(field) != NULL)
		mr_buffer_printf(&text, " Shape %s.", mr_describe_form(field));
	if (field->unit != NULL)
		mr_buffer_printf(&text, " Unit: %s.", field->unit);
	return mr_buffer_text(&text);
}

/* A default is example enough, and an object has those of its members. */
static void
add_values(const struct view *view, struct mr_document *schema)
{
	const struct mr_field *field = view->field;
	const char *example = field->example;

	if (view->role == MR_ROLE_INPUT) {
		if (field->default_value != NULL)
			mr_document_literal(schema, "default",
			                    field->default_value);
		else if (example == NULL && field->kind != MR_KIND_OBJECT)
			example = mr_example(field, view->arena);
	}
	if (view->role != MR_ROLE_QUERY && example != NULL)
		mr_document_literal(mr_document_array(schema, "examples"),
		                    NULL, example);
}

void
mr_describe_field(const struct mr_field *field, enum mr_role role,
                  struct mr_arena *arena, struct mr_document *schema)
{
	const struct view view = { field, role, arena };

	add_type(schema, kinds[field->kind].type, is_null(&view));
	if (role != MR_ROLE_QUERY)
		mr_document_string(schema, "description",
		                   mr_describe_text(field, arena));
	if (field->unit != NULL)
		mr_document_string(schema, "x-unit", field->unit);
	if (kinds[field->kind].add != NULL)
		kinds[field->kind].add(&view, schema);
	add_values(&view, schema);
}

void
mr_describe_shape(const struct mr_shape *shape, enum mr_role role,
                  struct mr_arena *arena, struct mr_document *schema)
{
	add_type(schema, "object", false);
	add_members(shape, role, arena, schema);
}
