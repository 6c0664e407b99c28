/*
 * pool.h: the workers of one pool: as many as scale.c decides.
 */
#ifndef FCGI_POOL_H
#define FCGI_POOL_H

#include "fcgi/base/descriptors.h"
#include "fcgi/base/listener.h"
#include "fcgi/master/scale.h"
#include "fcgi/master/slot.h"
#include "fcgi/worker/worker.h"

/* What the pools of one master have in common; stays as long as they do. */
struct pool_family {
	const struct config *config;
	const struct mr_registry *registry;
	const struct terms *terms;
	const struct descriptors *kept; /* by workers: those of modules */
	struct scoreboard *board;
	int ready; /* eventfd, told by each worker that serves */
	int parking; /* sends to pool live (parking.h); -1: there is none */
	int diag;  /* of queue.h */
	int epoll; /* hears the output of workers, and of listeners */
};

struct pool {
	const struct pool_family *family;
	const struct pool_config *config;
	worker_main *main;
	serve_handler *handle;
	const void *context; /* of handle */
	int listener;        /* the caller's, as are the spares and the pair;
	                        -1: the pool has no socket */
	struct listener_spares spares;
	int handoff[2];
	size_t number; /* the caller's, to know its events by */

	struct policy_limits limits;
	struct scale_state scale;
	struct slot *slots;
	size_t own;   /* slots for workers that we start */
	size_t count; /* with those behind them, of adopted workers */
	size_t first, range; /* of the scoreboard: the slots of our own workers,
	                        side by side; range 0: anywhere from first on */
	size_t row;   /* of the ledger */
	size_t unrouted; /* row of requests that no endpoint is found for */
	size_t starting, live; /* workers */
	size_t reaped;         /* slot of the worker that ended last */
	bool stopping, full;
};

/* A worker of an earlier master. */
struct pool_heirloom {
	pid_t pid;
	size_t slot; /* of the scoreboard; SCOREBOARD_SLOTS: of an older one */
	int output;  /* of struct capture */
	bool drains;
};

/*
 * The members up to number are set.  There will be room to adopt so many.
 * False, with errno, without memory.  A worker `leaves` at once when its pool
 * is no more, or when the next one waits for that.
 */
bool pool_open(struct pool *pool, size_t adopted);
void pool_adopt(struct pool *pool, const struct pool_heirloom *heirloom,
                bool leaves);

/* The other way round; false when slot `index` has no worker. */
bool pool_bequeath(struct pool *pool, size_t index,
                   struct pool_heirloom *heirloom);

/* Accepts one that was not opened. */
void pool_close(struct pool *pool);

/* Time has passed, for every worker. */
void pool_tick(struct pool *pool);

/* Some worker may have begun to serve. */
void pool_welcome(struct pool *pool);

/* Starts and lets go as many as is right now. */
void pool_scale(struct pool *pool);

/* A process ended: whether it was one of these. */
bool pool_reap(struct pool *pool, pid_t pid, int status);

/* All workers are to end, within so many ms; may be said again. */
void pool_stop(struct pool *pool, uint64_t timeout);

/* Whether it serves, or would as soon as it is asked. */
bool pool_serves(const struct pool *pool);

/* What an event of the epoll set is about, in its data. */
enum pool_source { POOL_OTHER, POOL_OUTPUT, POOL_LISTENER };
#define POOL_EVENT(source, number, index)                                      \
	((uint64_t)(source) << 56 | (uint64_t)(number) << 32 | (uint64_t)(index))
#define POOL_EVENT_SOURCE(data) ((enum pool_source)((data) >> 56))
#define POOL_EVENT_NUMBER(data) ((size_t)((data) >> 32 & 0xffff))
#define POOL_EVENT_INDEX(data) ((size_t)((data) & 0xffffffff))

#endif
