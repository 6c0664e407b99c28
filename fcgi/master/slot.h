/*
 * slot.h: the place of one worker in a pool: does what policy.c decides.
 */
#ifndef FCGI_SLOT_H
#define FCGI_SLOT_H

#include "fcgi/board/scoreboard.h"
#include "fcgi/master/capture.h"
#include "fcgi/master/policy.h"

#include <sys/types.h>

struct pool;

struct slot {
	struct policy_slot policy;
	pid_t pid;              /* 0: none */
	struct score *score;    /* not NULL */
	size_t place;           /* of it; SCOREBOARD_SLOTS: on no scoreboard */
	struct capture output;
	enum ledger_end reason; /* of an end that we asked for */
	uint64_t told;          /* the last slow request that was logged */
};

/* "fast/0", for logs. */
void slot_name(const struct pool *pool, const struct slot *slot, char *name,
               size_t size);

/* Something happened to the worker, or one is wanted. */
void slot_step(struct pool *pool, struct slot *slot, enum policy_event event);

/* Time has passed. */
void slot_tick(struct pool *pool, struct slot *slot);

/* The worker is to end, for this reason. */
void slot_leave(struct pool *pool, struct slot *slot, enum ledger_end reason);

/* The worker ended, with a status as of wait(2). */
void slot_end(struct pool *pool, struct slot *slot, int status);

/* Has the epoll set hear what an adopted worker writes. */
void slot_hear(const struct pool *pool, const struct slot *slot);

/* What is left unsaid of its output, before another master listens. */
void slot_flush(const struct pool *pool, struct slot *slot);

/* The worker has written something. */
void slot_listen(const struct pool *pool, struct slot *slot);

#endif
