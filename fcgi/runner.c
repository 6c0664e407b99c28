/*
 * runner.c: claim, run, tell.
 */
#include "fcgi/runner.h"

#include <poll.h>

bool
runner_run(const struct worker *worker, struct service *service, int quit)
{
	struct pollfd readable = { .fd = quit, .events = POLLIN };

	(void)service;
	worker_begun(worker);
	return poll(&readable, 1, -1) == 1;
}
