/*
 * worker.c: output, limits, signals, guard, loop.
 */
#include "fcgi/worker/worker.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/worker/guard.h"
#include "fcgi/worker/limits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

bool
worker_prepare(void)
{
	serve_prepare();
	return guard_prepare();
}

/* A worker never outlives its master, however that one ends. */
static void
die_with(pid_t master)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != master)
		_exit(EXIT_SUCCESS);
}

static void
take_output(int output)
{
	if (output < 0)
		return;
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	close(output);
	log_relay();
	/* A line that a function prints is logged now, not with the next. */
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

/*
 * SIGQUIT ends us between requests, so it is read from a descriptor; the
 * others are the guard's, or a terminal's, whose keys are for the master.
 */
static int
take_signals(void)
{
	sigset_t quit;

	sigemptyset(&quit);
	sigaddset(&quit, SIGQUIT);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &quit, NULL);
	return signalfd(-1, &quit, SFD_CLOEXEC);
}

void
worker_begun(const void *context)
{
	const struct worker *worker = context;
	struct score *score = worker->score;
	const uint64_t one = 1;

	atomic_store(&score->idle, clock_now());
	atomic_store(&score->ready, true);
	if (write(worker->ready, &one, sizeof(one)) < 0)
		log_error("Cannot tell the master. error=\"%s\"",
		          strerror(errno));
}

static void
describe_service(const struct worker *worker, struct service *service)
{
	static struct submission submission;
	struct ledger *ledger = &worker->board->ledger;
	const char *pool = worker->pool->name;
	bool submits = submission_begin(&submission, worker->config);

	*service = (struct service){
		.handle = worker->handle,
		.context = worker->context,
		.pool = worker->pool,
		.terms = worker->terms,
		.score = worker->score,
		.ledger = ledger,
		.shard = atomic_load(&worker->score->number) % LEDGER_SHARDS,
		.row = worker->row,
		.arena = mr_arena_new(),
		.body_limit = mr_registry_body_limit(worker->registry),
		.submission = submits ? &submission : NULL,
		.state_directory = worker->config->state,
		.parking = worker->parking,
		.job_wait = worker->config->job_wait,
	};
	snprintf(service->name, sizeof(service->name), "%s/%u", pool,
	         atomic_load(&worker->score->number));
}

/* What it may do goes last: its user may not be allowed the rest. */
static void
become(const struct worker *worker)
{
	die_with(worker->master);
	take_output(worker->output);
	if (!limits_apply(worker->pool) || !limits_become(worker->pool))
		_exit(WORKER_EXIT_LIMITS);
	die_with(worker->master);
}

bool
worker_serve(const struct worker *worker, struct service *service, int quit)
{
	struct wear wear;
	const struct loop_setup setup = {
		.begun = worker_begun,
		.context = worker,
		.service = service,
		.wear = &wear,
		.listener = worker->listener,
		.spares = worker->spares,
		.handoff = worker->handoff,
		.siblings = worker->siblings,
		.sibling_count = worker->sibling_count,
		.quit = quit,
	};

	return wear_begin(&wear, worker->pool, service->score) &&
	       loop_run(&setup);
}

_Noreturn void
worker_run(const struct worker *worker)
{
	struct service service;

	become(worker);
	describe_service(worker, &service);
	if (service.arena == NULL || !worker_prepare() ||
	    !guard_install(worker->pool, service.score)) {
		log_error("Cannot prepare a worker. pool=%s",
		          worker->pool->name);
		_exit(EXIT_FAILURE);
	}
	_exit(worker->main(worker, &service, take_signals()) ? EXIT_SUCCESS
	                                                     : EXIT_FAILURE);
}
