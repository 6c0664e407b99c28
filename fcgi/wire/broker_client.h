/*
 * broker_client.h: asking the broker, from a process that may wait for it.
 *
 * One connection is kept.  A broker that was replaced is found again within
 * the patience, and the question is put once more: submissions have their id,
 * all that a runner says its attempt, so nothing is done twice.
 */
#ifndef FCGI_BROKER_CLIENT_H
#define FCGI_BROKER_CLIENT_H

#include "fcgi/config/config.h"
#include "fcgi/wire/message.h"

struct broker_client {
	char place[CONFIG_SOCKET_PATH]; /* path of the broker's socket */
	int fd;       /* -1: not connected */
	int patience; /* ms, for each question; -1: as long as it takes */
	int quit;     /* once it is readable, nothing is waited for any more;
	                 -1: none */
};

#define BROKER_PATIENCE 5000 /* ms: to connect, and for a reply */

/* Nothing is opened yet, patience is BROKER_PATIENCE, and quit is -1. */
void broker_client_init(struct broker_client *client, const char *place);

/* That of a configuration; false: it has no pool of the name. */
bool broker_client_find(struct broker_client *client,
                        const struct config *config);

/*
 * A new connection to the broker with its socket at a path, which does not
 * block; -1 with errno.  Async-signal-safe.
 */
int broker_client_connect(const char *path);

/* The next question opens it again.  A process that was forked begins so. */
void broker_client_close(struct broker_client *client);

/*
 * Asks, and waits for the reply, whose texts lie in arena.  MR_OK, whatever
 * reply->err says; MR_BUSY: no broker answers; MR_CANCELLED: quit was readable
 * before; MR_MEMORY.
 */
enum mr_err broker_client_ask(struct broker_client *client,
                              const struct message *question,
                              struct mr_arena *arena, struct message *reply);

#endif
