/*
 * connection.h: a peer of a worker, and what it has sent of a request.
 */
#ifndef FCGI_CONNECTION_H
#define FCGI_CONNECTION_H

#include "fcgi/config/config.h"
#include "fcgi/worker/gate.h"

#include <stdint.h>
#include <sys/queue.h>

struct connection {
	TAILQ_ENTRY(connection) entry;
	int fd;
	uint64_t incomplete;  /* since when it owes us bytes; 0: it does not */
	unsigned char *stash; /* half a request, of GATE_WINDOW; or NULL */
	size_t have;          /* bytes of it */
};

/*
 * A new connection, or one of a worker that ended (handoff.h).  NULL with
 * errno: EAGAIN when there is none.  One whose peer is not allowed is closed,
 * after logging so, and counts as none.
 */
struct connection *connection_accept(int listener,
                                     const struct pool_config *pool);
struct connection *connection_inherit(int receiver);

/*
 * Reads what is there.  When a request can be served, it was fed (feed.h), and
 * the connection keeps its bytes until connection_served.
 */
enum gate connection_read(struct connection *connection);

/* The same of what came with an inherited connection. */
enum gate connection_judge(const struct connection *connection);

void connection_served(struct connection *connection);

/* Gives it, and what it holds, to whoever inherits it. */
bool connection_bequeath(const struct connection *connection, int sender);

/* Does not close. */
void connection_free(struct connection *connection);

#endif
