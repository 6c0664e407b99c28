/*
 * runner.h: a worker that runs jobs, one after the other.
 */
#ifndef FCGI_RUNNER_H
#define FCGI_RUNNER_H

#include "fcgi/wire/broker_client.h"
#include "fcgi/worker/worker.h"

/* One process, from one job to the next. */
struct runner {
	const struct worker *worker;
	struct service *service;
	struct broker_client client;
	struct mr_arena *arena; /* of a question while the function runs */
	struct wear wear;
	int quit; /* readable: there is an order to quit */
};

/*
 * The main of pool runner: asks the broker for a job, runs it, tells it how it
 * ended, and so on.  An order to quit that comes while it waits ends it at
 * once, and else when its job is over.
 */
worker_main runner_run;

#endif
