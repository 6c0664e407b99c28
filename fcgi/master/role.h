/*
 * role.h: the role of a pool, which follows from its name: what its workers do,
 * and how they come and go.
 */
#ifndef FCGI_ROLE_H
#define FCGI_ROLE_H

#include "fcgi/worker/worker.h"

struct role {
	const char *pool;    /* NULL: any other */
	const char *purpose; /* a phrase; NULL: endpoints may be in it */
	worker_main *main;   /* what a worker runs */
	bool deaf;           /* it has no socket */
	size_t stage;        /* of a stop, which takes the stages in order: a pool
	                        is told once those of earlier ones are over */
	size_t longer;       /* stages after its own that it may outlast */
	bool alone;          /* one worker at a time: by a reload the old one ends
	                        before the new one begins */
};

/* Not NULL.  The last of all, with pool NULL, where no other has that name. */
const struct role *role_of(const char *pool);

/* Whether nginx talks to a pool by FastCGI: not to those of the jobs. */
bool role_speaks_fastcgi(const char *pool);

#endif
