/*
 * metrics_pools.c: every pool of the ledger, also those that were configured
 * once: a counter that vanishes and comes back would be read as a restart.
 */
#include "fcgi/control/metrics_pools.h"

#include "base/signal_name.h"

#include <stdio.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static size_t
pool_count(const struct scoreboard *board)
{
	size_t count = atomic_load(&board->ledger.pool_count);

	return count < LEDGER_POOLS ? count : LEDGER_POOLS;
}

static void
begin_pool(struct exposition *to, const char *pool)
{
	exposition_series(to, "");
	exposition_label(to, "pool", pool);
}

static void
put_workers(const struct scoreboard *board, const struct survey *survey,
            struct exposition *to)
{
	exposition_family(to, "workers", "gauge", "Processes, by state.");
	for (size_t i = 0; i < pool_count(board); i++) {
		for (enum survey_state state = 0; state < SURVEY_STATE_COUNT;
		     state++) {
			begin_pool(to, ledger_pool_name(&board->ledger, i));
			exposition_label(to, "state", survey_state_name(state));
			exposition_value(to, survey->workers[i][state]);
		}
	}
}

static void
put_numbers(const struct scoreboard *board, struct exposition *to)
{
	const struct {
		const char *name, *help;
		const _Atomic uint64_t *values;
	} gauges[] = {
		{ "queue_length", "Connections that wait for a worker.",
		  board->queued },
		{ "queue_length_highest", "The most that ever waited.",
		  board->most_queued },
		{ "workers_busy_highest", "The most that were ever busy.",
		  board->most_busy },
	};

	for (size_t n = 0; n < N(gauges); n++) {
		exposition_family(to, gauges[n].name, "gauge", gauges[n].help);
		for (size_t i = 0; i < pool_count(board); i++) {
			uint64_t value = atomic_load(&gauges[n].values[i]);

			if (value == SCOREBOARD_UNKNOWN)
				continue;
			begin_pool(to, ledger_pool_name(&board->ledger, i));
			exposition_value(to, value);
		}
	}
}

/* What is counted of each pool. */

struct row {
	const struct ledger_pool *pool;
	const char *name;
};

static void
put_starts(const struct row *row, struct exposition *to)
{
	begin_pool(to, row->name);
	exposition_value(to, atomic_load(&row->pool->started));
}

static void
put_full(const struct row *row, struct exposition *to)
{
	begin_pool(to, row->name);
	exposition_value(to, atomic_load(&row->pool->full));
}

static void
put_ends(const struct row *row, struct exposition *to)
{
	for (enum ledger_end end = 0; end < LEDGER_END_COUNT; end++) {
		begin_pool(to, row->name);
		exposition_label(to, "cause", ledger_end_name(end));
		exposition_value(to, atomic_load(&row->pool->ends[end]));
	}
}

/* Signals that did not occur have no series: 65 for each pool are many. */
static void
put_signal(const struct row *row, enum ledger_end end, int signal,
           struct exposition *to)
{
	uint64_t count = atomic_load(end == LEDGER_END_CRASH
	                                 ? &row->pool->crashes[signal]
	                                 : &row->pool->kills[signal]);
	char name[MR_SIGNAL_NAME];

	if (count == 0)
		return;
	mr_signal_name(signal, name);
	begin_pool(to, row->name);
	exposition_label(to, "cause", ledger_end_name(end));
	exposition_label(to, "signal", name);
	exposition_value(to, count);
}

static void
put_signals(const struct row *row, struct exposition *to)
{
	for (int signal = 0; signal < LEDGER_SIGNALS; signal++) {
		put_signal(row, LEDGER_END_CRASH, signal, to);
		put_signal(row, LEDGER_END_KILLED, signal, to);
	}
}

static void
put_counters(const struct scoreboard *board, struct exposition *to)
{
	static const struct {
		const char *name, *help;
		void (*put)(const struct row *row, struct exposition *to);
	} counters[] = {
		{ "worker_starts_total", "Processes that were started.",
		  put_starts },
		{ "worker_ends_total", "Processes that ended, by cause.",
		  put_ends },
		{ "worker_signals_total",
		  "Processes that ended by a signal that was not ours.",
		  put_signals },
		{ "pool_full_total",
		  "Times that a pool came to have all the workers it may.",
		  put_full },
	};

	for (size_t n = 0; n < N(counters); n++) {
		exposition_family(to, counters[n].name, "counter",
		                  counters[n].help);
		for (size_t i = 0; i < pool_count(board); i++) {
			const struct row row = {
				&board->ledger.pools[i],
				ledger_pool_name(&board->ledger, i)
			};

			counters[n].put(&row, to);
		}
	}
}

/* Limits; what is not limited has no series, for 0 would be read as a limit. */

#define LIMIT(member) offsetof(struct pool_config, member)

static const struct {
	const char *name, *help;
	size_t offset;
	int digits; /* 3: milliseconds */
} limits[] = {
	{ "pool_workers_limit", "Processes that there may be.",
	  LIMIT(workers), 0 },
	{ "pool_deadline_seconds", "Time that a request may take.",
	  LIMIT(deadline), 3 },
	{ "pool_queue_limit_seconds",
	  "Time that a request may wait for a worker.", LIMIT(queue_limit), 3 },
	{ "pool_slow_seconds", "Time after which a request is slow.",
	  LIMIT(slow), 3 },
	{ "pool_backlog_limit", "Connections that may wait for a worker.",
	  LIMIT(backlog), 0 },
	{ "pool_memory_limit_bytes", "Data that a process may have.",
	  LIMIT(memory), 0 },
	{ "pool_rss_limit_bytes", "Memory with which a process is replaced.",
	  LIMIT(max_rss), 0 },
	{ "pool_requests_limit", "Requests after which a process is replaced.",
	  LIMIT(max_requests), 0 },
};

static void
put_limits(const struct config *config, struct exposition *to)
{
	for (size_t n = 0; n < N(limits); n++) {
		exposition_family(to, limits[n].name, "gauge", limits[n].help);
		for (size_t i = 0; i < config->pool_count; i++) {
			const char *pool = (const char *)&config->pools[i];
			uint64_t value;

			memcpy(&value, pool + limits[n].offset, sizeof(value));
			if (value == 0)
				continue;
			begin_pool(to, config->pools[i].name);
			exposition_fraction(to, value, limits[n].digits);
		}
	}
}

void
metrics_write_pools(const struct control *control, const struct survey *survey,
                    struct exposition *to)
{
	put_workers(control->board, survey, to);
	put_numbers(control->board, to);
	put_counters(control->board, to);
	put_limits(control->config, to);
}
