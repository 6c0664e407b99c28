/*
 * buffer.h: text that grows in an arena.
 *
 * Running out of memory is remembered, not returned: the writer goes on, and
 * whoever wanted the text looks at `failed` once at the end.
 */
#ifndef MR_BASE_BUFFER_H
#define MR_BASE_BUFFER_H

#include "base/arena.h"

#include <stdbool.h>
#include <string.h>

struct mr_buffer {
	struct mr_arena *arena;
	char *data; /* NULL until room is asked for */
	size_t length, capacity;
	bool failed;
};

/* Room for size more bytes behind data + length; NULL when out of memory. */
char *mr_buffer_room(struct mr_buffer *buffer, size_t size);

/* Only a hint: about size more bytes are to come. */
void mr_buffer_expect(struct mr_buffer *buffer, size_t size);

/* What is appended is copied; printf needs room for a NUL, and leaves it. */
void mr_buffer_append(struct mr_buffer *buffer, const char *text,
                      size_t length);

void mr_buffer_puts(struct mr_buffer *buffer, const char *text);

void mr_buffer_printf(struct mr_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * All that was appended, with a NUL behind it that does not count; NULL when
 * out of memory.
 */
char *mr_buffer_text(struct mr_buffer *buffer);

static inline void
mr_buffer_putc(struct mr_buffer *buffer, char c)
{
	char *room = mr_buffer_room(buffer, 1);

	if (room != NULL) {
		*room = c;
		buffer->length++;
	}
}

#endif
