/*
 * decode.h: from text to the input struct of an endpoint, by its rows.
 *
 * A call begins, decodes the query string, then the body if it has one, then
 * finishes.  Faults do not stop it: the whole input is read, so that a
 * malformed text is told from a wrong one, and all faults are found at once.
 */
#ifndef MR_SCHEMA_DECODE_H
#define MR_SCHEMA_DECODE_H

#include "base/arena.h"
#include "millrace.h"
#include "schema/fault.h"
#include "schema/format.h"
#include "schema/object.h"

struct mr_decoding {
	const struct mr_shape *shape;
	void *record;          /* shape->size bytes, zeroed, filled as we go */
	bool query_only;       /* every row is read from the query string */
	enum mr_format format; /* of the body; one that carries the shape */
	struct mr_arena *arena;

	/* Set by the functions below. */
	struct mr_object query, body;
	struct mr_faults faults;
	bool keeps_body;    /* the record points into the body */
	const char *reason; /* of MR_SYNTAX, a clause */
	size_t offset;      /* of MR_SYNTAX, the byte */
};

/* Before anything else, with the first five members set. */
void mr_decode_begin(struct mr_decoding *decoding);

/*
 * query: percent-encoded names and values, as HTML forms send them (URL
 * Standard, section 5), with every malformation refused.
 * MR_OK (there may be faults), MR_SYNTAX, MR_URI_TOO_LONG, MR_MEMORY.
 */
enum mr_err mr_decode_query(struct mr_decoding *decoding,
                            struct mr_string query);

/*
 * body: in the format.  Unless keeps_body is set, what the record needs of it
 * is copied.  MR_OK (there may be faults), MR_SYNTAX, MR_MEMORY.
 */
enum mr_err mr_decode_body(struct mr_decoding *decoding, struct mr_string body);

/*
 * Gives the rows that were not seen their defaults, and reports those that
 * must be given.  MR_OK; MR_INVALID if there is any fault; MR_MEMORY.
 */
enum mr_err mr_decode_finish(struct mr_decoding *decoding);

#endif
