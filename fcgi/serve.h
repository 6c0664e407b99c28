/*
 * serve.h: one FastCGI request, from its connection to its reply.
 * The only caller of libfcgi.
 */
#ifndef FCGI_SERVE_H
#define FCGI_SERVE_H

#include "api/handle.h"
#include "fcgi/config.h"
#include "fcgi/scoreboard.h"

/* mr_handle, or what stands in for it in a benchmark. */
typedef void serve_handler(const struct mr_registry *registry,
                           const struct mr_request *request,
                           struct mr_reply *reply, struct mr_arena *arena);

struct service {
	serve_handler *handle;
	const struct mr_registry *registry;
	const struct pool_config *pool;
	struct score *score;
	struct mr_arena *arena;
	size_t body_limit; /* bytes; no endpoint takes more */
};

/* Once in each worker. */
void serve_start(void);

/*
 * Serves the request on the connection, whose head was fed (feed.h).  Bounded
 * in time by the timeouts of the socket.  False when the connection is used up
 * and has been closed.
 */
bool serve_request(const struct service *service, int fd);

#endif
