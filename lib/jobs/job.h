/*
 * job.h: a job: a call that runs later, as the store keeps it.
 *
 * Every member is a number or a text, and one table names them all: the tables
 * of databases and the messages between processes are made from it.
 */
#ifndef MR_JOBS_JOB_H
#define MR_JOBS_JOB_H

#include "base/arena.h"
#include "millrace.h"

/*
 * States: symbol, name, whether it is final.  Numbers are kept in stores: new
 * ones go to the end.
 */
#define MR_JOB_STATES(X)                                                       \
	X(SCHEDULED, "scheduled", false) /* waits for its time */              \
	X(QUEUED, "queued", false)       /* waits for a runner */              \
	X(RUNNING, "running", false)                                           \
	X(SUCCEEDED, "succeeded", true)                                        \
	X(FAILED, "failed", true)        /* the function answered: an error */ \
	X(DEAD, "dead", true)            /* given up after its attempts */     \
	X(CANCELLED, "cancelled", true)

enum mr_job_state {
#define MR_JOB_STATE_SYMBOL(symbol, name, final) MR_JOB_##symbol,
	MR_JOB_STATES(MR_JOB_STATE_SYMBOL)
#undef MR_JOB_STATE_SYMBOL
	MR_JOB_STATE_COUNT
};

/*
 * How an attempt ended, other than by a good answer: symbol, name.  Numbers
 * are kept in stores as well.
 */
#define MR_JOB_CAUSES(X)                                                       \
	X(NONE, "none")                                                        \
	X(ERROR, "error")         /* the function answered: an error */        \
	X(CRASH, "crash")         /* a fault signal, or exit() */              \
	X(DEADLINE, "deadline")                                                \
	X(MEMORY, "memory")                                                    \
	X(LOST, "lost")           /* runner, server or machine ended */        \
	X(DRAINED, "drained")     /* the server stopped: given back */         \
	X(CANCELLED, "cancelled")

enum mr_job_cause {
#define MR_JOB_CAUSE_SYMBOL(symbol, name) MR_JOB_CAUSE_##symbol,
	MR_JOB_CAUSES(MR_JOB_CAUSE_SYMBOL)
#undef MR_JOB_CAUSE_SYMBOL
	MR_JOB_CAUSE_COUNT
};

#define MR_JOB_ID 37 /* bytes of an id, a UUID of version 7, with its NUL */
#define MR_JOB_PRIORITY_DEFAULT 3 /* urgency of RFC 9218: 0, at once, to 7 */
#define MR_JOB_PRIORITY_LAST 7

/* Times are ms of Unix time, 0: not yet; texts may be NULL. */
struct mr_job {
	const char *id;
	int64_t state;      /* enum mr_job_state */
	const char *endpoint;
	const char *method, *path;
	int64_t priority;   /* 0 to MR_JOB_PRIORITY_LAST */
	int64_t created;
	int64_t due;        /* not to be run before */
	int64_t rank;       /* among those that are due the lowest runs first */
	int64_t started;    /* of the last attempt */
	int64_t finished;
	int64_t attempt;    /* how often it was claimed: the fence of writes */
	int64_t failures;   /* attempts that were its own fault ... */
	int64_t losses;     /* ... and that nobody can tell whose */
	int64_t attempts;   /* failures that it may have */
	int64_t cancelling; /* 1: whoever runs it is told to end */
	const char *owner;  /* who runs it; NULL: nobody */
	int64_t lease;      /* until when, by the store's own clock */
	int64_t cause;      /* enum mr_job_cause, of the last attempt */
	int64_t signal;     /* of a crash; 0: none */
	const char *detail; /* a sentence about the cause */
	const char *backtrace; /* lines */
	const char *digest; /* of its input: SHA-256 in hexadecimal */
	const char *key;    /* Idempotency-Key in its scope; NULL: none */
	const char *request_id; /* of the submission */
	const char *progress;   /* JSON, the last one known */
	const char *history;    /* lines; see history.h */
	int64_t status;     /* of the result, as in HTTP; 0: none yet */
};

enum mr_job_kind { MR_JOB_TEXT, MR_JOB_NUMBER };

struct mr_job_column {
	const char *name;
	enum mr_job_kind kind;
	size_t offset; /* in struct mr_job */
};

/* One for each member, in order; id is the first. */
extern const struct mr_job_column mr_job_columns[];
extern const size_t mr_job_column_count;

/* The request that a job is; texts may be NULL but for the first two. */
struct mr_job_input {
	struct mr_string method, path, query;
	struct mr_string content_type, content_encoding, accept;
	struct mr_string body;
};

/* What a synchronous call would have answered. */
struct mr_job_result {
	int status;
	struct mr_string content_type, body;
};

/* "queued" and so on. */
const char *mr_job_state_name(int64_t state);
const char *mr_job_cause_name(int64_t cause);

/* The state of that name; MR_JOB_STATE_COUNT: there is none. */
enum mr_job_state mr_job_state_of(const char *name);

bool mr_job_is_final(int64_t state);

/*
 * Writes a new id, a UUID of version 7 (RFC 9562, section 5.7): 48 bits of ms
 * of Unix time, so that ids sort by age, and 74 random bits out of `random`.
 */
void mr_job_make_id(uint64_t now, const unsigned char random[10],
                    char id[MR_JOB_ID]);

/* Whether a text is an id as it is written, in lower case. */
bool mr_job_is_id(const char *text);

/* As much of an id as it may have, and zeros behind it. */
void mr_job_copy_id(char to[MR_JOB_ID], const char *id);

/* A number to find it by: ids of one moment differ in all of its bits. */
uint64_t mr_job_hash(const char *id);

/* A copy with all its texts in arena.  MR_OK, MR_MEMORY. */
enum mr_err mr_job_copy(const struct mr_job *job, struct mr_arena *arena,
                        struct mr_job *copy);

#endif
