/*
 * query.h: the query string of a URL as a list of names and values.
 */
#ifndef MR_SCHEMA_QUERY_H
#define MR_SCHEMA_QUERY_H

#include "base/arena.h"
#include "millrace.h"

#define MR_QUERY_LENGTH 8192 /* bytes; longer ones are refused */

struct mr_parameter {
	struct mr_string name, value; /* decoded, in the arena, UTF-8 */
	bool taken;                   /* for the reader's own use */
};

struct mr_query {
	struct mr_parameter *parameters; /* in order */
	size_t count;
	const char *reason; /* of MR_SYNTAX, a clause */
	size_t offset;      /* of MR_SYNTAX, the byte */
};

/*
 * text: application/x-www-form-urlencoded (URL Standard, section 5), but what
 * that standard lets pass is refused: a '%' without two hexadecimal digits,
 * bytes that are not UTF-8.  Empty pieces ("a=1&&b=2") are no parameters.
 * MR_OK, MR_SYNTAX, MR_URI_TOO_LONG, MR_MEMORY.
 */
enum mr_err mr_query_parse(struct mr_query *query, struct mr_string text,
                           struct mr_arena *arena);

#endif
