/*
 * live_link.h: one connection to the broker that nobody waits for.
 */
#ifndef FCGI_LIVE_LINK_H
#define FCGI_LIVE_LINK_H

#include "fcgi/base/byte_queue.h"
#include "fcgi/config/config.h"
#include "fcgi/wire/message.h"

struct live_link {
	char place[CONFIG_SOCKET_PATH]; /* path of the broker's socket */
	int fd;          /* -1: there is no connection */
	unsigned opened; /* counts connections */
	struct byte_queue in, out;
};

void live_link_init(struct live_link *link, const char *place);

/* Whether there is a connection now: made, or made anew. */
bool live_link_open(struct live_link *link);

/* Nothing is left of what was to be sent or has come. */
void live_link_close(struct live_link *link);

/* Sends it, as soon as it can be; without a connection nothing. */
void live_link_send(struct live_link *link, const struct message *message,
                    struct mr_arena *arena);

/* Whether something is still to be sent. */
bool live_link_is_full(const struct live_link *link);

/* Sends and receives what can be; ends the connection when that has ended. */
void live_link_move(struct live_link *link);

/*
 * The next message that came, in arena.  False: there is no whole one; what is
 * none of ours ends the connection.
 */
bool live_link_next(struct live_link *link, struct mr_arena *arena,
                    struct message *message);

#endif
