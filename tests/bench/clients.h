/*
 * clients.h: many clients of one server, each with a connection of its own, in
 * one process.
 */
#ifndef BENCH_CLIENTS_H
#define BENCH_CLIENTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

struct clients {
	struct sockaddr_in server;
	int epoll;
};

/*
 * A table of count clients, zeroed, of size bytes each; and as many descriptors
 * as there may be.  Ends the program when that cannot be.
 */
void *clients_open(struct clients *clients, const char *port, size_t count,
                   size_t size);

/*
 * A new connection, which epoll knows by client, and of which it tells with
 * EPOLLOUT when a question can be asked.  Its descriptor; -1 after printing why
 * not.
 */
int clients_connect(const struct clients *clients, void *client);

/* All of it in one call; epoll tells with EPOLLIN of the reply. */
bool clients_ask(const struct clients *clients, int fd, const char *question,
                 void *client);

#endif
