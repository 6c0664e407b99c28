/*
 * clock.c: CLOCK_MONOTONIC, and CLOCK_REALTIME for others.
 */
#include "fcgi/base/clock.h"

#include <time.h>

uint64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CLOCK_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t
clock_processor(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) < 0)
		return 0;
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

uint64_t
clock_enter(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return clock_now();
}
