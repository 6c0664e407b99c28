/*
 * survey.c: one pass over the slots.
 */
#include "fcgi/control/survey.h"

#include "fcgi/master/policy.h"

#include <string.h>

const char *
survey_state_name(enum survey_state state)
{
	static const char *const names[SURVEY_STATE_COUNT] = {
#define SURVEY_STATE_NAME(symbol, name) [SURVEY_##symbol] = name,
		SURVEY_STATES(SURVEY_STATE_NAME)
#undef SURVEY_STATE_NAME
	};

	return names[state];
}

enum survey_state
survey_state(const struct score *score)
{
	switch ((enum policy_state)atomic_load(&score->state)) {
	case POLICY_EMPTY:
	case POLICY_STARTING:
		return SURVEY_STARTING;
	case POLICY_SERVING:
		return atomic_load(&score->since) == 0 ? SURVEY_IDLE
		                                       : SURVEY_BUSY;
	case POLICY_SPENT:
		return SURVEY_SPENT;
	case POLICY_CONDEMNED:
		return SURVEY_CONDEMNED;
	default:
		return SURVEY_LEAVING;
	}
}

void
survey_take(const struct scoreboard *board, struct survey *survey)
{
	size_t count = atomic_load(&board->used);

	memset(survey, 0, sizeof(*survey));
	for (size_t i = 0; i < count && i < SCOREBOARD_SLOTS; i++) {
		const struct score *score = &board->scores[i];
		uint32_t pool = atomic_load(&score->pool);
		uint32_t row = atomic_load(&score->row);
		enum policy_state state = atomic_load(&score->state);

		if (atomic_load(&score->pid) == 0 || pool >= LEDGER_POOLS)
			continue;
		survey->total[pool]++;
		survey->workers[pool][survey_state(score)]++;
		survey->serving[pool] += policy_serves(state);
		if (atomic_load(&score->since) != 0 && row < LEDGER_ROWS)
			survey->in_flight[row]++;
	}
}

size_t
survey_row(const struct scoreboard *board, const char *pool)
{
	size_t count = atomic_load(&board->ledger.pool_count);

	for (size_t i = 0; i < count && i < LEDGER_POOLS; i++)
		if (strcmp(ledger_pool_name(&board->ledger, i), pool) == 0)
			return i;
	return LEDGER_POOLS;
}
