/*
 * clock.c: CLOCK_MONOTONIC, and CLOCK_REALTIME for others.
 */
#include "fcgi/clock.h"

#include "api/job_view.h"

#include <stdio.h>
#include <time.h>

uint64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CLOCK_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t
clock_unix_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 +
	       (uint64_t)now.tv_nsec / CLOCK_NS_PER_MS;
}

void
clock_print(uint64_t unix_ms, char text[CLOCK_TEXT])
{
	mr_job_view_time((int64_t)unix_ms, text);
}

uint64_t
clock_enter(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return clock_now();
}
