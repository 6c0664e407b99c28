/*
 * gzip.h: text that was sent compressed (RFC 1952).  The only place that
 * knows zlib.
 */
#ifndef MR_BASE_GZIP_H
#define MR_BASE_GZIP_H

#include "base/buffer.h"
#include "millrace.h"

struct mr_inflation {
	struct mr_string gzip; /* what came */
	size_t limit;          /* bytes that the text may have; not SIZE_MAX */

	/* The text; empty at first, with its arena set.  Never over limit. */
	struct mr_buffer text;

	/* Set with MR_SYNTAX. */
	const char *reason; /* a clause */
	size_t offset;      /* the byte of gzip that was reached */
};

/*
 * Inflates one member or several in a row, which are one text; nothing may
 * follow them, and their checksums are verified.  A text over the limit is
 * given up at the first byte too many, for which alone there is room; zlib
 * works in the same arena.
 * MR_OK, MR_SYNTAX, MR_BODY_TOO_LARGE, MR_MEMORY.
 */
enum mr_err mr_gzip_inflate(struct mr_inflation *inflation);

#endif
