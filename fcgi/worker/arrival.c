/*
 * arrival.c: nginx's clock against ours.
 */
#include "fcgi/worker/arrival.h"

#include "fcgi/base/clock.h"

uint64_t
arrival_time(const char *text)
{
	uint64_t time = 0;
	int digits, decimals = 0;

	for (digits = 0; *text >= '0' && *text <= '9' && digits < 12; digits++)
		time = time * 10 + (uint64_t)(*text++ - '0');
	if (digits == 0 || *text++ != '.')
		return 0;
	for (; *text >= '0' && *text <= '9' && decimals < 3; decimals++)
		time = time * 10 + (uint64_t)(*text++ - '0');
	return decimals == 3 && *text == '\0' ? time : 0;
}

uint64_t
arrival_wait(const char *arrival)
{
	uint64_t then = arrival_time(arrival), now = clock_unix_ms();

	return then == 0 || then > now ? 0 : (now - then) * CLOCK_NS_PER_MS;
}
