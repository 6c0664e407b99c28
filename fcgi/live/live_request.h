/*
 * live_request.h: what pool live is asked: pure.
 */
#ifndef FCGI_LIVE_REQUEST_H
#define FCGI_LIVE_REQUEST_H

#include "jobs/job.h"

enum live_kind {
	LIVE_WAIT,  /* the result of a job, or at some time that there is none */
	LIVE_EVENTS /* what happens to a job, as it happens */
};

/* As they came; a header that is absent is "". */
struct live_headers {
	const char *path, *arguments;
	const char *last_event_id;
	const char *request_id, *instance; /* of the client's request */
};

struct live_request {
	enum live_kind kind;
	int64_t time;  /* of a wait: until when, ms of Unix time */
	int64_t after; /* of events: the last one seen; 0: none */
	char job[MR_JOB_ID];
	const char *request_id, *instance; /* of the headers */
};

/*
 * MR_OK; MR_NOT_FOUND: there is no such path; MR_SYNTAX: something is missing,
 * or no number, that nginx should have sent.
 */
enum mr_err live_request_read(const struct live_headers *headers,
                              struct live_request *request);

#endif
