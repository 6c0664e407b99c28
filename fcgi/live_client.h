/*
 * live_client.h: the clients of pool live, and what each is to be sent next.
 *
 * Knows nothing of sockets: whoever has the connection is told when something
 * is there, and asks for it, a piece at a time, once it can be sent.
 */
#ifndef FCGI_LIVE_CLIENT_H
#define FCGI_LIVE_CLIENT_H

#include "base/buffer.h"
#include "fcgi/agenda.h"
#include "fcgi/live_request.h"

#include <sys/queue.h>

struct live_client;
TAILQ_HEAD(live_clients, live_client);

/* All of them. */
struct live_crowd {
	struct live_clients clients;
	struct agenda agenda;
	size_t count;
	/* Told that live_client_next has something, or may have. */
	void (*wake)(void *connection);
};

/* Who asks, and how. */
struct live_asker {
	void *connection;
	bool websocket;
};

/* NULL when there is no memory.  What the request points to is copied. */
struct live_client *live_client_new(struct live_crowd *crowd,
                                    const struct live_request *request,
                                    const struct live_asker *asker);

/* Accepts NULL. */
void live_client_free(struct live_client *client);

enum live_step {
	LIVE_REST,  /* nothing until it is woken */
	LIVE_PIECE, /* there may be more */
	LIVE_LAST   /* and then the connection ends; there may be no bytes */
};

/* Appends what is next: bytes of HTTP, or one message of a WebSocket. */
enum live_step live_client_next(struct live_client *client,
                                struct mr_buffer *piece);

void live_crowd_init(struct live_crowd *crowd, void (*wake)(void *connection));

/* Does what is due by now, ms of Unix time; returns when the next is, 0: never. */
int64_t live_crowd_tick(struct live_crowd *crowd, int64_t now);

#endif
