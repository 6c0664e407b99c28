/*
 * loop.h: the connections of one worker.
 *
 * A worker of a keep-alive pool holds many connections and runs one request
 * at a time of whichever is ready; any other one takes a connection when it
 * is idle and closes it after the reply.  A connection that is silent, or has
 * sent part of a request, is kept aside and never holds the worker.
 */
#ifndef FCGI_LOOP_H
#define FCGI_LOOP_H

#include "fcgi/base/listener.h"
#include "fcgi/worker/serve.h"
#include "fcgi/worker/wear.h"

#include <stddef.h>

struct loop_setup {
	const struct service *service;
	struct wear *wear;
	int listener; /* non-blocking, as are the spares */
	struct listener_spares spares;
	const int *handoff; /* the pair of the pool; see handoff.h */
	int quit;     /* readable: end; see below */
	void (*begun)(const void *context); /* told once it can serve */
	const void *context;
	const struct score *siblings; /* the pool's slots */
	size_t sibling_count;
};

/*
 * Until told to quit; false, after logging why, when it cannot go on.  With
 * heirs in the scoreboard, every connection then goes to them, as it is; else
 * what has arrived is served, and the rest is closed.
 */
bool loop_run(const struct loop_setup *setup);

#endif
