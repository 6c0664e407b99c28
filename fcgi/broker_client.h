/*
 * broker_client.h: asking the broker, from a process that may wait for it.
 *
 * One connection is kept.  A broker that was replaced is found again within
 * the patience, and the question is put once more: submissions have their id,
 * all that a runner says its attempt, so nothing is done twice.
 */
#ifndef FCGI_BROKER_CLIENT_H
#define FCGI_BROKER_CLIENT_H

#include "fcgi/message.h"

struct broker_client {
	char place[108]; /* path of the broker's socket */
	int fd;          /* -1: not connected */
};

#define BROKER_PATIENCE 5000 /* ms: to connect, and for a reply */

/* Nothing is opened yet. */
void broker_client_init(struct broker_client *client, const char *place);

/* What its questions cost a process that is forked: nothing is shared. */
void broker_client_close(struct broker_client *client);

/*
 * Asks, and waits for the reply, whose texts lie in arena.  patience in ms;
 * -1: as long as it takes.  MR_OK, whatever reply->err says; MR_BUSY: no
 * broker answers; MR_MEMORY.
 */
enum mr_err broker_client_ask(struct broker_client *client,
                              const struct message *question, int patience,
                              struct mr_arena *arena, struct message *reply);

#endif
