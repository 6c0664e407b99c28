/*
 * live.h: pool live: one process that holds all clients that wait or watch, and
 * all answers that are parked.
 *
 * To clients it speaks HTTP/1.1, through nginx; an answer leaves as its worker
 * wrote it.  The only caller of libuv.
 */
#ifndef FCGI_LIVE_H
#define FCGI_LIVE_H

#include "fcgi/worker/worker.h"

/* The main of pool live. */
bool live_run(const struct worker *worker, struct service *service, int quit);

#endif
