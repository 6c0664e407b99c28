/*
 * clock.c: CLOCK_MONOTONIC.
 */
#include "fcgi/clock.h"

#include <time.h>

uint64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t
clock_enter(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return clock_now();
}
