/*
 * worker.h: the life of a worker process, from the fork to its end.
 */
#ifndef FCGI_WORKER_H
#define FCGI_WORKER_H

#include "fcgi/loop.h"

#include <sys/types.h>

struct worker {
	const struct pool_config *pool;
	const struct mr_registry *registry;
	serve_handler *handle;
	const void *context;       /* of handle */
	const struct terms *terms; /* by endpoint of the registry */
	int listener;
	struct listener_spares spares;
	const int *handoff; /* a pair; see handoff.h */
	int ready;          /* an eventfd of the master, told once we serve */
	int output;         /* becomes standard output and error; -1: they stay */
	struct scoreboard *board;
	uint32_t row;        /* of its ledger: what no endpoint is found for */
	struct score *score; /* ours */
	const struct score *siblings; /* of our pool, with ours; or NULL, 0 */
	size_t sibling_count;
	pid_t master;
};

/* A worker that cannot have what its pool's configuration says. */
#define WORKER_EXIT_LIMITS 78

/*
 * Does once what each worker would do after its fork.  May be called again.
 * False when there is no memory.
 */
bool worker_prepare(void);

/* In the child of a fork, with all signals blocked; does not return. */
_Noreturn void worker_run(const struct worker *worker);

#endif
