/*
 * live_reply.h: the replies of pool live, as HTTP/1.1: pure.
 */
#ifndef FCGI_LIVE_REPLY_H
#define FCGI_LIVE_REPLY_H

#include "api/problem.h"
#include "base/buffer.h"
#include "jobs/job.h"

/* Of the client's request; "": not known. */
struct live_origin {
	const char *request_id, *instance;
};

/* The job goes on: 202, where it is found, and its view, JSON. */
void live_reply_accepted(const struct live_origin *origin, const char *id,
                         const char *view, struct mr_buffer *http);

/* The header of a result; its body follows. */
void live_reply_result(const struct live_origin *origin,
                       const struct mr_job_result *result,
                       struct mr_buffer *http);

void live_reply_problem(const struct live_origin *origin, enum mr_err err,
                        const char *detail, struct mr_buffer *http);

/* The header of events, which follow as they come. */
void live_reply_events(const struct live_origin *origin,
                       struct mr_buffer *http);

/* There are no events any more: a browser does not come again. */
void live_reply_nothing(const struct live_origin *origin,
                        struct mr_buffer *http);

#endif
