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

/* One bit a row in mr_decoding.seen. */
#define MR_FIELDS_MAX 64

struct mr_decoding {
	const struct mr_shape *shape;
	void *record;    /* shape->size bytes, zeroed, filled as we go */
	bool query_only; /* every row is read from the query string */
	struct mr_arena *arena;

	/* Set from here on by the functions below. */
	struct mr_faults faults;
	uint64_t seen;      /* rows that were given */
	const char *reason; /* of MR_SYNTAX, a clause */
	size_t offset;      /* of MR_SYNTAX, the byte */
};

/* Before anything else, with the members above the line set. */
void mr_decode_begin(struct mr_decoding *decoding);

/*
 * body: a JSON object.  What the record needs of it is copied.
 * MR_OK (there may be faults), MR_SYNTAX, MR_MEMORY.
 */
enum mr_err mr_decode_json(struct mr_decoding *decoding, struct mr_string body);

/*
 * query: percent-encoded names and values, as HTML forms send them (URL
 * Standard, section 5), with every malformation refused.
 * MR_OK (there may be faults), MR_SYNTAX, MR_URI_TOO_LONG, MR_MEMORY.
 */
enum mr_err mr_decode_query(struct mr_decoding *decoding,
                            struct mr_string query);

/*
 * Gives the rows that were not seen their defaults, and reports those that
 * have none.  MR_OK; MR_INVALID if there is any fault; MR_MEMORY.
 */
enum mr_err mr_decode_finish(struct mr_decoding *decoding);

/*
 * The default of one row, into its member in a record.  MR_OK, MR_MEMORY;
 * MR_INVALID when it is not a value of that row.
 */
enum mr_err mr_decode_default(const struct mr_field *field, void *record,
                              struct mr_arena *arena);

/* Whether any row is read from the body. */
bool mr_decode_wants_body(const struct mr_decoding *decoding);

#endif
