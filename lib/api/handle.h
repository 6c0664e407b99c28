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
#include "jobs/job.h"
#include "millrace.h"

/* Where a call is; the caller's clock is read on entering each phase. */
enum mr_phase {
	MR_PHASE_DECODE,
	MR_PHASE_COMPUTE,
	MR_PHASE_ENCODE,
	MR_PHASE_DONE,
	MR_PHASE_COUNT
};

/* A job to be: what is not here, such as its id, is the receiver's. */
struct mr_submission {
	const struct mr_endpoint *endpoint;
	struct mr_job_input input;
	const char *key;        /* Idempotency-Key; NULL: none */
	const char *request_id; /* NULL: none */
	int priority;           /* as in struct mr_job */
	int64_t due;            /* ms of Unix time; 0: now */
	int attempts;           /* 0: as configured */
};

/* What a job has over another call.  Texts stay as long as the request. */
struct mr_job_call {
	const char *id;
	struct mr_string restored; /* the last checkpoint; length 0: none */
	void (*progress)(void *context, double done, double total,
	                 const char *phase);
	void (*figure)(void *context, const char *name, double value);
	enum mr_err (*checkpoint)(void *context, const void *data,
	                          size_t size);
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

	const char *prefer, *priority;     /* likewise */
	const char *idempotency_key, *job_run_at, *job_attempts; /* likewise */
	const char *state_directory;       /* NULL: none */
	const struct mr_job_call *job;     /* NULL: it runs as no job */

	/* Told of each phase; returns the time in nanoseconds.  Not NULL. */
	uint64_t (*enter)(void *context, enum mr_phase phase);
	/* Told when the function is denied memory.  NULL: no one is. */
	void (*deny)(void *context);
	/* Told which of the registry's endpoints it is for.  NULL: no one is. */
	void (*routed)(void *context, size_t index);
	/* Whether nobody waits for the reply any more.  NULL: someone does. */
	bool (*cancelled)(void *context);
	/*
	 * Stores a job; what it becomes is in arena.  MR_OK; MR_CONFLICT,
	 * with the job that is there already; MR_INVALID: its key was used for
	 * another input; MR_STORAGE, MR_STORAGE_FULL, MR_BUSY, MR_MEMORY.
	 * NULL: every call is answered at once.
	 */
	enum mr_err (*submit)(void *context, const struct mr_submission *,
	                      struct mr_arena *arena, struct mr_job *job);
	void *context;
};

#define MR_HEADERS_MAX 8
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
	double park;       /* seconds after its arrival that it leaves; 0: now */
	const char *job;   /* its id: the reply says that it was accepted */
	double wait;       /* seconds that the client waits for its result */
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
 * name and value stay as long as the reply.  It has MR_HEADERS_MAX at most; what
 * is more is left out.
 */
void mr_reply_add_header(struct mr_reply *reply, const char *name,
                         const char *value);

/*
 * Makes reply, which is zeroed or from mr_handle, tell of a problem, which is
 * never parked.  What the problem points to is copied into arena.
 */
void mr_reply_problem(struct mr_reply *reply, const struct mr_problem *problem,
                      struct mr_arena *arena);

#endif
