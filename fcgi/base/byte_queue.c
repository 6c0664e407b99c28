/*
 * byte_queue.c: one piece of memory, which grows; few queues hold anything for
 * long.
 */
#include "fcgi/base/byte_queue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t
byte_queue_length(const struct byte_queue *queue)
{
	return queue->end - queue->begin;
}

/* Only when there are no more to be moved than have gone: moves are few. */
static void
close_gap(struct byte_queue *queue)
{
	size_t length = byte_queue_length(queue);

	if (queue->begin < length || queue->begin == 0)
		return;
	memcpy(queue->data, queue->data + queue->begin, length);
	queue->begin = 0;
	queue->end = length;
}

bool
byte_queue_reserve(struct byte_queue *queue, size_t size)
{
	size_t room = queue->room + queue->room / 2;
	char *data;

	if (queue->data != NULL && queue->room - queue->end >= size)
		return true;
	if (size > SIZE_MAX / 2 - queue->end)
		return false;
	close_gap(queue);
	if (queue->data != NULL && queue->room - queue->end >= size)
		return true;
	if (room < queue->end + size)
		room = queue->end + size;
	data = realloc(queue->data, room);
	if (data == NULL)
		return false;
	queue->data = data;
	queue->room = room;
	return true;
}

bool
byte_queue_add(struct byte_queue *queue, const char *bytes, size_t length)
{
	if (!byte_queue_reserve(queue, length))
		return false;
	memcpy(queue->data + queue->end, bytes, length);
	queue->end += length;
	return true;
}

void
byte_queue_drop(struct byte_queue *queue, size_t length)
{
	queue->begin += length;
	if (queue->begin == queue->end)
		byte_queue_clear(queue);
}

void
byte_queue_clear(struct byte_queue *queue)
{
	free(queue->data);
	*queue = (struct byte_queue){ .data = NULL };
}
