/*
 * pools.h: all pools of a master at once.
 */
#ifndef FCGI_POOLS_H
#define FCGI_POOLS_H

#include "fcgi/master/handover.h"
#include "fcgi/master/pool.h"

/* What a pool is opened with. */
struct pools_entry {
	const struct pool_config *config;
	char address[CONFIG_SOCKET_PATH]; /* of the listener; what it is kept by */
	int listener;                     /* listening; the caller's; -1: none */
	bool inherited;                   /* it was open when we came */
	struct listener_spares spares;    /* likewise */
	int handoff[2];                   /* the caller's */
	worker_main *main;
	serve_handler *handle;
	const void *context; /* of handle */
	size_t stage;        /* of a stop: it is told when those before are over */
	size_t longer;       /* stages after its own that it may outlast */
	bool alone;          /* by a reload its worker ends before the next one
	                        begins, which is to wait for that */
};

struct pools {
	const struct pool_family *family;
	const struct pools_entry *entries;
	size_t count;
	struct pool list[CONFIG_POOLS];
};

/*
 * family, entries and count are set; takes over the workers of from, which is
 * untouched when it fails: false, with errno.
 */
bool pools_open(struct pools *pools, const struct handover *from);

/* Accepts those that were not opened. */
void pools_close(struct pools *pools);

/* Puts the workers into handover; to be freed.  False without memory. */
bool pools_bequeath(struct pools *pools, struct handover *handover);

/* As pool.h has them, for each. */
void pools_tick(struct pools *pools);
void pools_welcome(struct pools *pools);
void pools_scale(struct pools *pools);
void pools_reap(struct pools *pools, pid_t pid, int status);

/* Whether each of them serves. */
bool pools_serve(const struct pools *pools);

/* Stops those of a stage, within so many ms. */
#define POOLS_STAGES 3
void pools_stop(struct pools *pools, size_t stage, uint64_t timeout);

/* Whether these have no worker any more. */
bool pools_are_over(const struct pools *pools, size_t stage);

#endif
