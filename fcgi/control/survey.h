/*
 * survey.h: the workers of a scoreboard, counted by pool and by what they do.
 *
 * Processes come and go meanwhile: what is found was so at some time not long
 * ago, each number by itself.
 */
#ifndef FCGI_SURVEY_H
#define FCGI_SURVEY_H

#include "fcgi/board/scoreboard.h"
#include "fcgi/config/config.h"

/* What a worker does, as people are told. */
#define SURVEY_STATES(X)                                                       \
	X(STARTING, "starting")                                                \
	X(IDLE, "idle")                                                        \
	X(BUSY, "busy")                                                        \
	X(SPENT, "spent")         /* serves, until another one does instead */ \
	X(CONDEMNED, "condemned") /* its request is being ended */             \
	X(LEAVING, "leaving")

enum survey_state {
#define SURVEY_STATE_SYMBOL(symbol, name) SURVEY_##symbol,
	SURVEY_STATES(SURVEY_STATE_SYMBOL)
#undef SURVEY_STATE_SYMBOL
	SURVEY_STATE_COUNT
};

/* "starting" and so on. */
const char *survey_state_name(enum survey_state state);

/* Of a slot whose pid is not 0. */
enum survey_state survey_state(const struct score *score);

struct survey {
	size_t workers[LEDGER_POOLS][SURVEY_STATE_COUNT]; /* by row of a pool */
	size_t total[LEDGER_POOLS];
	size_t serving[LEDGER_POOLS]; /* policy_serves() */
	size_t in_flight[LEDGER_ROWS]; /* requests, by row of an endpoint */
};

void survey_take(const struct scoreboard *board, struct survey *survey);

/* The ledger's row of a pool; LEDGER_POOLS: it has none yet. */
size_t survey_row(const struct scoreboard *board, const char *pool);

#endif
