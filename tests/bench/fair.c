/*
 * fair.c: kept clients, each asking, thinking, and asking again; prints how
 * many answers the slowest, the median and all of them had, and the errors.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 1024
#define MS INT64_C(1000000)

struct client {
	STAILQ_ENTRY(client) entry; /* of those who think */
	int64_t due;                /* ns: when to ask again */
	int fd;
	int answers;
	size_t have;
	char reply[4096];
};

static struct client clients[CLIENTS_MAX];
static STAILQ_HEAD(, client) thinking = STAILQ_HEAD_INITIALIZER(thinking);
static char question[1024];
static int errors;

static int64_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 * MS + time.tv_nsec;
}

/* A client that has lost its connection stays behind, and so is seen. */
static void
lose(struct client *client)
{
	errors++;
	close(client->fd);
}

static void
think(struct client *client, int64_t time)
{
	client->have = 0;
	client->due = now() + time;
	STAILQ_INSERT_TAIL(&thinking, client, entry);
}

static void
ask_who_thought(void)
{
	struct client *client;
	ssize_t length = (ssize_t)strlen(question);

	while ((client = STAILQ_FIRST(&thinking)) != NULL &&
	       client->due <= now()) {
		STAILQ_REMOVE_HEAD(&thinking, entry);
		if (write(client->fd, question, (size_t)length) != length)
			lose(client);
	}
}

/* How many bytes the reply will have; 0: more of it is needed to tell. */
static size_t
expected(const struct client *client)
{
	const char *end = strstr(client->reply, "\r\n\r\n");
	const char *length = strcasestr(client->reply, "\r\nContent-Length:");

	if (end == NULL || length == NULL)
		return 0;
	return (size_t)(end + 4 - client->reply) +
	       strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
}

static void
hear(struct client *client, int64_t time)
{
	ssize_t got = read(client->fd, client->reply + client->have,
	                   sizeof(client->reply) - 1 - client->have);
	size_t whole;

	if (got <= 0) {
		lose(client);
		return;
	}
	client->have += (size_t)got;
	client->reply[client->have] = '\0';
	whole = expected(client);
	if (whole == 0 || client->have < whole)
		return;
	errors += strncmp(client->reply, "HTTP/1.1 200 ", 13) != 0;
	client->answers++;
	think(client, time);
}

static bool
join(int epoll, struct client *client, uint16_t port)
{
	const struct sockaddr_in server = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

	client->fd = socket(AF_INET, SOCK_STREAM, 0);
	return connect(client->fd, (const struct sockaddr *)&server,
	               sizeof(server)) == 0 &&
	       epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) == 0;
}

static void
run(int epoll, int64_t think_time, int64_t end)
{
	struct epoll_event events[CLIENTS_MAX];

	while (now() < end) {
		const struct client *next = STAILQ_FIRST(&thinking);
		int64_t rest = (next == NULL ? end : next->due) - now();
		struct timespec wait = { .tv_nsec = rest < 0 ? 0 : rest };
		int ready;

		if (rest > 100 * MS)
			wait.tv_nsec = 100 * MS;
		ready = epoll_pwait2(epoll, events, CLIENTS_MAX, &wait, NULL);
		for (int i = 0; i < ready; i++)
			hear(events[i].data.ptr, think_time);
		ask_who_thought();
	}
}

static int
by_answers(const void *a, const void *b)
{
	return ((const struct client *)a)->answers -
	       ((const struct client *)b)->answers;
}

static void
report(size_t count)
{
	long total = 0;

	qsort(clients, count, sizeof(clients[0]), by_answers);
	for (size_t i = 0; i < count; i++)
		total += clients[i].answers;
	printf("%d %d %ld %d\n", clients[0].answers, clients[count / 2].answers,
	       total, errors);
}

int
main(int argument_count, char **arguments)
{
	int epoll = epoll_create1(0);
	size_t count;

	if (argument_count != 6) {
		fputs("usage: fair PORT TARGET CLIENTS THINK_MS SECONDS\n",
		      stderr);
		return 2;
	}
	snprintf(question, sizeof(question),
	         "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", arguments[2]);
	count = (size_t)atoi(arguments[3]);
	for (size_t i = 0; i < count && i < CLIENTS_MAX; i++) {
		if (!join(epoll, &clients[i], (uint16_t)atoi(arguments[1]))) {
			perror("connect");
			return EXIT_FAILURE;
		}
		think(&clients[i], 0);
	}
	run(epoll, atoi(arguments[4]) * MS,
	    now() + atoi(arguments[5]) * 1000 * MS);
	report(count);
	return EXIT_SUCCESS;
}
