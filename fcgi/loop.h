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

#include "fcgi/serve.h"

#include <stddef.h>

struct loop_setup {
	const struct service *service;
	int listener; /* non-blocking */
	int quit;     /* readable: end after what is there */
	const struct score *siblings; /* the pool's scoreboard */
	size_t sibling_count;
};

/* Until told to quit; false, after logging why, when it cannot go on. */
bool loop_run(const struct loop_setup *setup);

#endif
