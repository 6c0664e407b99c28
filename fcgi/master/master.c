/*
 * master.c: the loop of the master over its pools.
 *
 * It waits on a signalfd, a timerfd, an eventfd and the output of workers.
 * Signals are blocked in the master at all times, so nothing happens behind
 * the loop's back.
 */
#include "fcgi/master/master.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/base/notify.h"
#include "fcgi/master/queue.h"
#include "fcgi/master/reload.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_NS 50000000
#define EVENTS 64

struct master {
	const struct master_setup *setup;
	struct pool_family family;
	struct pools pools;
	int signals, timer;
	struct reload reload;
	bool reload_again;  /* asked for while one was tried out */
	bool announced;
	bool changed;       /* something may have to be started, or let go */
	uint64_t stop_at;   /* ns: when the pools are told; 0: not stopping */
	size_t told;        /* stages of the stop that were begun */
	bool hurries;       /* told a second time: at once */
	uint64_t alive_at;  /* when the watchdog was told last */
};

/* Reloading. */

static void
fail_reload(struct master *master, const char *reason)
{
	struct scoreboard *board = master->setup->board;

	log_error("Not reloaded, the old configuration serves on. reason=\"%s\"",
	          reason);
	snprintf(board->reload_error, sizeof(board->reload_error), "%s",
	         reason);
	atomic_fetch_add(&board->reloads_failed, 1);
}

static void
begin_reload(struct master *master)
{
	master->reload_again = master->reload.trial > 0;
	if (master->reload_again || master->stop_at != 0)
		return;
	log_notice("Reloading.");
	if (!reload_try(&master->reload, master->setup->program,
	                master->setup->arguments))
		fail_reload(master, "it could not be tried out");
}

/* Returns when it could not be done. */
static void
hand_over(struct master *master)
{
	const struct master_setup *setup = master->setup;

	notify_reloading();
	if (pools_bequeath(&master->pools, setup->next))
		handover_give(setup->next, setup->program, setup->arguments);
	fail_reload(master, strerror(errno));
	notify_ready();
	free(setup->next->workers);
}

static void
end_trial(struct master *master, int status)
{
	char reason[256];
	bool good =
	    reload_judge(&master->reload, status, reason, sizeof(reason));

	if (master->stop_at != 0)
		return;
	if (!good)
		fail_reload(master, reason);
	else
		hand_over(master);
	if (master->reload_again)
		begin_reload(master);
}

/* Stopping: first nobody is sent here any more, then the pools end. */

/* In order, still: who runs a job has to give it back. */
static void
stop_at_once(struct master *master)
{
	for (size_t stage = 0; stage < master->told; stage++)
		pools_stop(&master->pools, stage, 0);
	master->hurries = true;
}

static void
begin_stop(struct master *master, unsigned signal)
{
	if (master->stop_at != 0) {
		log_notice("Stopping at once. signal=%u", signal);
		stop_at_once(master);
		return;
	}
	log_notice("Stopping. signal=%u", signal);
	notify_stopping();
	atomic_store(&master->setup->board->draining, true);
	master->stop_at =
	    clock_now() + master->setup->config->stop_delay * CLOCK_NS_PER_MS;
}

static void
go_on_stopping(struct master *master)
{
	uint64_t timeout =
	    master->hurries ? 0 : master->setup->config->stop_timeout;

	if (master->stop_at == 0 ||
	    (clock_now() < master->stop_at && !master->hurries))
		return;
	while (master->told < POOLS_STAGES &&
	       (master->told == 0 ||
	        pools_are_over(&master->pools, master->told - 1)))
		pools_stop(&master->pools, master->told++, timeout);
}

static bool
is_over(const struct master *master)
{
	size_t stage = 0;

	while (stage < master->told && pools_are_over(&master->pools, stage))
		stage++;
	return stage == POOLS_STAGES;
}

/* Events. */

/* As process 1 we inherit children that are nobody's. */
static void
reap_all(struct master *master)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == master->reload.trial)
			end_trial(master, status);
		else
			pools_reap(&master->pools, pid, status);
	}
	master->changed = true;
}

static void
hear_signals(struct master *master)
{
	struct signalfd_siginfo signal;

	while (read(master->signals, &signal, sizeof(signal)) ==
	       sizeof(signal)) {
		switch (signal.ssi_signo) {
		case SIGCHLD:
			reap_all(master);
			break;
		case SIGHUP:
			begin_reload(master);
			break;
		case SIGUSR1:
			if (log_reopen())
				log_notice("The log is open anew.");
			break;
		default:
			begin_stop(master, signal.ssi_signo);
		}
	}
}

static void
hear_ready(struct master *master)
{
	uint64_t count;

	if (read(master->family.ready, &count, sizeof(count)) < 0)
		return;
	pools_welcome(&master->pools);
	master->changed = true;
}

static void
tell_watchdog(struct master *master)
{
	uint64_t every = notify_watchdog() * CLOCK_NS_PER_MS, now = clock_now();

	if (every == 0 || now < master->alive_at + every)
		return;
	master->alive_at = now;
	notify_alive();
}

static void
hear_timer(struct master *master)
{
	uint64_t ticks;

	if (read(master->timer, &ticks, sizeof(ticks)) < 0)
		return;
	pools_tick(&master->pools);
	reload_tick(&master->reload);
	tell_watchdog(master);
	master->changed = true;
}

static void
hear(struct master *master, const struct epoll_event *event)
{
	uint64_t data = event->data.u64;
	struct pool *pool = &master->pools.list[POOL_EVENT_NUMBER(data)];
	int fd = (int)POOL_EVENT_INDEX(data);

	switch (POOL_EVENT_SOURCE(data)) {
	case POOL_OUTPUT:
		slot_listen(pool, &pool->slots[POOL_EVENT_INDEX(data)]);
		break;
	case POOL_LISTENER:
		master->changed = true;
		break;
	case POOL_OTHER:
		if (fd == master->signals)
			hear_signals(master);
		else if (fd == master->timer)
			hear_timer(master);
		else
			hear_ready(master);
	}
}

/* Progress. */

static void
announce(struct master *master)
{
	struct scoreboard *board = master->setup->board;
	char status[64];

	if (master->announced || master->stop_at != 0 ||
	    !pools_serve(&master->pools))
		return;
	master->announced = true;
	atomic_store(&board->loaded, clock_unix_ms());
	log_notice("Ready. pools=%zu pid=%d generation=%llu",
	           master->setup->pool_count, getpid(),
	           (unsigned long long)atomic_load(&board->age));
	snprintf(status, sizeof(status), "Generation %llu serves.",
	         (unsigned long long)atomic_load(&board->age));
	notify_status(status);
	notify_ready();
}

static void
turn(struct master *master)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(master->family.epoll, events, EVENTS, -1);

	for (int i = 0; i < count; i++)
		hear(master, &events[i]);
	go_on_stopping(master);
	if (master->changed)
		pools_scale(&master->pools);
	master->changed = false;
	announce(master);
}

/* Beginning and end. */

static bool
watch(struct master *master, int fd)
{
	struct epoll_event event = {
		.events = EPOLLIN,
		.data.u64 = POOL_EVENT(POOL_OTHER, 0, (unsigned)fd),
	};

	return fd >= 0 && epoll_ctl(master->family.epoll, EPOLL_CTL_ADD, fd,
	                            &event) == 0;
}

/* Whoever started us may ignore some of them, and we with it. */
static void
block_signals(sigset_t *heard)
{
	static const int numbers[] = { SIGCHLD, SIGTERM, SIGINT,
		                       SIGQUIT, SIGHUP,  SIGUSR1 };
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
	master->family.epoll = epoll_create1(EPOLL_CLOEXEC);
	master->family.ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	master->family.diag = queue_open();
	master->signals = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
	master->timer =
	    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return watch(master, master->signals) && watch(master, master->timer) &&
	       watch(master, master->family.ready) &&
	       timerfd_settime(master->timer, 0, &every, NULL) == 0;
}

static void
close_all(struct master *master)
{
	pools_close(&master->pools);
	close(master->signals);
	close(master->timer);
	close(master->family.ready);
	close(master->family.diag);
	close(master->family.epoll);
}

/* What is sent there comes to pool live. */
static int
find_parking(const struct master_setup *setup)
{
	for (size_t i = 0; i < setup->pool_count; i++)
		if (strcmp(setup->pools[i].config->name, LIVE_POOL) == 0)
			return setup->pools[i].handoff[1];
	return -1;
}

int
master_run(const struct master_setup *setup)
{
	struct master master = {
		.setup = setup,
		.signals = -1,
		.timer = -1,
		.family = { .parking = find_parking(setup),
		            .ready = -1,
		            .diag = -1,
		            .epoll = -1,
		            .config = setup->config,
		            .registry = setup->registry,
		            .terms = setup->terms,
		            .kept = setup->kept,
		            .board = setup->board },
		.pools = { .family = &master.family,
		           .entries = setup->pools,
		           .count = setup->pool_count },
		.changed = true,
	};
	bool opened;

	opened = worker_prepare() && open_events(&master) &&
	         pools_open(&master.pools, setup->from);
	if (opened) {
		handover_free(setup->from);
		reap_all(&master); /* who ended while nobody listened */
		while (!is_over(&master))
			turn(&master);
		log_notice("Stopped.");
	} else {
		log_error("Cannot start. error=\"%s\"", strerror(errno));
	}
	close_all(&master);
	return opened ? EXIT_SUCCESS : EXIT_FAILURE;
}
