/*
 * status_process.c: from a slot and /proc to a member of the document.
 */
#include "fcgi/control/status_process.h"

#include "fcgi/base/clock.h"
#include "fcgi/control/status_value.h"
#include "fcgi/control/survey.h"
#include "fcgi/control/usage.h"

#include <stdio.h>

/* NS that may be unknown, 0. */
static void
add_known_seconds(struct mr_document *object, const char *name, uint64_t ns)
{
	if (ns == 0)
		mr_document_literal(object, name, "null");
	else
		status_add_seconds(object, name, ns);
}

static uint64_t
since(uint64_t then, uint64_t now)
{
	return then == 0 || then > now ? 0 : now - then;
}

/* The request at hand, or the last one. */
static void
add_request(const struct scoreboard *board, const struct score *score,
            const struct status_time *now, struct mr_document *object)
{
	uint64_t begun = atomic_load(&score->since);
	uint32_t row = atomic_load(&score->row);
	const char *endpoint =
	    score->method[0] != '\0' ? ledger_endpoint_name(&board->ledger, row)
	                             : "";

	if (begun == 0)
		mr_document_literal(object, "busy_seconds", "null");
	else
		status_add_seconds(object, "busy_seconds",
		                   since(begun, now->monotonic));
	status_add_text(object, "method", score->method,
	                sizeof(score->method));
	status_add_text(object, "instance", score->instance,
	                sizeof(score->instance));
	status_add_text(object, "endpoint", endpoint,
	                LEDGER_ENDPOINT_NAME);
	status_add_text(object, "request_id", score->request_id,
	                sizeof(score->request_id));
	mr_document_size(object, "body_bytes", score->body);
	add_known_seconds(object, "last_seconds", atomic_load(&score->took));
	add_known_seconds(object, "last_cpu_seconds",
	                  atomic_load(&score->cpu));
}

static void
add_usage(pid_t pid, struct mr_document *object)
{
	struct usage usage;

	if (!usage_read(pid, &usage)) {
		mr_document_literal(object, "rss_bytes", "null");
		mr_document_literal(object, "peak_rss_bytes", "null");
		mr_document_literal(object, "cpu_seconds", "null");
		return;
	}
	mr_document_size(object, "rss_bytes", usage.rss);
	mr_document_size(object, "peak_rss_bytes", usage.peak_rss);
	status_add_seconds(object, "cpu_seconds", usage.cpu * CLOCK_NS_PER_MS);
}

void
status_add_process(const struct scoreboard *board, const struct score *score,
                   const struct status_time *now,
                   struct mr_document *processes)
{
	struct mr_document *object = mr_document_object(processes, NULL);
	uint64_t age = since(atomic_load(&score->started), now->monotonic);
	pid_t pid = atomic_load(&score->pid);
	char name[SCORE_WORKER];

	snprintf(name, sizeof(name), "%s/%u",
	         ledger_pool_name(&board->ledger, atomic_load(&score->pool)),
	         atomic_load(&score->number));
	mr_document_string(object, "worker", name);
	mr_document_size(object, "pid", (size_t)pid);
	mr_document_string(object, "state",
	                   survey_state_name(survey_state(score)));
	mr_document_size(object, "generation", atomic_load(&score->age));
	status_add_time(object, "started",
	                now->unix_ms - age / CLOCK_NS_PER_MS);
	status_add_seconds(object, "uptime_seconds", age);
	mr_document_size(object, "requests", atomic_load(&score->generation));
	mr_document_size(object, "connections",
	                 atomic_load(&score->connections));
	add_request(board, score, now, object);
	add_usage(pid, object);
}
