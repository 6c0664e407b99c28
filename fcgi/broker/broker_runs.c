/*
 * broker_runs.c: runs, their holders, and who looks after orphans.
 */
#include "fcgi/broker/broker_runs.h"

#include "fcgi/base/clock.h"
#include "fcgi/board/progress.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void
broker_runs_init(struct broker_runs *runs, struct scoreboard *board)
{
	*runs = (struct broker_runs){ .board = board };
	TAILQ_INIT(&runs->list);
}

/* Counts of what it is. */

static void
count(struct broker_runs *runs, const struct broker_run *run, int change)
{
	if (run->lost)
		runs->lost += (size_t)change;
	else if (run->holder == NULL)
		runs->orphans += (size_t)change;
}

static void
change(struct broker_runs *runs, struct broker_run *run, const void *holder,
       bool lost)
{
	count(runs, run, -1);
	run->holder = holder;
	run->lost = lost;
	count(runs, run, 1);
}

static void
lose(struct broker_runs *runs, struct broker_run *run)
{
	change(runs, run, run->holder, true);
}

static void
forget(struct broker_runs *runs, struct broker_run *run)
{
	count(runs, run, -1);
	TAILQ_REMOVE(&runs->list, run, entry);
	if (run->process >= 0)
		close(run->process);
	free(run);
}

void
broker_runs_free(struct broker_runs *runs)
{
	while (!TAILQ_EMPTY(&runs->list))
		forget(runs, TAILQ_FIRST(&runs->list));
}

struct broker_run *
broker_runs_find(const struct broker_runs *runs, const char *id)
{
	struct broker_run *run;

	TAILQ_FOREACH(run, &runs->list, entry)
		if (strcmp(run->id, id) == 0)
			break;
	return run;
}

/* Orphans. */

static void
watch_process(struct broker_run *run)
{
	if (run->process < 0 && run->pid > 0)
		run->process = (int)syscall(SYS_pidfd_open, run->pid, 0);
	run->seen = clock_now();
}

/* A process is readable once it has ended. */
static bool
has_ended(const struct broker_run *run)
{
	struct pollfd process = { .fd = run->process, .events = POLLIN };

	if (run->process < 0)
		return run->pid > 0 && kill(run->pid, 0) != 0 && errno == ESRCH;
	return poll(&process, 1, 0) > 0;
}

/* A score may be another's by now, or be written just then. */
static bool
is_on_board(const struct broker_runs *runs, struct broker_run *run)
{
	if (run->place < SCOREBOARD_SLOTS &&
	    progress_read(&runs->board->scores[run->place].job, run->id,
	                  run->attempt, NULL))
		return true;
	run->place = progress_find(runs->board, run->id, run->attempt);
	return run->place < SCOREBOARD_SLOTS;
}

void
broker_runs_look(struct broker_runs *runs, uint64_t now)
{
	struct broker_run *run;

	TAILQ_FOREACH(run, &runs->list, entry) {
		if (run->holder != NULL || run->lost)
			continue;
		if (is_on_board(runs, run))
			run->seen = now;
		if (has_ended(run) || now > run->seen + BROKER_RUN_GRACE)
			lose(runs, run);
	}
}

/* Beginning, and going on. */

bool
broker_runs_begin(struct broker_runs *runs, const struct broker_run *run)
{
	struct broker_run *copy = calloc(1, sizeof(*copy));

	if (copy == NULL)
		return false;
	broker_runs_end(runs, run->id);
	*copy = (struct broker_run){ .attempt = run->attempt,
		                     .holder = run->holder,
		                     .pid = run->pid,
		                     .process = -1,
		                     .place = run->place };
	mr_job_copy_id(copy->id, run->id);
	if (copy->holder == NULL)
		watch_process(copy);
	else if (copy->place < SCOREBOARD_SLOTS)
		atomic_store(&runs->board->scores[copy->place].cancelled, 0);
	TAILQ_INSERT_TAIL(&runs->list, copy, entry);
	count(runs, copy, 1);
	return true;
}

void
broker_runs_end(struct broker_runs *runs, const char *id)
{
	struct broker_run *run = broker_runs_find(runs, id);

	if (run != NULL)
		forget(runs, run);
}

void
broker_runs_end_lost(struct broker_runs *runs)
{
	struct broker_run *run, *next;

	for (run = TAILQ_FIRST(&runs->list); run != NULL; run = next) {
		next = TAILQ_NEXT(run, entry);
		if (run->lost)
			forget(runs, run);
	}
}

void
broker_runs_speak(struct broker_runs *runs, const char *id, int64_t attempt,
                  const void *holder)
{
	struct broker_run *run = broker_runs_find(runs, id);

	if (run == NULL || run->attempt != attempt)
		return;
	change(runs, run, holder, false);
	run->spoken = true;
}

void
broker_runs_leave(struct broker_runs *runs, const void *holder)
{
	struct broker_run *run;

	TAILQ_FOREACH(run, &runs->list, entry)
		if (run->holder == holder) {
			watch_process(run);
			change(runs, run, NULL, run->lost);
		}
}

void
broker_runs_drop(struct broker_runs *runs, const void *holder)
{
	struct broker_run *run;

	TAILQ_FOREACH(run, &runs->list, entry)
		if (run->holder == holder)
			lose(runs, run);
}

void
broker_runs_return(struct broker_runs *runs, const void *holder)
{
	struct broker_run *run;

	TAILQ_FOREACH(run, &runs->list, entry)
		if (run->holder == holder && !run->spoken && !run->lost) {
			run->unread = true;
			lose(runs, run);
		}
}

void
broker_runs_cancel(struct broker_runs *runs, const char *id)
{
	struct broker_run *run = broker_runs_find(runs, id);

	if (run == NULL)
		return;
	if (run->place >= SCOREBOARD_SLOTS)
		run->place = progress_find(runs->board, id, run->attempt);
	if (run->place < SCOREBOARD_SLOTS)
		atomic_store(&runs->board->scores[run->place].cancelled,
		             clock_now());
}
