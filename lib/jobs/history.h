/*
 * history.h: the states that a job went through: a line each, "NUMBER STATE
 * TIME ATTEMPT CAUSE", such as "3 queued 1700000000000 1 lost".
 *
 * Numbers count from 1 and never come again, so that who has seen up to one
 * can be told of the rest.  Only the newest MR_HISTORY_LINES are kept.
 */
#ifndef MR_JOBS_HISTORY_H
#define MR_JOBS_HISTORY_H

#include "jobs/job.h"

#define MR_HISTORY_LINES 100

struct mr_history_line {
	int64_t number, state, time, attempt, cause;
};

/*
 * job->history with one line more, of what the job is now, in arena.
 * MR_OK, MR_MEMORY.
 */
enum mr_err mr_history_add(struct mr_job *job, int64_t now,
                           struct mr_arena *arena);

/*
 * Reads the line at *history and moves behind it; false at the end, or at a
 * line that is none.
 */
bool mr_history_next(const char **history, struct mr_history_line *line);

/* The number of the last line; 0: there is none. */
int64_t mr_history_last(const char *history);

#endif
