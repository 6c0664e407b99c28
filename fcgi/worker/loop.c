/*
 * loop.c: one epoll set of the listener, the order to quit, and every
 * connection (edge-triggered: a read takes all that is there).
 */
#include "fcgi/worker/loop.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/worker/connection.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 64

/* Bounds on a peer, in ms. */
#define PATIENCE 5000     /* for the rest of half a request */
#define FIRST_PATIENCE 20 /* of an idle worker for the first bytes */

/*
 * How long, in ms, a worker leaves new connections to the others: when it has
 * many, and when it has no means to take one.
 */
#define SHYNESS 2
#define RECOVERY 100

struct loop {
	const struct loop_setup *setup;
	struct score *score;
	int epoll;
	TAILQ_HEAD(connections, connection) connections;
	uint64_t shy_until; /* 0: listener and handoff are watched */
	size_t incomplete;  /* connections that owe us bytes */
	bool quitting, failed;
};

/* Marks in epoll_data for what is no connection. */
static char is_listener, is_spare[LISTENER_SPARES], is_handoff, is_quit;

static bool
keeps_alive(const struct loop *loop)
{
	return loop->setup->service->pool->keep_alive;
}

/* With heirs we are about to be told to quit: nothing more is for us. */
static bool
has_heirs(const struct loop *loop)
{
	return atomic_load(&loop->score->heirs);
}

/* Watching. */

static bool
watch(struct loop *loop, int fd, uint32_t events, void *mark)
{
	struct epoll_event event = { .events = events, .data.ptr = mark };

	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/*
 * In a keep-alive pool every idle worker hears of a new connection, and the
 * one with the fewest takes it; elsewhere just one is woken.
 */
static bool
watch_sources(struct loop *loop)
{
	uint32_t events =
	    keeps_alive(loop) ? EPOLLIN : EPOLLIN | EPOLLEXCLUSIVE;

	bool watched =
	    watch(loop, loop->setup->listener, events, &is_listener) &&
	    watch(loop, loop->setup->handoff[0], events, &is_handoff);

	for (size_t i = 0; i < loop->setup->spares.count; i++)
		watched &= watch(loop, loop->setup->spares.fds[i], events,
		                 &is_spare[i]);
	return watched;
}

/* Leaves new connections to the others for a while. */
static void
shy_away(struct loop *loop, uint64_t ms)
{
	loop->shy_until = clock_now() + ms * CLOCK_NS_PER_MS;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->setup->listener, NULL);
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->setup->handoff[0], NULL);
	for (size_t i = 0; i < loop->setup->spares.count; i++)
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL,
		          loop->setup->spares.fds[i], NULL);
}

/* Connections. */

static void
count(struct loop *loop, int change)
{
	atomic_fetch_add_explicit(&loop->score->connections, (uint32_t)change,
	                          memory_order_relaxed);
}

static void
set_incomplete(struct loop *loop, struct connection *connection, uint64_t since)
{
	loop->incomplete -= connection->incomplete != 0;
	loop->incomplete += since != 0;
	connection->incomplete = since;
}

static void
forget(struct loop *loop, struct connection *connection)
{
	set_incomplete(loop, connection, 0);
	TAILQ_REMOVE(&loop->connections, connection, entry);
	connection_free(connection);
	count(loop, -1);
}

/* Another process may have it as well: then it would be heard of on. */
static void
drop(struct loop *loop, struct connection *connection)
{
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, connection->fd, NULL);
	close(connection->fd);
	forget(loop, connection);
}

static void
adopt(struct loop *loop, struct connection *connection)
{
	set_incomplete(loop, connection, clock_now());
	TAILQ_INSERT_TAIL(&loop->connections, connection, entry);
	count(loop, 1);
}

/* Serves a request if one is there.  False when the connection is gone. */
static bool
advance(struct loop *loop, struct connection *connection, enum gate gate)
{
	bool kept;

	switch (gate) {
	case GATE_PARTIAL:
		if (connection->have > 0 && connection->incomplete == 0)
			set_incomplete(loop, connection, clock_now());
		return true;
	case GATE_REFUSED:
		drop(loop, connection);
		return false;
	case GATE_WHOLE:
	case GATE_LARGE:
		break;
	}
	set_incomplete(loop, connection, 0);
	kept = serve_request(loop->setup->service, connection->fd);
	connection_served(connection);
	wear_check(loop->setup->wear);
	if (!kept)
		drop(loop, connection);
	return kept;
}

/* An idle worker waits a little for what nginx sends right after connecting. */
static void
welcome(struct loop *loop, struct connection *connection)
{
	struct pollfd readable = { .fd = connection->fd, .events = POLLIN };
	enum gate gate = connection_judge(connection);

	if (!watch(loop, connection->fd, EPOLLIN | EPOLLRDHUP | EPOLLET,
	           connection)) {
		log_error("Cannot watch a connection. error=\"%s\"", strerror(errno));
		drop(loop, connection);
		return;
	}
	if (gate == GATE_PARTIAL) {
		if (!keeps_alive(loop))
			poll(&readable, 1, FIRST_PATIENCE);
		gate = connection_read(connection);
	}
	advance(loop, connection, gate);
}

/* New connections. */

static bool
is_crowded(const struct loop *loop)
{
	return score_is_crowded(loop->score, loop->setup->siblings,
	                        loop->setup->sibling_count);
}

/* The listening socket that a mark stands for; -1: it is no such mark. */
static int
listener_of(const struct loop_setup *setup, const void *mark)
{
	if (mark == &is_listener)
		return setup->listener;
	for (size_t i = 0; i < setup->spares.count; i++)
		if (mark == &is_spare[i])
			return setup->spares.fds[i];
	return -1;
}

static void
take_one(struct loop *loop, const void *source)
{
	const struct loop_setup *setup = loop->setup;
	int listener = listener_of(setup, source);
	struct connection *connection =
	    listener >= 0 ? connection_accept(listener, setup->service->pool)
	                  : connection_inherit(setup->handoff[0]);

	if (connection != NULL) {
		adopt(loop, connection);
		welcome(loop, connection);
	} else if (errno != EAGAIN && errno != EINTR &&
	           errno != ECONNABORTED) {
		log_error("Cannot take a connection. error=\"%s\"",
		          strerror(errno));
		shy_away(loop, RECOVERY);
	}
}

/*
 * Where just one worker is woken, no other one may know of the connection: then
 * a worker that is about to leave takes it nevertheless.
 */
static void
hear_source(struct loop *loop, const void *source)
{
	if (loop->quitting && !has_heirs(loop))
		return;
	if (!keeps_alive(loop))
		take_one(loop, source);
	else if (!has_heirs(loop) && is_crowded(loop))
		shy_away(loop, SHYNESS);
	else if (!has_heirs(loop))
		take_one(loop, source);
}

/* Such as by a function that closes descriptors which are not its own. */
static void
fail(struct loop *loop, const char *call)
{
	log_error("Cannot watch connections. call=%s error=\"%s\"", call,
	          strerror(errno));
	loop->failed = loop->quitting = true;
}

/* Time. */

/* After the shyness a connection that no one else wanted is taken. */
static void
end_shyness(struct loop *loop, uint64_t now)
{
	if (loop->shy_until == 0 || now < loop->shy_until || loop->quitting)
		return;
	loop->shy_until = 0;
	if (watch_sources(loop)) {
		take_one(loop, &is_listener);
		if (loop->shy_until == 0)
			take_one(loop, &is_handoff);
	} else {
		fail(loop, "epoll_ctl");
	}
}

static void
drop_stalled(struct loop *loop, uint64_t now)
{
	struct connection *connection, *next;

	for (connection = TAILQ_FIRST(&loop->connections); connection != NULL;
	     connection = next) {
		next = TAILQ_NEXT(connection, entry);
		if (connection->incomplete != 0 &&
		    now > connection->incomplete + PATIENCE * CLOCK_NS_PER_MS)
			drop(loop, connection);
	}
}

static int
timeout(const struct loop *loop)
{
	if (loop->quitting)
		return 0;
	if (loop->shy_until != 0)
		return SHYNESS;
	return loop->incomplete > 0 ? PATIENCE / 4 : -1;
}

/* Events. */

static void
hear_connection(struct loop *loop, const struct epoll_event *event)
{
	struct connection *connection = event->data.ptr;

	if (has_heirs(loop))
		return;
	if (advance(loop, connection, connection_read(connection)) &&
	    (event->events & (EPOLLHUP | EPOLLERR)))
		drop(loop, connection);
}

static void
hear(struct loop *loop, const struct epoll_event *event)
{
	const void *mark = event->data.ptr;

	if (mark == &is_handoff || listener_of(loop->setup, mark) >= 0)
		hear_source(loop, mark);
	else if (mark != &is_quit)
		hear_connection(loop, event);
}

/* Told to quit, it is no longer one to whom others leave connections. */
static void
look_for_quit(struct loop *loop, const struct epoll_event *events, int ready)
{
	for (int i = 0; i < ready; i++)
		if (events[i].data.ptr == &is_quit)
			loop->quitting = true;
	if (loop->quitting)
		atomic_store(&loop->score->ready, false);
}

/*
 * Without heirs, one more round after the order to quit serves what had
 * arrived by then.
 */
static void
turn(struct loop *loop)
{
	struct epoll_event events[EVENTS];
	bool last;

	do {
		int ready = epoll_wait(loop->epoll, events, EVENTS,
		                       timeout(loop));
		uint64_t now;

		if (ready < 0 && errno != EINTR)
			fail(loop, "epoll_wait");
		last = loop->quitting && ready < EVENTS;
		look_for_quit(loop, events, ready);
		last = last || (loop->quitting && has_heirs(loop));
		for (int i = 0; i < ready; i++)
			hear(loop, &events[i]);
		if (loop->shy_until == 0 && loop->incomplete == 0)
			continue;
		now = clock_now();
		end_shyness(loop, now);
		drop_stalled(loop, now);
	} while (!last);
}

/* Every connection goes to the heirs, or ends. */
static void
part(struct loop *loop)
{
	bool heirs = has_heirs(loop) && !loop->failed;
	struct connection *connection;

	while ((connection = TAILQ_FIRST(&loop->connections)) != NULL) {
		if (heirs && !connection_bequeath(connection,
		                                  loop->setup->handoff[1]))
			log_error("Cannot hand a connection over. error=\"%s\"",
			          strerror(errno));
		drop(loop, connection);
	}
}

bool
loop_run(const struct loop_setup *setup)
{
	struct loop loop = { .setup = setup, .score = setup->service->score };

	TAILQ_INIT(&loop.connections);
	loop.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop.epoll < 0 ||
	    !watch(&loop, setup->quit, EPOLLIN, &is_quit) ||
	    !watch_sources(&loop)) {
		log_error("Cannot watch connections. error=\"%s\"",
		          strerror(errno));
		return false;
	}
	setup->begun(setup->context);
	turn(&loop);
	part(&loop);
	close(loop.epoll);
	return !loop.failed;
}
