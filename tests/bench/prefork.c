/*
 * prefork.c: fork, accept, read to the end of STDIN.
 */
#include "prefork.h"

#include "fcgi/base/listener.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST_MAX ((size_t)64 << 20)
#define BACKLOG 4096

static unsigned char request[REQUEST_MAX];

size_t
record_size(const unsigned char *record)
{
	return RECORD_HEADER + ((size_t)record[4] << 8) + record[5] + record[6];
}

void
record_header(unsigned char *record, enum record_type type, size_t length)
{
	const unsigned char header[RECORD_HEADER] = {
		1, (unsigned char)type,          0,
		1, (unsigned char)(length >> 8), (unsigned char)length
	};

	memcpy(record, header, sizeof(header));
}

void
send_all(int fd, const struct iovec *pieces, int count)
{
	size_t length = 0;

	for (int i = 0; i < count; i++)
		length += pieces[i].iov_len;
	if (writev(fd, pieces, count) != (ssize_t)length)
		perror("writev");
}

static bool
read_request(struct exchange *exchange)
{
	unsigned char *record = request, *have = request;
	ssize_t got;

	exchange->body = NULL;
	while ((got = read(exchange->fd, have,
	                   (size_t)(request + REQUEST_MAX - have))) > 0) {
		have += got;
		while (have - record >= RECORD_HEADER &&
		       have - record >= (ssize_t)record_size(record)) {
			bool input = record[1] == RECORD_STDIN;
			bool empty = record_size(record) == RECORD_HEADER;

			if (input && exchange->body == NULL)
				exchange->body = record;
			record += record_size(record);
			exchange->end = record;
			if (input && empty)
				return true;
		}
	}
	return false;
}

static _Noreturn void
serve(int listener, prefork_reply *reply)
{
	struct exchange exchange;

	while ((exchange.fd = accept(listener, NULL, NULL)) >= 0) {
		if (read_request(&exchange))
			reply(&exchange);
		close(exchange.fd);
	}
	perror("accept");
	_exit(EXIT_FAILURE);
}

int
prefork_main(int count, char **arguments, prefork_reply *reply)
{
	int listener;

	if (count != 4) {
		fprintf(stderr, "usage: %s SOCKET GROUP WORKERS\n",
		        arguments[0]);
		return 2;
	}
	listener = listener_open(arguments[1], arguments[2], BACKLOG);
	if (listener < 0)
		return EXIT_FAILURE;
	fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) & ~O_NONBLOCK);
	signal(SIGPIPE, SIG_IGN);
	for (int left = atoi(arguments[3]); left > 0; left--) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			serve(listener, reply);
		}
	}
	while (wait(NULL) > 0)
		continue;
	return EXIT_FAILURE;
}
