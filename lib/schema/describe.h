/*
 * describe.h: rows as JSON Schema (2020-12, in the dialect of OpenAPI 3.1).
 */
#ifndef MR_SCHEMA_DESCRIBE_H
#define MR_SCHEMA_DESCRIBE_H

#include "base/arena.h"
#include "base/document.h"
#include "schema/shape.h"

/*
 * Adds the keywords of one row to schema, an empty object.  arena is for what
 * is made on the way.  A parameter has its default and example beside it.
 */
void mr_describe_field(const struct mr_field *field, enum mr_role role,
                       struct mr_arena *arena, struct mr_document *schema);

/* The same for an object; rows that are read from a query are left out. */
void mr_describe_shape(const struct mr_shape *shape, enum mr_role role,
                       struct mr_arena *arena, struct mr_document *schema);

/* Text, unit and form of a row, in sentences, in arena. */
const char *mr_describe_text(const struct mr_field *field,
                             struct mr_arena *arena);

/* "<i8", what NumPy calls the elements of an array or matrix. */
const char *mr_describe_dtype(const struct mr_field *field);

/* "(n,)" of an array, "(rows, columns)"; NULL of what is neither. */
const char *mr_describe_form(const struct mr_field *field);

#endif
