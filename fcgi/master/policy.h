/*
 * policy.h: what the master does about each worker: a table of states and
 * events, with no process, clock or system call in it.
 *
 * Every slot of a pool holds at most one worker.  The master tells what
 * happened and does what it is told in return.  How many workers there are to
 * be is scale.h's.
 */
#ifndef FCGI_POLICY_H
#define FCGI_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum policy_state {
	POLICY_EMPTY,       /* no worker */
	POLICY_STARTING,    /* forked, not yet serving */
	POLICY_SERVING,
	POLICY_SPENT,       /* serves until another one does in its place */
	POLICY_CONDEMNED,   /* told to end its request */
	POLICY_DRAINING,    /* told to end after its request */
	POLICY_TERMINATING, /* told to end at once */
	POLICY_KILLED,      /* about to be reaped */
	POLICY_STATE_COUNT
};

enum policy_event {
	POLICY_START, /* a worker is wanted */
	POLICY_TICK,  /* time has passed */
	POLICY_READY, /* the worker serves */
	POLICY_EXIT,  /* the worker is gone */
	POLICY_SPEND, /* it is to be replaced */
	POLICY_LEAVE, /* it is to end; again: within the limit of now */
	POLICY_EVENT_COUNT
};

enum policy_action {
	POLICY_NOTHING,
	POLICY_FORK,
	POLICY_CONDEMN,   /* end the request of slot->generation */
	POLICY_WATCH,     /* look whether its client is there, from now on */
	POLICY_TRACE,     /* have it tell where it is */
	POLICY_WAKE,      /* have it look whether it is cancelled */
	POLICY_QUIT,
	POLICY_TERMINATE,
	POLICY_KILL
};

/* All times are in ms of one clock that does not go back. */
struct policy_limits {
	uint64_t start; /* to begin to serve */
	uint64_t grace; /* from an order to the next, harder one */
	uint64_t drain; /* to end the request at hand, when told to leave */
};

struct policy_facts {
	uint64_t now;
	uint64_t generation; /* of the worker's request */
	uint64_t since;      /* its start; 0: the worker is idle */
	uint64_t due;        /* when it is to be ended */
	uint64_t slow;       /* when it is to be traced; 0: never */
	uint64_t left;       /* when its client left it; 0: it did not */
	uint64_t cancelled;  /* when it was cancelled, as a job; 0: it was not */
	const struct policy_limits *limits;
};

/* All zero: empty. */
struct policy_slot {
	enum policy_state state;
	uint64_t entered;    /* when it came into its state */
	uint64_t started;    /* when its worker was forked */
	uint64_t limit;      /* ms that it may drain */
	uint64_t generation; /* the request that is condemned ... */
	uint64_t condemned;  /* ... and since when */
	uint64_t traced, watched, woken; /* the last requests of these orders */
	bool abandoned;      /* condemned since its client left */
	bool spent;          /* to be replaced, also once not condemned */
};

enum policy_action policy_step(struct policy_slot *slot,
                               enum policy_event event,
                               const struct policy_facts *facts);

/* For the worker of an earlier master; it is to be replaced, or it drains. */
void policy_adopt(struct policy_slot *slot, bool drains, uint64_t now,
                  const struct policy_limits *limits);

/* Whether a worker that is gone died at once, without a request. */
bool policy_died_young(const struct policy_slot *slot,
                       const struct policy_facts *facts);

/*
 * Whether a worker takes requests, now or once its own is ended: what "ready"
 * is told by.
 */
bool policy_serves(enum policy_state state);

/* "serving" and so on, for logs. */
const char *policy_state_name(enum policy_state state);

/* A worker that ends sooner than this, without a request, died at once: ms. */
#define POLICY_SHORT_LIFE 1000

/* A request that runs this long has its client watched: ms. */
#define POLICY_WATCH_AFTER 50

/* A request goes on for this long after its client left: ms. */
#define POLICY_ABANDON_AFTER 500

#endif
