/*
 * stubs.c: in the place of what is not merged yet.
 */
#include "fcgi/broker.h"

#include <poll.h>

static bool
wait_for_quit(const struct worker *worker, int quit)
{
	struct pollfd readable = { .fd = quit, .events = POLLIN };

	worker_begun(worker);
	return poll(&readable, 1, -1) == 1;
}

bool
broker_run(const struct worker *worker, struct service *service, int quit)
{
	(void)service;
	return wait_for_quit(worker, quit);
}
