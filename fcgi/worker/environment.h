/*
 * environment.h: the CGI variables of a request (RFC 3875, section 4.1).
 */
#ifndef FCGI_ENVIRONMENT_H
#define FCGI_ENVIRONMENT_H

#include "api/handle.h"

#define REQUEST_ID_LENGTH 128

/* What a request id looks like, for nginx; request_id_is_plain is its twin. */
#define REQUEST_ID_PATTERN "[A-Za-z0-9._-]{1,128}"

/*
 * Strings belong to the environment.  Where a variable is absent, the ones
 * marked are NULL, the others "".
 */
struct environment {
	const char *method, *path_info, *script_name, *query;
	const char *content_type, *accept; /* or NULL */
	const char *content_encoding;      /* or NULL */
	const char *prefer, *priority;     /* or NULL */
	const char *idempotency_key, *job_run_at, *job_attempts; /* or NULL */
	const char *request_id;            /* or NULL; as it came */
	const char *content_length;
	const char *arrival; /* seconds of Unix time, as nginx's $msec */
	const char *age;     /* of the request by then, as its $request_time */
	const char *ticket;  /* as in submission.h; or NULL */
};

/* variables: "NAME=value", ends with NULL. */
void environment_read(struct environment *environment, char *const *variables);

/*
 * The request but for its body, clock and context.  Its id is the client's
 * where that is plain, or else a new one; it is written to id.
 */
void environment_describe(const struct environment *environment,
                          char id[REQUEST_ID_LENGTH + 1],
                          struct mr_request *request);

/*
 * Whether the body that CONTENT_LENGTH announces may be read: sets has_length
 * and body.length of the request.  False with err and detail of the problem:
 * MR_SYNTAX, MR_BODY_TOO_LARGE.
 */
bool environment_admit(const struct environment *environment, size_t limit,
                       struct mr_request *request, struct mr_problem *problem);

/* Whether an id may stand in logs and documents as it is. */
bool request_id_is_plain(const char *id);

#endif
