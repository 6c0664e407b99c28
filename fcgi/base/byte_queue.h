/*
 * byte_queue.h: bytes on their way: in at the end, out at the beginning.
 */
#ifndef FCGI_BYTE_QUEUE_H
#define FCGI_BYTE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/* All zero: empty.  Those from begin to end are there. */
struct byte_queue {
	char *data;
	size_t begin, end, room;
};

size_t byte_queue_length(const struct byte_queue *queue);

/*
 * Makes room for so many bytes behind the end; what is written there is added
 * by moving the end.  Those that are there may move.  False when there is no
 * memory: then nothing has changed.
 */
bool byte_queue_reserve(struct byte_queue *queue, size_t size);

/* Adds a copy of bytes.  False when there is no memory. */
bool byte_queue_add(struct byte_queue *queue, const char *bytes, size_t length);

/*
 * Takes so many away, as there are at least; what stays does not move.  An
 * empty queue holds no memory.
 */
void byte_queue_drop(struct byte_queue *queue, size_t length);

/* Takes all away. */
void byte_queue_clear(struct byte_queue *queue);

#endif
