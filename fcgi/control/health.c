/*
 * health.c: readiness, from what the scoreboard shows of each pool.
 */
#include "fcgi/control/health.h"

#include "fcgi/control/survey.h"

#include <stdio.h>

enum mr_err
health_livez(struct control_reply *answer)
{
	enum mr_err err = control_reply_read_flag(answer, NULL, NULL);

	return err == MR_OK ? control_reply_send(answer, "application/json",
	                                  "{\"status\":\"ok\"}")
	                    : err;
}

struct readiness {
	const struct control *control;
	struct survey survey;
};

/* A pool that starts workers when requests come is ready without any. */
static bool
pool_is_ready(const struct readiness *readiness, const struct pool_config *pool)
{
	size_t row = survey_row(readiness->control->board, pool->name);

	return pool->manager == POOL_ONDEMAND ||
	       (row < LEDGER_POOLS && readiness->survey.serving[row] > 0);
}

static bool
is_draining(const struct readiness *readiness)
{
	return atomic_load(&readiness->control->board->draining);
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
	const struct readiness *readiness = context;
	const struct config *config = readiness->control->config;
	struct mr_document *checks = mr_document_array(document, "checks");
	char name[48];

	add_check(checks, "not draining", !is_draining(readiness));
	for (size_t i = 0; i < config->pool_count; i++) {
		snprintf(name, sizeof(name), "pool %s", config->pools[i].name);
		add_check(checks, name,
		          pool_is_ready(readiness, &config->pools[i]));
	}
}

static enum mr_err
judge(struct control_reply *answer, const struct readiness *readiness)
{
	const struct config *config = answer->control->config;

	if (is_draining(readiness))
		return control_reply_fail(answer, MR_BUSY,
		                   "The server is about to stop");
	for (size_t i = 0; i < config->pool_count; i++)
		if (!pool_is_ready(readiness, &config->pools[i]))
			return control_reply_fail(answer, MR_BUSY,
			                   "Pool %s has no worker that serves",
			                   config->pools[i].name);
	return MR_OK;
}

static const char *
print_ready(const struct readiness *readiness, bool verbose,
            struct mr_arena *arena)
{
	struct mr_document *document = mr_document_new();
	const char *text;

	mr_document_string(document, "status", "ready");
	if (verbose)
		add_checks(readiness, document);
	text = mr_document_print(document, arena);
	mr_document_free(document);
	return text;
}

enum mr_err
health_readyz(struct control_reply *answer)
{
	struct readiness *readiness =
	    mr_arena_alloc(answer->arena, sizeof(*readiness));
	bool verbose = false;
	enum mr_err err;

	if (readiness == NULL)
		return MR_MEMORY;
	err = control_reply_read_flag(answer, "verbose", &verbose);
	if (err != MR_OK)
		return err;
	readiness->control = answer->control;
	survey_take(answer->control->board, &readiness->survey);
	if (verbose) {
		answer->problem.extend = add_checks;
		answer->problem.extension = readiness;
	}
	err = judge(answer, readiness);
	return err == MR_OK ? control_reply_send(answer, "application/json",
	                                  print_ready(readiness, verbose,
	                                              answer->arena))
	                    : err;
}
