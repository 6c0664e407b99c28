/*
 * lines.h: for targets whose input begins with lines of text.
 */
#ifndef MR_FUZZ_LINES_H
#define MR_FUZZ_LINES_H

#include "base/arena.h"
#include "millrace.h"

#include <string.h>

/* A copy in arena of the line at *at, which steps behind it. */
static inline struct mr_string
take_line(const char **at, const char *end, struct mr_arena *arena)
{
	const char *first = *at;
	const char *newline = memchr(first, '\n', (size_t)(end - first));
	size_t length = (size_t)((newline == NULL ? end : newline) - first);

	*at = newline == NULL ? end : newline + 1;
	return (struct mr_string){ mr_arena_copy(arena, first, length),
		                   length };
}

#endif
