/*
 * environment.h: the CGI variables of a request (RFC 3875, section 4.1).
 */
#ifndef FCGI_ENVIRONMENT_H
#define FCGI_ENVIRONMENT_H

#include "api/handle.h"

#define REQUEST_ID_LENGTH 128

/* What a request id looks like, for nginx; request_id_is_plain is its twin. */
#define REQUEST_ID_PATTERN "[A-Za-z0-9._-]{1,128}"

/* Strings belong to the environment; NULL or "" where a variable is absent. */
struct environment {
	const char *method, *path_info, *script_name, *query;
	const char *content_type, *content_length, *accept;
	const char *request_id; /* X-Request-Id, as it came */
	const char *arrival;    /* seconds of Unix time, as nginx's $msec */
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
 * CONTENT_LENGTH: false when it is not a number; *given tells whether there
 * is one at all.
 */
bool environment_length(const struct environment *environment, bool *given,
                        size_t *length);

/* Whether an id may stand in logs and documents as it is. */
bool request_id_is_plain(const char *id);

#endif
