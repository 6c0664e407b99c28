/*
 * connection.c: where connections come from, what they hold, where they go.
 */
#include "fcgi/worker/connection.h"

#include "fcgi/base/allow.h"
#include "fcgi/base/log.h"
#include "fcgi/worker/feed.h"
#include "fcgi/worker/handoff.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define IO_TIMEOUT 2          /* s, for one read or write to go on */
#define BEQUEST_PATIENCE 1000 /* ms, until an heir takes up what is left to it */

/* What is read, of one connection at a time, before a stash is needed. */
static unsigned char window[GATE_WINDOW];

/* fd is closed when there is no memory. */
static struct connection *
connection_new(int fd)
{
	const struct timeval timeout = { .tv_sec = IO_TIMEOUT };
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	connection->fd = fd;
	return connection;
}

/* Accepting. */

static bool
is_allowed(const struct sockaddr *peer, socklen_t size,
           const struct pool_config *pool)
{
	char name[INET6_ADDRSTRLEN] = "?";

	if (allow_client(pool->allowed_clients, peer))
		return true;
	getnameinfo(peer, size, name, sizeof(name), NULL, 0, NI_NUMERICHOST);
	log_warning("Refused a client that is not allowed. pool=%s address=%s",
	            pool->name, name);
	return false;
}

struct connection *
connection_accept(int listener, const struct pool_config *pool)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} peer = { .any = { .sa_family = AF_UNIX } };
	socklen_t size = sizeof(peer);
	const int on = 1;
	int fd = accept4(listener, &peer.any, &size, SOCK_CLOEXEC);

	if (fd < 0)
		return NULL;
	if (peer.any.sa_family != AF_UNIX) {
		if (!is_allowed(&peer.any, size, pool)) {
			close(fd);
			errno = EAGAIN;
			return NULL;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	return connection_new(fd);
}

/* What it has read. */

static bool
keep_stash(struct connection *connection)
{
	if (connection->stash != NULL)
		return true;
	connection->stash = malloc(GATE_WINDOW);
	if (connection->stash != NULL)
		memcpy(connection->stash, window, connection->have);
	return connection->stash != NULL;
}

static enum gate
judge(const unsigned char *bytes, size_t length)
{
	enum gate gate = gate_judge(bytes, length);

	if (gate == GATE_WHOLE || gate == GATE_LARGE)
		feed_begin(bytes, length);
	return gate;
}

enum gate
connection_judge(const struct connection *connection)
{
	return connection->have == 0
	           ? GATE_PARTIAL
	           : judge(connection->stash, connection->have);
}

/*
 * Into the window that all connections share; half a request moves to a stash
 * of its own until the rest comes.
 */
enum gate
connection_read(struct connection *connection)
{
	unsigned char *bytes = connection->stash ? connection->stash : window;
	ssize_t length = recv(connection->fd, bytes + connection->have,
	                      GATE_WINDOW - connection->have, MSG_DONTWAIT);
	enum gate gate;

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return GATE_PARTIAL;
	if (length <= 0)
		return GATE_REFUSED;
	connection->have += (size_t)length;
	gate = judge(bytes, connection->have);
	if (gate == GATE_PARTIAL && !keep_stash(connection))
		return GATE_REFUSED;
	return gate;
}

void
connection_served(struct connection *connection)
{
	free(connection->stash);
	connection->stash = NULL;
	connection->have = 0;
}

/* Handing over. */

struct connection *
connection_inherit(int receiver)
{
	size_t length;
	int fd = handoff_receive(receiver, window, &length);
	struct connection *connection = fd < 0 ? NULL : connection_new(fd);

	if (connection == NULL || length == 0)
		return connection;
	connection->have = length;
	if (!keep_stash(connection)) {
		close(fd);
		connection_free(connection);
		errno = ENOMEM;
		return NULL;
	}
	return connection;
}

bool
connection_bequeath(const struct connection *connection, int sender)
{
	const struct mr_string stash = { (const char *)connection->stash,
		                         connection->have };

	return handoff_send(sender, connection->fd, stash, BEQUEST_PATIENCE);
}

void
connection_free(struct connection *connection)
{
	free(connection->stash);
	free(connection);
}
