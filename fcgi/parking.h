/*
 * parking.h: replies that a client gets from pool live, and what nginx is told
 * in their place, so that it asks there.
 */
#ifndef FCGI_PARKING_H
#define FCGI_PARKING_H

#include "api/handle.h"
#include "base/buffer.h"

/* Where nginx asks live; no client can. */
#define PARKING_PATH "/_millrace/park"
#define WAITING_PATH "/_millrace/wait"

/*
 * Bytes of the header that nginx is told; it has as much room for that of an
 * endpoint that parks.
 */
#define PARKING_MOST 4080

#define PARKING_TOO_LONG "The answer is too long to be parked"

/* Times are ms of Unix time. */
struct parking_facts {
	const char *request_id;
	int64_t arrival; /* of the request; 0: not known */
	int64_t now;
	int64_t longest; /* ms that a client may wait for a job */
};

/*
 * By the clock; arrival as nginx writes it (arrival.h), and longest in ms, as
 * it is configured.
 */
struct parking_facts parking_facts_now(const char *request_id,
                                       const char *arrival, uint64_t longest);

/* Whether a reply is to leave later, or its client waits for a job. */
bool parking_is_wanted(const struct mr_reply *reply);

/*
 * Puts what nginx is told in the place of head, the header of the reply as
 * head.h writes it.  False, and head is not what it was, when the answer is too
 * long, or there is no memory: then head has failed.
 */
bool parking_write(const struct mr_reply *reply,
                   const struct parking_facts *facts, struct mr_buffer *head);

/* Appends a header, as CGI programs print it, as that of a reply of HTTP/1.1. */
void parking_put_http(const struct mr_buffer *head, struct mr_buffer *http);

/*
 * For live: appends the answer, in base64, as a reply of HTTP/1.1.  False when
 * it is none, or there is no memory.
 */
bool parking_unpack(struct mr_string answer, struct mr_buffer *http);

#endif
