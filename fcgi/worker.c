/*
 * worker.c: limits, signals, guard, loop.
 */
#include "fcgi/worker.h"

#include "fcgi/guard.h"
#include "fcgi/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define STACK_LIMIT ((rlim_t)8 << 20)

/* A worker never outlives its master, however that one ends. */
static void
die_with(pid_t master)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != master)
		_exit(EXIT_SUCCESS);
}

static void
limit(int resource, rlim_t most, const char *name)
{
	struct rlimit limits;

	if (getrlimit(resource, &limits) == 0 && limits.rlim_cur > most) {
		limits.rlim_cur = most;
		if (setrlimit(resource, &limits) < 0)
			log_warning("Cannot set a limit. limit=%s error=\"%s\"",
			            name, strerror(errno));
	}
}

/* Each connection is a descriptor. */
static void
raise_descriptors(void)
{
	struct rlimit limits;

	if (getrlimit(RLIMIT_NOFILE, &limits) == 0) {
		limits.rlim_cur = limits.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limits);
	}
}

void
worker_limit(const struct pool_config *pool)
{
	raise_descriptors();
	limit(RLIMIT_STACK, STACK_LIMIT, "stack");
	if (pool->memory > 0)
		limit(RLIMIT_DATA, pool->memory, "memory");
	if (pool->nice > 0 && setpriority(PRIO_PROCESS, 0, (int)pool->nice) < 0)
		log_warning("Cannot set the priority. pool=%s error=\"%s\"",
		            pool->name, strerror(errno));
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

static void
tell_ready(const struct worker *worker)
{
	const uint64_t one = 1;

	atomic_store(&worker->scores[worker->slot].ready, true);
	if (write(worker->ready, &one, sizeof(one)) < 0)
		log_error("Cannot tell the master. error=\"%s\"",
		          strerror(errno));
}

_Noreturn void
worker_run(const struct worker *worker)
{
	struct service service = {
		.handle = worker->handle,
		.registry = worker->registry,
		.pool = worker->pool,
		.score = &worker->scores[worker->slot],
		.arena = mr_arena_new(),
		.body_limit = mr_registry_body_limit(worker->registry),
	};
	struct loop_setup setup = {
		.service = &service,
		.listener = worker->listener,
		.siblings = worker->scores,
		.sibling_count = worker->pool->workers,
	};

	die_with(worker->master);
	worker_limit(worker->pool);
	serve_start();
	if (service.arena == NULL ||
	    !guard_install(worker->pool, service.score)) {
		log_error("Not enough memory for a worker. pool=%s",
		          worker->pool->name);
		_exit(EXIT_FAILURE);
	}
	setup.quit = take_signals();
	tell_ready(worker);
	_exit(loop_run(&setup) ? EXIT_SUCCESS : EXIT_FAILURE);
}
