/*
 * master.h: the process that keeps the pools alive and touches no request.
 */
#ifndef FCGI_MASTER_H
#define FCGI_MASTER_H

#include "fcgi/master/pools.h"

#include <stddef.h>

struct master_setup {
	const struct config *config;
	const struct mr_registry *registry;
	const struct terms *terms;
	const struct descriptors *kept; /* by workers */
	struct scoreboard *board;
	const struct pools_entry *pools;
	size_t pool_count;
	struct handover *from;     /* the last master; freed when it is over */
	struct handover *next;     /* to the next one; without workers */
	const char *program;       /* to become on a reload, ... */
	char *const *arguments;    /* ... with these */
};

/*
 * Runs the pools until SIGTERM, SIGINT or SIGQUIT, then stops them: QUIT, and
 * TERM and KILL for what does not end; a second signal does not wait.  SIGHUP
 * reloads: does not return when that succeeds.  SIGUSR1 opens the log anew.
 * Returns the status to exit with.
 */
int master_run(const struct master_setup *setup);

#endif
