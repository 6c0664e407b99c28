/*
 * broker.h: the process that owns the store of jobs: all others ask it.
 *
 * What has arrived by the beginning of a turn is done in one transaction, and
 * answered when it is on disk; see message.h for what can be asked.  Without a
 * store each question gets the reason, and the store is tried again.
 */
#ifndef FCGI_BROKER_H
#define FCGI_BROKER_H

#include "fcgi/worker/worker.h"

/* A worker_main. */
bool broker_run(const struct worker *worker, struct service *service, int quit);

#endif
