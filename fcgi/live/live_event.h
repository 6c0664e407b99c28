/*
 * live_event.h: what happens to a job, as text: server-sent events, or messages of a
 * WebSocket: pure.
 */
#ifndef FCGI_LIVE_EVENT_H
#define FCGI_LIVE_EVENT_H

#include "base/buffer.h"
#include "jobs/history.h"

struct live_event {
	const char *name;      /* "state" or "progress" */
	int64_t id;            /* number in the job's history, of its state */
	struct mr_string data; /* JSON in one line */
};

/* "id: N", "event: NAME", "data: ..." */
void live_event_write(const struct live_event *event, struct mr_buffer *text);

/* {"event":NAME,"id":N,"data":...} */
void live_event_write_message(const struct live_event *event, struct mr_buffer *text);

/* For the first line: after how many ms a client that lost us comes again. */
#define LIVE_EVENT_BEGIN "retry: 1000\n"

/* A comment, so that whoever is between knows that we are there. */
#define LIVE_EVENT_ALIVE ":\n\n"

/*
 * The first line of a history behind number `after`; false: there is none.
 * A number that is not yet there is one of another job: all is behind it.
 */
bool live_event_find(const char *history, int64_t after,
              struct mr_history_line *line);

/* The job as it was at a line of its history, as far as that tells. */
struct mr_job live_event_past(const struct mr_job *job,
                       const struct mr_history_line *line);

#endif
