/*
 * broker_runs.h: which runner runs which job, as the broker knows it.
 *
 * A run is held by the connection of its runner.  Without one, since the
 * broker or the connection is a new one, it is an orphan: then the scoreboard
 * and the process tell whether it goes on, until its runner speaks again.
 */
#ifndef FCGI_BROKER_RUNS_H
#define FCGI_BROKER_RUNS_H

#include "fcgi/board/scoreboard.h"
#include "jobs/job.h"

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

/* How long the scoreboard may be silent about an orphan. */
#define BROKER_RUN_GRACE (500 * UINT64_C(1000000)) /* ns */

struct broker_run {
	char id[MR_JOB_ID];
	int64_t attempt;
	const void *holder; /* NULL: it is an orphan */
	pid_t pid;
	int process;   /* pidfd of an orphan's; -1: there is none */
	size_t place;  /* on the scoreboard; SCOREBOARD_SLOTS and more: unknown */
	uint64_t seen; /* of an orphan, by clock_now */
	bool spoken;   /* its runner has told something of it */
	bool lost;     /* nobody runs it any more; the store is to know ... */
	bool unread;   /* ... and its runner never heard that it should */
	TAILQ_ENTRY(broker_run) entry;
};

struct broker_runs {
	struct scoreboard *board;
	TAILQ_HEAD(, broker_run) list;
	size_t orphans; /* that are not lost */
	size_t lost;
};

void broker_runs_init(struct broker_runs *runs, struct scoreboard *board);

/* Forgets all. */
void broker_runs_free(struct broker_runs *runs);

/* NULL: it is not known to run. */
struct broker_run *broker_runs_find(const struct broker_runs *runs,
                                    const char *id);

/*
 * A job runs; whoever was known to run it does not any more.  Of `run` are
 * copied id, attempt, holder, pid and place.  A runner that has a connection
 * is not cancelled from here on.  False when there is no memory.
 */
bool broker_runs_begin(struct broker_runs *runs, const struct broker_run *run);

/* It does not run any more. */
void broker_runs_end(struct broker_runs *runs, const char *id);

/* What was lost is known to the store. */
void broker_runs_end_lost(struct broker_runs *runs);

/* A runner speaks of an attempt: it is not lost, and has a holder now. */
void broker_runs_speak(struct broker_runs *runs, const char *id,
                       int64_t attempt, const void *holder);

/* A connection ended: all that it holds are orphans. */
void broker_runs_leave(struct broker_runs *runs, const void *holder);

/*
 * A connection ended, and not all was read that was sent by it.  If its runner
 * has not spoken of the job, that was the job: it never began.
 */
void broker_runs_return(struct broker_runs *runs, const void *holder);

/* A runner wants another job: what it has held is lost. */
void broker_runs_drop(struct broker_runs *runs, const void *holder);

/* Looks after the orphans: those that are gone are lost. */
void broker_runs_look(struct broker_runs *runs, uint64_t now);

/* Tells the runner that its job was cancelled. */
void broker_runs_cancel(struct broker_runs *runs, const char *id);

#endif
