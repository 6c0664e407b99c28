/*
 * format.h: the media types that a body may have, and which of them can carry
 * a given struct.
 */
#ifndef MR_SCHEMA_FORMAT_H
#define MR_SCHEMA_FORMAT_H

#include "millrace.h"

/* In the order of preference where a client has none. */
enum mr_format {
	MR_FORMAT_JSON, /* every struct */
	MR_FORMAT_NPY,  /* one array or matrix, as NumPy saves it */
	MR_FORMAT_RAW,  /* one array: its elements, little-endian; or bytes */
	MR_FORMAT_COUNT
};

/* Such as "application/json". */
const char *mr_format_type(enum mr_format format);

/*
 * The row that is all of a body in a format other than JSON: the only array,
 * matrix or bytes among the rows that are not read from the query string
 * anyway.  The others then come from the query string too.  NULL when the
 * format cannot carry this input.
 */
const struct mr_field *mr_format_input(enum mr_format format,
                                       const struct mr_shape *shape);

/*
 * The same for a result: the only array, matrix or bytes, which is always
 * there; what stands beside it is left out.  NULL when the format cannot carry
 * this result.
 */
const struct mr_field *mr_format_output(enum mr_format format,
                                        const struct mr_shape *shape);

/* Whether a value of the kind can stand in a query string. */
bool mr_format_in_query(enum mr_kind kind);

#endif
