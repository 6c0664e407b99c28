/*
 * broker_connection.c: non-blocking reads and writes, and what waits for them.
 */
#include "fcgi/broker_connection.h"

#include "fcgi/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK ((size_t)16 << 10)  /* that is read at least */
#define AT_ONCE ((size_t)4 << 20) /* of one connection before the others */

struct broker_connection *
broker_connection_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct broker_connection *connection;
	struct ucred peer = { .pid = 0 };
	socklen_t size = sizeof(peer);

	if (fd < 0)
		return NULL;
	connection = calloc(1, sizeof(*connection));
	if (connection == NULL) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	connection->fd = fd;
	connection->pid = peer.pid;
	connection->claim.holder = connection;
	connection->claim.pid = peer.pid;
	return connection;
}

void
broker_connection_free(struct broker_connection *connection)
{
	if (connection == NULL)
		return;
	close(connection->fd);
	free(connection->in.data);
	free(connection->out.data);
	free(connection);
}

/* Bytes. */

static bool
make_room(struct broker_bytes *bytes, size_t size)
{
	size_t capacity = bytes->capacity + bytes->capacity / 2;
	char *data;

	if (bytes->data != NULL && bytes->capacity - bytes->length >= size)
		return true;
	if (capacity < bytes->length + size)
		capacity = bytes->length + size;
	data = realloc(bytes->data, capacity);
	if (data == NULL)
		return false;
	bytes->data = data;
	bytes->capacity = capacity;
	return true;
}

/* Few have anything on its way: an empty one takes no memory. */
static void
advance(struct broker_bytes *bytes, size_t gone)
{
	bytes->from += gone;
	if (bytes->from < bytes->length)
		return;
	free(bytes->data);
	*bytes = (struct broker_bytes){ .data = NULL };
}

static void
close_gap(struct broker_bytes *bytes)
{
	if (bytes->from == 0)
		return;
	memmove(bytes->data, bytes->data + bytes->from,
	        bytes->length - bytes->from);
	bytes->length -= bytes->from;
	bytes->from = 0;
}

/* Reading. */

/* The message behind those that were taken: 0: unknown, SIZE_MAX: not ours. */
static size_t
next_length(const struct broker_connection *connection)
{
	size_t at = connection->in.from + connection->held;

	if (at == connection->in.length)
		return 0;
	return message_length(connection->in.data + at,
	                      connection->in.length - at);
}

bool
broker_connection_has(const struct broker_connection *connection)
{
	size_t at = connection->in.from + connection->held;
	size_t length = next_length(connection);

	return length == SIZE_MAX ||
	       (length > 0 && length <= connection->in.length - at);
}

/* The rest of a large message is made room for at once. */
static size_t
wanted(const struct broker_connection *connection)
{
	size_t length = next_length(connection), have;

	have = connection->in.length - connection->in.from - connection->held;
	if (length == SIZE_MAX || length < have + CHUNK)
		return CHUNK;
	return length - have;
}

void
broker_connection_read(struct broker_connection *connection)
{
	struct broker_bytes *in = &connection->in;
	size_t sum = 0, size;
	ssize_t got;

	do {
		size = wanted(connection);
		if (!make_room(in, size)) {
			log_error("Cannot read a question. error=\"%s\"",
			          strerror(ENOMEM));
			connection->dropped = true;
			return;
		}
		got = recv(connection->fd, in->data + in->length, size, 0);
		if (got > 0) {
			in->length += (size_t)got;
			sum += (size_t)got;
		}
	} while (got == (ssize_t)size && sum < AT_ONCE);
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		connection->ended = true;
	if (in->length == 0)
		advance(in, 0);
}

bool
broker_connection_take(struct broker_connection *connection,
                       struct mr_arena *arena, struct message *message,
                       size_t *length)
{
	const struct broker_bytes *in = &connection->in;

	if (connection->dropped || !broker_connection_has(connection))
		return false;
	*length = next_length(connection);
	if (*length == SIZE_MAX ||
	    !message_read(in->data + in->from + connection->held, *length,
	                  arena, message)) {
		log_warning("Dropped a peer that speaks another language. "
		            "peer=%d", (int)connection->pid);
		connection->dropped = true;
		return false;
	}
	connection->held += *length;
	return true;
}

void
broker_connection_settle(struct broker_connection *connection)
{
	advance(&connection->in, connection->held);
	connection->held = 0;
	close_gap(&connection->in);
}

/* Writing. */

void
broker_connection_write(struct broker_connection *connection,
                        struct mr_string bytes)
{
	struct broker_bytes *out = &connection->out;

	if (connection->dropped)
		return;
	if (out->length - out->from > BROKER_UNREAD) {
		log_warning("Dropped a peer that does not read. peer=%d",
		            (int)connection->pid);
		connection->dropped = true;
		return;
	}
	if (out->from > out->length / 2)
		close_gap(out);
	if (!make_room(out, bytes.length)) {
		log_error("Cannot keep an answer. error=\"%s\"",
		          strerror(ENOMEM));
		connection->dropped = true;
		return;
	}
	memcpy(out->data + out->length, bytes.data, bytes.length);
	out->length += bytes.length;
}

void
broker_connection_flush(struct broker_connection *connection)
{
	struct broker_bytes *out = &connection->out;

	while (out->from < out->length) {
		ssize_t sent = send(connection->fd, out->data + out->from,
		                    out->length - out->from, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN)
			connection->dropped = true;
		if (sent < 0)
			return;
		advance(out, (size_t)sent);
	}
}
