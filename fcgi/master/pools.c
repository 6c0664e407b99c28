/*
 * pools.c: each pool in turn, and whose a worker is.
 */
#include "fcgi/master/pools.h"

#include <stdlib.h>
#include <string.h>

static void
describe(struct pools *pools, size_t number)
{
	const struct pools_entry *entry = &pools->entries[number];

	pools->list[number] = (struct pool){
		.family = pools->family,
		.config = entry->config,
		.main = entry->main,
		.handle = entry->handle,
		.context = entry->context,
		.listener = entry->listener,
		.spares = entry->spares,
		.handoff = { entry->handoff[0], entry->handoff[1] },
		.number = number,
	};
}

/*
 * Workers that share connections out look at each other's slots, which then
 * lie side by side.  All others come behind those ranges, one by one.
 */
static void
divide_scoreboard(struct pools *pools)
{
	struct scoreboard *board = pools->family->board;
	size_t end = 0, first;

	for (size_t i = 0; i < pools->count; i++) {
		struct pool *pool = &pools->list[i];

		if (!pool->config->keep_alive)
			continue;
		first = scoreboard_reserve(board, end, pool->own);
		if (first == SCOREBOARD_SLOTS)
			continue; /* they share out less evenly */
		pool->first = first;
		pool->range = pool->own;
		end = first + pool->own;
	}
	board->vacant = 0;
	for (size_t i = 0; i < pools->count; i++)
		if (pools->list[i].range == 0)
			pools->list[i].first = end;
}

/* `count`: the pool of that worker is no more, or cannot be known. */
static size_t
find_home(const struct pools *pools, const struct pool_heirloom *worker)
{
	const struct scoreboard *board = pools->family->board;
	const char *name;
	size_t i = 0;

	if (worker->slot >= SCOREBOARD_SLOTS)
		return pools->count;
	name = ledger_pool_name(&board->ledger,
	                        board->scores[worker->slot].pool);
	while (i < pools->count &&
	       strcmp(pools->list[i].config->name, name) != 0)
		i++;
	return i;
}

static void
adopt(struct pools *pools, const struct pool_heirloom *worker)
{
	size_t home = find_home(pools, worker);

	if (home == pools->count)
		pool_adopt(pools->list, worker, true);
	else
		pool_adopt(&pools->list[home], worker,
		           pools->entries[home].alone);
}

bool
pools_open(struct pools *pools, const struct handover *from)
{
	for (size_t i = 0; i < pools->count; i++) {
		describe(pools, i);
		if (!pool_open(&pools->list[i], from->worker_count))
			return false;
	}
	divide_scoreboard(pools);
	for (size_t i = 0; i < from->worker_count; i++)
		adopt(pools, &from->workers[i]);
	return true;
}

void
pools_close(struct pools *pools)
{
	for (size_t i = 0; i < pools->count; i++)
		pool_close(&pools->list[i]);
}

bool
pools_bequeath(struct pools *pools, struct handover *handover)
{
	size_t most = 0;

	for (size_t i = 0; i < pools->count; i++)
		most += pools->list[i].live;
	handover->worker_count = 0;
	handover->workers = calloc(most + 1, sizeof(*handover->workers));
	if (handover->workers == NULL)
		return false;
	for (size_t i = 0; i < pools->count; i++)
		for (size_t j = 0; j < pools->list[i].count; j++)
			handover->worker_count += pool_bequeath(
			    &pools->list[i], j,
			    &handover->workers[handover->worker_count]);
	return true;
}

void
pools_tick(struct pools *pools)
{
	for (size_t i = 0; i < pools->count; i++)
		pool_tick(&pools->list[i]);
}

void
pools_welcome(struct pools *pools)
{
	for (size_t i = 0; i < pools->count; i++)
		pool_welcome(&pools->list[i]);
}

void
pools_scale(struct pools *pools)
{
	for (size_t i = 0; i < pools->count; i++)
		pool_scale(&pools->list[i]);
}

void
pools_reap(struct pools *pools, pid_t pid, int status)
{
	size_t i = 0;

	while (i < pools->count && !pool_reap(&pools->list[i], pid, status))
		i++;
}

bool
pools_serve(const struct pools *pools)
{
	for (size_t i = 0; i < pools->count; i++)
		if (!pool_serves(&pools->list[i]))
			return false;
	return true;
}

void
pools_stop(struct pools *pools, size_t stage, uint64_t timeout)
{
	for (size_t i = 0; i < pools->count; i++)
		if (pools->entries[i].stage == stage)
			pool_stop(&pools->list[i], timeout);
}

bool
pools_are_over(const struct pools *pools, size_t stage)
{
	for (size_t i = 0; i < pools->count; i++) {
		const struct pools_entry *entry = &pools->entries[i];

		if (entry->stage + entry->longer == stage &&
		    pools->list[i].live > 0)
			return false;
	}
	return true;
}
