/*
 * handover.h: what a master leaves to the one that takes its place, by exec in
 * the same process: sockets, locks, the scoreboard, and the workers, which
 * serve on meanwhile.
 */
#ifndef FCGI_HANDOVER_H
#define FCGI_HANDOVER_H

#include "fcgi/config/config.h"
#include "fcgi/master/pool.h"

struct handover_lock {
	char directory[CONFIG_TEXT];
	int fd;
	bool claimed;
};

struct handover_pool {
	char address[CONFIG_SOCKET_PATH];
	int listener;
	int handoff[2];
	bool claimed;
};

#define HANDOVER_LOCKS 2
#define HANDOVER_POOLS (CONFIG_POOLS * (1 + LISTENER_SPARES))

/* Descriptors are -1 where there is none. */
struct handover {
	bool taken;       /* by this program, from an earlier one */
	bool went_back;   /* the one that was to take our place failed */
	int board;
	int program;       /* of who hands over: to go back to */
	int configuration; /* what it runs with, as a file */
	struct handover_lock locks[HANDOVER_LOCKS];
	size_t lock_count;
	struct handover_pool pools[HANDOVER_POOLS]; /* spares are others */
	size_t pool_count;
	struct pool_heirloom *workers; /* by malloc */
	size_t worker_count;
};

/* Reads what was left for this process, if anything was. */
void handover_take(struct handover *handover);

/*
 * There is no way back from here: closes what nobody has claimed but the
 * scoreboard, and frees memory.
 */
void handover_free(struct handover *handover);

/* Its pool or lock of that place, for the caller to keep.  NULL, -1: none. */
const struct handover_pool *handover_claim_pool(struct handover *handover,
                                                const char *address);
int handover_claim_lock(struct handover *handover, const char *directory);

/*
 * Becomes the program, which finds all of this.  Returns, with errno, only
 * when that cannot be done.
 */
void handover_give(const struct handover *handover, const char *program,
                   char *const *arguments);

/*
 * Becomes the program again that handed over, with the configuration that it
 * had.  Returns when that cannot be done.
 */
void handover_go_back(const struct handover *handover, char *const *arguments);

#endif
