/*
 * pool.h: the workers of one pool: does what policy.c decides.
 */
#ifndef FCGI_POOL_H
#define FCGI_POOL_H

#include "fcgi/policy.h"
#include "fcgi/worker.h"

/* What the pools of one master have in common; stays as long as they do. */
struct pool_family {
	const struct mr_registry *registry;
	serve_handler *handle;
	uint64_t stop_timeout; /* ms */
	int ready;             /* eventfd, told by each worker that serves */
	const int *private;    /* descriptors that a worker is to close; */
	size_t private_count;  /* the pool's own listener may be among them */
};

struct pool_slot;

struct pool {
	const struct pool_family *family;
	const struct pool_config *config;
	int listener; /* the caller's */
	struct policy_limits limits;
	struct score *scores;
	struct pool_slot *slots;
	size_t count;
};

/* family, config and listener are set.  False, with errno, without memory. */
bool pool_open(struct pool *pool);

/* Accepts one that was not opened. */
void pool_close(struct pool *pool);

/* Something happened to every worker: time has passed, or the pool is to end. */
void pool_step(struct pool *pool, enum policy_event event);

/* Some worker may have ended, or begun to serve: looks for it. */
void pool_reap(struct pool *pool);
void pool_welcome(struct pool *pool);

/* How many slots are in a state. */
size_t pool_count(const struct pool *pool, enum policy_state state);

#endif
