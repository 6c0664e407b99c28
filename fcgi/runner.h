/*
 * runner.h: a worker that runs jobs, one after the other.
 */
#ifndef FCGI_RUNNER_H
#define FCGI_RUNNER_H

#include "fcgi/worker.h"

/*
 * The main of pool runner: asks the broker for a job, runs it, tells it how it
 * ended, and so on.  An order to quit that comes while it waits ends it at
 * once, and else when its job is over.
 */
worker_main runner_run;

#endif
