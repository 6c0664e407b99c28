/*
 * broker_client.c: one question, one reply, over a connection that is made
 * anew whenever it has ended.
 */
#include "fcgi/wire/broker_client.h"

#include "fcgi/base/clock.h"
#include "fcgi/board/scoreboard.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PAUSE 10 /* ms, before a broker that is not there is looked for again */

/* How a step ended; after a break a new connection may help. */
enum step { STEP_DONE, STEP_BROKEN, STEP_LATE, STEP_CANCELLED, STEP_MEMORY };

struct asking {
	struct broker_client *client;
	struct mr_arena *arena;
	uint64_t until; /* by clock_now; UINT64_MAX: for ever */
};

void
broker_client_init(struct broker_client *client, const char *place)
{
	client->fd = client->quit = -1;
	client->patience = BROKER_PATIENCE;
	snprintf(client->place, sizeof(client->place), "%s", place);
}

bool
broker_client_find(struct broker_client *client, const struct config *config)
{
	const struct pool_config *pool = config_pool(config, BROKER_POOL);
	char place[CONFIG_SOCKET_PATH];
	bool found = pool != NULL && config_socket(config, pool, place);

	broker_client_init(client, found ? place : "");
	return found;
}

void
broker_client_close(struct broker_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

/* ms that are left, for poll. */
static int
left(const struct asking *asking)
{
	uint64_t now = clock_now();

	if (asking->until == UINT64_MAX)
		return -1;
	if (now >= asking->until)
		return 0;
	return (int)((asking->until - now) / CLOCK_NS_PER_MS) + 1;
}

static bool
is_late(const struct asking *asking)
{
	return asking->until != UINT64_MAX && clock_now() >= asking->until;
}

/* Until fd, -1: none, has these events, or for so long. */
static enum step
await(const struct asking *asking, int fd, short events, int timeout)
{
	struct pollfd fds[] = { { .fd = fd, .events = events },
		                { .fd = asking->client->quit,
		                  .events = POLLIN } };
	int ready = poll(fds, 2, timeout);

	/* What has come is taken first: it may be a job. */
	if (ready > 0 && fds[0].revents == 0 && fds[1].revents != 0)
		return STEP_CANCELLED;
	if (ready > 0 || (ready < 0 && errno == EINTR))
		return STEP_DONE;
	return is_late(asking) ? STEP_LATE : STEP_DONE;
}

/* With a unix socket that is done at once or not at all. */
int
broker_client_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                0);
	int error;

	score_copy_text(address.sun_path, path, sizeof(address.sun_path));
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address,
	                      sizeof(address)) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool
try_connect(struct broker_client *client)
{
	client->fd = broker_client_connect(client->place);
	return client->fd >= 0;
}

static enum step
connect_client(const struct asking *asking)
{
	enum step step = STEP_DONE;

	while (step == STEP_DONE && asking->client->fd < 0 &&
	       !try_connect(asking->client))
		step = is_late(asking) ? STEP_LATE
		                       : await(asking, -1, 0, PAUSE);
	return step;
}

/* What a failed send or receive means. */
static enum step
judge_failure(const struct asking *asking, short events)
{
	if (errno == EINTR)
		return STEP_DONE;
	if (errno != EAGAIN)
		return STEP_BROKEN;
	return await(asking, asking->client->fd, events, left(asking));
}

static enum step
send_all(const struct asking *asking, struct mr_string bytes)
{
	enum step step = STEP_DONE;
	size_t sent = 0;

	while (step == STEP_DONE && sent < bytes.length) {
		ssize_t got = send(asking->client->fd, bytes.data + sent,
		                   bytes.length - sent, MSG_NOSIGNAL);

		if (got < 0)
			step = judge_failure(asking, POLLOUT);
		else
			sent += (size_t)got;
	}
	return step;
}

static enum step
receive_all(const struct asking *asking, char *bytes, size_t length)
{
	enum step step = STEP_DONE;
	size_t received = 0;

	while (step == STEP_DONE && received < length) {
		ssize_t got = recv(asking->client->fd, bytes + received,
		                   length - received, 0);

		if (got == 0)
			step = STEP_BROKEN;
		else if (got < 0)
			step = judge_failure(asking, POLLIN);
		else
			received += (size_t)got;
	}
	return step;
}

/* The head tells how much there is to come. */
static enum step
receive(const struct asking *asking, struct message *reply)
{
	char head[MESSAGE_HEAD], *bytes;
	enum step step = receive_all(asking, head, sizeof(head));
	size_t length;

	if (step != STEP_DONE)
		return step;
	length = message_length(head, sizeof(head));
	if (length == SIZE_MAX)
		return STEP_BROKEN;
	bytes = mr_arena_alloc(asking->arena, length);
	if (bytes == NULL)
		return STEP_MEMORY;
	memcpy(bytes, head, sizeof(head));
	step = receive_all(asking, bytes + sizeof(head), length - sizeof(head));
	if (step == STEP_DONE &&
	    (!message_read(bytes, length, asking->arena, reply) ||
	     reply->type != MESSAGE_REPLY))
		step = STEP_BROKEN;
	return step;
}

/* A connection that has failed in any way may hold half of something. */
static enum step
ask_once(const struct asking *asking, struct mr_string question,
         struct message *reply)
{
	enum step step = connect_client(asking);

	if (step == STEP_DONE)
		step = send_all(asking, question);
	if (step == STEP_DONE)
		step = receive(asking, reply);
	if (step != STEP_DONE)
		broker_client_close(asking->client);
	return step;
}

/* After a break: at once where the connection was an old one. */
static enum step
ask_again(const struct asking *asking, struct mr_string question,
          struct message *reply)
{
	enum step step = ask_once(asking, question, reply);

	while (step == STEP_BROKEN && !is_late(asking)) {
		step = ask_once(asking, question, reply);
		if (step == STEP_BROKEN &&
		    await(asking, -1, 0, PAUSE) == STEP_CANCELLED)
			step = STEP_CANCELLED;
	}
	return step;
}

enum mr_err
broker_client_ask(struct broker_client *client, const struct message *question,
                  struct mr_arena *arena, struct message *reply)
{
	uint64_t patience = (uint64_t)client->patience * CLOCK_NS_PER_MS;
	const struct asking asking = {
		.client = client,
		.arena = arena,
		.until = client->patience < 0 ? UINT64_MAX
		                              : clock_now() + patience,
	};
	struct mr_buffer bytes = { .arena = arena };

	message_write(question, &bytes);
	if (bytes.failed)
		return MR_MEMORY;
	switch (ask_again(&asking, (struct mr_string){ bytes.data, bytes.length },
	                  reply)) {
	case STEP_DONE:
		return MR_OK;
	case STEP_MEMORY:
		return MR_MEMORY;
	case STEP_CANCELLED:
		return MR_CANCELLED;
	default:
		return MR_BUSY;
	}
}
