/*
 * stubs.c: in the place of what is not merged yet.
 */
#include "fcgi/broker.h"
#include "fcgi/live.h"
#include "jobs/job.h"

#include <poll.h>
#include <stdio.h>

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

bool
live_run(const struct worker *worker, struct service *service, int quit)
{
	(void)service;
	return wait_for_quit(worker, quit);
}

void
mr_job_make_id(uint64_t now, const unsigned char random[10], char id[MR_JOB_ID])
{
	snprintf(id, MR_JOB_ID,
	         "%08x-%04x-7%03x-8%03x-%02x%02x%02x%02x%02x%02x",
	         (unsigned)(now >> 16), (unsigned)(now & 0xFFFF), random[0],
	         random[1], random[4], random[5], random[6], random[7],
	         random[8], random[9]);
}
