/*
 * worker.h: the life of a worker process, from the fork to its end.
 */
#ifndef FCGI_WORKER_H
#define FCGI_WORKER_H

#include "fcgi/worker/loop.h"

#include <sys/types.h>

struct worker;

/*
 * What a worker does, with its limits, guard and signals in place: calls
 * worker_begun once it serves, and goes on until quit, a signalfd, tells it to
 * end.  Returns whether all went well.
 */
typedef bool worker_main(const struct worker *worker, struct service *service,
                         int quit);

struct worker {
	worker_main *main;
	const struct config *config;
	const struct pool_config *pool;
	const struct mr_registry *registry;
	serve_handler *handle;
	const void *context;       /* of handle */
	const struct terms *terms; /* by endpoint of the registry */
	int listener;
	struct listener_spares spares;
	const int *handoff; /* a pair; see handoff.h */
	int parking;        /* to pool live, see parking.h; -1: there is none */
	int ready;          /* an eventfd of the master, told once we serve */
	int output;         /* becomes standard output and error; -1: they stay */
	struct scoreboard *board;
	uint32_t row;        /* of its ledger: what no endpoint is found for */
	struct score *score; /* ours ... */
	size_t place;        /* ... and where it is; see pool.h */
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

/* Serves FastCGI: the main of most pools. */
bool worker_serve(const struct worker *worker, struct service *service,
                  int quit);

/* Tells the master that we serve; the context is a struct worker. */
void worker_begun(const void *context);

/* In the child of a fork, with all signals blocked; does not return. */
_Noreturn void worker_run(const struct worker *worker);

#endif
