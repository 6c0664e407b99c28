/*
 * scale.h: how many workers a pool is to have: pure, as policy.h.
 */
#ifndef FCGI_SCALE_H
#define FCGI_SCALE_H

#include "fcgi/config/config.h"

/* A pool as it is now; its workers are in one of these each. */
struct scale_facts {
	uint64_t now;      /* ms, of a clock that does not go back */
	size_t starting;
	size_t idle, busy; /* serving, not spent */
	size_t spent;      /* serving, to be replaced ... */
	size_t spent_busy; /* ... and those of them that are busy */
	size_t leaving;    /* draining, and what comes behind that */
	size_t vacant;     /* slots that one can be started in */
	size_t queued;     /* connections that no worker has taken */
	size_t expired;    /* of the idle ones, for idle_timeout and longer */
	bool stopping;
};

/* All zero in the beginning. */
struct scale_state {
	bool begun;       /* the start is made */
	size_t rate;      /* how many may be starting; doubles while it lacks */
	uint64_t delay;   /* ms: back-off; 0: none */
	uint64_t until;   /* no start before; ms */
	uint64_t fitting; /* when none was too many, or one was let go; ms */
	size_t credit;    /* workers that serve in the place of a spent one */
};

/* What is to be done: so many are to be started, to be let go. */
struct scale_plan {
	size_t start;
	size_t release; /* of the spent ones, idle first */
	size_t shrink;  /* of the idle ones, the longest idle first */
};

/*
 * Starts are never more than brings the workers that are not spent and do not
 * leave to config->workers.  With stopping, nothing is started.
 */
struct scale_plan scale_step(struct scale_state *state,
                             const struct pool_config *config,
                             const struct scale_facts *facts);

/* A worker has begun to serve. */
void scale_ready(struct scale_state *state);

/* A worker ended; `young`: at once, without a request. */
void scale_ended(struct scale_state *state, bool young, uint64_t now);

/* Back-off after deaths at once, and the interval of shrinking: ms. */
#define SCALE_FIRST_DELAY 100
#define SCALE_LAST_DELAY 10000
#define SCALE_SHRINK_EVERY 1000

/* Workers that may be starting at one time. */
#define SCALE_MOST_STARTING 64

#endif
