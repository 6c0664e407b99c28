/*
 * live_client.h: the clients of pool live, and what each is to be sent next.
 *
 * Knows nothing of sockets: whoever has the connection is told when something
 * is there, and asks for it, a piece at a time, once it can be sent.  So a slow
 * client has nothing in store: of the progress it gets the latest.
 */
#ifndef FCGI_LIVE_CLIENT_H
#define FCGI_LIVE_CLIENT_H

#include "base/buffer.h"
#include "fcgi/live/live_jobs.h"
#include "fcgi/live/live_request.h"
#include "fcgi/live/live_timers.h"

struct live_client;
TAILQ_HEAD(live_clients, live_client);

enum live_stage {
	LIVE_SERVING,
	LIVE_STOPPING, /* whoever waits for a job is answered now */
	LIVE_REPLACED  /* nginx, or the client, is to ask the next one */
};

/* All of them. */
struct live_crowd {
	struct live_clients clients;
	struct live_timers timers;
	struct live_jobs jobs;
	enum live_stage stage;
	size_t count;
	/* Told that live_client_next has something, or may have; only notes it. */
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
	LIVE_PING,  /* of a WebSocket: an empty one */
	LIVE_LAST   /* and then the connection ends; there may be no bytes */
};

/* Appends what is next: bytes of HTTP, or one message of a WebSocket. */
enum live_step live_client_next(struct live_client *client,
                                struct mr_buffer *piece);

/* Why a WebSocket ends (RFC 6455, section 7.4). */
enum live_close {
	LIVE_CLOSE_NORMAL = 1000, /* the job is final */
	LIVE_CLOSE_STOPPING = 1001,
	LIVE_CLOSE_RESTART = 1012,
	LIVE_CLOSE_AGAIN = 1013,    /* the broker is away */
	LIVE_CLOSE_UNKNOWN = 4404   /* there is no such job */
};

enum live_close live_client_reason(const struct live_client *client);

/* Of one that is zeroed; its jobs are the caller's to set up. */
void live_crowd_init(struct live_crowd *crowd, void (*wake)(void *connection));

/* Does what is due by now, ms of Unix time; returns when the next is, 0: never. */
int64_t live_crowd_tick(struct live_crowd *crowd, int64_t now);

/* Begins another stage, of which each client hears. */
void live_crowd_enter(struct live_crowd *crowd, enum live_stage stage);

/* With all clients, and what live_jobs_init has set up; its board and arena stay. */
void live_crowd_free(struct live_crowd *crowd);

/* For live_jobs_init: tells a client that its job has changed. */
void live_client_changed(void *client);

#endif
