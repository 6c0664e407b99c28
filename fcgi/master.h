/*
 * master.h: the process that keeps the pools alive and touches no request.
 */
#ifndef FCGI_MASTER_H
#define FCGI_MASTER_H

#include "fcgi/config.h"
#include "fcgi/serve.h"

#include <stddef.h>

struct master_pool {
	const struct pool_config *config;
	int listener; /* listening; the caller's */
};

struct master_setup {
	const struct config *config;
	const struct mr_registry *registry;
	serve_handler *handle;
	const struct master_pool *pools;
	size_t pool_count;
};

/*
 * Runs the pools until SIGTERM, SIGINT or SIGQUIT, then stops them: QUIT, and
 * TERM and KILL for what does not end.  Returns the status to exit with.
 */
int master_run(const struct master_setup *setup);

#endif
