/*
 * message.h: what the broker and its clients tell each other: one message as
 * bytes.  Both are processes of one machine and, but for a reload, of one
 * program: another MESSAGE_VERSION ends a connection.
 */
#ifndef FCGI_MESSAGE_H
#define FCGI_MESSAGE_H

#include "base/buffer.h"
#include "jobs/job.h"
#include "jobs/store.h"

#define MESSAGE_VERSION 1
/* Bytes: what a message carries, and its id, fit into a row of SQLite. */
#define MESSAGE_MOST ((size_t)1000000000 - 65536)
#define MESSAGE_HEAD 16 /* bytes that tell how long a message is */

/*
 * What is asked, and in the comment what it carries beside `id`.  Each is
 * answered by one MESSAGE_REPLY, in order, unless it says otherwise.
 */
enum message_type {
	MESSAGE_REPLY,      /* err; job, jobs, result, input, checkpoint */
	MESSAGE_SUBMIT,     /* job, input; reply: job */
	MESSAGE_FIND,       /* reply: job */
	MESSAGE_RESULT,     /* reply: id, job, and result once it is final */
	MESSAGE_LIST,       /* filter; reply: jobs */
	MESSAGE_CANCEL,     /* reply: job */
	MESSAGE_RETRY,      /* reply: job */
	MESSAGE_CLAIM,      /* number: place on the scoreboard; the reply comes
	                       when there is one: job, input, checkpoint */
	MESSAGE_CHECKPOINT, /* attempt, checkpoint */
	MESSAGE_FINISH,     /* attempt, result, detail: progress, as text */
	MESSAGE_FAIL,       /* attempt, cause, number: signal, detail, frames */
	MESSAGE_WATCH,      /* no reply, but MESSAGE_CHANGED now and with each
	                       change, until the job is final or not found */
	MESSAGE_UNWATCH,    /* no reply */
	MESSAGE_CHANGED,    /* err; job */
	MESSAGE_TYPE_COUNT
};

struct message {
	enum message_type type;
	enum mr_err err;
	const char *id, *detail;
	int64_t attempt, number;
	enum mr_job_cause cause;
	uint64_t age;         /* of who fails: its scoreboard age */
	struct mr_string frames; /* of a struct backtrace, its addresses */
	struct mr_job_filter filter;
	struct mr_job_input input;
	struct mr_job_result result;
	struct mr_string checkpoint;
	const struct mr_job *jobs; /* one, or those of a list */
	size_t job_count;
};

/*
 * Appends the message with its length in front.  Where `to` has the room, with
 * what is in it, it is async-signal-safe.
 */
void message_write(const struct message *message, struct mr_buffer *to);

/*
 * How long, in bytes, the message is that begins here; 0: more are needed to
 * tell.  SIZE_MAX: it is none of ours.
 */
size_t message_length(const char *bytes, size_t length);

/*
 * Reads a whole message; its texts point into the bytes, its jobs lie in
 * arena.  False when it is ill-formed.
 */
bool message_read(const char *bytes, size_t length, struct mr_arena *arena,
                  struct message *message);

#endif
