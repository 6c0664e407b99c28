/*
 * broker_answer.c: a function for each type of question.
 */
#include "fcgi/broker/broker_answer.h"

#include "api/job_query.h"
#include "fcgi/broker/broker_ending.h"
#include "jobs/pack.h"

#include <string.h>

/* Jobs of one reply: a page, and the next one's first. */
#define LIST_MOST (MR_JOB_QUERY_MOST + 1)

struct answering {
	struct mr_queue *queue;
	const struct message *question;
	uint64_t age;
	struct message *reply;
};

static enum mr_err
put_job(const struct answering *answering, const struct mr_job *job)
{
	struct mr_job *copy =
	    mr_arena_alloc(answering->queue->arena, sizeof(*copy));

	if (copy == NULL)
		return MR_MEMORY;
	*copy = *job;
	answering->reply->jobs = copy;
	answering->reply->job_count = 1;
	return MR_OK;
}

/* The job goes along with an error, where there is one. */
static enum mr_err
put(const struct answering *answering, enum mr_err err,
    const struct mr_job *job)
{
	enum mr_err put_err = MR_OK;

	if ((err == MR_OK || err == MR_CONFLICT) && job->id != NULL)
		put_err = put_job(answering, job);
	return put_err != MR_OK ? put_err : err;
}

static enum mr_err
find(const struct answering *answering, struct mr_job *job)
{
	struct mr_store *store = answering->queue->store;

	*job = (struct mr_job){ .id = NULL };
	return store->functions->find(store, answering->question->id,
	                              answering->queue->arena, job);
}

/* Writing. */

/* Peers are ours, but a store outlives their faults. */
static bool
may_submit(const struct message *question)
{
	const struct mr_job *job = question->jobs;

	return question->job_count == 1 && job->id != NULL &&
	       mr_job_is_id(job->id) && job->endpoint != NULL &&
	       job->method != NULL && job->path != NULL &&
	       job->digest != NULL && job->priority >= 0 &&
	       job->priority <= MR_JOB_PRIORITY_LAST && job->attempts > 0 &&
	       job->due >= 0 && question->input.method.data != NULL &&
	       question->input.path.data != NULL;
}

static enum mr_err
submit(const struct answering *answering)
{
	const struct message *question = answering->question;
	struct mr_job job;

	if (!may_submit(question))
		return MR_SYNTAX;
	job = question->jobs[0];
	return put(answering,
	           mr_queue_submit(answering->queue, &job, &question->input),
	           &job);
}

static enum mr_err
cancel(const struct answering *answering)
{
	struct mr_job job = { .id = NULL };

	return put(answering,
	           mr_queue_cancel(answering->queue, answering->question->id,
	                           &job),
	           &job);
}

static enum mr_err
retry(const struct answering *answering)
{
	struct mr_job job = { .id = NULL };

	return put(answering,
	           mr_queue_retry(answering->queue, answering->question->id,
	                          &job),
	           &job);
}

static enum mr_err
checkpoint(const struct answering *answering)
{
	const struct message *question = answering->question;
	const struct mr_bytes bytes = {
		(const unsigned char *)question->checkpoint.data,
		question->checkpoint.length,
	};

	return mr_queue_checkpoint(answering->queue, question->id,
	                           question->attempt, bytes);
}

static enum mr_err
finish(const struct answering *answering)
{
	const struct message *question = answering->question;
	struct mr_job job = { .id = question->id,
		              .attempt = question->attempt,
		              .progress = question->detail };
	enum mr_err err;

	if (question->result.status == 0)
		return MR_SYNTAX;
	err = mr_queue_finish(answering->queue, &job, &question->result);
	return err == MR_OK ? put(answering, err, &job) : err;
}

/* Frames of another generation's process would be named wrongly. */
static enum mr_err
fail(const struct answering *answering)
{
	struct message question = *answering->question;
	struct mr_ending ending;
	struct mr_job job;
	enum mr_err err = find(answering, &job);

	if (err == MR_NOT_FOUND)
		return MR_CONFLICT;
	if (err != MR_OK)
		return err;
	if (job.state != MR_JOB_RUNNING || job.attempt != question.attempt)
		return MR_CONFLICT;
	if (question.age != answering->age)
		question.frames.length = 0;
	if (!broker_ending_read(&question, &job, answering->queue->arena,
	                        &ending))
		return MR_MEMORY;
	return put(answering, mr_queue_fail(answering->queue, &job, &ending),
	           &job);
}

/* Reading. */

static enum mr_err
look(const struct answering *answering)
{
	struct mr_job job;

	return put(answering, find(answering, &job), &job);
}

/* One that was cancelled before it ran is final and has none. */
static enum mr_err
result(const struct answering *answering)
{
	struct mr_store *store = answering->queue->store;
	struct mr_buffer bytes = { .arena = answering->queue->arena };
	struct mr_unpack from;
	struct mr_job job;
	enum mr_err err = find(answering, &job);

	if (err != MR_OK || !mr_job_is_final(job.state))
		return put(answering, err, &job);
	err = store->functions->get(store, job.id, MR_BLOB_RESULT, &bytes);
	if (err != MR_OK && err != MR_NOT_FOUND)
		return err;
	if (err == MR_OK) {
		from = (struct mr_unpack){ .at = bytes.data,
			                   .end = bytes.data + bytes.length };
		mr_unpack_result(&from, &answering->reply->result);
	}
	return put(answering, MR_OK, &job);
}

static enum mr_err
list(const struct answering *answering)
{
	struct mr_store *store = answering->queue->store;
	struct mr_job_filter filter = answering->question->filter;
	struct mr_jobs jobs;
	enum mr_err err;

	if (filter.limit > LIST_MOST)
		filter.limit = LIST_MOST;
	if (filter.limit == 0)
		return MR_OK;
	err = store->functions->list(store, &filter, answering->queue->arena,
	                             &jobs);
	if (err != MR_OK)
		return err;
	answering->reply->jobs = jobs.data;
	answering->reply->job_count = jobs.length;
	return MR_OK;
}

static enum mr_err
refuse(const struct answering *answering)
{
	(void)answering;
	return MR_SYNTAX;
}

static enum mr_err
leave(const struct answering *answering)
{
	(void)answering;
	return MR_OK;
}

static const struct {
	enum mr_err (*answer)(const struct answering *answering);
	enum broker_need need;
	bool has_id; /* the question must have one */
	bool silent; /* nothing is sent at once */
	enum message_type reply;
} kinds[MESSAGE_TYPE_COUNT] = {
	[MESSAGE_REPLY] = { .answer = refuse },
	[MESSAGE_SUBMIT] = { .answer = submit, .need = BROKER_NEEDS_WRITING },
	[MESSAGE_FIND] = { .answer = look,
	                   .need = BROKER_NEEDS_READING,
	                   .has_id = true },
	[MESSAGE_RESULT] = { .answer = result,
	                     .need = BROKER_NEEDS_READING,
	                     .has_id = true },
	[MESSAGE_LIST] = { .answer = list, .need = BROKER_NEEDS_READING },
	[MESSAGE_CANCEL] = { .answer = cancel,
	                     .need = BROKER_NEEDS_WRITING,
	                     .has_id = true },
	[MESSAGE_RETRY] = { .answer = retry,
	                    .need = BROKER_NEEDS_WRITING,
	                    .has_id = true },
	[MESSAGE_CLAIM] = { .answer = leave, .silent = true },
	[MESSAGE_CHECKPOINT] = { .answer = checkpoint,
	                         .need = BROKER_NEEDS_WRITING,
	                         .has_id = true },
	[MESSAGE_FINISH] = { .answer = finish,
	                     .need = BROKER_NEEDS_WRITING,
	                     .has_id = true },
	[MESSAGE_FAIL] = { .answer = fail,
	                   .need = BROKER_NEEDS_WRITING,
	                   .has_id = true },
	[MESSAGE_WATCH] = { .answer = look,
	                    .need = BROKER_NEEDS_READING,
	                    .has_id = true,
	                    .reply = MESSAGE_CHANGED },
	[MESSAGE_UNWATCH] = { .answer = leave, .silent = true },
	[MESSAGE_CHANGED] = { .answer = refuse },
};

enum broker_need
broker_answer_need(enum message_type type)
{
	return kinds[type].need;
}

bool
broker_answer_is_due(enum message_type type)
{
	return !kinds[type].silent;
}

bool
broker_answer_is_failure(enum mr_err err)
{
	return err == MR_STORAGE || err == MR_STORAGE_FULL || err == MR_MEMORY;
}

const struct mr_job *
broker_answer_job(const struct message *reply)
{
	return reply->job_count == 1 ? reply->jobs : NULL;
}

void
broker_answer(struct mr_queue *queue, const struct message *question,
              uint64_t age, struct message *reply)
{
	const struct answering answering = { queue, question, age, reply };

	*reply = (struct message){ .type = kinds[question->type].reply,
		                   .id = question->id };
	if (kinds[question->type].has_id && question->id == NULL)
		reply->err = MR_SYNTAX;
	else if (queue->store != NULL)
		reply->err = kinds[question->type].answer(&answering);
	else
		reply->err = MR_STORAGE;
}
