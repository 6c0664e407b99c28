/*
 * handle.h: the pure core: one request to one reply.
 *
 * No socket, no process, no global, no clock of its own.  Workers, the CGI
 * program, the command line, tests and fuzzers all call mr_handle.
 */
#ifndef MR_API_HANDLE_H
#define MR_API_HANDLE_H

#include "api/problem.h"
#include "api/registry.h"
#include "base/arena.h"
#include "millrace.h"

/* Where a call is; the caller's clock is read on entering each phase. */
enum mr_phase {
	MR_PHASE_DECODE,
	MR_PHASE_COMPUTE,
	MR_PHASE_ENCODE,
	MR_PHASE_DONE,
	MR_PHASE_COUNT
};

struct mr_request {
	const char *method;
	const char *path; /* percent-decoded */
	struct mr_string query;
	struct mr_string body;
	size_t body_piece; /* size of the arena's piece that body is, or 0 */
	bool has_length;   /* the client said how long the body is */
	const char *content_type, *accept; /* NULL: no such header */
	const char *content_encoding;      /* likewise */
	const char *request_id;            /* NULL: none */

	/* Told of each phase; returns the time in nanoseconds.  Not NULL. */
	uint64_t (*enter)(void *context, enum mr_phase phase);
	/* Told when the function is denied memory.  NULL: no one is. */
	void (*deny)(void *context);
	/* Told which of the registry's endpoints it is for.  NULL: no one is. */
	void (*routed)(void *context, size_t index);
	/* Whether nobody waits for the reply any more.  NULL: someone does. */
	bool (*cancelled)(void *context);
	void *context;
};

#define MR_HEADERS_MAX 4
#define MR_RETRY_AFTER "1" /* seconds */

struct mr_header {
	const char *name, *value;
};

struct mr_reply {
	int status;
	const char *content_type; /* NULL: there is no body */
	struct mr_string preamble, body; /* one after the other */
	bool head;                /* send the header only */
	struct mr_header headers[MR_HEADERS_MAX];
	size_t header_count;
	const struct mr_endpoint *endpoint; /* NULL: none was found */
	enum mr_err err;
	uint64_t entered[MR_PHASE_COUNT]; /* 0: the phase was not reached */
};

/*
 * Fills reply; what it points to lies in arena, is static, or is the
 * function's.  Once it is decoded, the request's body, if it is a piece of
 * arena, becomes memory of the reply.
 */
void mr_handle(const struct mr_registry *registry,
               const struct mr_request *request, struct mr_reply *reply,
               struct mr_arena *arena);

/*
 * Makes reply, which is zeroed or from mr_handle, tell of a problem.  What the
 * problem points to is copied into arena.
 */
void mr_reply_problem(struct mr_reply *reply, const struct mr_problem *problem,
                      struct mr_arena *arena);

#endif
