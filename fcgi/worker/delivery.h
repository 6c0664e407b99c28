/*
 * delivery.h: a reply on its way: to nginx at once, to nginx when it is due, or
 * a word that tells nginx where its client has to wait.
 */
#ifndef FCGI_DELIVERY_H
#define FCGI_DELIVERY_H

#include "fcgi/worker/environment.h"
#include "fcgi/worker/serve.h"

struct delivery {
	const struct service *service;
	const struct environment *environment;
	const struct mr_reply *reply;
	const char *request_id;
	uint64_t queue; /* ns from arrival to the worker */
	int fd, id;     /* the connection, and the request's number on it */
};

/* What stands before the body.  False: there is no memory for it. */
bool delivery_write_head(const struct delivery *delivery,
                         struct mr_buffer *head);

/* Whether it is held back: without a pool live, nothing is. */
bool delivery_is_parked(const struct delivery *delivery);

/*
 * Leaves head and reply to live, and the connection.  False, with errno, when
 * live takes none: the connection is there still, and nothing was sent on it.
 */
bool delivery_park(const struct delivery *delivery,
                   const struct mr_buffer *head);

/*
 * Sends head and reply.  Bounded in time by the timeouts of the connection.
 * False when the connection is used up.
 */
bool delivery_send(const struct delivery *delivery,
                   const struct mr_buffer *head);

#endif
