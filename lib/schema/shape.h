/*
 * shape.h: questions about the rows of a struct.
 */
#ifndef MR_SCHEMA_SHAPE_H
#define MR_SCHEMA_SHAPE_H

#include "millrace.h"

/* What a struct is for. */
enum mr_role {
	MR_ROLE_INPUT,  /* a request body, but for rows that are in_query */
	MR_ROLE_QUERY,  /* all of it is a query string: no objects, no null */
	MR_ROLE_RESULT, /* a reply, which nothing holds to bounds */
	MR_ROLE_COUNT
};

/* How many rows there are before an empty one. */
size_t mr_shape_count(const struct mr_shape *shape);

/* The row of that name; NULL when there is none. */
const struct mr_field *mr_shape_find(const struct mr_shape *shape,
                                     struct mr_string name);

/*
 * The name of the row that was probably meant, of those whose bits are set;
 * NULL when none is near.
 */
const char *mr_shape_nearest(const struct mr_shape *shape, uint64_t rows,
                             struct mr_string name);

/* Whether an input must be given: it has no default, and cannot be absent. */
bool mr_field_is_required(const struct mr_field *field);

/* Whether a row is given in a record; one without a flag always is. */
bool mr_field_is_given(const struct mr_field *field, const void *record);

/* Sets its flag, where it has one. */
void mr_field_set_given(const struct mr_field *field, void *record, bool given);

#endif
