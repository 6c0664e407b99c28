/*
 * watchers.c: clients that all ask and then wait, each with a connection of
 * its own, until its reply has a text in it.  They come at a steady rate.
 *
 * "{}" in TARGET and HEADERs becomes the client's number, from 0.  Prints
 * "asked COUNT MS" when all have asked; "answered COUNT FIRST LAST" for those
 * whose reply had the text, "ended COUNT STATUS" for those whose connection
 * ended without it, and "waiting COUNT" for the rest; times are ms of Unix
 * time.
 */
#include "clients.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 512
#define AT_ONCE 256 /* that have not asked yet */
#define QUESTION 2048
#define KEPT 255 /* bytes of a reply that are kept to look at */
#define STATUSES 600

enum state { ABSENT, COMING, WAITING, ANSWERED, ENDED };

struct client {
	int fd;
	enum state state;
	int status; /* 0: none yet */
	size_t length;
	char reply[KEPT + 1]; /* its last bytes */
};

struct crowd {
	struct clients sockets;
	char **arguments; /* METHOD TARGET [HEADER]... */
	const char *text;
	struct client *clients;
	size_t count, come, asked, answered, ended;
	int64_t begin, spread; /* ms: when the first comes; from it to the last */
	int64_t first, last;
};

static int64_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void
leave(struct crowd *crowd, struct client *client, enum state state)
{
	if (client->state == COMING)
		crowd->asked++;
	client->state = state;
	crowd->answered += state == ANSWERED;
	crowd->ended += state == ENDED;
	if (state == ANSWERED) {
		crowd->last = now();
		if (crowd->first == 0)
			crowd->first = crowd->last;
	}
	close(client->fd);
}

/* Appends a text with the number in the place of each "{}". */
static void
append(char *question, const char *text, size_t number)
{
	size_t length = strlen(question);

	for (; *text != '\0' && length + 32 < QUESTION; text++) {
		if (strncmp(text, "{}", 2) != 0) {
			question[length++] = *text;
			continue;
		}
		length += (size_t)sprintf(question + length, "%zu", number);
		text++;
	}
	question[length] = '\0';
}

static void
come(struct crowd *crowd, struct client *client)
{
	client->state = COMING;
	client->fd = clients_connect(&crowd->sockets, client);
	if (client->fd < 0)
		leave(crowd, client, ENDED);
}

static void
ask(struct crowd *crowd, struct client *client)
{
	size_t number = (size_t)(client - crowd->clients);
	char question[QUESTION] = "";

	append(question, crowd->arguments[0], number);
	append(question, " ", number);
	append(question, crowd->arguments[1], number);
	append(question, " HTTP/1.1\r\nHost: localhost\r\n", number);
	for (char **header = crowd->arguments + 2; *header != NULL; header++) {
		append(question, *header, number);
		append(question, "\r\n", number);
	}
	append(question, "\r\n", number);
	if (!clients_ask(&crowd->sockets, client->fd, question, client)) {
		leave(crowd, client, ENDED);
		return;
	}
	client->state = WAITING;
	crowd->asked++;
}

/* Keeps the end of what was there and of what has come. */
static void
keep(struct client *client, const char *bytes, size_t length)
{
	size_t stay = client->length;

	if (stay + length > KEPT)
		stay = KEPT - length;
	memmove(client->reply, client->reply + client->length - stay, stay);
	memcpy(client->reply + stay, bytes, length);
	client->length = stay + length;
	client->reply[client->length] = '\0';
}

static void
hear(struct crowd *crowd, struct client *client)
{
	char bytes[KEPT / 2];
	ssize_t got;

	while ((got = read(client->fd, bytes, sizeof(bytes))) > 0) {
		keep(client, bytes, (size_t)got);
		if (client->status == 0)
			sscanf(client->reply, "HTTP/1.1 %d", &client->status);
		if (strstr(client->reply, crowd->text) != NULL) {
			leave(crowd, client, ANSWERED);
			return;
		}
	}
	if (got == 0 || errno != EAGAIN)
		leave(crowd, client, ENDED);
}

/* Those whose turn it is. */
static void
let_in(struct crowd *crowd)
{
	size_t due = crowd->count;

	if (now() - crowd->begin < crowd->spread)
		due = crowd->count * (size_t)(now() - crowd->begin) /
		      (size_t)crowd->spread;
	while (crowd->come < due && crowd->come < crowd->asked + AT_ONCE)
		come(crowd, &crowd->clients[crowd->come++]);
}

static void
take_turn(struct crowd *crowd)
{
	struct epoll_event events[EVENTS];
	int ready = epoll_wait(crowd->sockets.epoll, events, EVENTS,
	                       crowd->come < crowd->count ? 2 : 100);

	for (int i = 0; i < ready; i++) {
		struct client *client = events[i].data.ptr;

		if (client->state == COMING)
			ask(crowd, client);
		else
			hear(crowd, client);
	}
}

static void
run(struct crowd *crowd, int64_t end)
{
	bool told = false;

	while (crowd->answered + crowd->ended < crowd->count && now() < end) {
		let_in(crowd);
		take_turn(crowd);
		if (!told && crowd->asked == crowd->count) {
			printf("asked %zu %lld\n", crowd->asked,
			       (long long)now());
			fflush(stdout);
			told = true;
		}
	}
}

static void
report(const struct crowd *crowd)
{
	size_t statuses[STATUSES] = { 0 };

	printf("answered %zu %lld %lld\n", crowd->answered,
	       (long long)crowd->first, (long long)crowd->last);
	for (size_t i = 0; i < crowd->count; i++)
		if (crowd->clients[i].state == ENDED)
			statuses[crowd->clients[i].status % STATUSES]++;
	for (int status = 0; status < STATUSES; status++)
		if (statuses[status] > 0)
			printf("ended %zu %d\n", statuses[status], status);
	printf("waiting %zu\n",
	       crowd->count - crowd->answered - crowd->ended);
}

int
main(int argument_count, char **arguments)
{
	struct crowd crowd = { .begin = now() };

	if (argument_count < 8) {
		fputs("usage: watchers PORT CLIENTS TEXT SPREAD_MS PATIENCE_MS"
		      " METHOD TARGET [HEADER]...\n",
		      stderr);
		return 2;
	}
	crowd.count = (size_t)atoi(arguments[2]);
	crowd.text = arguments[3];
	crowd.spread = atoll(arguments[4]);
	crowd.arguments = arguments + 6;
	crowd.clients = clients_open(&crowd.sockets, arguments[1], crowd.count,
	                             sizeof(*crowd.clients));
	run(&crowd, crowd.begin + atoll(arguments[5]));
	report(&crowd);
	free(crowd.clients);
	return EXIT_SUCCESS;
}
