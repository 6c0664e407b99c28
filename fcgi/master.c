/*
 * master.c: does what policy.c decides: forks, signals, reaps.
 *
 * One loop over a signalfd, a timerfd and an eventfd.  Signals are blocked in
 * the master at all times, so nothing happens behind the loop's back.
 */
#include "fcgi/master.h"

#include "fcgi/guard.h"
#include "fcgi/log.h"
#include "fcgi/policy.h"
#include "fcgi/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 50
#define START_LIMIT 10000 /* ms for a worker to begin to serve */
#define GRACE 1000        /* ms from an order to the next, harder one */
#define NS_PER_MS UINT64_C(1000000)

struct slot {
	struct policy_slot policy;
	pid_t pid; /* 0: none */
};

struct pool {
	const struct master_pool *setup;
	struct policy_limits limits;
	struct score *scores;
	struct slot *slots;
	size_t count;
};

struct master {
	const struct master_setup *setup;
	struct pool *pools;
	int epoll, signals, timer, ready;
	bool stopping, announced;
};

/* One slot. */

static void
log_change(const struct pool *pool, const struct slot *slot,
           enum policy_state before)
{
	if (slot->policy.state != before)
		log_notice("worker %s/%zu: %s -> %s pid=%d",
		           pool->setup->config->name,
		           (size_t)(slot - pool->slots),
		           policy_state_name(before),
		           policy_state_name(slot->policy.state), slot->pid);
}

static void
start_worker(struct master *master, struct pool *pool, struct slot *slot)
{
	struct worker worker = {
		.pool = pool->setup->config,
		.registry = master->setup->registry,
		.handle = master->setup->handle,
		.listener = pool->setup->listener,
		.ready = master->ready,
		.scores = pool->scores,
		.slot = (size_t)(slot - pool->slots),
		.master = getpid(),
	};

	slot->pid = fork();
	if (slot->pid == 0) {
		close(master->epoll);
		close(master->signals);
		close(master->timer);
		worker_run(&worker);
	}
	if (slot->pid < 0) {
		log_error("Cannot fork. pool=%s error=\"%s\"",
		          pool->setup->config->name, strerror(errno));
		slot->pid = 0;
	}
}

static void
condemn(struct pool *pool, struct slot *slot)
{
	struct score *score = &pool->scores[slot - pool->slots];

	atomic_store(&score->verdict, VERDICT_DEADLINE);
	atomic_store(&score->condemned, slot->policy.generation);
	kill(slot->pid, GUARD_SIGNAL_ORDER);
}

static void
act(struct master *master, struct pool *pool, struct slot *slot,
    enum policy_action action)
{
	static const int signals[] = {
		[POLICY_QUIT] = SIGQUIT,
		[POLICY_TERMINATE] = SIGTERM,
		[POLICY_KILL] = SIGKILL,
	};

	if (action == POLICY_FORK)
		start_worker(master, pool, slot);
	else if (action == POLICY_CONDEMN)
		condemn(pool, slot);
	else if (action != POLICY_NOTHING && slot->pid > 0)
		kill(slot->pid, signals[action]);
}

static void
step(struct master *master, struct pool *pool, struct slot *slot,
     enum policy_event event)
{
	const struct score *score = &pool->scores[slot - pool->slots];
	enum policy_state before = slot->policy.state;
	struct policy_facts facts = {
		.now = scoreboard_clock() / NS_PER_MS,
		.since = atomic_load(&score->since) / NS_PER_MS,
		.generation = atomic_load(&score->generation),
		.limits = &pool->limits,
	};

	act(master, pool, slot, policy_step(&slot->policy, event, &facts));
	log_change(pool, slot, before);
	/* A fork that failed is a worker that died at once. */
	if (slot->policy.state == POLICY_STARTING && slot->pid == 0)
		step(master, pool, slot, POLICY_EXIT);
}

static void
step_all(struct master *master, enum policy_event event)
{
	for (size_t i = 0; i < master->setup->pool_count; i++) {
		struct pool *pool = &master->pools[i];

		for (size_t j = 0; j < pool->count; j++)
			step(master, pool, &pool->slots[j], event);
	}
}

/* Events. */

static void
log_exit(const struct pool *pool, pid_t pid, int status)
{
	const char *name = pool->setup->config->name;
	const char *cause;

	if (WIFSIGNALED(status)) {
		log_warning("Worker ended. pool=%s pid=%d signal=%d", name, pid,
		            WTERMSIG(status));
		return;
	}
	cause = guard_exit_name(WEXITSTATUS(status));
	if (cause != NULL)
		log_warning("Worker ended. pool=%s pid=%d cause=%s", name, pid,
		            cause);
	else
		log_notice("Worker ended. pool=%s pid=%d status=%d", name, pid,
		           WEXITSTATUS(status));
}

static void
reap(struct master *master, struct pool *pool, struct slot *slot)
{
	int status;

	if (slot->pid <= 0 || waitpid(slot->pid, &status, WNOHANG) != slot->pid)
		return;
	log_exit(pool, slot->pid, status);
	slot->pid = 0;
	step(master, pool, slot, POLICY_EXIT);
	memset(&pool->scores[slot - pool->slots], 0, sizeof(*pool->scores));
	step(master, pool, slot, POLICY_TICK);
}

static void
reap_all(struct master *master)
{
	for (size_t i = 0; i < master->setup->pool_count; i++)
		for (size_t j = 0; j < master->pools[i].count; j++)
			reap(master, &master->pools[i],
			     &master->pools[i].slots[j]);
}

static void
hear_ready(struct master *master)
{
	uint64_t count;

	if (read(master->ready, &count, sizeof(count)) < 0)
		return;
	for (size_t i = 0; i < master->setup->pool_count; i++) {
		struct pool *pool = &master->pools[i];

		for (size_t j = 0; j < pool->count; j++)
			if (pool->slots[j].policy.state == POLICY_STARTING &&
			    atomic_load(&pool->scores[j].ready))
				step(master, pool, &pool->slots[j],
				     POLICY_READY);
	}
}

static void
hear_signal(struct master *master)
{
	struct signalfd_siginfo signal;

	while (read(master->signals, &signal, sizeof(signal)) ==
	       sizeof(signal)) {
		if (signal.ssi_signo == SIGCHLD) {
			reap_all(master);
		} else if (!master->stopping) {
			log_notice("Stopping. signal=%u", signal.ssi_signo);
			master->stopping = true;
			step_all(master, POLICY_STOP);
		}
	}
}

static void
hear_timer(struct master *master)
{
	uint64_t ticks;

	if (read(master->timer, &ticks, sizeof(ticks)) < 0)
		return;
	step_all(master, POLICY_TICK);
}

/* Progress. */

static size_t
count_state(const struct pool *pool, enum policy_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < pool->count; i++)
		count += pool->slots[i].policy.state == state;
	return count;
}

static void
announce(struct master *master)
{
	if (master->announced || master->stopping)
		return;
	for (size_t i = 0; i < master->setup->pool_count; i++)
		if (count_state(&master->pools[i], POLICY_SERVING) == 0)
			return;
	master->announced = true;
	log_notice("Ready. pools=%zu pid=%d", master->setup->pool_count,
	           getpid());
}

static bool
is_over(const struct master *master)
{
	for (size_t i = 0; i < master->setup->pool_count; i++)
		if (count_state(&master->pools[i], POLICY_RETIRED) <
		    master->pools[i].count)
			return false;
	return true;
}

static void
turn(struct master *master)
{
	struct epoll_event events[4];
	int count = epoll_wait(master->epoll, events, 4, -1);

	for (int i = 0; i < count; i++) {
		if (events[i].data.fd == master->signals)
			hear_signal(master);
		else if (events[i].data.fd == master->timer)
			hear_timer(master);
		else
			hear_ready(master);
	}
	announce(master);
}

/* Beginning and end. */

static bool
watch(struct master *master, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return fd >= 0 &&
	       epoll_ctl(master->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
open_events(struct master *master)
{
	const struct itimerspec every = {
		.it_interval.tv_nsec = TICK_MS * (long)NS_PER_MS,
		.it_value.tv_nsec = TICK_MS * (long)NS_PER_MS,
	};
	sigset_t mask;

	sigfillset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGQUIT);
	master->epoll = epoll_create1(EPOLL_CLOEXEC);
	master->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	master->timer =
	    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	master->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return watch(master, master->signals) && watch(master, master->timer) &&
	       watch(master, master->ready) &&
	       timerfd_settime(master->timer, 0, &every, NULL) == 0;
}

static bool
open_pool(const struct master *master, struct pool *pool,
          const struct master_pool *setup)
{
	pool->setup = setup;
	pool->count = setup->config->workers;
	pool->limits = (struct policy_limits){
		.start = START_LIMIT,
		.deadline = setup->config->deadline,
		.grace = GRACE,
		.stop = master->setup->config->stop_timeout,
	};
	pool->scores = scoreboard_new(pool->count);
	pool->slots = calloc(pool->count, sizeof(*pool->slots));
	return pool->scores != NULL && pool->slots != NULL;
}

static void
close_all(struct master *master)
{
	for (size_t i = 0;
	     master->pools != NULL && i < master->setup->pool_count; i++) {
		scoreboard_free(master->pools[i].scores,
		                master->pools[i].count);
		free(master->pools[i].slots);
	}
	free(master->pools);
	close(master->epoll);
	close(master->signals);
	close(master->timer);
	close(master->ready);
}

static bool
open_all(struct master *master)
{
	const struct master_setup *setup = master->setup;

	master->pools = calloc(setup->pool_count, sizeof(*master->pools));
	if (master->pools == NULL || !open_events(master))
		return false;
	for (size_t i = 0; i < setup->pool_count; i++)
		if (!open_pool(master, &master->pools[i], &setup->pools[i]))
			return false;
	return true;
}

int
master_run(const struct master_setup *setup)
{
	struct master master = { .setup = setup,
		                 .epoll = -1,
		                 .signals = -1,
		                 .timer = -1,
		                 .ready = -1 };
	bool opened = open_all(&master);

	if (opened) {
		step_all(&master, POLICY_TICK);
		while (!is_over(&master))
			turn(&master);
		log_notice("Stopped.");
	} else {
		log_error("Cannot start. error=\"%s\"", strerror(errno));
	}
	close_all(&master);
	return opened ? EXIT_SUCCESS : EXIT_FAILURE;
}
