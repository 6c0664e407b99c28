/*
 * loop.c: one epoll set of the listener, the order to quit, and every
 * connection (edge-triggered, since half a request stays readable).
 */
#include "fcgi/loop.h"

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

/* How long a worker with many connections leaves a new one to the others. */
#define SHYNESS 2

struct connection {
	TAILQ_ENTRY(connection) entry;
	int fd;
	uint64_t incomplete; /* since when it owes us bytes; 0: it does not */
};

struct loop {
	const struct loop_setup *setup;
	int epoll;
	TAILQ_HEAD(connections, connection) connections;
	uint64_t shy_until; /* 0: the listener is watched */
	size_t incomplete;  /* connections that owe us bytes */
	bool quitting;
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
	set_incomplete(loop, connection, scoreboard_clock());
	TAILQ_INSERT_TAIL(&loop->connections, connection, entry);
	count(loop, 1);
	return connection;
}

/* What waits on a connection, without taking it. */
static enum gate
look(int fd)
{
	static unsigned char window[GATE_WINDOW];
	ssize_t length =
	    recv(fd, window, sizeof(window), MSG_PEEK | MSG_DONTWAIT);

	if (length > 0)
		return gate_judge(window, (size_t)length);
	return length < 0 && (errno == EAGAIN || errno == EINTR)
	           ? GATE_PARTIAL
	           : GATE_REFUSED;
}

/* Serves a request if one is there.  False when the connection is gone. */
static bool
advance(struct loop *loop, struct connection *connection)
{
	switch (look(connection->fd)) {
	case GATE_PARTIAL:
		return true;
	case GATE_REFUSED:
		drop(loop, connection);
		return false;
	case GATE_WHOLE:
	case GATE_LARGE:
		break;
	}
	set_incomplete(loop, connection, 0);
	if (serve_request(loop->setup->service, connection->fd))
		return true;
	forget(loop, connection);
	return false;
}

/* An idle worker waits a little for what nginx sends right after connecting. */
static void
welcome(struct loop *loop, struct connection *connection)
{
	uint64_t end = scoreboard_clock() + FIRST_PATIENCE * MS;
	struct pollfd readable = { .fd = connection->fd, .events = POLLIN };

	while (advance(loop, connection) && connection->incomplete != 0) {
		uint64_t now = scoreboard_clock();

		if (keeps_alive(loop) || now >= end ||
		    poll(&readable, 1, (int)((end - now) / MS) + 1) <= 0)
			return;
	}
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

static void
accept_one(struct loop *loop)
{
	struct connection *connection;
	int fd = accept4(loop->setup->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			log_error("Cannot accept a connection. error=\"%s\"",
			          strerror(errno));
		return;
	}
	connection = adopt(loop, fd);
	if (connection != NULL)
		welcome(loop, connection);
}

static void
hear_listener(struct loop *loop)
{
	if (keeps_alive(loop) && is_crowded(loop)) {
		loop->shy_until = scoreboard_clock() + SHYNESS * MS;
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->setup->listener,
		          NULL);
		return;
	}
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
	accept_one(loop);
	watch_listener(loop);
}

static void
drop_stalled(struct loop *loop, uint64_t now)
{
	struct connection *connection, *next;

	for (connection = TAILQ_FIRST(&loop->connections); connection != NULL;
	     connection = next) {
		next = TAILQ_NEXT(connection, entry);
		if (connection->incomplete != 0 &&
		    now - connection->incomplete > PATIENCE * MS)
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

		last = loop->quitting;
		for (int i = 0; i < ready; i++)
			hear(loop, &events[i]);
		if (loop->shy_until == 0 && loop->incomplete == 0)
			continue;
		now = scoreboard_clock();
		end_shyness(loop, now);
		drop_stalled(loop, now);
	} while (!last);
}

void
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
		return;
	}
	turn(&loop);
	while ((connection = TAILQ_FIRST(&loop.connections)) != NULL)
		drop(&loop, connection);
	close(loop.epoll);
}
