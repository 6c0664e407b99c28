/*
 * pool.c: forks, signals and reaps the workers of a pool.
 */
#include "fcgi/pool.h"

#include "fcgi/clock.h"
#include "fcgi/guard.h"
#include "fcgi/log.h"
#include "fcgi/trace.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_LIMIT 10000 /* ms for a worker to begin to serve */
#define GRACE 1000        /* ms from an order to the next, harder one */
#define NS_PER_MS UINT64_C(1000000)

struct pool_slot {
	struct policy_slot policy;
	pid_t pid; /* 0: none */
};

static void
log_change(const struct pool *pool, const struct pool_slot *slot,
           enum policy_state before)
{
	if (slot->policy.state != before)
		log_notice("worker %s/%zu: %s -> %s pid=%d",
		           pool->config->name,
		           (size_t)(slot - pool->slots),
		           policy_state_name(before),
		           policy_state_name(slot->policy.state), slot->pid);
}

static void
close_private(const struct pool *pool)
{
	for (size_t i = 0; i < pool->family->private_count; i++)
		if (pool->family->private[i] != pool->listener)
			close(pool->family->private[i]);
}

static void
start_worker(struct pool *pool, struct pool_slot *slot)
{
	struct worker worker = {
		.pool = pool->config,
		.registry = pool->family->registry,
		.handle = pool->family->handle,
		.listener = pool->listener,
		.ready = pool->family->ready,
		.scores = pool->scores,
		.slot = (size_t)(slot - pool->slots),
		.master = getpid(),
	};

	slot->pid = fork();
	if (slot->pid == 0) {
		close_private(pool);
		worker_run(&worker);
	}
	if (slot->pid < 0) {
		log_error("Cannot fork. pool=%s error=\"%s\"",
		          pool->config->name, strerror(errno));
		slot->pid = 0;
	}
}

static void
condemn(struct pool *pool, struct pool_slot *slot)
{
	struct score *score = &pool->scores[slot - pool->slots];

	atomic_store(&score->condemned, slot->policy.generation);
	kill(slot->pid, GUARD_SIGNAL_ORDER);
}

static void
act(struct pool *pool, struct pool_slot *slot, enum policy_action action)
{
	static const int signals[] = {
		[POLICY_QUIT] = SIGQUIT,
		[POLICY_TERMINATE] = SIGTERM,
		[POLICY_KILL] = SIGKILL,
	};

	if (action == POLICY_FORK)
		start_worker(pool, slot);
	else if (action == POLICY_CONDEMN)
		condemn(pool, slot);
	else if (action != POLICY_NOTHING && slot->pid > 0)
		kill(slot->pid, signals[action]);
}

static void
step(struct pool *pool, struct pool_slot *slot, enum policy_event event)
{
	const struct score *score = &pool->scores[slot - pool->slots];
	enum policy_state before = slot->policy.state;
	struct policy_facts facts = { .limits = &pool->limits };

	facts.generation = atomic_load(&score->generation);
	facts.since = atomic_load(&score->since) / NS_PER_MS;
	facts.now = clock_now() / NS_PER_MS;
	act(pool, slot, policy_step(&slot->policy, event, &facts));
	log_change(pool, slot, before);
	/* A fork that failed is a worker that died at once. */
	if (slot->policy.state == POLICY_STARTING && slot->pid == 0)
		step(pool, slot, POLICY_EXIT);
}

static void
log_exit(const struct pool *pool, const struct pool_slot *slot, int status)
{
	const char *name = pool->config->name;
	const struct last_words *words =
	    &pool->scores[slot - pool->slots].last_words;
	char trace[512];
	const char *cause;

	if (WIFSIGNALED(status)) {
		log_warning("Worker ended. pool=%s pid=%d signal=%d", name,
		            slot->pid, WTERMSIG(status));
		return;
	}
	cause = guard_exit_name(WEXITSTATUS(status));
	if (cause == NULL) {
		log_notice("Worker ended. pool=%s pid=%d status=%d", name,
		           slot->pid, WEXITSTATUS(status));
		return;
	}
	trace_print(words->frames, words->depth, trace, sizeof(trace));
	log_warning("Worker ended. pool=%s pid=%d cause=%s detail=\"%s\" "
	            "instance=%s request_id=%s backtrace=\"%s\"",
	            name, slot->pid, cause, words->detail, words->instance,
	            words->request_id, trace);
}

static void
reap(struct pool *pool, struct pool_slot *slot)
{
	int status;

	if (slot->pid <= 0 || waitpid(slot->pid, &status, WNOHANG) != slot->pid)
		return;
	log_exit(pool, slot, status);
	slot->pid = 0;
	step(pool, slot, POLICY_EXIT);
	memset(&pool->scores[slot - pool->slots], 0, sizeof(*pool->scores));
	step(pool, slot, POLICY_TICK);
}


bool
pool_open(struct pool *pool)
{
	pool->count = pool->config->workers;
	pool->limits = (struct policy_limits){
		.start = START_LIMIT,
		.deadline = pool->config->deadline,
		.grace = GRACE,
		.stop = pool->family->stop_timeout,
	};
	pool->scores = scoreboard_new(pool->count);
	pool->slots = calloc(pool->count, sizeof(*pool->slots));
	return pool->scores != NULL && pool->slots != NULL;
}

void
pool_close(struct pool *pool)
{
	scoreboard_free(pool->scores, pool->count);
	free(pool->slots);
}

void
pool_step(struct pool *pool, enum policy_event event)
{
	for (size_t i = 0; i < pool->count; i++)
		step(pool, &pool->slots[i], event);
}

void
pool_reap(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		reap(pool, &pool->slots[i]);
}

void
pool_welcome(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		if (pool->slots[i].policy.state == POLICY_STARTING &&
		    atomic_load(&pool->scores[i].ready))
			step(pool, &pool->slots[i], POLICY_READY);
}

size_t
pool_count(const struct pool *pool, enum policy_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < pool->count; i++)
		count += pool->slots[i].policy.state == state;
	return count;
}
