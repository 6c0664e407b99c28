/*
 * broker_turn.h: one turn of the broker: from the messages that have arrived to
 * the answers, and all that follows from them.
 */
#ifndef FCGI_BROKER_TURN_H
#define FCGI_BROKER_TURN_H

#include "fcgi/broker/broker_batch.h"
#include "fcgi/broker/broker_connection.h"
#include "fcgi/broker/broker_runs.h"
#include "fcgi/broker/broker_upkeep.h"
#include "fcgi/broker/broker_watch.h"

/* What the broker knows from one turn to the next. */
struct broker_state {
	/* For each turn; of this process. */
	struct mr_store *store; /* NULL: it could not be opened */
	const char *reason;     /* why not */
	struct mr_arena *arena; /* of one turn */
	uint64_t age;           /* of this process's score */

	struct broker_watches watches;
	struct broker_runs runs;
	struct broker_upkeep upkeep;
	struct broker_connections ready; /* who has whole messages */
	uint64_t turn;          /* number of the last one */
	size_t answered;        /* connections that were answered in it */
	bool wrote;             /* for some of them */
	uint64_t complained; /* when a failure was logged; clock_now */
};

void broker_state_init(struct broker_state *state, const struct config *config,
                      struct scoreboard *board);

/* All that it has but for the store and the connections. */
void broker_state_free(struct broker_state *state);

/*
 * Takes messages of those that are ready, and does all that is due.  last: no
 * job is given out any more.
 */
void broker_turn(struct broker_state *state, bool last);

/*
 * Whether to log a failure that may last: once in some seconds.  logged:
 * when it was, by clock_now; 0: never.
 */
bool broker_may_complain(uint64_t *logged);

/* A connection has ended, and is about to be freed. */
void broker_state_leave(struct broker_state *state,
                       struct broker_connection *connection);

#endif
