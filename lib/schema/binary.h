/*
 * binary.h: one array, matrix or bytes as a whole body, little-endian: from
 * the body to the member of the row, within its bounds, and back.
 */
#ifndef MR_SCHEMA_BINARY_H
#define MR_SCHEMA_BINARY_H

#include "base/buffer.h"
#include "schema/format.h"
#include "schema/target.h"

#define MR_CULPRIT 48

/* Zeroed, but for format and, to read, body. */
struct mr_binary {
	enum mr_format format; /* one that can carry the row; not JSON */
	struct mr_string body;

	/* Set by mr_binary_read. */
	bool in_place;      /* the member points into the body */
	const char *reason; /* of MR_SYNTAX, a clause */
	size_t offset;      /* of MR_SYNTAX, the byte */

	/* Set by mr_binary_write: of MR_RESULT, the element, as in "[3]". */
	char culprit[MR_CULPRIT];
};

/*
 * Reads the body into the member of a row that mr_format_input named.  The
 * member is set only if there was no fault; it points into the body where it
 * can, else into the arena of the faults.
 * MR_OK (there may be faults), MR_SYNTAX, MR_MEMORY.
 */
enum mr_err mr_binary_read(const struct mr_target *target,
                           struct mr_binary *binary);

/*
 * Of a row that mr_format_output named: appends to preamble what stands
 * before the data in binary->format, and points binary->body at the data,
 * which stay the record's.  MR_OK; MR_MEMORY; MR_RESULT for a number that is
 * not finite, unless the row has null_if_not_finite, which lets it pass here,
 * and for a matrix that no memory could hold.
 */
enum mr_err mr_binary_write(const struct mr_field *field, const void *member,
                            struct mr_buffer *preamble,
                            struct mr_binary *binary);

#endif
