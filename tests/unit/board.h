/*
 * board.h: a scoreboard that is filled in by hand, and what is told from it.
 */
#ifndef MR_TESTS_BOARD_H
#define MR_TESTS_BOARD_H

#include "fcgi/control/control.h"
#include "fcgi/master/policy.h"
#include "new_board.h"
#include "unit.h"

#include <stdio.h>

static struct scoreboard *board;
static struct config config;
static struct control control;

static inline struct pool_config *
board_pool(const char *name)
{
	struct pool_config *pool = &config.pools[config.pool_count++];

	snprintf(pool->name, sizeof(pool->name), "%s", name);
	ledger_pool(&board->ledger, name);
	return pool;
}

static inline void
board_setup(void)
{
	board = new_board();
	memset(&config, 0, sizeof(config));
	snprintf(config.sockets, sizeof(config.sockets), "/run/m");
	control = (struct control){ .config = &config,
		                    .board = board,
		                    .version = "1.2" };
}

static inline void
board_teardown(void)
{
	scoreboard_free(board);
}

/* A worker, in the next slot: of the pool with a row. */
static inline struct score *
board_worker(uint32_t pool, enum policy_state state, bool busy)
{
	struct score *score = &board->scores[board->used++];

	score->pool = pool;
	score->pid = getpid();
	score->state = state;
	score->since = busy ? 1000 : 0;
	return score;
}

static inline size_t
board_row(const char *endpoint, const char *pool)
{
	return ledger_row(&board->ledger, endpoint, pool);
}

/* How often words occur in a text. */
static inline size_t
count_of(const char *text, const char *words)
{
	size_t count = 0;

	for (; (text = strstr(text, words)) != NULL; text++)
		count++;
	return count;
}

#endif
