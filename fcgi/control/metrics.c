/*
 * metrics.c: the families of the server, of jobs and of requests; those of pools
 * and workers are metrics_pools.c's.
 */
#include "fcgi/control/metrics.h"

#include "fcgi/control/metrics_pools.h"

#include <stdio.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The server. */

static void
put_build(const struct control *control, struct exposition *to)
{
	exposition_family(to, "build_info", "gauge", "What is running.");
	exposition_series(to, "");
	exposition_label(to, "version", control->version);
	exposition_value(to, 1);
}

static void
put_one(struct exposition *to, const char *name, const char *help,
        uint64_t value)
{
	exposition_family(to, name, "gauge", help);
	exposition_series(to, "");
	exposition_value(to, value);
}

static void
put_time(struct exposition *to, const char *name, const char *help,
         uint64_t ms)
{
	exposition_family(to, name, "gauge", help);
	exposition_series(to, "");
	exposition_fraction(to, ms, 3);
}

static void
put_server(const struct control *control, struct exposition *to)
{
	const struct scoreboard *board = control->board;

	put_build(control, to);
	put_time(to, "start_time_seconds", "Unix time of the start.",
	         atomic_load(&board->started));
	put_time(to, "configuration_time_seconds",
	         "Unix time at which the configuration was loaded.",
	         atomic_load(&board->loaded));
	put_one(to, "configuration_generation",
	        "1, and one more by each reload.", atomic_load(&board->age));
	put_one(to, "draining", "1 when the server is about to stop.",
	        atomic_load(&board->draining));
	exposition_family(to, "reloads_failed_total", "counter",
	                  "Reloads that left the old configuration in force.");
	exposition_series(to, "");
	exposition_value(to, atomic_load(&board->reloads_failed));
}

/* Jobs. */

static void
put_states(struct exposition *to, bool finals,
           const _Atomic uint64_t counts[MR_JOB_STATE_COUNT])
{
	for (int64_t state = 0; state < MR_JOB_STATE_COUNT; state++) {
		if (mr_job_is_final(state) && !finals)
			continue;
		exposition_series(to, "");
		exposition_label(to, "state", mr_job_state_name(state));
		exposition_value(to, atomic_load(&counts[state]));
	}
}

static void
put_jobs(const struct scoreboard *board, struct exposition *to)
{
	exposition_family(to, "jobs_open", "gauge",
	                  "Whether the store of jobs is open.");
	exposition_series(to, "");
	exposition_value(to, atomic_load(&board->jobs_open));
	exposition_family(to, "jobs", "gauge",
	                  "Jobs that are not finished, by state.");
	put_states(to, false, board->jobs);
	exposition_family(to, "jobs_entered_total", "counter",
	                  "How often a job entered a state.");
	put_states(to, true, board->jobs_entered);
}

/* Requests: by row of the ledger. */

struct row {
	const char *pool, *endpoint;
	struct ledger_counts sum;
};

static void
begin_row(struct exposition *to, const char *suffix, const struct row *row)
{
	exposition_series(to, suffix);
	exposition_label(to, "pool", row->pool);
	exposition_label(to, "endpoint", row->endpoint);
}

static void
put_statuses(const struct row *row, struct exposition *to)
{
	static const char *const classes[LEDGER_CLASSES] = {
		[2] = "2xx", [3] = "3xx", [4] = "4xx", [5] = "5xx"
	};

	for (size_t class = 2; class < LEDGER_CLASSES; class++) {
		begin_row(to, "", row);
		exposition_label(to, "class", classes[class]);
		exposition_value(to, row->sum.statuses[class]);
	}
}

static void
begin_part(struct exposition *to, const char *suffix,
           const struct row *row, enum ledger_part part)
{
	begin_row(to, suffix, row);
	exposition_label(to, "part", ledger_part_name(part));
}

static void
put_part(const struct row *row, enum ledger_part part, struct exposition *to)
{
	char bound[32];
	uint64_t count = 0;

	for (size_t i = 0; i < LEDGER_BUCKETS; i++) {
		count += row->sum.buckets[part][i];
		if (i < LEDGER_BUCKETS - 1)
			snprintf(bound, sizeof(bound), "%g",
			         (double)ledger_bounds[i] / 1e9);
		begin_part(to, "_bucket", row, part);
		exposition_label(to, "le",
		                 i < LEDGER_BUCKETS - 1 ? bound : "+Inf");
		exposition_value(to, count);
	}
	begin_part(to, "_sum", row, part);
	exposition_fraction(to, row->sum.nanoseconds[part], 9);
	begin_part(to, "_count", row, part);
	exposition_value(to, count);
}

static void
put_parts(const struct row *row, struct exposition *to)
{
	for (enum ledger_part part = 0; part < LEDGER_PART_COUNT; part++)
		put_part(row, part, to);
}

#define COUNTER(member)                                                        \
	static void put_##member(const struct row *row, struct exposition *to) \
	{                                                                      \
		begin_row(to, "", row);                                        \
		exposition_value(to, row->sum.member);                             \
	}

COUNTER(received)
COUNTER(sent)
COUNTER(refused)
COUNTER(slow)

static const struct {
	const char *name, *type, *help;
	void (*put)(const struct row *row, struct exposition *to);
} families[] = {
	{ "requests_total", "counter",
	  "Requests answered, by class of status.", put_statuses },
	{ "request_seconds", "histogram",
	  "Time of requests, by what it was spent on.", put_parts },
	{ "received_bytes_total", "counter", "Bodies of requests.",
	  put_received },
	{ "sent_bytes_total", "counter", "Bodies of replies.", put_sent },
	{ "queue_refused_total", "counter",
	  "Requests refused since they had waited too long for a worker.",
	  put_refused },
	{ "slow_requests_total", "counter",
	  "Requests that took longer than the threshold of the slow log.",
	  put_slow },
};

static size_t
read_rows(const struct control *control, struct row rows[LEDGER_ROWS])
{
	const struct ledger *ledger = &control->board->ledger;
	size_t count = atomic_load(&ledger->row_count), i;

	for (i = 0; i < count && i < LEDGER_ROWS; i++) {
		rows[i].pool = ledger_endpoint_pool(ledger, i);
		rows[i].endpoint = ledger_endpoint_name(ledger, i);
		ledger_sum(&ledger->rows[i], &rows[i].sum);
	}
	return i;
}

static void
put_requests(const struct control *control, const struct survey *survey,
             struct exposition *to)
{
	static struct row rows[LEDGER_ROWS]; /* too large for a stack */
	size_t count = read_rows(control, rows);

	for (size_t n = 0; n < N(families); n++) {
		exposition_family(to, families[n].name, families[n].type,
		                  families[n].help);
		for (size_t i = 0; i < count; i++)
			families[n].put(&rows[i], to);
	}
	exposition_family(to, "requests_in_flight", "gauge",
	                  "Requests that a worker is at.");
	for (size_t i = 0; i < count; i++) {
		begin_row(to, "", &rows[i]);
		exposition_value(to, survey->in_flight[i]);
	}
}

void
metrics_write(const struct control *control, struct mr_buffer *text)
{
	struct exposition to = { .text = text };
	struct survey survey;

	survey_take(control->board, &survey);
	put_server(control, &to);
	put_jobs(control->board, &to);
	put_requests(control, &survey, &to);
	metrics_write_pools(control, &survey, &to);
}
