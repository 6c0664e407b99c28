/*
 * serve.h: one FastCGI request, from its connection to its reply.
 * The only caller of libfcgi.
 */
#ifndef FCGI_SERVE_H
#define FCGI_SERVE_H

#include "api/handle.h"
#include "fcgi/board/scoreboard.h"
#include "fcgi/config/config.h"
#include "fcgi/config/terms.h"
#include "fcgi/worker/submission.h"

/*
 * What answers: mr_handle with a registry for its context, or what stands in
 * for it in the control pool and in a benchmark.
 */
typedef void serve_handler(const void *context,
                           const struct mr_request *request,
                           struct mr_reply *reply, struct mr_arena *arena);

struct service {
	serve_handler *handle;
	const void *context;
	const struct pool_config *pool;
	const struct terms *terms; /* by endpoint of the registry */
	struct score *score;
	struct ledger *ledger;
	size_t shard;  /* of the ledger's rows */
	uint32_t row;  /* of requests that no endpoint was found for */
	struct mr_arena *arena;
	size_t body_limit; /* bytes; no endpoint takes more */
	struct submission *submission; /* NULL: no jobs are taken */
	const char *state_directory;   /* NULL: none */
	int parking; /* sends to pool live (parking.h); -1: there is none */
	uint64_t job_wait; /* ms; the longest that a client waits for a job */
	char name[SCORE_WORKER]; /* for logs */
};

/* Once in a process that serves, or that forks those that do. */
void serve_prepare(void);

/*
 * Serves the request on the connection, whose head was fed (feed.h).  Bounded
 * in time by the timeouts of the socket, and of the handoff.  False when the
 * connection is used up: the caller closes it, and watches it no longer, for
 * another process may have it as well.
 */
bool serve_request(const struct service *service, int fd);

#endif
