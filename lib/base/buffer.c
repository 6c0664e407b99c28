/*
 * buffer.c: growth of a buffer, by half its size, in place where it can be.
 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>

#define FIRST_CAPACITY 512

static bool
resize(struct mr_buffer *buffer, size_t capacity)
{
	char *data = mr_arena_resize(buffer->arena, buffer->data,
	                             buffer->capacity, capacity);

	if (data == NULL)
		return false;
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

static bool
grow(struct mr_buffer *buffer, size_t needed)
{
	size_t capacity = buffer->capacity + buffer->capacity / 2;

	if (capacity < FIRST_CAPACITY)
		capacity = FIRST_CAPACITY;
	if (capacity < needed)
		capacity = needed;
	buffer->failed = !resize(buffer, capacity);
	return !buffer->failed;
}

void
mr_buffer_expect(struct mr_buffer *buffer, size_t size)
{
	if (!buffer->failed && buffer->capacity - buffer->length < size)
		resize(buffer, buffer->length + size);
}

char *
mr_buffer_room(struct mr_buffer *buffer, size_t size)
{
	if (buffer->failed)
		return NULL;
	if ((buffer->data == NULL ||
	     buffer->capacity - buffer->length < size) &&
	    !grow(buffer, buffer->length + size))
		return NULL;
	return buffer->data + buffer->length;
}

void
mr_buffer_append(struct mr_buffer *buffer, const char *text, size_t length)
{
	char *room = mr_buffer_room(buffer, length);

	if (room != NULL && length > 0) {
		memcpy(room, text, length);
		buffer->length += length;
	}
}

void
mr_buffer_puts(struct mr_buffer *buffer, const char *text)
{
	mr_buffer_append(buffer, text, strlen(text));
}

void
mr_buffer_printf(struct mr_buffer *buffer, const char *format, ...)
{
	va_list arguments, again;
	char *room;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	room = length < 0 ? NULL : mr_buffer_room(buffer, (size_t)length + 1);
	if (room != NULL) {
		vsnprintf(room, (size_t)length + 1, format, again);
		buffer->length += (size_t)length;
	}
	va_end(again);
}

char *
mr_buffer_text(struct mr_buffer *buffer)
{
	char *room = mr_buffer_room(buffer, 1);

	if (room == NULL)
		return NULL;
	*room = '\0';
	return buffer->data;
}
