/*
 * utf8.h: well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms,
 * nothing above U+10FFFF).
 */
#ifndef MR_SCHEMA_UTF8_H
#define MR_SCHEMA_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest encoding of one character, in bytes. */
#define MR_UTF8_LONGEST 4

/* The length of the one character at text, or 0 when it is not well-formed. */
size_t mr_utf8_step(const char *text, const char *end);

/* The first byte that is not well-formed; end when all is. */
const char *mr_utf8_check(const char *text, const char *end);

/* Whether a C string is well-formed; NULL is. */
bool mr_utf8_is_text(const char *text);

/* How many characters a well-formed text has. */
size_t mr_utf8_count(const char *text, const char *end);

/* Writes code (a scalar value) at to; returns the number of bytes. */
size_t mr_utf8_write(char *to, uint32_t code);

#endif
