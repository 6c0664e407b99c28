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
	int listener;
	int ready; /* an eventfd of the master, told once we serve */
	struct score *scores; /* of the pool */
	size_t slot;          /* ours */
	pid_t master;
};

/* Limits this process to what a worker of the pool may have. */
void worker_limit(const struct pool_config *pool);

/* In the child of a fork, with all signals blocked; does not return. */
_Noreturn void worker_run(const struct worker *worker);

#endif
