/*
 * broker_board.h: what the broker writes on the scoreboard, for /status and
 * /metrics, and what it reads there for those who ask.
 */
#ifndef FCGI_BROKER_BOARD_H
#define FCGI_BROKER_BOARD_H

#include "fcgi/board/scoreboard.h"
#include "jobs/store.h"

/*
 * How many jobs are in each state that is not final: once when the store was
 * opened, and from then on by each change that is committed.  Returns how many
 * are in a final one; 0 as well if nothing can be counted.
 */
int64_t broker_board_count(struct scoreboard *board, struct mr_store *store);
void broker_board_note(struct scoreboard *board, const struct mr_job *job,
                       int64_t before);

/*
 * The job as it is by now: one that runs with what its runner tells of it, in
 * arena, if it does; else the job itself.
 */
const struct mr_job *broker_board_refresh(const struct scoreboard *board,
                                          const struct mr_job *job,
                                          struct mr_arena *arena);

#endif
