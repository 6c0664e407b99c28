/*
 * broker.c: one epoll set of the listener, the order to quit, and everyone who
 * asks; what is done in a turn is broker_turn.c's.
 */
#include "fcgi/broker/broker.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/broker/broker_board.h"
#include "fcgi/broker/broker_store.h"
#include "fcgi/broker/broker_turn.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 256
#define ACCEPTS 64          /* connections that are taken at a time */
#define RECOVERY 100        /* ms, when there are no means to take one */
#define LAST_WORDS 1000     /* ms, at the end, for answers to be read */

/*
 * Who was just answered often asks again at once.  If others have asked
 * meanwhile, waiting so long, in ns, makes one commit of two; it is short
 * beside a commit.
 */
#define GATHER (300 * UINT64_C(1000))

/*
 * Who was answered may ask again through another worker, but not so soon, in
 * ns: what comes sooner than this after a turn is somebody else's question.
 */
#define SOON (50 * UINT64_C(1000))

struct broker {
	const struct worker *worker;
	struct broker_state state;
	struct broker_store store;
	struct broker_connections connections;
	int epoll, quit;
	uint64_t deaf_until; /* clock_now; 0: the listeners are watched */
	uint64_t complained; /* of connections; see broker_may_complain */
	uint64_t ended;      /* when the last turn was over; clock_now */
	size_t heard;        /* who has asked since then ... */
	size_t others;       /* ... and is known to be none of its askers */
	bool quitting, failed;
};

/* Marks in epoll_data for what is no connection. */
static char is_listener, is_quit;

/* Watching. */

static bool
watch(const struct broker *broker, int fd, void *mark)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = mark };

	return epoll_ctl(broker->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
watch_listeners(const struct broker *broker)
{
	const struct worker *worker = broker->worker;
	bool watched = watch(broker, worker->listener, &is_listener);

	for (size_t i = 0; i < worker->spares.count; i++)
		watched &= watch(broker, worker->spares.fds[i], &is_listener);
	return watched;
}

static void
ignore_listeners(const struct broker *broker)
{
	const struct worker *worker = broker->worker;

	epoll_ctl(broker->epoll, EPOLL_CTL_DEL, worker->listener, NULL);
	for (size_t i = 0; i < worker->spares.count; i++)
		epoll_ctl(broker->epoll, EPOLL_CTL_DEL, worker->spares.fds[i],
		          NULL);
}

static void
fail(struct broker *broker, const char *call)
{
	log_error("Cannot watch connections. call=%s error=\"%s\"", call,
	          strerror(errno));
	broker->failed = broker->quitting = true;
}

/* Connections. */

static void
drop(struct broker *broker, struct broker_connection *connection)
{
	broker_state_leave(&broker->state, connection);
	TAILQ_REMOVE(&broker->connections, connection, entry);
	broker_connection_free(connection);
}

static void
adopt(struct broker *broker, struct broker_connection *connection)
{
	connection->events = EPOLLIN;
	TAILQ_INSERT_TAIL(&broker->connections, connection, entry);
	if (!watch(broker, connection->fd, connection)) {
		log_error("Cannot watch a connection. error=\"%s\"",
		          strerror(errno));
		drop(broker, connection);
	}
}

/* 0, or for what they wait in the backlog for a moment, such as EMFILE. */
static int
take_from(struct broker *broker, int listener)
{
	struct broker_connection *connection;

	for (int i = 0; i < ACCEPTS; i++) {
		connection = broker_connection_accept(listener);
		if (connection == NULL)
			return errno == EAGAIN || errno == EINTR ||
			               errno == ECONNABORTED
			           ? 0
			           : errno;
		adopt(broker, connection);
	}
	return 0;
}

static void
take(struct broker *broker)
{
	const struct worker *worker = broker->worker;
	int error = take_from(broker, worker->listener);

	for (size_t i = 0; i < worker->spares.count; i++)
		if (error == 0)
			error = take_from(broker, worker->spares.fds[i]);
	if (error == 0)
		return;
	if (broker_may_complain(&broker->complained))
		log_error("Cannot take a connection. error=\"%s\"",
		          strerror(error));
	ignore_listeners(broker);
	broker->deaf_until = clock_now() + RECOVERY * CLOCK_NS_PER_MS;
}

static void
end_deafness(struct broker *broker)
{
	if (broker->deaf_until == 0 || clock_now() < broker->deaf_until)
		return;
	broker->deaf_until = 0;
	if (!watch_listeners(broker))
		fail(broker, "epoll_ctl");
}

/* Who has whole messages that wait is not read further. */
static void
hear(struct broker *broker, struct broker_connection *connection)
{
	if (connection->is_ready)
		return;
	broker_connection_read(connection);
	if (!broker_connection_has(connection))
		return;
	broker->heard++;
	broker->others += connection->turn != broker->state.turn &&
	                  (connection->runs ||
	                   clock_now() < broker->ended + SOON);
	connection->is_ready = true;
	TAILQ_INSERT_TAIL(&broker->state.ready, connection, ready);
}

/*
 * One that has ended is not heard of again, or epoll would tell of it for ever;
 * what it has said is heard to the end.
 */
static void
rewatch(struct broker *broker, struct broker_connection *connection)
{
	struct epoll_event event = { .data.ptr = connection };

	if (!connection->is_ready && !connection->ended)
		event.events |= EPOLLIN;
	if (byte_queue_length(&connection->out) > 0)
		event.events |= EPOLLOUT;
	if (event.events == connection->events)
		return;
	connection->events = event.events;
	if (epoll_ctl(broker->epoll, EPOLL_CTL_MOD, connection->fd, &event) !=
	    0)
		connection->dropped = true;
}

/* Sends what is new, and ends what has ended. */
static void
attend(struct broker *broker)
{
	struct broker_connection *connection, *next;

	for (connection = TAILQ_FIRST(&broker->connections); connection != NULL;
	     connection = next) {
		next = TAILQ_NEXT(connection, entry);
		if (!connection->dropped)
			broker_connection_flush(connection);
		rewatch(broker, connection);
		if (connection->dropped ||
		    (connection->ended && !connection->is_ready))
			drop(broker, connection);
	}
}

/* Turns. */

static int
earlier(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* How long to wait for something to be heard, in ms; -1: for ever. */
static int
timeout(const struct broker *broker)
{
	const struct broker_moment now = { clock_now(),
		                           (int64_t)clock_unix_ms() };
	int ms;

	if (broker->quitting || !TAILQ_EMPTY(&broker->state.ready))
		return 0;
	ms = broker->store.store == NULL
	         ? broker_store_timeout(&broker->store)
	         : broker_upkeep_timeout(&broker->state.upkeep, now);
	return earlier(ms, broker->deaf_until == 0 ? -1 : RECOVERY);
}

/* How much there was to hear: EVENTS: there may be more. */
static int
listen_for(struct broker *broker, const struct timespec *time)
{
	struct epoll_event events[EVENTS];
	int ready = epoll_pwait2(broker->epoll, events, EVENTS, time, NULL);

	if (ready < 0 && errno != EINTR)
		fail(broker, "epoll_pwait2");
	for (int i = 0; i < ready; i++) {
		void *mark = events[i].data.ptr;

		if (mark == &is_quit)
			broker->quitting = true;
		else if (mark == &is_listener)
			take(broker);
		else
			hear(broker, mark);
	}
	return ready;
}

static int
listen_once(struct broker *broker)
{
	int ms = timeout(broker);
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	broker->heard = broker->others = 0;
	return listen_for(broker, ms < 0 ? NULL : &time);
}

static bool
expects_more(const struct broker *broker)
{
	return !broker->quitting && broker->state.wrote && broker->heard > 0 &&
	       broker->heard < broker->state.answered + broker->others;
}

static void
gather(struct broker *broker)
{
	uint64_t until = broker->ended + GATHER, now = clock_now();

	while (expects_more(broker) && now < until) {
		const struct timespec time = { .tv_nsec = (long)(until - now) };

		if (listen_for(broker, &time) <= 0)
			break;
		now = clock_now();
	}
}

static void
use_store(struct broker *broker)
{
	bool was_open = broker->store.store != NULL;

	broker_store_open(&broker->store);
	if (!was_open && broker->store.store != NULL)
		broker->state.upkeep.finished = broker_board_count(
		    broker->worker->board, broker->store.store);
	broker->state.store = broker->store.store;
	atomic_store(&broker->worker->board->jobs_open,
	             broker->store.store != NULL);
	broker->state.reason = BROKER_STORE_CLOSED;
}

static int
turn(struct broker *broker)
{
	int ready = listen_once(broker);

	gather(broker);
	end_deafness(broker);
	use_store(broker);
	log_hold(); /* until those who wait have their answers */
	broker_turn(&broker->state, broker->quitting);
	attend(broker);
	log_release();
	broker->ended = clock_now();
	return ready;
}

/* The end. */

/* Who has an answer to come may read it yet. */
static void
send_last_words(struct broker *broker)
{
	uint64_t end = clock_now() + LAST_WORDS * CLOCK_NS_PER_MS;
	struct broker_connection *connection;

	TAILQ_FOREACH(connection, &broker->connections, entry)
		while (byte_queue_length(&connection->out) > 0 &&
		       !connection->dropped && clock_now() < end) {
			struct pollfd writable = { .fd = connection->fd,
				                   .events = POLLOUT };

			poll(&writable, 1, 10);
			broker_connection_flush(connection);
		}
}

/*
 * What has arrived is answered.  New connections are left to the next broker,
 * and so are the runs of those that are closed.
 */
static void
part(struct broker *broker)
{
	int ready;

	ignore_listeners(broker);
	do
		ready = turn(broker);
	while (ready == EVENTS || !TAILQ_EMPTY(&broker->state.ready));
	send_last_words(broker);
	while (!TAILQ_EMPTY(&broker->connections))
		drop(broker, TAILQ_FIRST(&broker->connections));
	broker_store_close(&broker->store);
	broker_state_free(&broker->state);
	close(broker->epoll);
}

static bool
begin(struct broker *broker, struct service *service)
{
	const struct worker *worker = broker->worker;

	TAILQ_INIT(&broker->connections);
	broker_state_init(&broker->state, worker->config, worker->board);
	broker_store_init(&broker->store, worker->config);
	broker->state.arena = service->arena;
	broker->state.age = atomic_load(&worker->score->age);
	broker->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (broker->epoll >= 0 && watch(broker, broker->quit, &is_quit) &&
	    watch_listeners(broker))
		return true;
	log_error("Cannot watch connections. error=\"%s\"", strerror(errno));
	return false;
}

bool
broker_run(const struct worker *worker, struct service *service, int quit)
{
	struct broker broker = { .worker = worker, .quit = quit };

	if (!begin(&broker, service))
		return false;
	use_store(&broker);
	worker_begun(worker);
	while (!broker.quitting)
		turn(&broker);
	part(&broker);
	return !broker.failed;
}
