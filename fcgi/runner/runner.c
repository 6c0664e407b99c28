/*
 * runner.c: a job after the other, until there is an order to quit.
 */
#include "fcgi/runner/runner.h"

#include "fcgi/base/log.h"
#include "fcgi/runner/runner_attempt.h"

#include <poll.h>

#define PAUSE 200 /* ms, before what was refused is asked once more */

/* Whether we are told to quit, within so many ms. */
static bool
is_over(const struct runner *runner, int timeout)
{
	struct pollfd readable = { .fd = runner->quit, .events = POLLIN };

	return poll(&readable, 1, timeout) == 1;
}

/* Whether there is a job in a reply that can be run. */
static bool
holds_job(const struct message *reply)
{
	const struct mr_job *job = reply->jobs;

	return reply->err == MR_OK && reply->job_count == 1 &&
	       job->id != NULL && job->method != NULL && job->path != NULL &&
	       reply->input.method.data != NULL &&
	       reply->input.path.data != NULL;
}

/* A broker that has no job to give, or no memory to tell of it, may have. */
static void
claim(struct runner *runner)
{
	const struct message question = {
		.type = MESSAGE_CLAIM,
		.number = (int64_t)runner->worker->place,
	};
	struct message reply = { .type = MESSAGE_REPLY };
	enum mr_err err;

	runner->client.quit = runner->quit;
	runner->client.patience = -1;
	err = broker_client_ask(&runner->client, &question,
	                        runner->service->arena, &reply);
	if (err == MR_OK && holds_job(&reply))
		runner_attempt_run(runner, &reply);
	else if (err != MR_CANCELLED)
		is_over(runner, PAUSE);
	mr_arena_reset(runner->service->arena);
}

static bool
begin(struct runner *runner)
{
	if (!broker_client_find(&runner->client, runner->worker->config)) {
		log_error("There is no broker to ask. worker=%s",
		          runner->service->name);
		return false;
	}
	runner->arena = mr_arena_new();
	return runner->arena != NULL &&
	       wear_begin(&runner->wear, runner->worker->pool,
	                  runner->service->score);
}

bool
runner_run(const struct worker *worker, struct service *service, int quit)
{
	struct runner runner = { .worker = worker,
		                 .service = service,
		                 .quit = quit };

	if (!begin(&runner))
		return false;
	worker_begun(worker);
	while (!is_over(&runner, 0))
		claim(&runner);
	broker_client_close(&runner.client);
	mr_arena_free(runner.arena);
	return true;
}
