/*
 * clock.c: CLOCK_MONOTONIC, and CLOCK_REALTIME for others.
 */
#include "fcgi/clock.h"

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

void
clock_print(uint64_t unix_ms, char text[CLOCK_TEXT])
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm utc;
	size_t length;

	*text = '\0';
	if (gmtime_r(&seconds, &utc) == NULL)
		return;
	length = strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + length, CLOCK_TEXT - length, ".%03uZ",
	         (unsigned)(unix_ms % 1000));
}

uint64_t
clock_enter(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return clock_now();
}
