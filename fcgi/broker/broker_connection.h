/*
 * broker_connection.h: one who asks the broker: bytes in, messages out.
 *
 * Nothing here waits.  What cannot be sent at once is kept; who does not read
 * it in the end is dropped.
 */
#ifndef FCGI_BROKER_CONNECTION_H
#define FCGI_BROKER_CONNECTION_H

#include "fcgi/base/byte_queue.h"
#include "fcgi/broker/broker_upkeep.h"
#include "fcgi/broker/broker_watch.h"
#include "fcgi/wire/message.h"

#include <sys/queue.h>

/* Bytes that may wait to be read by a peer when more are to be sent. */
#define BROKER_UNREAD ((size_t)64 << 20)

struct broker_connection {
	int fd;
	pid_t pid; /* who connected */
	struct byte_queue in, out;
	size_t held;   /* of in: messages that were taken and are in use */
	bool ended;    /* nothing more will come */
	bool unread;   /* it has ended before it read all that was sent */
	bool dropped;  /* it is to be closed, whatever there is in it */
	bool is_ready; /* is in the list of those that have whole messages */
	uint32_t events; /* that it is watched for */
	bool runs;       /* it has claimed jobs */
	uint64_t turn;   /* in which it was last answered; see broker_turn.h */
	struct broker_claim claim;
	struct broker_watcher watcher;
	TAILQ_ENTRY(broker_connection) entry, ready;
};

TAILQ_HEAD(broker_connections, broker_connection);

/* NULL with errno when there is none to accept, or no memory. */
struct broker_connection *broker_connection_accept(int listener);

/* Closes it.  Accepts NULL. */
void broker_connection_free(struct broker_connection *connection);

/* Reads what has arrived, up to some MiB. */
void broker_connection_read(struct broker_connection *connection);

/* Whether there is a whole message, or one that is none of ours. */
bool broker_connection_has(const struct broker_connection *connection);

/*
 * The next whole message: it points into memory of the connection that stays
 * until broker_connection_settle; its bytes go to *length.  False: there is
 * none; what is ill-formed drops the connection.
 */
bool broker_connection_take(struct broker_connection *connection,
                            struct mr_arena *arena, struct message *message,
                            size_t *length);

/* What was taken is no longer in use. */
void broker_connection_settle(struct broker_connection *connection);

/* Keeps bytes to be sent. */
void broker_connection_write(struct broker_connection *connection,
                             struct mr_string bytes);

/* Sends what can be. */
void broker_connection_flush(struct broker_connection *connection);

#endif
