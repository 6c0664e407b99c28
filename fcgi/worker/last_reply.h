/*
 * last_reply.h: a problem that is sent when nothing else works any more.
 */
#ifndef FCGI_LAST_REPLY_H
#define FCGI_LAST_REPLY_H

#include "millrace.h"

struct last_reply {
	enum mr_err err;        /* MR_CRASH, MR_DEADLINE, MR_MEMORY, MR_BUSY */
	int fd, id;             /* connection, FastCGI request; id 0: CGI */
	const char *request_id; /* plain */
	const char *instance;   /* for a problem, escaped */
	const char *before, *detail; /* one behind the other: its detail */
	const char *worker;          /* as in head.h; or NULL */
	uint64_t queue, elapsed;     /* ns, for Server-Timing */
};

/*
 * Renders what can be rendered beforehand: once in a process, or in the one
 * that it is forked from.  False when there is no memory.
 */
bool last_reply_prepare(void);

/*
 * Async-signal-safe.  *length: bytes of the problem.  False when the peer is
 * gone or does not read.
 */
bool last_reply_send(const struct last_reply *reply, size_t *length);

#endif
