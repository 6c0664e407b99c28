/*
 * master.c: the loop of the master over its pools.
 *
 * It waits on a signalfd, a timerfd and an eventfd.  Signals are blocked in
 * the master at all times, so nothing happens behind the loop's back.
 */
#include "fcgi/master.h"

#include "fcgi/log.h"
#include "fcgi/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TICK_NS 50000000

/* The descriptors that only the master needs, before those of the listeners. */
enum { EPOLL, SIGNALS, TIMER, FIRST_LISTENER };

struct master {
	const struct master_setup *setup;
	struct pool_family family;
	struct pool *pools; /* setup->pool_count of them */
	int private[FIRST_LISTENER + CONFIG_POOLS];
	bool stopping, announced;
};

/* Events. */

static void
step_all(struct master *master, enum policy_event event)
{
	for (size_t i = 0; i < master->setup->pool_count; i++)
		pool_step(&master->pools[i], event);
}

static void
reap_all(struct master *master)
{
	for (size_t i = 0; i < master->setup->pool_count; i++)
		pool_reap(&master->pools[i]);
}

static void
hear_ready(struct master *master)
{
	uint64_t count;

	if (read(master->family.ready, &count, sizeof(count)) < 0)
		return;
	for (size_t i = 0; i < master->setup->pool_count; i++)
		pool_welcome(&master->pools[i]);
}

static void
hear_signal(struct master *master)
{
	struct signalfd_siginfo signal;

	while (read(master->private[SIGNALS], &signal, sizeof(signal)) ==
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

	if (read(master->private[TIMER], &ticks, sizeof(ticks)) < 0)
		return;
	step_all(master, POLICY_TICK);
}

/* Progress. */

static void
announce(struct master *master)
{
	if (master->announced || master->stopping)
		return;
	for (size_t i = 0; i < master->setup->pool_count; i++)
		if (pool_count(&master->pools[i], POLICY_SERVING) == 0)
			return;
	master->announced = true;
	log_notice("Ready. pools=%zu pid=%d", master->setup->pool_count,
	           getpid());
}

static bool
is_over(const struct master *master)
{
	for (size_t i = 0; i < master->setup->pool_count; i++)
		if (pool_count(&master->pools[i], POLICY_RETIRED) <
		    master->pools[i].count)
			return false;
	return true;
}

static void
turn(struct master *master)
{
	struct epoll_event events[4];
	int count = epoll_wait(master->private[EPOLL], events, 4, -1);

	for (int i = 0; i < count; i++) {
		if (events[i].data.fd == master->private[SIGNALS])
			hear_signal(master);
		else if (events[i].data.fd == master->private[TIMER])
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
	       epoll_ctl(master->private[EPOLL], EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Whoever started us may ignore some of them, and we with it. */
static void
block_signals(sigset_t *heard)
{
	static const int numbers[] = { SIGCHLD, SIGTERM, SIGINT, SIGQUIT };
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(heard);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		signal(numbers[i], SIG_DFL);
		sigaddset(heard, numbers[i]);
	}
}

static bool
open_events(struct master *master)
{
	const struct itimerspec every = { .it_interval.tv_nsec = TICK_NS,
		                          .it_value.tv_nsec = TICK_NS };
	sigset_t heard;

	block_signals(&heard);
	master->private[EPOLL] = epoll_create1(EPOLL_CLOEXEC);
	master->private[SIGNALS] =
	    signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
	master->private[TIMER] =
	    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	master->family.ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return watch(master, master->private[SIGNALS]) &&
	       watch(master, master->private[TIMER]) &&
	       watch(master, master->family.ready) &&
	       timerfd_settime(master->private[TIMER], 0, &every, NULL) == 0;
}

static bool
open_pools(struct master *master)
{
	const struct master_setup *setup = master->setup;

	master->family = (struct pool_family){
		.registry = setup->registry,
		.handle = setup->handle,
		.stop_timeout = setup->config->stop_timeout,
		.ready = master->family.ready,
		.private = master->private,
		.private_count = FIRST_LISTENER + setup->pool_count,
	};
	for (size_t i = 0; i < setup->pool_count; i++) {
		master->private[FIRST_LISTENER + i] = setup->pools[i].listener;
		master->pools[i].family = &master->family;
		master->pools[i].config = setup->pools[i].config;
		master->pools[i].listener = setup->pools[i].listener;
		if (!pool_open(&master->pools[i]))
			return false;
	}
	return true;
}

static void
close_all(struct master *master)
{
	for (size_t i = 0;
	     master->pools != NULL && i < master->setup->pool_count; i++)
		pool_close(&master->pools[i]);
	free(master->pools);
	for (int i = EPOLL; i < FIRST_LISTENER; i++)
		close(master->private[i]);
	close(master->family.ready);
}

int
master_run(const struct master_setup *setup)
{
	struct master master = { .setup = setup,
		                 .family.ready = -1,
		                 .private = { -1, -1, -1 } };
	bool opened;

	master.pools = calloc(setup->pool_count, sizeof(*master.pools));
	opened = master.pools != NULL && open_events(&master) &&
	         open_pools(&master);
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
