/*
 * queue.c: each step reads a record, changes it and saves it by one door.
 */
#include "jobs/queue.h"

#include "jobs/history.h"
#include "jobs/pack.h"
#include "jobs/retry.h"

static enum mr_err
find(struct mr_queue *queue, const char *id, struct mr_job *job)
{
	return queue->store->functions->find(queue->store, id, queue->arena,
	                                     job);
}

static enum mr_err
save(struct mr_queue *queue, const struct mr_job *job)
{
	return queue->store->functions->save(queue->store, job);
}

static enum mr_err
put(struct mr_queue *queue, const char *id, enum mr_blob blob,
    struct mr_bytes bytes)
{
	return queue->store->functions->put(queue->store, id, blob, bytes);
}

static enum mr_err
put_packed(struct mr_queue *queue, const char *id, enum mr_blob blob,
           const struct mr_buffer *packed)
{
	if (packed->failed)
		return MR_MEMORY;
	return put(queue, id, blob,
	           (struct mr_bytes){ (const unsigned char *)packed->data,
	                              packed->length });
}

static enum mr_err
put_result(struct mr_queue *queue, const char *id,
           const struct mr_job_result *result)
{
	struct mr_buffer packed = { .arena = queue->arena };

	mr_pack_result(&packed, result);
	return put_packed(queue, id, MR_BLOB_RESULT, &packed);
}

/* What a job is that has come to its end. */
static enum mr_err
end(struct mr_queue *queue, struct mr_job *job)
{
	job->finished = queue->now;
	/* Without an attempt there cannot be one. */
	return job->attempt == 0 ? MR_OK
	                         : put(queue, job->id, MR_BLOB_CHECKPOINT,
	                               (struct mr_bytes){ NULL, 0 });
}

/* The one door: whatever else of a job has changed is saved with its state. */
static enum mr_err
enter(struct mr_queue *queue, struct mr_job *job, enum mr_job_state state)
{
	bool is_new = job->history == NULL;
	int64_t before = is_new ? -1 : job->state;
	enum mr_err err;

	job->state = state;
	if (state != MR_JOB_RUNNING) {
		job->owner = NULL;
		job->lease = 0;
	}
	err = mr_history_add(job, queue->now, queue->arena);
	if (err == MR_OK && mr_job_is_final(state))
		err = end(queue, job);
	if (err == MR_OK)
		err = is_new ? queue->store->functions->add(queue->store, job)
		             : save(queue, job);
	if (err == MR_OK && queue->entered != NULL)
		queue->entered(queue->context, job, before);
	return err;
}

/*
 * Who is urgent goes before those who have waited less than its head start.
 * Nobody has waited since before it came, whatever time it asks for.
 */
static int64_t
rank_of(const struct mr_queue *queue, const struct mr_job *job)
{
	int64_t since = job->due > queue->now ? job->due : queue->now;

	return since +
	       (job->priority - MR_JOB_PRIORITY_DEFAULT) * MR_QUEUE_STEP;
}

/* The job that has its id or its key already. */
static enum mr_err
find_other(struct mr_queue *queue, struct mr_job *job)
{
	struct mr_job other;
	enum mr_err err = find(queue, job->id, &other);

	if (err == MR_NOT_FOUND && job->key != NULL)
		err = queue->store->functions->find_key(
		    queue->store, job->key, queue->arena, &other);
	if (err != MR_OK)
		return err;
	if (strcmp(other.digest, job->digest) != 0)
		return MR_INVALID;
	*job = other;
	return MR_CONFLICT;
}

enum mr_err
mr_queue_submit(struct mr_queue *queue, struct mr_job *job,
                const struct mr_job_input *input)
{
	struct mr_buffer packed = { .arena = queue->arena };
	struct mr_job new = {
		.id = job->id,
		.endpoint = job->endpoint,
		.method = job->method,
		.path = job->path,
		.priority = job->priority,
		.created = queue->now,
		.due = job->due == 0 ? queue->now : job->due,
		.attempts = job->attempts,
		.digest = job->digest,
		.key = job->key,
		.request_id = job->request_id,
	};
	enum mr_err err;

	new.rank = rank_of(queue, &new);
	err = enter(queue, &new,
	            new.due > queue->now ? MR_JOB_SCHEDULED : MR_JOB_QUEUED);
	if (err == MR_CONFLICT)
		return find_other(queue, job);
	if (err != MR_OK)
		return err;
	*job = new;
	mr_pack_input(&packed, input);
	return put_packed(queue, job->id, MR_BLOB_INPUT, &packed);
}

/* MR_NOT_FOUND: there is none, or it cannot be read. */
static enum mr_err
get_input(struct mr_queue *queue, const char *id, struct mr_job_input *input)
{
	struct mr_buffer packed = { .arena = queue->arena };
	struct mr_unpack from = { .failed = false };
	enum mr_err err = queue->store->functions->get(
	    queue->store, id, MR_BLOB_INPUT, &packed);

	if (err != MR_OK)
		return err;
	from.at = packed.data;
	from.end = packed.data + packed.length;
	mr_unpack_input(&from, input);
	return from.failed ? MR_NOT_FOUND : MR_OK;
}

static enum mr_err
get_checkpoint(struct mr_queue *queue, const struct mr_job *job,
               struct mr_bytes *checkpoint)
{
	struct mr_buffer bytes = { .arena = queue->arena };
	enum mr_err err = MR_NOT_FOUND;

	if (job->attempt > 1)
		err = queue->store->functions->get(
		    queue->store, job->id, MR_BLOB_CHECKPOINT, &bytes);
	checkpoint->data = (const unsigned char *)bytes.data;
	checkpoint->length = bytes.length;
	return err == MR_NOT_FOUND ? MR_OK : err;
}

static enum mr_err
run(struct mr_queue *queue, struct mr_claimed *claimed)
{
	struct mr_job *job = &claimed->job;
	enum mr_err err = get_input(queue, job->id, &claimed->input);

	job->cause = MR_JOB_CAUSE_NONE;
	job->signal = 0;
	job->detail = job->backtrace = job->progress = NULL;
	if (err == MR_NOT_FOUND) {
		job->cause = MR_JOB_CAUSE_ERROR;
		job->detail = "The store has lost its input.";
		err = enter(queue, job, MR_JOB_DEAD);
		return err == MR_OK ? MR_NOT_FOUND : err;
	}
	if (err != MR_OK)
		return err;
	job->started = queue->now;
	err = enter(queue, job, MR_JOB_RUNNING);
	return err == MR_OK ? get_checkpoint(queue, job, &claimed->checkpoint)
	                    : err;
}

enum mr_err
mr_queue_claim(struct mr_queue *queue, const struct mr_lease *lease,
               struct mr_claimed *claimed)
{
	enum mr_err err, run_err;

	do {
		run_err = MR_OK;
		err = queue->store->functions->claim(
		    queue->store, lease, queue->arena, &claimed->job);
		if (err == MR_OK)
			run_err = run(queue, claimed);
	} while (run_err == MR_NOT_FOUND);
	return err == MR_OK ? run_err : err;
}

/* The record of a job that runs in that attempt; else MR_CONFLICT. */
static enum mr_err
find_running(struct mr_queue *queue, const char *id, int64_t attempt,
             struct mr_job *job)
{
	enum mr_err err = find(queue, id, job);

	if (err == MR_NOT_FOUND)
		return MR_CONFLICT;
	if (err == MR_OK &&
	    (job->state != MR_JOB_RUNNING || job->attempt != attempt))
		return MR_CONFLICT;
	return err;
}

/* Ends an attempt for good, with what is to be answered. */
static enum mr_err
conclude(struct mr_queue *queue, struct mr_job *job, enum mr_job_state state,
         const struct mr_job_result *result)
{
	enum mr_err err = MR_OK;

	job->status = result->status;
	if (result->status != 0)
		err = put_result(queue, job->id, result);
	return err == MR_OK ? enter(queue, job, state) : err;
}

/* However it came to its end, nobody is told of a result any more. */
static enum mr_err
end_cancelled(struct mr_queue *queue, struct mr_job *job)
{
	job->cause = MR_JOB_CAUSE_CANCELLED;
	return enter(queue, job, MR_JOB_CANCELLED);
}

static enum mr_err
finish(struct mr_queue *queue, struct mr_job *job,
       const struct mr_job_result *result)
{
	if (result->status < 400)
		return conclude(queue, job, MR_JOB_SUCCEEDED, result);
	if (job->cancelling)
		return end_cancelled(queue, job);
	job->cause = MR_JOB_CAUSE_ERROR;
	return conclude(queue, job, MR_JOB_FAILED, result);
}

enum mr_err
mr_queue_finish(struct mr_queue *queue, struct mr_job *job,
                const struct mr_job_result *result)
{
	struct mr_job running;
	enum mr_err err = find_running(queue, job->id, job->attempt, &running);

	if (err == MR_OK && job->progress != NULL)
		running.progress = job->progress;
	if (err == MR_OK)
		err = finish(queue, &running, result);
	if (err == MR_OK)
		*job = running;
	return err;
}

/* What is given back, or lost for the first time, keeps its rank. */
static enum mr_err
run_again(struct mr_queue *queue, struct mr_job *job, int64_t delay)
{
	if (delay == 0)
		return enter(queue, job, MR_JOB_QUEUED);
	job->due = queue->now + delay;
	job->rank = rank_of(queue, job);
	return enter(queue, job, MR_JOB_SCHEDULED);
}

static enum mr_err
fail(struct mr_queue *queue, struct mr_job *job, const struct mr_ending *ending)
{
	struct mr_retry retry;

	job->cause = ending->cause;
	job->signal = ending->signal;
	job->detail = ending->detail;
	job->backtrace = ending->backtrace;
	if (job->cancelling || ending->cause == MR_JOB_CAUSE_CANCELLED)
		return end_cancelled(queue, job);
	retry = mr_retry_judge(job, ending->cause, queue->jitter);
	if (retry.again)
		return run_again(queue, job, retry.delay);
	return conclude(queue, job,
	                ending->cause == MR_JOB_CAUSE_ERROR ? MR_JOB_FAILED
	                                                    : MR_JOB_DEAD,
	                &ending->result);
}

enum mr_err
mr_queue_fail(struct mr_queue *queue, struct mr_job *job,
              const struct mr_ending *ending)
{
	struct mr_job running;
	enum mr_err err = find_running(queue, job->id, job->attempt, &running);

	if (err == MR_OK)
		err = fail(queue, &running, ending);
	if (err == MR_OK)
		*job = running;
	return err;
}

enum mr_err
mr_queue_checkpoint(struct mr_queue *queue, const char *id, int64_t attempt,
                    struct mr_bytes checkpoint)
{
	struct mr_job job;
	enum mr_err err = find_running(queue, id, attempt, &job);

	return err == MR_OK ? put(queue, id, MR_BLOB_CHECKPOINT, checkpoint)
	                    : err;
}

enum mr_err
mr_queue_wake(struct mr_queue *queue, int64_t *next)
{
	const struct mr_store_functions *store = queue->store->functions;
	enum mr_err err = MR_OK;

	for (int i = 0; i < MR_QUEUE_WAKE && err == MR_OK; i++) {
		struct mr_job job;

		err = store->find_due(queue->store, queue->now, queue->arena,
		                      &job);
		if (err == MR_OK)
			err = enter(queue, &job, MR_JOB_QUEUED);
	}
	return err == MR_OK || err == MR_NOT_FOUND
	           ? store->next_due(queue->store, next)
	           : err;
}

enum mr_err
mr_queue_cancel(struct mr_queue *queue, const char *id, struct mr_job *job)
{
	enum mr_err err = find(queue, id, job);

	if (err != MR_OK || job->state == MR_JOB_CANCELLED)
		return err;
	if (mr_job_is_final(job->state))
		return MR_CONFLICT;
	if (job->state == MR_JOB_RUNNING) {
		job->cancelling = 1;
		return save(queue, job);
	}
	return end_cancelled(queue, job);
}

enum mr_err
mr_queue_retry(struct mr_queue *queue, const char *id, struct mr_job *job)
{
	enum mr_err err = find(queue, id, job);

	if (err != MR_OK)
		return err;
	if (!mr_job_is_final(job->state) || job->state == MR_JOB_SUCCEEDED)
		return MR_CONFLICT;
	job->failures = job->losses = job->cancelling = job->status = 0;
	job->cause = MR_JOB_CAUSE_NONE;
	job->signal = job->started = job->finished = 0;
	job->detail = job->backtrace = job->progress = NULL;
	job->due = queue->now;
	job->rank = rank_of(queue, job);
	err = put(queue, id, MR_BLOB_RESULT, (struct mr_bytes){ NULL, 0 });
	return err == MR_OK ? enter(queue, job, MR_JOB_QUEUED) : err;
}
