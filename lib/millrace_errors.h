/*
 * millrace_errors.h: the errors of millrace.h, which includes this.
 */
#ifndef MILLRACE_ERRORS_H
#define MILLRACE_ERRORS_H

/*
 * Every way in which a call can end: symbol, HTTP status, title.
 * The problem type that a client sees is "urn:millrace:problem:" and the
 * symbol in lower case with '-' for '_'.
 */
#define MR_ERRORS(X)                                                           \
	X(OK, 200, "OK")                                                       \
	X(SYNTAX, 400, "Malformed request")                                    \
	X(FORBIDDEN, 403, "Forbidden")                                         \
	X(NOT_FOUND, 404, "Not found")                                         \
	X(METHOD, 405, "Method not allowed")                                   \
	X(NOT_ACCEPTABLE, 406, "No acceptable representation")                 \
	X(SLOW_CLIENT, 408, "Request took too long to arrive")                 \
	X(CONFLICT, 409, "Not in this state")                                  \
	X(LENGTH_REQUIRED, 411, "Length required")                             \
	X(BODY_TOO_LARGE, 413, "Body too large")                               \
	X(URI_TOO_LONG, 414, "Request target too long")                        \
	X(MEDIA_TYPE, 415, "Unsupported media type")                           \
	X(UNSATISFIABLE, 416, "Range not satisfiable")                         \
	X(MISDIRECTED, 421, "Misdirected request")                             \
	X(INVALID, 422, "Input does not match the declaration")                \
	X(DOMAIN, 422, "Input outside the domain of the function")             \
	X(TOO_MANY, 429, "Too many requests")                                  \
	X(HEADERS_TOO_LARGE, 431, "Request header too large")                  \
	X(CANCELLED, 499, "Nobody waits for the answer")                       \
	X(CRASH, 500, "The function crashed")                                  \
	X(RESULT, 500, "The function returned an invalid result")              \
	X(INTERNAL, 500, "Internal error")                                     \
	X(UNSUPPORTED, 501, "Not implemented")                                 \
	X(GATEWAY, 502, "The worker ended without an answer")                  \
	X(BUSY, 503, "Busy")                                                   \
	X(STORAGE, 503, "Jobs cannot be stored or read")                       \
	X(DEADLINE, 504, "Deadline passed")                                    \
	X(HTTP_VERSION, 505, "HTTP version not supported")                     \
	X(MEMORY, 507, "Memory limit reached")                                 \
	X(STORAGE_FULL, 507, "No room to store jobs")

enum mr_err {
#define MR_ERROR_SYMBOL(symbol, status, title) MR_##symbol,
	MR_ERRORS(MR_ERROR_SYMBOL)
#undef MR_ERROR_SYMBOL
	MR_ERR_COUNT
};

#endif
