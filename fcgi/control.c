/*
 * control.c: one table of paths; what is common to them; health.
 */
#include "fcgi/control.h"

#include "base/buffer.h"
#include "base/err.h"
#include "base/nearest.h"
#include "fcgi/clock.h"
#include "fcgi/metrics.h"
#include "fcgi/status.h"
#include "fcgi/survey.h"
#include "schema/query.h"

#include <stdio.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

#define METHODS "GET, HEAD, OPTIONS"

struct answer {
	const struct control *control;
	struct mr_reply *reply;
	struct mr_arena *arena;
	struct mr_problem problem;
	struct survey survey;
	bool verbose;
	char detail[96];
};

static enum mr_err
fail(struct answer *answer, enum mr_err err, const char *detail)
{
	answer->problem.detail = detail;
	return err;
}

/* text, in the arena or static, NULL without memory, is the reply. */
static enum mr_err
send(struct answer *answer, const char *type, const char *text)
{
	if (text == NULL)
		return MR_MEMORY;
	answer->reply->status = 200;
	answer->reply->content_type = type;
	answer->reply->body = (struct mr_string){ text, strlen(text) };
	return MR_OK;
}

static enum mr_err
answer_livez(struct answer *answer)
{
	return send(answer, "application/json", "{\"status\":\"ok\"}");
}

/* Readiness. */

/* A pool that starts workers when requests come is ready without any. */
static bool
pool_is_ready(const struct answer *answer, const struct pool_config *pool)
{
	size_t row = survey_row(answer->control->board, pool->name);

	return pool->manager == POOL_ONDEMAND ||
	       (row < LEDGER_POOLS &&
	        survey_serving(&answer->survey, row) > 0);
}

static bool
is_draining(const struct answer *answer)
{
	return atomic_load(&answer->control->board->draining);
}

static void
add_check(struct mr_document *checks, const char *name, bool ready)
{
	struct mr_document *check = mr_document_object(checks, NULL);

	mr_document_string(check, "check", name);
	mr_document_literal(check, "ready", ready ? "true" : "false");
}

static void
add_checks(const void *context, struct mr_document *document)
{
	const struct answer *answer = context;
	const struct config *config = answer->control->config;
	struct mr_document *checks = mr_document_array(document, "checks");
	char name[48];

	add_check(checks, "not draining", !is_draining(answer));
	for (size_t i = 0; i < config->pool_count; i++) {
		snprintf(name, sizeof(name), "pool %s", config->pools[i].name);
		add_check(checks, name,
		          pool_is_ready(answer, &config->pools[i]));
	}
}

static enum mr_err
check_readiness(struct answer *answer)
{
	const struct config *config = answer->control->config;

	if (is_draining(answer))
		return fail(answer, MR_BUSY, "The server is about to stop");
	for (size_t i = 0; i < config->pool_count; i++) {
		if (pool_is_ready(answer, &config->pools[i]))
			continue;
		snprintf(answer->detail, sizeof(answer->detail),
		         "Pool %s has no worker that serves",
		         config->pools[i].name);
		return fail(answer, MR_BUSY, answer->detail);
	}
	return MR_OK;
}

static enum mr_err
answer_readyz(struct answer *answer)
{
	struct mr_document *document;
	enum mr_err err;
	char *text;

	survey_take(answer->control->board, &answer->survey);
	if (answer->verbose) {
		answer->problem.extend = add_checks;
		answer->problem.extension = answer;
	}
	err = check_readiness(answer);
	if (err != MR_OK)
		return err;
	document = mr_document_new();
	mr_document_string(document, "status", "ready");
	if (answer->verbose)
		add_checks(answer, document);
	text = mr_document_print(document, answer->arena);
	mr_document_free(document);
	return send(answer, "application/json", text);
}

/* The others. */

static enum mr_err
answer_status(struct answer *answer)
{
	const struct status_time now = { .monotonic = clock_now(),
		                         .unix_ms = clock_unix_ms() };

	return send(answer, "application/json",
	            status_print(answer->control, &now, answer->arena));
}

static enum mr_err
answer_metrics(struct answer *answer)
{
	struct mr_buffer text = { .arena = answer->arena };

	metrics_write(answer->control, &text);
	return send(answer, METRICS_TYPE, mr_buffer_text(&text));
}

static const struct system_path {
	const char *path;
	enum mr_err (*answer)(struct answer *answer);
	bool restricted; /* to config.status_allow */
	bool verbose;    /* takes that parameter */
} paths[] = {
	{ "/livez", answer_livez, false, false },
	{ "/readyz", answer_readyz, false, true },
	{ "/status", answer_status, true, false },
	{ "/metrics", answer_metrics, true, false },
};

const char *
control_path(size_t i, bool *restricted)
{
	if (i >= N(paths))
		return NULL;
	*restricted = paths[i].restricted;
	return paths[i].path;
}

/* What is common to them. */

static bool
is_one_of(struct mr_string value, const char *const *words)
{
	while (*words != NULL && (strlen(*words) != value.length ||
	                          memcmp(*words, value.data, value.length) != 0))
		words++;
	return *words != NULL;
}

static const char *const verbose[] = { "verbose", NULL };
static const char *const yes[] = { "", "1", "true", NULL };
static const char *const no[] = { "0", "false", NULL };

/* What is wrong with a parameter; MR_FAULT_COUNT: nothing. */
static enum mr_fault_kind
judge(const struct system_path *path, const struct mr_parameter *parameter,
      struct mr_nearest *nearest)
{
	nearest->wanted = parameter->name.data;
	if (path->verbose)
		mr_nearest_offer(nearest, verbose[0]);
	if (!path->verbose || !is_one_of(parameter->name, verbose))
		return nearest->name == NULL ? MR_FAULT_EXTRA
		                             : MR_FAULT_MISNAMED;
	return is_one_of(parameter->value, yes) ||
	               is_one_of(parameter->value, no)
	           ? MR_FAULT_COUNT
	           : MR_FAULT_BOOL_PARSING;
}

static enum mr_err
read_parameters(struct answer *answer, const struct system_path *path,
                const struct mr_query *query, struct mr_faults *faults)
{
	const struct mr_place root = { .name = { "query", 5 } };

	for (size_t i = 0; i < query->count; i++) {
		const struct mr_parameter *parameter = &query->parameters[i];
		const struct mr_place place = { &root, parameter->name, 0 };
		struct mr_nearest nearest = { 0 };
		enum mr_fault_kind kind = judge(path, parameter, &nearest);

		if (kind == MR_FAULT_COUNT)
			answer->verbose = is_one_of(parameter->value, yes);
		else
			mr_fault_add(faults, kind, &place,
			             kind == MR_FAULT_MISNAMED ? nearest.name
			                                       : NULL);
	}
	answer->problem.faults = faults->count > 0 ? faults : NULL;
	return faults->count > 0 ? MR_INVALID : MR_OK;
}

static enum mr_err
read_query(struct answer *answer, const struct system_path *path,
           struct mr_string text, struct mr_faults *faults)
{
	struct mr_query query = { 0 };
	enum mr_err err = mr_query_parse(&query, text, answer->arena);

	if (err == MR_SYNTAX) {
		snprintf(answer->detail, sizeof(answer->detail),
		         "The query string is malformed: %s", query.reason);
		answer->problem.has_offset = true;
		answer->problem.offset = query.offset;
		return fail(answer, err, answer->detail);
	}
	return err == MR_OK ? read_parameters(answer, path, &query, faults)
	                    : err;
}

static void
add_header(struct mr_reply *reply, const char *name, const char *value)
{
	reply->headers[reply->header_count++] = (struct mr_header){ name, value };
}

static enum mr_err
route(struct answer *answer, const struct mr_request *request,
      struct mr_faults *faults)
{
	const struct system_path *path = paths;
	const char *method = request->method;
	enum mr_err err;

	while (path < paths + N(paths) &&
	       strcmp(path->path, request->path) != 0)
		path++;
	if (path == paths + N(paths))
		return fail(answer, MR_NOT_FOUND,
		            "The site has nothing at this path");
	answer->reply->head = strcmp(method, "HEAD") == 0;
	if (strcmp(method, "GET") == 0 || answer->reply->head) {
		err = read_query(answer, path, request->query, faults);
		return err == MR_OK ? path->answer(answer) : err;
	}
	add_header(answer->reply, "Allow", METHODS);
	if (strcmp(method, "OPTIONS") != 0)
		return fail(answer, MR_METHOD,
		            "This path answers to " METHODS);
	answer->reply->status = 204;
	return MR_OK;
}

void
control_handle(const void *context, const struct mr_request *request,
               struct mr_reply *reply, struct mr_arena *arena)
{
	struct answer answer = { .control = context,
		                 .reply = reply,
		                 .arena = arena };
	struct mr_faults faults = { .arena = arena };

	*reply = (struct mr_reply){ .preamble = { "", 0 }, .body = { "", 0 } };
	reply->entered[MR_PHASE_COMPUTE] =
	    request->enter(request->context, MR_PHASE_COMPUTE);
	add_header(reply, "Cache-Control", "no-store");
	answer.problem.err = route(&answer, request, &faults);
	if (answer.problem.err != MR_OK) {
		answer.problem.instance =
		    mr_problem_instance(request->path, arena);
		answer.problem.request_id = request->request_id;
		mr_reply_problem(reply, &answer.problem, arena);
	}
	reply->entered[MR_PHASE_DONE] =
	    request->enter(request->context, MR_PHASE_DONE);
}
