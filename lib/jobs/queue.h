/*
 * queue.h: what becomes of jobs: every step from submission to a final state.
 *
 * Works on a store, inside a transaction that the caller begins and commits.
 * A state changes by one door, which writes the history and tells the caller.
 */
#ifndef MR_JOBS_QUEUE_H
#define MR_JOBS_QUEUE_H

#include "jobs/store.h"

struct mr_queue {
	struct mr_store *store;
	struct mr_arena *arena; /* of what is returned */
	int64_t now;            /* ms of Unix time */
	/*
	 * Told of each change of state, which is not committed yet; before is
	 * -1 for a new job.  NULL: nobody is.
	 */
	void (*entered)(void *context, const struct mr_job *job,
	                int64_t before);
	void *context;
	uint32_t jitter; /* random, for retries */
};

/* How an attempt ended without an answer of the function's own. */
struct mr_ending {
	enum mr_job_cause cause;
	int signal;
	const char *detail, *backtrace; /* NULL: none */
	/*
	 * What the client of a synchronous call would have got, kept if this
	 * is the job's end; of status 0: nothing.
	 */
	struct mr_job_result result;
};

/* Steps of urgency are worth so much waiting, ms: nobody waits for ever. */
#define MR_QUEUE_STEP 60000

/* Most jobs that one mr_queue_wake queues. */
#define MR_QUEUE_WAKE 500

/*
 * A new job: id, endpoint, method, path, priority, due (0: now), attempts and
 * digest are set, and key and request_id where there are any.  *job becomes
 * what is stored: MR_CONFLICT and the job that has its id or its key, and the
 * same digest; MR_INVALID where that one has another digest.
 */
enum mr_err mr_queue_submit(struct mr_queue *queue, struct mr_job *job,
                            const struct mr_job_input *input);

struct mr_claimed {
	struct mr_job job;
	struct mr_job_input input;
	struct mr_bytes checkpoint; /* the last one's; empty: none */
};

/*
 * The next job, RUNNING for the lease's owner.  One whose input cannot be read
 * becomes DEAD, and the next is taken.  MR_NOT_FOUND: nothing is queued.
 */
enum mr_err mr_queue_claim(struct mr_queue *queue, const struct mr_lease *lease,
                           struct mr_claimed *claimed);

/*
 * The function's answer: SUCCEEDED, FAILED for a status from 400 on, or, if it
 * was told to end, CANCELLED without a result instead of FAILED.  Of *job, id
 * and attempt are set, and progress if it is known; it becomes what is stored.
 * MR_CONFLICT, and nothing is written, unless it RUNS in that attempt; so for
 * the two below.
 */
enum mr_err mr_queue_finish(struct mr_queue *queue, struct mr_job *job,
                            const struct mr_job_result *result);

/*
 * Another end: CANCELLED without a result if it was told to end, else by its cause (retry.h)
 * SCHEDULED, QUEUED, DEAD, or FAILED for an ERROR.
 */
enum mr_err mr_queue_fail(struct mr_queue *queue, struct mr_job *job,
                          const struct mr_ending *ending);

/* Durable once committed; replaces the last one. */
enum mr_err mr_queue_checkpoint(struct mr_queue *queue, const char *id,
                                int64_t attempt, struct mr_bytes checkpoint);

/*
 * Queues what is due by now.  *next: when the next will be, or was, if that
 * was not all; 0: none.
 */
enum mr_err mr_queue_wake(struct mr_queue *queue, int64_t *next);

/*
 * CANCELLED if nobody runs it, with no result, status 0; else it is marked, for
 * its runner to be told.
 * MR_NOT_FOUND; MR_CONFLICT: it has another final state.  A job that is
 * cancelled already stays so, MR_OK.
 */
enum mr_err mr_queue_cancel(struct mr_queue *queue, const char *id,
                            struct mr_job *job);

/*
 * Runs one that is FAILED, DEAD or CANCELLED anew, with all its attempts.
 * MR_NOT_FOUND; MR_CONFLICT: it is in another state.
 */
enum mr_err mr_queue_retry(struct mr_queue *queue, const char *id,
                           struct mr_job *job);

#endif
