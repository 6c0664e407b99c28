/*
 * obituary.c: what the status of a process tells, and what it said itself.
 */
#include "fcgi/master/obituary.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/board/trace.h"
#include "fcgi/worker/guard.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* What the guard made of it. */
static enum ledger_end
cause_of_exit(const struct obituary *obituary, int code)
{
	switch (code) {
	case GUARD_EXIT_CRASH:
		return LEDGER_END_CRASH;
	case GUARD_EXIT_CALLED:
		return LEDGER_END_EXITED;
	case GUARD_EXIT_MEMORY:
		return LEDGER_END_MEMORY;
	case GUARD_EXIT_ABANDONED:
		return LEDGER_END_ABANDONED;
	case GUARD_EXIT_DEADLINE:
		return LEDGER_END_DEADLINE;
	}
	if (obituary->asked)
		return obituary->reason;
	return code == EXIT_SUCCESS || code == GUARD_EXIT_TERMINATED
	           ? LEDGER_END_KILLED
	           : LEDGER_END_FAILED;
}

enum ledger_end
obituary_cause(const struct obituary *obituary)
{
	if (WIFEXITED(obituary->status))
		return cause_of_exit(obituary, WEXITSTATUS(obituary->status));
	if (obituary->words.signal != 0) /* and it left a core dump */
		return LEDGER_END_CRASH;
	return obituary->killed ? LEDGER_END_UNRESPONSIVE : LEDGER_END_KILLED;
}

static int
signal_of(const struct obituary *obituary)
{
	return WIFSIGNALED(obituary->status) ? WTERMSIG(obituary->status)
	                                     : obituary->words.signal;
}

/* It ended as it was told, or for a reason that is not its own. */
static bool
is_routine(enum ledger_end cause)
{
	return cause >= LEDGER_END_RECYCLED;
}

static void
count(struct ledger_pool *pool, enum ledger_end cause, int signal)
{
	atomic_fetch_add(&pool->ends[cause], 1);
	if (signal <= 0 || signal >= LEDGER_SIGNALS)
		return;
	if (cause == LEDGER_END_CRASH)
		atomic_fetch_add(&pool->crashes[signal], 1);
	else
		atomic_fetch_add(&pool->kills[signal], 1);
}

/* A reader that meets a number of 0, or another one after, has read half. */
static void
remember(const struct obituary *obituary, enum ledger_end cause,
         struct scoreboard *board)
{
	uint64_t number = atomic_fetch_add(&board->death_count, 1) + 1;
	struct death *death = &board->deaths[number % SCOREBOARD_DEATHS];

	atomic_store(&death->number, 0);
	death->time = clock_unix_ms();
	death->pool = (uint32_t)obituary->row;
	death->pid = obituary->pid;
	death->cause = cause;
	death->signal = signal_of(obituary);
	score_copy_text(death->detail, obituary->words.detail,
	                sizeof(death->detail));
	score_copy_text(death->request_id,
	                obituary->busy ? obituary->request_id : "",
	                sizeof(death->request_id));
	score_copy_text(death->instance,
	                obituary->busy ? obituary->instance : "",
	                sizeof(death->instance));
	atomic_store(&death->number, number);
}

/* Only what there is to say: a worker that is killed leaves no words. */
struct line {
	char text[2048];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void
add(struct line *line, const char *format, ...)
{
	size_t room = sizeof(line->text) - line->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line->text + line->length, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		line->length += (size_t)length < room ? (size_t)length : room - 1;
}

static void
add_words(struct line *line, const struct obituary *obituary)
{
	char detail[SCORE_DETAIL], instance[SCORE_INSTANCE];
	char request_id[SCORE_REQUEST_ID];
	char trace[1024];

	score_copy_text(detail, obituary->words.detail, sizeof(detail));
	score_copy_text(instance, obituary->instance, sizeof(instance));
	score_copy_text(request_id, obituary->request_id, sizeof(request_id));
	if (*detail != '\0')
		add(line, " detail=\"%s\"", detail);
	if (obituary->busy)
		add(line, " instance=%s request_id=%s", instance, request_id);
	if (obituary->words.backtrace.depth == 0)
		return;
	trace_print(&obituary->words.backtrace, trace, sizeof(trace));
	add(line, " backtrace=\"%s\"", trace);
}

static void
tell(const struct obituary *obituary, const char *pool, enum ledger_end cause)
{
	struct line line = { .length = 0 };

	add(&line, "pool=%s pid=%d cause=%s", pool, obituary->pid,
	    ledger_end_name(cause));
	if (signal_of(obituary) > 0)
		add(&line, " signal=%d", signal_of(obituary));
	else if (cause == LEDGER_END_FAILED)
		add(&line, " status=%d", WEXITSTATUS(obituary->status));
	if (!is_routine(cause))
		add_words(&line, obituary);
	log_line(is_routine(cause) ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING,
	         "Worker ended. %s", line.text);
}

void
obituary_publish(const struct obituary *obituary, struct scoreboard *board)
{
	enum ledger_end cause = obituary_cause(obituary);

	if (obituary->row < LEDGER_POOLS)
		count(&board->ledger.pools[obituary->row], cause,
		      signal_of(obituary));
	if (!is_routine(cause))
		remember(obituary, cause, board);
	tell(obituary, ledger_pool_name(&board->ledger, obituary->row), cause);
}
