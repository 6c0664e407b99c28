/*
 * space.h: white space between tokens: of JSON, of an .npy header.
 */
#ifndef MR_SCHEMA_SPACE_H
#define MR_SCHEMA_SPACE_H

#include <stdbool.h>

static inline bool
mr_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What follows the white space at `at`. */
static inline const char *
mr_behind_space(const char *at, const char *end)
{
	while (at < end && mr_is_space(*at))
		at++;
	return at;
}

#endif
