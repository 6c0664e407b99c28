/*
 * clients.c: connect, write, wait.
 */
#include "clients.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

void *
clients_open(struct clients *clients, const char *port, size_t count,
             size_t size)
{
	struct rlimit files;
	void *table = calloc(count, size);

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	clients->server = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(port)),
	};
	clients->epoll = epoll_create1(0);
	if (table == NULL || clients->epoll < 0) {
		perror("clients");
		exit(EXIT_FAILURE);
	}
	return table;
}

int
clients_connect(const struct clients *clients, void *client)
{
	struct epoll_event event = { .events = EPOLLOUT, .data.ptr = client };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd >= 0 &&
	    (connect(fd, (const struct sockaddr *)&clients->server,
	             sizeof(clients->server)) == 0 ||
	     errno == EINPROGRESS) &&
	    epoll_ctl(clients->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
		return fd;
	perror("connect");
	close(fd);
	return -1;
}

bool
clients_ask(const struct clients *clients, int fd, const char *question,
            void *client)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
	ssize_t length = (ssize_t)strlen(question);

	return write(fd, question, (size_t)length) == length &&
	       epoll_ctl(clients->epoll, EPOLL_CTL_MOD, fd, &event) == 0;
}
