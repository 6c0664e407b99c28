/*
 * live_timers.h: what is due when: thousands of timers, the next one at hand.
 */
#ifndef FCGI_LIVE_TIMERS_H
#define FCGI_LIVE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of whatever is due; all zero: not set. */
struct live_timer {
	int64_t due;
	size_t place; /* in the heap, from 1; 0: not set */
};

/* All zero: empty. */
struct live_timers {
	struct live_timer **heap; /* none is due before its parent */
	size_t count, room;
};

/* Sets it, or sets it anew.  False when there is no memory. */
bool live_timers_set(struct live_timers *timers, struct live_timer *timer,
                     int64_t due);

/* One that is not set stays so. */
void live_timers_cancel(struct live_timers *timers, struct live_timer *timer);

/* The next one; NULL: none is set. */
struct live_timer *live_timers_next(const struct live_timers *timers);

/* When that is due; 0: never. */
int64_t live_timers_due(const struct live_timers *timers);

/* Of two such times. */
int64_t live_timers_sooner(int64_t a, int64_t b);

/* The timers themselves are others'. */
void live_timers_free(struct live_timers *timers);

#endif
