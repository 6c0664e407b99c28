/*
 * status.c: the server, its jobs, its pools, their processes, the last deaths.
 *
 * Workers write their slots while this reads them: texts are taken with their
 * ends as they are, and shown as far as they are plain.
 */
#include "fcgi/control/status.h"

#include "base/document.h"
#include "base/signal_name.h"
#include "fcgi/base/clock.h"
#include "fcgi/config/catalog.h"
#include "fcgi/control/status_process.h"
#include "fcgi/control/status_value.h"
#include "fcgi/control/survey.h"
#include "fcgi/master/role.h"


/* The server. */

static void
add_server(const struct control *control, const struct status_time *now,
           struct mr_document *parent)
{
	const struct scoreboard *board = control->board;
	struct mr_document *server = mr_document_object(parent, "millrace");
	uint64_t started = atomic_load(&board->started);

	mr_document_string(server, "version", control->version);
	mr_document_size(server, "pid", (size_t)atomic_load(&board->master));
	status_add_time(server, "started", started);
	status_add_seconds(server, "uptime_seconds",
	                   now->unix_ms > started
	                       ? (now->unix_ms - started) *
	                             CLOCK_NS_PER_MS
	                       : 0);
	mr_document_size(server, "generation", atomic_load(&board->age));
	status_add_time(server, "loaded", atomic_load(&board->loaded));
	mr_document_size(server, "reloads_failed",
	                 atomic_load(&board->reloads_failed));
	status_add_text(server, "reload_error", board->reload_error,
	                sizeof(board->reload_error));
	mr_document_literal(server, "draining",
	                    atomic_load(&board->draining) ? "true" : "false");
}

/* Jobs. */

/* null while the broker cannot open them, or none has begun. */
static void
add_jobs(const struct scoreboard *board, struct mr_document *parent)
{
	struct mr_document *jobs;

	if (!atomic_load(&board->jobs_open)) {
		mr_document_literal(parent, "jobs", "null");
		return;
	}
	jobs = mr_document_object(parent, "jobs");
	for (int64_t state = 0; state < MR_JOB_STATE_COUNT; state++)
		if (!mr_job_is_final(state))
			mr_document_size(jobs, mr_job_state_name(state),
			                 atomic_load(&board->jobs[state]));
}

/* Pools. */

static void
add_queue(const struct scoreboard *board, size_t row,
          const struct pool_config *pool, struct mr_document *parent)
{
	struct mr_document *queue = mr_document_object(parent, "queue");
	uint64_t length = atomic_load(&board->queued[row]);

	if (length == SCOREBOARD_UNKNOWN)
		mr_document_literal(queue, "length", "null");
	else
		mr_document_size(queue, "length", length);
	mr_document_size(queue, "most", atomic_load(&board->most_queued[row]));
	if (pool != NULL)
		mr_document_size(queue, "backlog", pool->backlog);
}

static void
add_workers(const struct survey *survey, size_t row,
            const struct pool_config *pool, struct mr_document *workers)
{
	mr_document_size(workers, "max", pool == NULL ? 0 : pool->workers);
	mr_document_size(workers, "total", survey->total[row]);
	for (enum survey_state state = 0; state < SURVEY_STATE_COUNT; state++)
		mr_document_size(workers, survey_state_name(state),
		                 survey->workers[row][state]);
}

/* Of all rows of the pool. */
static void
add_requests(const struct ledger *ledger, const char *pool,
             struct mr_document *parent)
{
	size_t count = atomic_load(&ledger->row_count);
	uint64_t requests = 0, refused = 0, slow = 0;
	struct ledger_counts sum;

	for (size_t i = 0; i < count && i < LEDGER_ROWS; i++) {
		if (strcmp(ledger_endpoint_pool(ledger, i), pool) != 0)
			continue;
		ledger_sum(&ledger->rows[i], &sum);
		for (size_t class = 0; class < LEDGER_CLASSES; class++)
			requests += sum.statuses[class];
		refused += sum.refused;
		slow += sum.slow;
	}
	mr_document_size(parent, "requests", requests);
	mr_document_size(parent, "refused", refused);
	mr_document_size(parent, "slow", slow);
}

static void
add_ends(const struct ledger_pool *pool, struct mr_document *parent)
{
	struct mr_document *ends;

	mr_document_size(parent, "full", atomic_load(&pool->full));
	mr_document_size(parent, "started", atomic_load(&pool->started));
	ends = mr_document_object(parent, "ends");
	for (enum ledger_end end = 0; end < LEDGER_END_COUNT; end++)
		mr_document_size(ends, ledger_end_name(end),
		                 atomic_load(&pool->ends[end]));
}

/* 0 is no limit, as in the configuration: null. */
static void
add_limit(struct mr_document *limits, const char *name, uint64_t limit)
{
	if (limit == 0)
		mr_document_literal(limits, name, "null");
	else
		mr_document_size(limits, name, limit);
}

static void
add_duration(struct mr_document *limits, const char *name, uint64_t ms)
{
	if (ms == 0)
		mr_document_literal(limits, name, "null");
	else
		status_add_seconds(limits, name, ms * CLOCK_NS_PER_MS);
}

static void
add_limits(const struct pool_config *pool, struct mr_document *parent)
{
	struct mr_document *limits = mr_document_object(parent, "limits");

	if (pool == NULL)
		return;
	add_duration(limits, "deadline_seconds", pool->deadline);
	add_duration(limits, "queue_limit_seconds", pool->queue_limit);
	add_duration(limits, "slow_seconds", pool->slow);
	add_limit(limits, "memory_bytes", pool->memory);
	add_limit(limits, "max_rss_bytes", pool->max_rss);
	add_limit(limits, "max_requests", pool->max_requests);
	add_limit(limits, "files", pool->files);
}

static void
add_manager(const struct config *config, const struct pool_config *pool,
            struct mr_document *parent)
{
	char path[CONFIG_SOCKET_PATH];

	if (pool == NULL) {
		mr_document_literal(parent, "manager", "null");
		mr_document_literal(parent, "listen", "null");
		return;
	}
	mr_document_string(parent, "manager", catalog_managers[pool->manager]);
	if (role_of(pool->name)->deaf)
		mr_document_literal(parent, "listen", "null");
	else if (pool->listen[0] != '\0')
		mr_document_string(parent, "listen", pool->listen);
	else if (config_socket(config, pool, path))
		mr_document_string(parent, "listen", path);
}

/* pool NULL: it is no longer configured, but has workers yet. */
static struct mr_document *
add_pool(const struct control *control, const struct survey *survey,
         size_t row, struct mr_document *pools)
{
	const struct scoreboard *board = control->board;
	const char *name = ledger_pool_name(&board->ledger, row);
	const struct pool_config *pool = config_pool(control->config, name);
	struct mr_document *object, *workers;

	if (pool == NULL && survey->total[row] == 0)
		return NULL;
	object = mr_document_object(pools, NULL);
	mr_document_string(object, "name", name);
	add_manager(control->config, pool, object);
	add_queue(board, row, pool, object);
	workers = mr_document_object(object, "workers");
	add_workers(survey, row, pool, workers);
	mr_document_size(workers, "most_busy",
	                 atomic_load(&board->most_busy[row]));
	add_requests(&board->ledger, name, object);
	add_ends(&board->ledger.pools[row], object);
	add_limits(pool, object);
	return mr_document_array(object, "processes");
}

/* Those of all pools; true when there are more than are listed. */
static bool
add_processes(const struct scoreboard *board, const struct status_time *now,
              struct mr_document *const lists[LEDGER_POOLS])
{
	size_t used = atomic_load(&board->used), count = 0;

	for (size_t i = 0; i < used && i < SCOREBOARD_SLOTS; i++) {
		const struct score *score = &board->scores[i];
		uint32_t pool = atomic_load(&score->pool);

		if (atomic_load(&score->pid) == 0 || pool >= LEDGER_POOLS ||
		    lists[pool] == NULL)
			continue;
		if (count++ == STATUS_PROCESSES)
			return true;
		status_add_process(board, score, now, lists[pool]);
	}
	return false;
}

static void
add_pools(const struct control *control, const struct status_time *now,
          struct mr_document *parent)
{
	struct mr_document *pools = mr_document_array(parent, "pools");
	struct mr_document *lists[LEDGER_POOLS] = { NULL };
	size_t count = atomic_load(&control->board->ledger.pool_count);
	struct survey survey;

	survey_take(control->board, &survey);
	for (size_t i = 0; i < count && i < LEDGER_POOLS; i++)
		lists[i] = add_pool(control, &survey, i, pools);
	if (add_processes(control->board, now, lists))
		mr_document_literal(parent, "truncated", "true");
}

/* Deaths. */

static void
add_death(const struct ledger *ledger, const struct death *death,
          struct mr_document *parent)
{
	struct mr_document *object = mr_document_object(parent, NULL);
	char signal[MR_SIGNAL_NAME] = "";

	mr_document_size(object, "number", death->number);
	status_add_time(object, "time", death->time);
	mr_document_string(object, "pool",
	                   ledger_pool_name(ledger, death->pool));
	mr_document_size(object, "pid", (size_t)death->pid);
	mr_document_string(object, "cause",
	                   (unsigned)death->cause < LEDGER_END_COUNT
	                       ? ledger_end_name(death->cause)
	                       : "");
	if (death->signal != 0)
		mr_signal_name(death->signal, signal);
	status_add_text(object, "signal", signal, sizeof(signal));
	status_add_text(object, "detail", death->detail,
	                sizeof(death->detail));
	status_add_text(object, "request_id", death->request_id,
	                sizeof(death->request_id));
	status_add_text(object, "instance", death->instance,
	                sizeof(death->instance));
}

/* Newest first; one that is overwritten meanwhile is left out. */
static void
add_deaths(const struct scoreboard *board, struct mr_document *parent)
{
	struct mr_document *deaths = mr_document_array(parent, "deaths");
	uint64_t last = atomic_load(&board->death_count);

	for (uint64_t i = 0; i < SCOREBOARD_DEATHS && i < last; i++) {
		const struct death *shared =
		    &board->deaths[(last - i) % SCOREBOARD_DEATHS];
		struct death death = *shared;

		atomic_thread_fence(memory_order_acquire);
		if (death.number == last - i &&
		    atomic_load(&shared->number) == last - i)
			add_death(&board->ledger, &death, deaths);
	}
}

char *
status_print(const struct control *control, const struct status_time *now,
             struct mr_arena *arena)
{
	struct mr_document *document = mr_document_new();
	char *text;

	add_server(control, now, document);
	add_jobs(control->board, document);
	add_pools(control, now, document);
	add_deaths(control->board, document);
	text = mr_document_print(document, arena);
	mr_document_free(document);
	return text;
}
