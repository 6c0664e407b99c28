/*
 * slow.c: the slow log, which is part of the log: never the body of a request,
 * only what identifies it.
 */
#include "fcgi/master/slow.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/board/trace.h"

/* What is known of a request, as long as the worker is with it. */
struct facts {
	char method[SCORE_METHOD], instance[SCORE_INSTANCE];
	char request_id[SCORE_REQUEST_ID];
	const char *endpoint;
	uint64_t body, since;
	struct backtrace trace;
};

static void
copy(struct facts *facts, const struct score *score,
     const struct ledger *ledger)
{
	score_copy_text(facts->method, score->method, sizeof(facts->method));
	score_copy_text(facts->instance, score->instance,
	                sizeof(facts->instance));
	score_copy_text(facts->request_id, score->request_id,
	                sizeof(facts->request_id));
	facts->endpoint =
	    ledger_endpoint_name(ledger, atomic_load(&score->row));
	facts->body = score->body;
	facts->since = atomic_load(&score->since);
	facts->trace = score->trace;
}

uint64_t
slow_tell(const struct score *score, uint64_t told, const char *worker,
          const struct ledger *ledger)
{
	uint64_t traced = atomic_load(&score->traced);
	struct facts facts;
	char trace[2048];

	if (traced == 0 || traced == told)
		return told;
	copy(&facts, score, ledger);
	/* What was copied is of this request only if it still runs now. */
	if (atomic_load(&score->generation) != traced || facts.since == 0) {
		log_warning("A slow request ended before it could be told. "
		            "worker=%s",
		            worker);
		return traced;
	}
	trace_print(&facts.trace, trace, sizeof(trace));
	log_warning("Request is slow. worker=%s pid=%d endpoint=%s method=%s "
	            "instance=%s request_id=%s body_bytes=%llu ms=%llu "
	            "backtrace=\"%s\"",
	            worker, atomic_load(&score->pid), facts.endpoint,
	            facts.method, facts.instance, facts.request_id,
	            (unsigned long long)facts.body,
	            (unsigned long long)((clock_now() - facts.since) /
	                                 CLOCK_NS_PER_MS),
	            trace);
	return traced;
}
