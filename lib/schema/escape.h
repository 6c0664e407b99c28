/*
 * escape.h: the characters of a JSON string that do not stand for themselves
 * (RFC 8259, section 7).
 */
#ifndef MR_SCHEMA_ESCAPE_H
#define MR_SCHEMA_ESCAPE_H

#include "base/buffer.h"
#include "millrace.h"

/*
 * Reads what stands behind a backslash, a pair of surrogates included, into
 * code; returns what follows it.  NULL when it is not an escape of JSON, or a
 * lone surrogate.
 */
const char *mr_escape_read(const char *at, const char *end, uint32_t *code);

/* Whether a byte of UTF-8 must be escaped. */
static inline bool
mr_escape_needed(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

/* Writes the shortest escape of such a byte; returns its length. */
#define MR_ESCAPE_LONGEST 6
size_t mr_escape_write(char *to, unsigned char c);

/* Appends UTF-8 as a JSON string, in its quotes. */
void mr_escape_text(struct mr_buffer *json, struct mr_string text);

#endif
