/*
 * broker_connection.c: non-blocking reads and writes, and what waits for them.
 */
#include "fcgi/broker/broker_connection.h"

#include "fcgi/base/log.h"

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
	byte_queue_clear(&connection->in);
	byte_queue_clear(&connection->out);
	free(connection);
}

/* Reading. */

/* Behind the messages that were taken. */
static struct mr_string
rest_of(const struct broker_connection *connection)
{
	const struct byte_queue *in = &connection->in;

	if (in->data == NULL)
		return (struct mr_string){ NULL, 0 };
	return (struct mr_string){ in->data + in->begin + connection->held,
		                   byte_queue_length(in) - connection->held };
}

/* How long the next message is: 0: unknown, SIZE_MAX: none of ours. */
static size_t
next_length(struct mr_string rest)
{
	return rest.length == 0 ? 0 : message_length(rest.data, rest.length);
}

bool
broker_connection_has(const struct broker_connection *connection)
{
	struct mr_string rest = rest_of(connection);
	size_t length = next_length(rest);

	return length == SIZE_MAX || (length > 0 && length <= rest.length);
}

/* The rest of a large message is made room for at once. */
static size_t
wanted(const struct broker_connection *connection)
{
	struct mr_string rest = rest_of(connection);
	size_t length = next_length(rest);

	if (length == SIZE_MAX || length < rest.length + CHUNK)
		return CHUNK;
	return length - rest.length;
}

void
broker_connection_read(struct broker_connection *connection)
{
	struct byte_queue *in = &connection->in;
	size_t sum = 0, size;
	ssize_t got;

	do {
		size = wanted(connection);
		if (!byte_queue_reserve(in, size)) {
			log_error("Cannot read a question. error=\"%s\"",
			          strerror(ENOMEM));
			connection->dropped = true;
			return;
		}
		got = recv(connection->fd, in->data + in->end, size, 0);
		if (got > 0) {
			in->end += (size_t)got;
			sum += (size_t)got;
		}
	} while (got == (ssize_t)size && sum < AT_ONCE);
	if (got < 0 && errno == ECONNRESET)
		connection->unread = true;
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		connection->ended = true;
	byte_queue_drop(in, 0);
}

bool
broker_connection_take(struct broker_connection *connection,
                       struct mr_arena *arena, struct message *message,
                       size_t *length)
{
	struct mr_string rest = rest_of(connection);

	if (connection->dropped || !broker_connection_has(connection))
		return false;
	*length = next_length(rest);
	if (*length == SIZE_MAX ||
	    !message_read(rest.data, *length, arena, message)) {
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
	byte_queue_drop(&connection->in, connection->held);
	connection->held = 0;
}

/* Writing. */

void
broker_connection_write(struct broker_connection *connection,
                        struct mr_string bytes)
{
	struct byte_queue *out = &connection->out;

	if (connection->dropped)
		return;
	if (byte_queue_length(out) > BROKER_UNREAD) {
		log_warning("Dropped a peer that does not read. peer=%d",
		            (int)connection->pid);
		connection->dropped = true;
		return;
	}
	if (!byte_queue_add(out, bytes.data, bytes.length)) {
		log_error("Cannot keep an answer. error=\"%s\"",
		          strerror(ENOMEM));
		connection->dropped = true;
	}
}

void
broker_connection_flush(struct broker_connection *connection)
{
	struct byte_queue *out = &connection->out;

	while (byte_queue_length(out) > 0) {
		ssize_t sent = send(connection->fd, out->data + out->begin,
		                    byte_queue_length(out), MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN)
			connection->dropped = connection->unread = true;
		if (sent < 0)
			return;
		byte_queue_drop(out, (size_t)sent);
	}
}
