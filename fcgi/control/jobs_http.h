/*
 * jobs_http.h: what is asked of jobs over HTTP: GET /jobs, GET and DELETE
 * /jobs/ID, GET /jobs/ID/result.
 *
 * The broker is asked, and not waited for long: a worker of pool control
 * serves one request at a time, and /livez must not wait.
 */
#ifndef FCGI_JOBS_HTTP_H
#define FCGI_JOBS_HTTP_H

#include "fcgi/control/control_reply.h"

#define JOBS_HTTP_PATIENCE 1000 /* ms, for the broker */

/* A page of jobs, and where the next one begins. */
enum mr_err jobs_http_list(struct control_reply *answer);

/* These are of the job answer->id; a running one with its progress by now. */
enum mr_err jobs_http_show(struct control_reply *answer);
enum mr_err jobs_http_cancel(struct control_reply *answer);

/*
 * What the plain call would have answered.  Where there is none yet, the
 * client is told so, or waits for it if it asked to (Prefer: wait).
 */
enum mr_err jobs_http_result(struct control_reply *answer);

#endif
