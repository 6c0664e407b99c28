/*
 * crowd.c: clients that come one after the other at a steady rate, whether
 * those before them are answered or not, each with one GET of its own
 * connection; they hear the reply to its end.
 *
 * Prints a line for each status (0: no answer), with how many there were, the
 * first and the last after the first request was sent, the median and the 99th
 * percentile of the time that they took, and how many had a Retry-After; times
 * in ms.
 */
#include "clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 512
#define STATUSES 600

struct client {
	int fd;
	int status; /* 0: none */
	bool hints; /* there is a Retry-After in the reply */
	double asked, answered; /* ms since the start */
};

struct crowd {
	struct clients sockets;
	char question[1024];
	struct client *clients;
	size_t count, come, gone;
	double spread; /* ms between the first and the last */
	double begun;  /* when the first one was connected, and asked */
};

static double
now(void)
{
	static double start;
	struct timespec time;
	double ms;

	clock_gettime(CLOCK_MONOTONIC, &time);
	ms = (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
	if (start == 0)
		start = ms;
	return ms - start;
}

static void
leave(struct crowd *crowd, struct client *client)
{
	client->answered = now();
	close(client->fd);
	client->fd = -1;
	crowd->gone++;
}

static void
come(struct crowd *crowd, struct client *client)
{
	client->asked = now();
	client->fd = clients_connect(&crowd->sockets, client);
	if (client->fd < 0)
		leave(crowd, client);
}

static void
ask(struct crowd *crowd, struct client *client)
{
	if (crowd->begun == 0)
		crowd->begun = now();
	if (!clients_ask(&crowd->sockets, client->fd, crowd->question, client))
		leave(crowd, client);
}

/* The reply ends with the connection; its status is in the first piece. */
static void
hear(struct crowd *crowd, struct client *client)
{
	char reply[8192];
	ssize_t got = read(client->fd, reply, sizeof(reply) - 1);

	if (got <= 0) {
		leave(crowd, client);
		return;
	}
	reply[got] = '\0';
	if (client->status == 0 && sscanf(reply, "HTTP/1.1 %d", &client->status) == 1)
		client->hints = strstr(reply, "\r\nRetry-After:") != NULL;
}

/* Those whose turn it is. */
static void
let_in(struct crowd *crowd)
{
	double step = crowd->spread / (double)crowd->count;

	while (crowd->come < crowd->count && step * (double)crowd->come <= now())
		come(crowd, &crowd->clients[crowd->come++]);
}

static void
run(struct crowd *crowd, double patience)
{
	struct epoll_event events[EVENTS];

	while (crowd->gone < crowd->count && now() < patience) {
		int ready = epoll_wait(crowd->sockets.epoll, events, EVENTS,
		                       crowd->come < crowd->count ? 1 : 100);

		for (int i = 0; i < ready; i++)
			if (events[i].events & EPOLLOUT)
				ask(crowd, events[i].data.ptr);
			else
				hear(crowd, events[i].data.ptr);
		let_in(crowd);
	}
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
report(const struct crowd *crowd, int status)
{
	double *took = calloc(crowd->count, sizeof(*took));
	double first = 1e99, last = 0;
	size_t count = 0, hints = 0;

	for (size_t i = 0; took != NULL && i < crowd->count; i++) {
		const struct client *client = &crowd->clients[i];

		if (client->status != status)
			continue;
		if (client->answered < first)
			first = client->answered;
		if (client->answered > last)
			last = client->answered;
		hints += client->hints;
		took[count++] = client->answered - client->asked;
	}
	if (count > 0) {
		qsort(took, count, sizeof(*took), ascending);
		printf("%d %zu %.0f %.0f %.1f %.1f %zu\n", status, count,
		       first - crowd->begun, last - crowd->begun,
		       took[count / 2], took[count * 99 / 100], hints);
	}
	free(took);
}

int
main(int argument_count, char **arguments)
{
	struct crowd crowd = { 0 };

	if (argument_count != 6) {
		fputs("usage: crowd PORT TARGET CLIENTS SPREAD_MS PATIENCE_MS\n",
		      stderr);
		return 2;
	}
	snprintf(crowd.question, sizeof(crowd.question),
	         "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	         "\r\n",
	         arguments[2]);
	crowd.count = (size_t)atoi(arguments[3]);
	crowd.spread = atof(arguments[4]);
	crowd.clients = clients_open(&crowd.sockets, arguments[1], crowd.count,
	                             sizeof(*crowd.clients));
	run(&crowd, atof(arguments[5]));
	for (int status = 0; status < STATUSES; status++)
		report(&crowd, status);
	free(crowd.clients);
	return EXIT_SUCCESS;
}
