/*
 * loop.c: one epoll set of the listener, the order to quit, and every
 * connection (edge-triggered: a read takes all that is there).
 */
#include "fcgi/loop.h"

#include "fcgi/clock.h"
#include "fcgi/feed.h"
#include "fcgi/gate.h"
#include "fcgi/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define EVENTS 64
#define MS UINT64_C(1000000)

/* Bounds on a peer, in ms. */
#define PATIENCE 5000     /* for the rest of half a request */
#define FIRST_PATIENCE 20 /* of an idle worker for the first bytes */
#define IO_TIMEOUT 2      /* s, for one read or write to go on */

/*
 * How long, in ms, a worker leaves new connections to the others: when it has
 * many, and when it has no means to take one.
 */
#define SHYNESS 2
#define RECOVERY 100

struct connection {
	TAILQ_ENTRY(connection) entry;
	int fd;
	uint64_t incomplete; /* since when it owes us bytes; 0: it does not */
	unsigned char *stash; /* half a request, of GATE_WINDOW; or NULL */
	size_t have;          /* bytes of it */
};

struct loop {
	const struct loop_setup *setup;
	int epoll;
	TAILQ_HEAD(connections, connection) connections;
	uint64_t shy_until; /* 0: the listener is watched */
	size_t incomplete;  /* connections that owe us bytes */
	bool quitting, failed;
};

/* Marks in epoll_data for what is no connection. */
static char is_listener, is_quit;

static bool
keeps_alive(const struct loop *loop)
{
	return loop->setup->service->pool->keep_alive;
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
watch_listener(struct loop *loop)
{
	return watch(loop, loop->setup->listener,
	             keeps_alive(loop) ? EPOLLIN : EPOLLIN | EPOLLEXCLUSIVE,
	             &is_listener);
}

/* Connections. */

static void
count(struct loop *loop, int change)
{
	atomic_fetch_add_explicit(&loop->setup->service->score->connections,
	                          (uint32_t)change, memory_order_relaxed);
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
	free(connection->stash);
	free(connection);
	count(loop, -1);
}

static void
drop(struct loop *loop, struct connection *connection)
{
	close(connection->fd);
	forget(loop, connection);
}

static struct connection *
adopt(struct loop *loop, int fd)
{
	const struct timeval timeout = { .tv_sec = IO_TIMEOUT };
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL ||
	    !watch(loop, fd, EPOLLIN | EPOLLRDHUP | EPOLLET, connection)) {
		log_error("Cannot take a connection. error=\"%s\"",
		          strerror(errno));
		free(connection);
		close(fd);
		return NULL;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	connection->fd = fd;
	set_incomplete(loop, connection, clock_now());
	TAILQ_INSERT_TAIL(&loop->connections, connection, entry);
	count(loop, 1);
	return connection;
}

/*
 * Reads what is there, into a window that all connections share; half a
 * request moves to a stash of its own until the rest comes.
 */
static enum gate
receive(struct connection *connection)
{
	static unsigned char window[GATE_WINDOW];
	unsigned char *bytes = connection->stash ? connection->stash : window;
	ssize_t length = recv(connection->fd, bytes + connection->have,
	                      GATE_WINDOW - connection->have, MSG_DONTWAIT);
	enum gate gate;

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return GATE_PARTIAL;
	if (length <= 0)
		return GATE_REFUSED;
	connection->have += (size_t)length;
	gate = gate_judge(bytes, connection->have);
	if (gate == GATE_PARTIAL && connection->stash == NULL) {
		connection->stash = malloc(GATE_WINDOW);
		if (connection->stash == NULL)
			return GATE_REFUSED;
		memcpy(connection->stash, window, connection->have);
	}
	if (gate == GATE_WHOLE || gate == GATE_LARGE)
		feed_begin(bytes, connection->have);
	return gate;
}

static void
empty_stash(struct connection *connection)
{
	free(connection->stash);
	connection->stash = NULL;
	connection->have = 0;
}

/* Serves a request if one is there.  False when the connection is gone. */
static bool
advance(struct loop *loop, struct connection *connection)
{
	bool kept;

	switch (receive(connection)) {
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
	empty_stash(connection);
	if (!kept)
		forget(loop, connection);
	return kept;
}

/* An idle worker waits a little for what nginx sends right after connecting. */
static void
welcome(struct loop *loop, struct connection *connection)
{
	struct pollfd readable = { .fd = connection->fd, .events = POLLIN };

	if (!keeps_alive(loop))
		poll(&readable, 1, FIRST_PATIENCE);
	advance(loop, connection);
}

/* Accepting. */

/* Whether another worker that is free has fewer connections than we. */
static bool
is_crowded(const struct loop *loop)
{
	const struct loop_setup *setup = loop->setup;
	uint32_t mine = atomic_load_explicit(&setup->service->score->connections,
	                                     memory_order_relaxed);

	for (size_t i = 0; i < setup->sibling_count; i++) {
		const struct score *other = &setup->siblings[i];

		if (atomic_load_explicit(&other->ready,
		                         memory_order_relaxed) &&
		    atomic_load_explicit(&other->since,
		                         memory_order_relaxed) == 0 &&
		    atomic_load_explicit(&other->connections,
		                         memory_order_relaxed) < mine)
			return true;
	}
	return false;
}

/* Leaves the listener alone for a while. */
static void
shy_away(struct loop *loop, uint64_t ms)
{
	loop->shy_until = clock_now() + ms * MS;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->setup->listener, NULL);
}

static void
accept_one(struct loop *loop)
{
	int fd = accept4(loop->setup->listener, NULL, NULL, SOCK_CLOEXEC);
	struct connection *connection;

	if (fd >= 0) {
		connection = adopt(loop, fd);
		if (connection != NULL)
			welcome(loop, connection);
	} else if (errno != EAGAIN && errno != EINTR &&
	           errno != ECONNABORTED) {
		log_error("Cannot accept a connection. error=\"%s\"",
		          strerror(errno));
		shy_away(loop, RECOVERY);
	}
}

static void
hear_listener(struct loop *loop)
{
	if (keeps_alive(loop) && is_crowded(loop))
		shy_away(loop, SHYNESS);
	else
		accept_one(loop);
}

/* Time. */

/* After the shyness a connection that no one else wanted is taken. */
static void
end_shyness(struct loop *loop, uint64_t now)
{
	if (loop->shy_until == 0 || now < loop->shy_until)
		return;
	loop->shy_until = 0;
	if (watch_listener(loop)) {
		accept_one(loop);
	} else {
		log_error("Cannot watch for connections. error=\"%s\"",
		          strerror(errno));
		loop->failed = loop->quitting = true;
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
		    now > connection->incomplete + PATIENCE * MS)
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
hear(struct loop *loop, const struct epoll_event *event)
{
	struct connection *connection = event->data.ptr;

	if (event->data.ptr == &is_listener) {
		if (!loop->quitting)
			hear_listener(loop);
	} else if (event->data.ptr == &is_quit) {
		loop->quitting = true;
	} else if (advance(loop, connection) &&
	           (event->events & (EPOLLHUP | EPOLLERR))) {
		drop(loop, connection);
	}
}

/* One more round after the order to quit serves what had arrived by then. */
static void
turn(struct loop *loop)
{
	struct epoll_event events[EVENTS];
	bool last;

	do {
		int ready = epoll_wait(loop->epoll, events, EVENTS,
		                       timeout(loop));
		uint64_t now;

		last = loop->quitting && ready < EVENTS;
		for (int i = 0; i < ready; i++)
			hear(loop, &events[i]);
		if (loop->shy_until == 0 && loop->incomplete == 0)
			continue;
		now = clock_now();
		end_shyness(loop, now);
		drop_stalled(loop, now);
	} while (!last);
}

bool
loop_run(const struct loop_setup *setup)
{
	struct loop loop = { .setup = setup };
	struct connection *connection;

	TAILQ_INIT(&loop.connections);
	loop.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop.epoll < 0 ||
	    !watch(&loop, setup->quit, EPOLLIN, &is_quit) ||
	    !watch_listener(&loop)) {
		log_error("Cannot watch connections. error=\"%s\"",
		          strerror(errno));
		return false;
	}
	turn(&loop);
	while ((connection = TAILQ_FIRST(&loop.connections)) != NULL)
		drop(&loop, connection);
	close(loop.epoll);
	return !loop.failed;
}
