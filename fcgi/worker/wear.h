/*
 * wear.h: when a worker has served enough, or grown too large.
 */
#ifndef FCGI_WEAR_H
#define FCGI_WEAR_H

#include "fcgi/board/scoreboard.h"
#include "fcgi/config/config.h"

struct wear {
	struct score *score;
	uint64_t requests;  /* it may serve; 0: no limit */
	uint64_t pages;     /* it may have in memory; 0: no limit */
	uint64_t every;     /* requests from a look at these to the next ... */
	uint64_t next;      /* ... which is before this one, */
	uint64_t look_at;   /* or at this time: ns */
	int statm;          /* /proc/self/statm; -1: no limit */
};

/*
 * Once in each worker.  The requests are those of max_requests, up to a tenth
 * more or less, so that workers that start together do not end together.
 * False after logging why.
 */
bool wear_begin(struct wear *wear, const struct pool_config *pool,
                struct score *score);

/* After each request: sets score->spent when it is time to go. */
void wear_check(struct wear *wear);

#endif
