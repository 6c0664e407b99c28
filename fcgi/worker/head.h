/*
 * head.h: the header of a reply as CGI programs print it (RFC 3875,
 * section 6), with the Server-Timing of the call.
 */
#ifndef FCGI_HEAD_H
#define FCGI_HEAD_H

#include "api/handle.h"
#include "base/buffer.h"
#include "fcgi/board/ledger.h"

/* What the log of nginx is told of a request, beside its status. */
struct head_log {
	const char *worker; /* fits into SCORE_WORKER */
	uint64_t queue, compute; /* ns */
};

/*
 * Writes "\r\nX-Millrace-Worker: heavy/3" and lines with both times in
 * seconds; returns where the NUL is.  Async-signal-safe.
 */
#define HEAD_LOG_SIZE 176
char *head_put_log(char *to, const struct head_log *log);

/* ns of an enum mr_phase: until the next one that was reached; 0: not reached. */
uint64_t head_phase_time(const struct mr_reply *reply, int phase);

/* What is counted of a request beside its reply. */
struct head_request {
	uint64_t queue;    /* ns that it waited */
	uint64_t received; /* bytes of its body */
	bool refused, slow;
};

/*
 * Counts a request with its reply: status, phases, and what is sent, which is
 * nothing where nobody waits for it any more.
 */
void head_account(const struct mr_reply *reply,
                  const struct head_request *request,
                  struct ledger_counts *counts);

struct head_facts {
	const char *request_id;
	const char *worker; /* NULL: no log is to be told */
	uint64_t queue;     /* ns from arrival to the worker */
};

void head_write(const struct mr_reply *reply, const struct head_facts *facts,
                struct mr_buffer *head);

#endif
