/*
 * live_sockets.h: connections of HTTP/1.1 and WebSocket, with nginx only.
 * The only caller of libwebsockets.
 */
#ifndef FCGI_LIVE_SOCKETS_H
#define FCGI_LIVE_SOCKETS_H

#include "fcgi/live/live_client.h"

struct live_sockets {
	struct live_crowd *crowd;
	struct mr_arena *arena; /* whatever is in it goes */
	int epoll; /* a set that gets those that are to say nothing more; what
	              it tells of is for live_sockets_hang_up */
	size_t count;
	void *vhost; /* libwebsockets' own */
};

/* With the first three members set, in a uv_loop_t.  False when it cannot be. */
bool live_sockets_open(struct live_sockets *sockets, void *loop);

/* Takes a connection that was accepted, or closes it. */
void live_sockets_adopt(struct live_sockets *sockets, int fd);

/* For live_crowd_init. */
void live_sockets_wake(void *connection);

/* Ends a connection of which the set has told. */
void live_sockets_hang_up(void *connection);

#endif
