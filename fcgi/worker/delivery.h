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

/*
 * Sends that and the reply.  Bounded in time by the timeouts of the connection
 * and of the handoff.  False when the connection is used up.
 */
bool delivery_send(const struct delivery *delivery,
                   const struct mr_buffer *head);

#endif
