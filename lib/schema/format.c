/*
 * format.c: what each kind of row means for each format.
 */
#include "schema/format.h"

#include "schema/shape.h"

static const char *const types[MR_FORMAT_COUNT] = {
	[MR_FORMAT_JSON] = "application/json",
	[MR_FORMAT_NPY] = "application/x-npy",
	[MR_FORMAT_RAW] = "application/octet-stream",
};

/* Whether one value of a kind can be all of a body, and part of a query. */
static const struct {
	bool body[MR_FORMAT_COUNT], query;
} kinds[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = { .query = true },
	[MR_KIND_DOUBLE] = { .query = true },
	[MR_KIND_BOOL] = { .query = true },
	[MR_KIND_STRING] = { .query = true },
	[MR_KIND_CHOICE] = { .query = true },
	[MR_KIND_BYTES] = { .query = true, .body[MR_FORMAT_RAW] = true },
	[MR_KIND_INT64S] = { .query = true,
	                     .body[MR_FORMAT_NPY] = true,
	                     .body[MR_FORMAT_RAW] = true },
	[MR_KIND_DOUBLES] = { .query = true,
	                      .body[MR_FORMAT_NPY] = true,
	                      .body[MR_FORMAT_RAW] = true },
	[MR_KIND_MATRIX] = { .body[MR_FORMAT_NPY] = true },
};

const char *
mr_format_type(enum mr_format format)
{
	return types[format];
}

bool
mr_format_in_query(enum mr_kind kind)
{
	return kinds[kind].query;
}

static bool
is_data(const struct mr_field *field)
{
	return kinds[field->kind].body[MR_FORMAT_NPY] ||
	       kinds[field->kind].body[MR_FORMAT_RAW];
}

/* The only row of data; NULL when there is none, or a second one. */
static const struct mr_field *
only_data(const struct mr_shape *shape)
{
	size_t count = mr_shape_count(shape);
	const struct mr_field *only = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &shape->fields[i];

		if (field->in_query || !is_data(field))
			continue;
		if (only != NULL)
			return NULL;
		only = field;
	}
	return only;
}

static const struct mr_field *
carried(enum mr_format format, const struct mr_shape *shape)
{
	const struct mr_field *field = only_data(shape);

	return field != NULL && kinds[field->kind].body[format] ? field : NULL;
}

const struct mr_field *
mr_format_output(enum mr_format format, const struct mr_shape *shape)
{
	const struct mr_field *field = carried(format, shape);

	return field == NULL || field->or_null || field->or_absent ? NULL
	                                                           : field;
}

const struct mr_field *
mr_format_input(enum mr_format format, const struct mr_shape *shape)
{
	const struct mr_field *field = carried(format, shape);
	size_t count = mr_shape_count(shape);

	for (size_t i = 0; i < count; i++)
		if (&shape->fields[i] != field &&
		    !mr_format_in_query(shape->fields[i].kind))
			return NULL;
	return field;
}
