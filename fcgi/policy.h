/*
 * policy.h: what the master does about each worker: a table of states and
 * events, with no process, clock or system call in it.
 *
 * Every slot of a pool holds at most one worker.  The master tells what
 * happened and does what it is told in return.
 */
#ifndef FCGI_POLICY_H
#define FCGI_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum policy_state {
	POLICY_EMPTY,       /* no worker; one is to be started */
	POLICY_STARTING,    /* forked, not yet serving */
	POLICY_SERVING,
	POLICY_OVERDUE,     /* told to end a request at its deadline */
	POLICY_DRAINING,    /* told to end after its request */
	POLICY_TERMINATING, /* told to end at once */
	POLICY_KILLED,      /* about to be reaped */
	POLICY_RETIRED,     /* no worker, and none will come */
	POLICY_STATE_COUNT
};

enum policy_event {
	POLICY_TICK,  /* time has passed */
	POLICY_READY, /* the worker serves */
	POLICY_EXIT,  /* the worker is gone */
	POLICY_STOP,  /* the pool is to end */
	POLICY_EVENT_COUNT
};

enum policy_action {
	POLICY_NOTHING,
	POLICY_FORK,
	POLICY_CONDEMN, /* end the request of slot->generation, 504 */
	POLICY_QUIT,
	POLICY_TERMINATE,
	POLICY_KILL
};

/* All times are in ms of one clock that does not go back. */
struct policy_limits {
	uint64_t start;    /* to begin to serve */
	uint64_t deadline; /* of a request */
	uint64_t grace;    /* from an order to the next, harder one */
	uint64_t stop;     /* to end running requests on a stop */
};

struct policy_facts {
	uint64_t now;
	uint64_t generation; /* of the worker's request */
	uint64_t since;      /* its start; 0: the worker is idle */
	const struct policy_limits *limits;
};

/* All zero: empty, and due. */
struct policy_slot {
	enum policy_state state;
	uint64_t entered;    /* when it came into its state */
	uint64_t started;    /* when its worker was forked */
	uint64_t generation; /* the request that is overdue */
	uint64_t delay;      /* before the next start; grows with fast deaths */
	bool retiring;
};

enum policy_action policy_step(struct policy_slot *slot,
                               enum policy_event event,
                               const struct policy_facts *facts);

/* "serving" and so on, for logs. */
const char *policy_state_name(enum policy_state state);

/* A worker that ends sooner than this, without a request, died at once. */
#define POLICY_SHORT_LIFE 1000
#define POLICY_FIRST_DELAY 100
#define POLICY_LAST_DELAY 10000

#endif
