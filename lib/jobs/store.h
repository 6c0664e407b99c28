/*
 * store.h: where jobs are kept: a struct of functions, and what each does.
 *
 * A store keeps records and blobs and decides nothing: what becomes of a job
 * is queue.h's.  Whatever is done between begin and commit is done together or
 * not at all, and is on disk when commit has returned.
 *
 * Errors, of every function: MR_STORAGE_FULL (no room on the disk),
 * MR_STORAGE (it cannot be read or written; mr_store_reason says why),
 * MR_MEMORY.
 */
#ifndef MR_JOBS_STORE_H
#define MR_JOBS_STORE_H

#include "base/buffer.h"
#include "jobs/job.h"

struct mr_store;

/* What belongs to a job and is kept beside its record. */
enum mr_blob {
	MR_BLOB_INPUT,  /* pack.h's, of struct mr_job_input */
	MR_BLOB_RESULT, /* pack.h's, of struct mr_job_result */
	MR_BLOB_CHECKPOINT,
	MR_BLOB_COUNT
};

struct mr_job_filter {
	int64_t state;        /* -1: any */
	const char *endpoint; /* NULL: any */
	const char *after;    /* an id: only older ones; NULL: from the newest */
	size_t limit;         /* most that are wanted */
};

/* Who claims, and for how long. */
struct mr_lease {
	const char *owner;
	int64_t now;      /* ms of Unix time: what is due by then */
	int64_t duration; /* ms, by the store's own clock */
};

/* Which finished jobs may go: those from before, and all but the newest. */
struct mr_sweep {
	int64_t before; /* ms of Unix time when they finished */
	int64_t keep;   /* most finished jobs that stay */
	size_t limit;   /* most that go now */
};

struct mr_store_functions {
	enum mr_err (*begin)(struct mr_store *store);
	enum mr_err (*commit)(struct mr_store *store);
	void (*rollback)(struct mr_store *store);

	/* MR_CONFLICT: its id or its key is there already. */
	enum mr_err (*add)(struct mr_store *store, const struct mr_job *job);

	/* MR_NOT_FOUND.  Texts are in arena. */
	enum mr_err (*find)(struct mr_store *store, const char *id,
	                    struct mr_arena *arena, struct mr_job *job);
	enum mr_err (*find_key)(struct mr_store *store, const char *key,
	                        struct mr_arena *arena, struct mr_job *job);

	/*
	 * The job of the lowest rank that is QUEUED, leased and with its
	 * attempt one higher, but otherwise as it was; the caller saves it.  No
	 * two claims give one job.  MR_NOT_FOUND: none is queued.
	 */
	enum mr_err (*claim)(struct mr_store *store,
	                     const struct mr_lease *lease,
	                     struct mr_arena *arena, struct mr_job *job);

	/* Some job that is SCHEDULED and due by now.  MR_NOT_FOUND. */
	enum mr_err (*find_due)(struct mr_store *store, int64_t now,
	                        struct mr_arena *arena, struct mr_job *job);

	/* When the next of those is due; 0: there is none. */
	enum mr_err (*next_due)(struct mr_store *store, int64_t *due);

	/*
	 * Writes all of a record that is there, unless its attempt is another
	 * one than that of job: MR_CONFLICT.
	 */
	enum mr_err (*save)(struct mr_store *store, const struct mr_job *job);

	/* The lease and progress of one that RUNS; MR_CONFLICT as for save. */
	enum mr_err (*renew)(struct mr_store *store, const struct mr_job *job,
	                     const struct mr_lease *lease);

	/*
	 * RUNNING jobs by id, from behind `after` (NULL: the first), limit of
	 * them at most; lapsed: only those whose lease is over.
	 */
	enum mr_err (*running)(struct mr_store *store, bool lapsed,
	                       const char *after, size_t limit,
	                       struct mr_arena *arena, struct mr_job *jobs,
	                       size_t *count);

	/* Newest first; jobs has room for filter->limit. */
	enum mr_err (*list)(struct mr_store *store,
	                    const struct mr_job_filter *filter,
	                    struct mr_arena *arena, struct mr_job *jobs,
	                    size_t *count);

	/* Empty bytes remove it.  MR_NOT_FOUND: there is none. */
	enum mr_err (*put)(struct mr_store *store, const char *id,
	                   enum mr_blob blob, struct mr_bytes bytes);
	enum mr_err (*get)(struct mr_store *store, const char *id,
	                   enum mr_blob blob, struct mr_arena *arena,
	                   struct mr_bytes *bytes);

	/* Removes finished jobs with their blobs; how many went. */
	enum mr_err (*sweep)(struct mr_store *store,
	                     const struct mr_sweep *sweep, size_t *count);

	/* How many jobs are in each state that is not final. */
	enum mr_err (*count)(struct mr_store *store,
	                     int64_t counts[MR_JOB_STATE_COUNT]);

	void (*close)(struct mr_store *store);
};

/* What every store begins with. */
struct mr_store {
	const struct mr_store_functions *functions;
	char reason[256]; /* of the last error; a clause */
};

/*
 * Open a store; NULL after a sentence was appended to complaint.  Free with
 * mr_store_close, which accepts NULL.
 */
struct mr_store *mr_store_memory(struct mr_buffer *complaint);
struct mr_store *mr_store_sqlite(const char *file, struct mr_buffer *complaint);

void mr_store_close(struct mr_store *store);

#endif
