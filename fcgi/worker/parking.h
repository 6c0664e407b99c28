/*
 * parking.h: replies that a client gets from pool live.
 *
 * One that is parked goes there whole, with the connection that it is for, by
 * the handoff of that pool (handoff.h).  Whoever waits for a job is sent there
 * by nginx.
 */
#ifndef FCGI_PARKING_H
#define FCGI_PARKING_H

#include "api/handle.h"
#include "base/buffer.h"

/* Where nginx asks live; no client can. */
#define WAITING_PATH "/_millrace/wait"

/* Times are ms of Unix time. */
struct parking_facts {
	const char *request_id;
	int64_t arrival; /* of the request; 0: not known */
	int64_t now;
	int64_t longest; /* ms that a client may wait for a job */
};

/*
 * By the clock; arrival as nginx writes it (arrival.h), likewise the age that the
 * request had at the arrival of a later try, and longest in ms, as configured.
 */
struct parking_facts parking_facts_now(const char *request_id,
                                       const char *arrival, const char *age,
                                       uint64_t longest);

/* Whether its client waits for a job. */
bool parking_waits(const struct mr_reply *reply);

/*
 * Then puts what nginx is told in the place of head, the header of the reply as
 * head.h writes it.
 */
void parking_write_wait(const struct mr_reply *reply,
                        struct parking_facts facts, struct mr_buffer *head);

/* When a reply that is parked is to leave. */
int64_t parking_due(const struct mr_reply *reply, struct parking_facts facts);

/* What is parked, beside its connection: FastCGI's records, as they leave. */
struct parking {
	int64_t due;
	const unsigned char *records;
	size_t length; /* bytes; PARKING_MOST at most */
};

#define PARKING_MOST ((size_t)8 << 10)

/* The caller closes fd.  False, with errno: nobody took it within a second. */
bool parking_send(const struct parking *parking, int fd, int sender);

/*
 * The next connection that was sent; its records are good until the next call.
 * -1 with errno: EAGAIN, there is none; EMFILE and ENFILE, there is no room for
 * one, and it waits.
 */
int parking_receive(struct parking *parking, int receiver);

/* Appends a header, as CGI programs print it, as that of a reply of HTTP/1.1. */
void parking_put_http(const struct mr_buffer *head, struct mr_buffer *http);

#endif
