/*
 * kind.h: what the workers of a pool do, by its name.
 */
#ifndef FCGI_KIND_H
#define FCGI_KIND_H

#include "fcgi/worker.h"

struct kind {
	const char *pool;    /* NULL: any other */
	const char *purpose; /* NULL: endpoints may be in it */
	worker_main *main;
	bool deaf;           /* it has no socket */
	size_t stage;        /* as in struct pools_entry, like the next one */
	size_t longer;
	bool alone;          /* as in struct pools_entry */
};

/* Not NULL. */
const struct kind *kind_of(const char *pool);

#endif
