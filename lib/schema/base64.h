/*
 * base64.h: bytes as text (RFC 4648, section 4), strictly: with padding, and
 * without line ends or stray bits.
 */
#ifndef MR_SCHEMA_BASE64_H
#define MR_SCHEMA_BASE64_H

#include "millrace.h"

/* How many bytes the text stands for, by its length and padding. */
bool mr_base64_length(struct mr_string text, size_t *length);

/*
 * Writes the bytes, as many as mr_base64_length says, to `to`.  False when the
 * text is not base64; some may be written then.
 */
bool mr_base64_read(unsigned char *to, struct mr_string text);

/* What the text looks like, as a regular expression (ECMA-262). */
#define MR_BASE64_PATTERN                                                      \
	"^([A-Za-z0-9+/]{4})*"                                                 \
	"([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"

/* The length of the text of so many bytes. */
#define MR_BASE64_TEXT(length) (((length) + 2) / 3 * 4)

/* Writes that text. */
void mr_base64_write(char *to, struct mr_bytes bytes);

#endif
