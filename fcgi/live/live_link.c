/*
 * live_link.c: bytes out, bytes in, messages.
 */
#include "fcgi/live/live_link.h"

#include "fcgi/wire/broker_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE ((size_t)64 << 10)

void
live_link_init(struct live_link *link, const char *place)
{
	*link = (struct live_link){ .fd = -1 };
	snprintf(link->place, sizeof(link->place), "%s", place);
}

void
live_link_close(struct live_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
	byte_queue_clear(&link->in);
	byte_queue_clear(&link->out);
}

bool
live_link_open(struct live_link *link)
{
	if (link->fd >= 0)
		return true;
	link->fd = broker_client_connect(link->place);
	link->opened += link->fd >= 0;
	return link->fd >= 0;
}

static void
push(struct live_link *link)
{
	struct byte_queue *out = &link->out;

	while (out->begin < out->end) {
		ssize_t got = send(link->fd, out->data + out->begin,
		                   out->end - out->begin, MSG_NOSIGNAL);

		if (got >= 0)
			byte_queue_drop(out, (size_t)got);
		else if (errno == EAGAIN)
			return;
		else if (errno != EINTR)
			live_link_close(link);
	}
}

void
live_link_send(struct live_link *link, const struct message *message,
               struct mr_arena *arena)
{
	struct mr_buffer text = { .arena = arena };

	if (link->fd < 0)
		return;
	message_write(message, &text);
	if (!text.failed && byte_queue_add(&link->out, text.data, text.length))
		push(link);
	else
		live_link_close(link);
}

bool
live_link_is_full(const struct live_link *link)
{
	return byte_queue_length(&link->out) > 0;
}

void
live_link_move(struct live_link *link)
{
	ssize_t got = 1;

	if (link->fd >= 0)
		push(link);
	while (link->fd >= 0 && got > 0) {
		if (!byte_queue_reserve(&link->in, PIECE)) {
			live_link_close(link);
			return;
		}
		got = recv(link->fd, link->in.data + link->in.end, PIECE, 0);
		if (got > 0)
			link->in.end += (size_t)got;
		else if (got == 0 || (errno != EAGAIN && errno != EINTR))
			live_link_close(link);
	}
}

bool
live_link_next(struct live_link *link, struct mr_arena *arena,
               struct message *message)
{
	const char *from = link->in.data + link->in.begin;
	size_t have = byte_queue_length(&link->in);
	size_t length = have == 0 ? 0 : message_length(from, have);
	char *bytes = NULL;

	if (length == 0 || (length != SIZE_MAX && length > have))
		return false;
	if (length != SIZE_MAX)
		bytes = mr_arena_alloc(arena, length);
	if (bytes != NULL) {
		memcpy(bytes, from, length);
		byte_queue_drop(&link->in, length);
		if (message_read(bytes, length, arena, message))
			return true;
	}
	live_link_close(link);
	return false;
}
