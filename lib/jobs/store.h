/*
 * store.h: where jobs are kept: a struct of functions, and what each does.
 *
 * A store keeps records and blobs and decides nothing: what becomes of a job
 * is queue.h's.  Whatever is done between begin and commit is done together or
 * not at all, and is on disk when commit has returned.
 *
 * Errors, of every function: MR_STORAGE_FULL (no room on the disk),
 * MR_STORAGE (it cannot be read or written), MR_MEMORY; reason says why.  After
 * one of them nothing of the transaction will be kept: roll it back.
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

/* In an arena. */
struct mr_jobs {
	struct mr_job *data;
	size_t length;
};

struct mr_job_filter {
	int64_t state;        /* -1: any */
	const char *endpoint; /* NULL: any */
	const char *after;    /* an id: only older ones; NULL: from the newest */
	size_t limit;         /* most that are wanted */
};

struct mr_running {
	const char *after; /* an id: only what is behind; NULL: the first */
	size_t limit;
};

/* Who claims, and for how long. */
struct mr_lease {
	const char *owner;
	int64_t now;      /* ms of Unix time: what is due by then */
	int64_t duration; /* ms, by the store's own clock */
};

/* Which finished jobs may go: those from before, and all but the newest. */
struct mr_sweep {
	int64_t before;   /* ms of Unix time when they finished */
	int64_t keep;     /* most finished jobs that stay ... */
	int64_t finished; /* ... of as many as there are */
	size_t limit;     /* most that go now */
};

struct mr_store_functions {
	/* Those who write wait for each other, some seconds at most. */
	enum mr_err (*begin)(struct mr_store *store);

	/* Ends the transaction, also where it fails: then nothing was kept. */
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
	 * Writes a record that is there, but for what never changes: its id,
	 * endpoint, method, path, created, digest, key and request_id.
	 * MR_CONFLICT: it is not there, or its attempt is another one than that
	 * of job.
	 */
	enum mr_err (*save)(struct mr_store *store, const struct mr_job *job);

	/*
	 * The owner, lease and progress of one that RUNS; the new lease is not
	 * told.  MR_CONFLICT as for save, and if it does not run.
	 */
	enum mr_err (*renew)(struct mr_store *store, const struct mr_job *job,
	                     const struct mr_lease *lease);

	/* RUNNING jobs by id. */
	enum mr_err (*running)(struct mr_store *store,
	                       const struct mr_running *which,
	                       struct mr_arena *arena, struct mr_jobs *jobs);

	/* Newest first. */
	enum mr_err (*list)(struct mr_store *store,
	                    const struct mr_job_filter *filter,
	                    struct mr_arena *arena, struct mr_jobs *jobs);

	/* Of a job that is there.  Empty bytes remove it, if it is there. */
	enum mr_err (*put)(struct mr_store *store, const char *id,
	                   enum mr_blob blob, struct mr_bytes bytes);

	/* Appends it, with a NUL that does not count.  MR_NOT_FOUND. */
	enum mr_err (*get)(struct mr_store *store, const char *id,
	                   enum mr_blob blob, struct mr_buffer *to);

	/*
	 * Removes finished jobs with their blobs, the oldest first, and gives
	 * room on the disk back; how many went.
	 */
	enum mr_err (*sweep)(struct mr_store *store,
	                     const struct mr_sweep *sweep, size_t *count);

	/* How many jobs are in each state: looks at all of them. */
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
 * What memory.h and sqlite.h open; there NULL is returned after a sentence was
 * appended to complaint.  Accepts NULL.
 */
void mr_store_close(struct mr_store *store);

/*
 * For stores on this machine: ms of a clock that nobody sets and that goes on
 * while the machine sleeps.
 */
int64_t mr_store_clock(void);

/* Room for limit jobs, of which there are none yet.  MR_OK, MR_MEMORY. */
enum mr_err mr_jobs_room(struct mr_jobs *jobs, size_t limit,
                         struct mr_arena *arena);

#endif
