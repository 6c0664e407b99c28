/*
 * attempt.h: one attempt of a runner at a job.
 */
#ifndef FCGI_ATTEMPT_H
#define FCGI_ATTEMPT_H

#include "fcgi/broker_client.h"
#include "fcgi/worker.h"

/* What all attempts of a process have in common. */
struct runner {
	const struct worker *worker;
	struct service *service;
	struct broker_client client;
	struct mr_arena *arena; /* of a question while the function runs */
	struct wear wear;
	int quit;
};

#define ATTEMPT_PATIENCE 30000 /* ms, to tell the broker of it */

/*
 * Runs the job of a reply to MESSAGE_CLAIM, which lies in the service's arena,
 * with the guard armed, and tells the broker how it ended; that is logged when
 * it was not heard or not believed.
 */
void attempt_run(struct runner *runner, const struct message *claim);

#endif
