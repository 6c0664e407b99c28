/*
 * store.c: what all stores have in common.
 */
#include "jobs/store.h"

#include <time.h>

void
mr_store_close(struct mr_store *store)
{
	if (store != NULL)
		store->functions->close(store);
}

int64_t
mr_store_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum mr_err
mr_jobs_room(struct mr_jobs *jobs, size_t limit, struct mr_arena *arena)
{
	jobs->data = mr_arena_alloc(arena, limit * sizeof(*jobs->data));
	jobs->length = 0;
	return jobs->data == NULL ? MR_MEMORY : MR_OK;
}
