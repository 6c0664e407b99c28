/*
 * live.c: the loop: listening sockets, which are the master's, time, the
 * broker, and the order to quit.
 *
 * In a loop of libuv's, for whose epoll set ten thousand silent clients cost
 * nothing; libwebsockets runs in it as well.
 */
#include "fcgi/live/live.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/live/live_parked.h"
#include "fcgi/live/live_sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <uv.h>

#define LISTENERS (1 + LISTENER_SPARES)
/*
 * Connections taken in a row: far fewer than those that may have a header table
 * (live_sockets.c), for which others would wait in a list that is gone through
 * for each.
 */
#define ACCEPTS 32
#define HEARD 256     /* events of clients taken in a row */
#define FAREWELL 1000 /* ms that clients have to take our leave */
#define PAUSE 100     /* ms until what failed is tried again ... */
#define SILENCE 10000 /* ... and that it is not logged again */

struct live {
	const struct worker *worker;
	uv_loop_t loop;
	uv_poll_t listeners[LISTENERS], handoff; /* what clients come by */
	uv_poll_t quit, peers, leavers;
	uv_prepare_t turn;
	uv_timer_t timer;
	struct live_crowd crowd;
	struct live_sockets sockets;
	struct live_parked parked;
	unsigned broker;  /* which connection to it is watched ... */
	bool broker_full; /* ... and whether to be written to */
	/* In ms of Unix time; 0: not yet. */
	int64_t end;      /* when we go at the latest */
	int64_t paused;   /* until when no connections are taken */
	int64_t silent;   /* until when a failure is not logged */
};

static void hear_listener(uv_poll_t *handle, int status, int events);
static void hear_handoff(uv_poll_t *handle, int status, int events);

/* Time. */

/* It only ends the wait; see plan. */
static void
hear_timer(uv_timer_t *timer)
{
	(void)timer;
}

/* What goes on failing would fill the log. */
static void
log_failure(struct live *live, const char *sentence)
{
	int err = errno;
	int64_t now = (int64_t)clock_unix_ms();

	if (now < live->silent && live->silent <= now + SILENCE)
		return;
	live->silent = now + SILENCE;
	log_error("%s error=\"%s\"", sentence, strerror(err));
}

/*
 * The broker's connection, which may be another one than it was.  False, and
 * without it, when it cannot be watched.
 */
static bool
watch_broker(struct live *live)
{
	struct live_link *link = &live->crowd.jobs.link;
	bool full = live_link_is_full(link);
	struct epoll_event event = { .events = EPOLLIN | (full ? EPOLLOUT : 0),
		                     .data.ptr = live };
	int change = link->opened == live->broker ? EPOLL_CTL_MOD
	                                          : EPOLL_CTL_ADD;

	if (link->fd < 0 ||
	    (change == EPOLL_CTL_MOD && full == live->broker_full))
		return true;
	live->broker = link->opened;
	live->broker_full = full;
	if (epoll_ctl(live->sockets.epoll, change, link->fd, &event) == 0)
		return true;
	log_failure(live, "Cannot watch the broker.");
	live_link_close(link);
	return false;
}

/* New connections are heard of, or no longer. */
static void
listen_to(struct live *live, bool clients)
{
	for (size_t i = 0; i <= live->worker->spares.count; i++) {
		if (clients)
			uv_poll_start(&live->listeners[i], UV_READABLE,
			              hear_listener);
		else
			uv_poll_stop(&live->listeners[i]);
	}
	if (clients)
		uv_poll_start(&live->handoff, UV_READABLE, hear_handoff);
	else
		uv_poll_stop(&live->handoff);
}

/* A clock that was set back does not make it longer. */
static void
end_pause(struct live *live, int64_t now)
{
	if (live->paused == 0 ||
	    (now < live->paused && live->paused <= now + PAUSE))
		return;
	live->paused = 0;
	listen_to(live, true);
}

/* After a stop: everyone is answered, or has had time enough. */
static bool
is_over(const struct live *live, int64_t now)
{
	return live->end != 0 &&
	       ((live->sockets.count == 0 &&
	         live_timers_next(&live->parked.timers) == NULL) ||
	        now >= live->end);
}

/*
 * Does what is due, and decides how long to wait for more.  libuv calls it when
 * its own timers are over and the wait is to begin: one that was set before
 * could have its time in between, and nothing would end the wait.
 */
static void
plan(uv_prepare_t *handle)
{
	struct live *live = handle->data;
	int64_t now = (int64_t)clock_unix_ms();
	int64_t next = live_timers_sooner(live_crowd_tick(&live->crowd, now),
	                                  live_parked_tick(&live->parked, now));

	if (is_over(live, now))
		uv_stop(&live->loop);
	if (!watch_broker(live))
		next = live_timers_sooner(next, now + PAUSE);
	end_pause(live, now);
	next = live_timers_sooner(next, live->end);
	next = live_timers_sooner(next, live->paused);
	uv_update_time(&live->loop);
	if (next != 0)
		uv_timer_start(&live->timer, hear_timer,
		               next > now ? (uint64_t)(next - now) : 0, 0);
}

/* New connections. */

/*
 * Of one that cannot be taken the listener goes on telling: whatever is missing
 * is waited for, and no longer asked about.
 */
static void
pause_listening(struct live *live)
{
	log_failure(live, "Cannot take connections.");
	live->paused = (int64_t)clock_unix_ms() + PAUSE;
	listen_to(live, false);
}

static void
hear_listener(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;
	uv_os_fd_t listener;

	(void)status;
	(void)events;
	if (uv_fileno((uv_handle_t *)handle, &listener) != 0)
		return;
	for (int i = 0; i < ACCEPTS; i++) {
		int fd = accept4(listener, NULL, NULL,
		                 SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0)
			live_sockets_adopt(&live->sockets, fd);
		else if (errno == EAGAIN)
			return;
		else if (errno != EINTR && errno != ECONNABORTED) {
			pause_listening(live);
			return;
		}
	}
}

static void
hear_handoff(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;
	int receiver = live->worker->handoff[0];
	bool taken = true;

	(void)status;
	(void)events;
	for (int i = 0; taken && i < ACCEPTS; i++)
		taken = live_parked_take(&live->parked, receiver);
	if (!taken && errno != EAGAIN && errno != EINTR)
		pause_listening(live);
}

static void
hear_leavers(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;

	(void)status;
	(void)events;
	live_parked_hear(&live->parked);
}

/* Of a client there is nothing to hear, but that it has left. */
static void
hear_peers(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;
	struct epoll_event heard[HEARD];
	int count = epoll_wait(live->sockets.epoll, heard, HEARD, 0);

	(void)status;
	(void)events;
	for (int i = 0; i < count; i++) {
		if (heard[i].data.ptr == live)
			live_jobs_hear(&live->crowd.jobs);
		else
			live_sockets_hang_up(heard[i].data.ptr);
	}
}

/*
 * With heirs, everyone goes to them; else new clients are heard until the last
 * one is answered.  Whoever parks has ended before us by then.
 */
static void
hear_quit(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;
	struct score *score = live->worker->score;
	bool heirs = atomic_load(&score->heirs);

	(void)status;
	(void)events;
	uv_poll_stop(handle);
	atomic_store(&score->ready, false);
	live->end = INT64_MAX;
	if (heirs) {
		listen_to(live, false);
		live->paused = 0;
		live->end = (int64_t)clock_unix_ms() + FAREWELL;
		live_parked_bequeath(&live->parked, live->worker->handoff[1]);
	} else {
		while (live_parked_take(&live->parked, live->worker->handoff[0]))
			continue;
	}
	live_crowd_enter(&live->crowd, heirs ? LIVE_REPLACED : LIVE_STOPPING);
}

/* Setting up. */

static bool
watch(struct live *live, uv_poll_t *handle, int fd, uv_poll_cb callback)
{
	handle->data = live;
	return uv_poll_init(&live->loop, handle, fd) == 0 &&
	       uv_poll_start(handle, UV_READABLE, callback) == 0;
}

static bool
watch_sources(struct live *live, int quit)
{
	const struct worker *worker = live->worker;
	bool watched = watch(live, &live->quit, quit, hear_quit) &&
	               watch(live, &live->peers, live->sockets.epoll, hear_peers) &&
	               watch(live, &live->leavers, live->parked.epoll,
	                     hear_leavers) &&
	               watch(live, &live->handoff, worker->handoff[0],
	                     hear_handoff) &&
	               watch(live, &live->listeners[0], worker->listener,
	                     hear_listener);

	for (size_t i = 0; i < worker->spares.count; i++)
		watched = watched && watch(live, &live->listeners[i + 1],
		                           worker->spares.fds[i],
		                           hear_listener);
	live->turn.data = live;
	return watched && uv_timer_init(&live->loop, &live->timer) == 0 &&
	       uv_prepare_init(&live->loop, &live->turn) == 0 &&
	       uv_prepare_start(&live->turn, plan) == 0;
}

static void
open_crowd(struct live *live, struct mr_arena *arena)
{
	const struct config *config = live->worker->config;
	const struct pool_config *pool = config_pool(config, BROKER_POOL);
	char place[CONFIG_SOCKET_PATH] = "";

	if (pool != NULL)
		config_socket(config, pool, place);
	live_crowd_init(&live->crowd, live_sockets_wake);
	live->crowd.jobs.changed = live_client_changed;
	live_jobs_init(&live->crowd.jobs, place, live->worker->board, arena);
}

static bool
open_live(struct live *live, struct mr_arena *arena, int quit)
{
	open_crowd(live, arena);
	live->sockets = (struct live_sockets){
		.crowd = &live->crowd,
		.arena = arena,
		.epoll = epoll_create1(EPOLL_CLOEXEC),
	};
	return live->sockets.epoll >= 0 && live_parked_open(&live->parked) &&
	       uv_loop_init(&live->loop) == 0 &&
	       live_sockets_open(&live->sockets, &live->loop) &&
	       watch_sources(live, quit);
}

bool
live_run(const struct worker *worker, struct service *service, int quit)
{
	static struct live live;

	live.worker = worker;
	if (!open_live(&live, service->arena, quit)) {
		log_error("Cannot watch connections. error=\"%s\"",
		          strerror(errno));
		return false;
	}
	worker_begun(worker);
	uv_run(&live.loop, UV_RUN_DEFAULT);
	live_parked_free(&live.parked);
	live_crowd_free(&live.crowd);
	return true;
}
