/*
 * check_jobs_queue.c: what becomes of jobs, over each kind of store: every
 * step from every state, fences, retries, cancelling, and that nobody starves.
 */
#include "jobs/queue.h"

#include "jobs/history.h"
#include "jobs/pack.h"
#include "jobs/retry.h"

#include "jobs.h"

static struct mr_queue queue;
static int entered_count;
static int64_t entered_before, entered_state;

static void
entered(void *context, const struct mr_job *job, int64_t before)
{
	ck_assert_ptr_eq(context, &queue);
	entered_count++;
	entered_before = before;
	entered_state = job->state;
}

static void
queue_begin(int which)
{
	jobs_begin(which);
	queue = (struct mr_queue){ .store = store,
		                   .arena = arena,
		                   .now = JOBS_NOW,
		                   .entered = entered,
		                   .context = &queue };
}

static const struct mr_job_input input = {
	.method = BYTES("POST"),
	.path = BYTES("/sum"),
	.body = BYTES("{\"a\": 1}"),
};

static const struct mr_job_result good = { 200, BYTES("application/json"),
	                                   BYTES("{}") };
static const struct mr_job_result bad = { 422, BYTES("application/json"),
	                                  BYTES("no") };

static enum mr_err
submit(struct mr_job *job)
{
	return mr_queue_submit(&queue, job, &input);
}

static struct mr_job
submitted(int number)
{
	struct mr_job job = jobs_job(number);

	ck_assert_int_eq(submit(&job), MR_OK);
	return job;
}

static enum mr_err
claim(struct mr_claimed *claimed)
{
	struct mr_lease lease = { "runner", queue.now, 30000 };

	return mr_queue_claim(&queue, &lease, claimed);
}

static struct mr_job
claimed_job(void)
{
	struct mr_claimed claimed;

	ck_assert_int_eq(claim(&claimed), MR_OK);
	return claimed.job;
}

static struct mr_job
stored(const char *id)
{
	struct mr_job job;

	ck_assert_int_eq(store->functions->find(store, id, arena, &job), MR_OK);
	return job;
}

static bool
has_blob(const char *id, enum mr_blob blob)
{
	struct mr_buffer bytes = { .arena = arena };

	return store->functions->get(store, id, blob, &bytes) == MR_OK;
}

static void
assert_no_result(const char *id)
{
	struct mr_buffer bytes = { .arena = arena };

	ck_assert_int_eq(stored(id).status, 0);
	ck_assert_int_eq(
	    store->functions->get(store, id, MR_BLOB_RESULT, &bytes),
	    MR_NOT_FOUND);
}

static void
assert_result(const char *id, const struct mr_job_result *expected)
{
	struct mr_buffer bytes = { .arena = arena };
	struct mr_job_result result;
	struct mr_unpack from;

	ck_assert_int_eq(stored(id).status, expected->status);
	ck_assert_int_eq(
	    store->functions->get(store, id, MR_BLOB_RESULT, &bytes), MR_OK);
	from = (struct mr_unpack){ bytes.data, bytes.data + bytes.length,
		                   false };
	mr_unpack_result(&from, &result);
	ck_assert(!from.failed);
	ck_assert_int_eq(result.status, expected->status);
	ck_assert_str_eq(result.content_type.data, expected->content_type.data);
	ck_assert_str_eq(result.body.data, expected->body.data);
}

static struct mr_ending
ending_of(enum mr_job_cause cause)
{
	return (struct mr_ending){ .cause = cause,
		                   .signal = 11,
		                   .detail = "It ended.",
		                   .backtrace = "#0 here",
		                   .result = bad };
}

static enum mr_err
ended(struct mr_job *job, enum mr_job_cause cause)
{
	struct mr_ending ending = ending_of(cause);

	return mr_queue_fail(&queue, job, &ending);
}

static void
checkpoint(const struct mr_job *job, const char *text)
{
	struct mr_bytes bytes = { (const unsigned char *)text, strlen(text) };

	ck_assert_int_eq(
	    mr_queue_checkpoint(&queue, job->id, job->attempt, bytes), MR_OK);
}

/* Of what it is now, told and written once. */
static void
assert_entered(const char *id, int64_t before, int64_t state)
{
	struct mr_job job = stored(id);
	struct mr_history_line line = { .number = 0 };
	int64_t number = 0;
	const char *history = job.history;

	ck_assert_int_eq(entered_count, 1);
	ck_assert_int_eq(entered_before, before);
	ck_assert_int_eq(entered_state, state);
	entered_count = 0;
	ck_assert_int_eq(job.state, state);
	while (mr_history_next(&history, &line)) {
		ck_assert(number == 0 || line.number == number + 1);
		number = line.number;
	}
	ck_assert_int_eq(*history, '\0');
	ck_assert_int_eq(line.state, state);
	ck_assert_int_eq(line.time, queue.now);
	ck_assert_int_eq(line.attempt, job.attempt);
	ck_assert_int_eq(line.cause, job.cause);
	if (state != MR_JOB_RUNNING) {
		ck_assert_ptr_null(job.owner);
		ck_assert_int_eq(job.lease, 0);
	}
	ck_assert_int_eq(job.finished, mr_job_is_final(state) ? queue.now : 0);
	if (mr_job_is_final(state))
		ck_assert(!has_blob(id, MR_BLOB_CHECKPOINT));
}

START_TEST(test_good_answer_succeeds)
{
	struct mr_claimed claimed;
	struct mr_job job;

	queue_begin(_i);
	job = submitted(1);
	ck_assert_int_eq(job.due, queue.now);
	ck_assert_int_eq(job.created, queue.now);
	assert_entered(job.id, -1, MR_JOB_QUEUED);
	queue.now += 5;
	ck_assert_int_eq(claim(&claimed), MR_OK);
	assert_entered(job.id, MR_JOB_QUEUED, MR_JOB_RUNNING);
	ck_assert_str_eq(claimed.job.id, job.id);
	ck_assert_int_eq(claimed.job.attempt, 1);
	ck_assert_int_eq(stored(job.id).started, queue.now);
	ck_assert_str_eq(stored(job.id).owner, "runner");
	ck_assert_str_eq(claimed.input.body.data, input.body.data);
	ck_assert_ptr_null(claimed.input.query.data);
	ck_assert_uint_eq(claimed.checkpoint.length, 0);
	checkpoint(&claimed.job, "half");
	queue.now += 5;
	job = (struct mr_job){ .id = job.id, .attempt = 1 };
	ck_assert_int_eq(mr_queue_finish(&queue, &job, &good), MR_OK);
	ck_assert_int_eq(job.state, MR_JOB_SUCCEEDED);
	assert_entered(job.id, MR_JOB_RUNNING, MR_JOB_SUCCEEDED);
	assert_result(job.id, &good);
	ck_assert_int_eq(claim(&claimed), MR_NOT_FOUND);
}
END_TEST

START_TEST(test_error_that_was_answered_is_the_last_word)
{
	struct mr_job job;

	queue_begin(_i);
	submitted(1);
	job = claimed_job();
	entered_count = 0;
	ck_assert_int_eq(mr_queue_finish(&queue, &job, &bad), MR_OK);
	assert_entered(job.id, MR_JOB_RUNNING, MR_JOB_FAILED);
	ck_assert_int_eq(job.cause, MR_JOB_CAUSE_ERROR);
	assert_result(job.id, &bad);
}
END_TEST

START_TEST(test_due_time_is_waited_for)
{
	struct mr_claimed claimed;
	struct mr_job job = jobs_job(1);
	int64_t next;

	queue_begin(_i);
	ck_assert_int_eq(mr_queue_wake(&queue, &next), MR_OK);
	ck_assert_int_eq(next, 0);
	job.due = queue.now + 1000;
	ck_assert_int_eq(submit(&job), MR_OK);
	assert_entered(job.id, -1, MR_JOB_SCHEDULED);
	queue.now += 999;
	ck_assert_int_eq(mr_queue_wake(&queue, &next), MR_OK);
	ck_assert_int_eq(next, queue.now + 1);
	ck_assert_int_eq(claim(&claimed), MR_NOT_FOUND);
	queue.now++;
	ck_assert_int_eq(mr_queue_wake(&queue, &next), MR_OK);
	ck_assert_int_eq(next, 0);
	assert_entered(job.id, MR_JOB_SCHEDULED, MR_JOB_QUEUED);
	ck_assert_int_eq(claim(&claimed), MR_OK);
}
END_TEST

START_TEST(test_wake_takes_many_in_turns)
{
	int64_t next, rounds = 0;

	queue_begin(_i);
	do_begin();
	for (int i = 0; i < 2 * MR_QUEUE_WAKE + 1; i++) {
		struct mr_job job = jobs_job(i);

		job.due = queue.now + 1 + i % 7;
		ck_assert_int_eq(submit(&job), MR_OK);
	}
	queue.now += 10;
	entered_count = 0;
	do {
		ck_assert_int_eq(mr_queue_wake(&queue, &next), MR_OK);
		ck_assert_int_le(next, queue.now);
		rounds++;
	} while (next != 0);
	do_commit();
	ck_assert_int_eq(rounds, 3);
	ck_assert_int_eq(entered_count, 2 * MR_QUEUE_WAKE + 1);
}
END_TEST

START_TEST(test_submission_again_is_the_same_job)
{
	struct mr_job first = jobs_job(1), again = jobs_job(1);

	queue_begin(_i);
	first.key = again.key = "key";
	ck_assert_int_eq(submit(&first), MR_OK);
	entered_count = 0;
	ck_assert_int_eq(submit(&again), MR_CONFLICT);
	ck_assert_int_eq(again.created, queue.now);
	again = jobs_job(2);
	again.key = "key";
	ck_assert_int_eq(submit(&again), MR_CONFLICT);
	ck_assert_str_eq(again.id, first.id);
	again = jobs_job(2);
	again.key = "key";
	again.digest = "other";
	ck_assert_int_eq(submit(&again), MR_INVALID);
	ck_assert_int_eq(entered_count, 0);
	again.key = "another";
	ck_assert_int_eq(submit(&again), MR_OK);
}
END_TEST

/* An id is made once; whoever has it for something else is told. */
START_TEST(test_id_of_another_input_is_refused)
{
	struct mr_job first = jobs_job(1), again = jobs_job(1), stored;

	queue_begin(_i);
	ck_assert_int_eq(submit(&first), MR_OK);
	entered_count = 0;
	again.digest = "other";
	again.endpoint = "other";
	ck_assert_int_eq(submit(&again), MR_INVALID);
	ck_assert_str_eq(again.endpoint, "other");
	ck_assert_int_eq(entered_count, 0);
	ck_assert_int_eq(store->functions->find(store, first.id, arena,
	                                        &stored),
	                 MR_OK);
	ck_assert_str_eq(stored.endpoint, first.endpoint);
}
END_TEST

/* Each cause, in turn of its own, up to the end. */
static const struct {
	enum mr_job_cause cause;
	int64_t attempts, runs;
	enum mr_job_state last;
} causes[] = {
	{ MR_JOB_CAUSE_ERROR, 5, 1, MR_JOB_FAILED },
	{ MR_JOB_CAUSE_CRASH, 5, 5, MR_JOB_DEAD },
	{ MR_JOB_CAUSE_CRASH, 1, 1, MR_JOB_DEAD },
	{ MR_JOB_CAUSE_DEADLINE, 3, 3, MR_JOB_DEAD },
	{ MR_JOB_CAUSE_MEMORY, 5, MR_RETRY_MEMORY, MR_JOB_DEAD },
	{ MR_JOB_CAUSE_MEMORY, 1, 1, MR_JOB_DEAD },
	{ MR_JOB_CAUSE_LOST, 1, MR_RETRY_LOSSES, MR_JOB_DEAD },
	{ MR_JOB_CAUSE_CANCELLED, 5, 1, MR_JOB_CANCELLED },
};

/* The next attempt of the only job, whenever that is. */
static struct mr_claimed
next_attempt(void)
{
	struct mr_claimed claimed;
	int64_t next;

	ck_assert_int_eq(mr_queue_wake(&queue, &next), MR_OK);
	if (next != 0) {
		ck_assert_int_gt(next, queue.now);
		ck_assert_int_le(next, queue.now + MR_RETRY_LONGEST);
		ck_assert_int_eq(claim(&claimed), MR_NOT_FOUND);
		queue.now = next;
		ck_assert_int_eq(mr_queue_wake(&queue, &next), MR_OK);
	}
	ck_assert_int_eq(claim(&claimed), MR_OK);
	return claimed;
}

START_TEST(test_causes_are_retried_up_to_their_end)
{
	struct mr_job job = jobs_job(1);
	int64_t runs = causes[_i / 2].runs;

	queue_begin(_i % 2);
	job.attempts = causes[_i / 2].attempts;
	ck_assert_int_eq(submit(&job), MR_OK);
	for (int64_t run = 1; run <= runs; run++) {
		struct mr_claimed claimed = next_attempt();

		job = claimed.job;
		ck_assert_int_eq(job.attempt, run);
		ck_assert_int_eq(job.cause, MR_JOB_CAUSE_NONE);
		ck_assert_ptr_null(job.detail);
		ck_assert_uint_eq(claimed.checkpoint.length, run == 1 ? 0 : 4);
		checkpoint(&job, "half");
		entered_count = 0;
		ck_assert_int_eq(ended(&job, causes[_i / 2].cause), MR_OK);
		ck_assert_int_eq(mr_job_is_final(job.state), run == runs);
	}
	assert_entered(job.id, MR_JOB_RUNNING, causes[_i / 2].last);
	ck_assert_int_eq(stored(job.id).cause, causes[_i / 2].cause);
	ck_assert_int_eq(stored(job.id).signal, 11);
	ck_assert_str_eq(stored(job.id).detail, "It ended.");
	ck_assert_str_eq(stored(job.id).backtrace, "#0 here");
	ck_assert(has_blob(job.id, MR_BLOB_INPUT));
	if (causes[_i / 2].last == MR_JOB_CANCELLED)
		assert_no_result(job.id);
	else
		assert_result(job.id, &bad);
}
END_TEST

START_TEST(test_drained_counts_for_nothing_and_keeps_its_place)
{
	struct mr_job job;

	queue_begin(_i);
	submitted(1);
	queue.now += 1000;
	submitted(2);
	for (int i = 1; i <= 200; i++) {
		job = claimed_job();
		ck_assert_str_eq(job.id, jobs_id(1));
		ck_assert_int_eq(job.attempt, i);
		entered_count = 0;
		ck_assert_int_eq(ended(&job, MR_JOB_CAUSE_DRAINED), MR_OK);
		assert_entered(job.id, MR_JOB_RUNNING, MR_JOB_QUEUED);
		ck_assert_int_eq(job.failures, 0);
		ck_assert_int_eq(job.losses, 0);
	}
}
END_TEST

START_TEST(test_first_losses_run_at_once)
{
	struct mr_job job;

	queue_begin(_i);
	submitted(1);
	for (int i = 0; i < MR_RETRY_AT_ONCE; i++) {
		job = claimed_job();
		ck_assert_int_eq(ended(&job, MR_JOB_CAUSE_LOST), MR_OK);
		ck_assert_int_eq(job.state, MR_JOB_QUEUED);
	}
	job = claimed_job();
	ck_assert_int_eq(ended(&job, MR_JOB_CAUSE_LOST), MR_OK);
	ck_assert_int_eq(job.state, MR_JOB_SCHEDULED);
	ck_assert_int_eq(job.failures, 0);
}
END_TEST

START_TEST(test_poison_does_not_block_others)
{
	struct mr_job job;

	queue_begin(_i);
	submitted(1);
	queue.now += 10;
	submitted(2);
	job = claimed_job();
	ck_assert_int_eq(ended(&job, MR_JOB_CAUSE_CRASH), MR_OK);
	ck_assert_int_eq(job.state, MR_JOB_SCHEDULED);
	ck_assert_str_eq(claimed_job().id, jobs_id(2));
}
END_TEST

START_TEST(test_job_without_input_is_dead_and_the_next_runs)
{
	struct mr_claimed claimed;

	queue_begin(_i);
	for (int i = 1; i <= 3; i++)
		submitted(i);
	ck_assert_int_eq(store->functions->put(store, jobs_id(1), MR_BLOB_INPUT,
	                                       (struct mr_bytes){ NULL, 0 }),
	                 MR_OK);
	ck_assert_int_eq(
	    store->functions->put(store, jobs_id(2), MR_BLOB_INPUT,
	                          (struct mr_bytes){ (unsigned char *)"?", 1 }),
	    MR_OK);
	ck_assert_int_eq(claim(&claimed), MR_OK);
	ck_assert_str_eq(claimed.job.id, jobs_id(3));
	ck_assert_int_eq(stored(jobs_id(1)).state, MR_JOB_DEAD);
	ck_assert_int_eq(stored(jobs_id(2)).state, MR_JOB_DEAD);
	ck_assert_int_eq(claim(&claimed), MR_NOT_FOUND);
}
END_TEST

/* Brings a new job into a state. */
static struct mr_job
brought_to(enum mr_job_state state)
{
	struct mr_job job = jobs_job(1);

	job.due = state == MR_JOB_SCHEDULED ? queue.now + 1000 : 0;
	job.attempts = 1;
	ck_assert_int_eq(submit(&job), MR_OK);
	if (state == MR_JOB_CANCELLED)
		ck_assert_int_eq(mr_queue_cancel(&queue, job.id, &job), MR_OK);
	else if (state != MR_JOB_SCHEDULED && state != MR_JOB_QUEUED)
		job = claimed_job();
	if (state == MR_JOB_SUCCEEDED)
		ck_assert_int_eq(mr_queue_finish(&queue, &job, &good), MR_OK);
	if (state == MR_JOB_FAILED)
		ck_assert_int_eq(mr_queue_finish(&queue, &job, &bad), MR_OK);
	if (state == MR_JOB_DEAD)
		ck_assert_int_eq(ended(&job, MR_JOB_CAUSE_CRASH), MR_OK);
	ck_assert_int_eq(job.state, state);
	entered_count = 0;
	return job;
}

/* A runner that speaks of a job: only if it runs, and in that attempt. */
START_TEST(test_only_the_running_attempt_is_heard)
{
	for (int64_t state = 0; state < MR_JOB_STATE_COUNT; state++) {
		struct mr_job job, before;

		queue_begin(_i);
		before = job = brought_to(state);
		for (int late = 0; late < 2; late++) {
			job.attempt = before.attempt - late;
			if (state == MR_JOB_RUNNING && !late)
				continue;
			ck_assert_int_eq(mr_queue_finish(&queue, &job, &good),
			                 MR_CONFLICT);
			ck_assert_int_eq(ended(&job, MR_JOB_CAUSE_LOST),
			                 MR_CONFLICT);
			ck_assert_int_eq(mr_queue_checkpoint(
			                     &queue, job.id, job.attempt,
			                     (struct mr_bytes){
			                         (unsigned char *)"x", 1 }),
			                 MR_CONFLICT);
		}
		ck_assert_int_eq(stored(job.id).state, state);
		ck_assert_str_eq(stored(job.id).history, before.history);
		ck_assert(!has_blob(job.id, MR_BLOB_CHECKPOINT));
		ck_assert_int_eq(entered_count, 0);
		job.id = jobs_id(2);
		ck_assert_int_eq(mr_queue_finish(&queue, &job, &good),
		                 MR_CONFLICT);
		mr_store_close(store);
		store = NULL;
		unlink("jobs.db");
	}
}
END_TEST

static const struct {
	enum mr_job_state state;
	enum mr_err cancel; /* and what then becomes of it */
	enum mr_job_state cancelled;
	enum mr_err retry;
} steps[MR_JOB_STATE_COUNT] = {
	{ MR_JOB_SCHEDULED, MR_OK, MR_JOB_CANCELLED, MR_CONFLICT },
	{ MR_JOB_QUEUED, MR_OK, MR_JOB_CANCELLED, MR_CONFLICT },
	{ MR_JOB_RUNNING, MR_OK, MR_JOB_RUNNING, MR_CONFLICT },
	{ MR_JOB_SUCCEEDED, MR_CONFLICT, MR_JOB_SUCCEEDED, MR_CONFLICT },
	{ MR_JOB_FAILED, MR_CONFLICT, MR_JOB_FAILED, MR_OK },
	{ MR_JOB_DEAD, MR_CONFLICT, MR_JOB_DEAD, MR_OK },
	{ MR_JOB_CANCELLED, MR_OK, MR_JOB_CANCELLED, MR_OK },
};

START_TEST(test_cancel_in_each_state)
{
	enum mr_job_state state = steps[_i / 2].state;
	struct mr_job job, before;

	queue_begin(_i % 2);
	before = brought_to(state);
	ck_assert_int_eq(mr_queue_cancel(&queue, before.id, &job),
	                 steps[_i / 2].cancel);
	ck_assert_int_eq(job.state, steps[_i / 2].cancelled);
	ck_assert_int_eq(stored(job.id).cancelling, state == MR_JOB_RUNNING);
	ck_assert_int_eq(stored(job.id).status, before.status);
	if (state != steps[_i / 2].cancelled)
		assert_entered(job.id, state, MR_JOB_CANCELLED);
	ck_assert_int_eq(entered_count, 0);
	ck_assert_int_eq(mr_queue_cancel(&queue, job.id, &job),
	                 steps[_i / 2].cancel);
	ck_assert_int_eq(entered_count, 0);
	ck_assert_int_eq(mr_queue_cancel(&queue, "none", &job), MR_NOT_FOUND);
}
END_TEST

START_TEST(test_retry_in_each_state)
{
	struct mr_job job, before;
	struct mr_claimed claimed;

	queue_begin(_i % 2);
	before = brought_to(steps[_i / 2].state);
	queue.now += 500;
	ck_assert_int_eq(mr_queue_retry(&queue, before.id, &job),
	                 steps[_i / 2].retry);
	ck_assert_int_eq(mr_queue_retry(&queue, "none", &job), MR_NOT_FOUND);
	if (steps[_i / 2].retry != MR_OK) {
		ck_assert_int_eq(entered_count, 0);
		return;
	}
	assert_entered(before.id, before.state, MR_JOB_QUEUED);
	job = stored(before.id);
	ck_assert_int_eq(job.failures + job.losses + job.cancelling, 0);
	ck_assert_int_eq(job.status + job.signal + job.started, 0);
	ck_assert_ptr_null(job.detail);
	ck_assert(!has_blob(job.id, MR_BLOB_RESULT));
	ck_assert_int_eq(claim(&claimed), MR_OK);
	ck_assert_int_eq(claimed.job.attempt, before.attempt + 1);
	ck_assert_int_eq(mr_queue_finish(&queue, &before, &bad), MR_CONFLICT);
	ck_assert_int_eq(mr_queue_finish(&queue, &claimed.job, &good), MR_OK);
	assert_result(job.id, &good);
}
END_TEST

/* A job that was told to end ends, whatever the cause. */
START_TEST(test_cancelled_while_it_ran)
{
	enum mr_job_cause cause = (enum mr_job_cause)(_i / 2);
	struct mr_job job;

	queue_begin(_i % 2);
	job = brought_to(MR_JOB_RUNNING);
	checkpoint(&job, "half");
	ck_assert_int_eq(mr_queue_cancel(&queue, job.id, &job), MR_OK);
	ck_assert_int_eq(job.cancelling, 1);
	if (cause == MR_JOB_CAUSE_NONE)
		ck_assert_int_eq(mr_queue_finish(&queue, &job, &bad), MR_OK);
	else
		ck_assert_int_eq(ended(&job, cause), MR_OK);
	assert_entered(job.id, MR_JOB_RUNNING, MR_JOB_CANCELLED);
	ck_assert_int_eq(job.cause, MR_JOB_CAUSE_CANCELLED);
	ck_assert_int_eq(job.status, 0);
	assert_no_result(job.id);
}
END_TEST

START_TEST(test_finished_job_keeps_the_progress_told_last)
{
	struct mr_job job;

	queue_begin(_i);
	job = brought_to(MR_JOB_RUNNING);
	job.progress = "as far as it came";
	ck_assert_int_eq(mr_queue_finish(&queue, &job, &good), MR_OK);
	ck_assert_str_eq(stored(job.id).progress, "as far as it came");
}
END_TEST

START_TEST(test_good_answer_counts_though_it_was_cancelled)
{
	struct mr_job job;

	queue_begin(_i);
	job = brought_to(MR_JOB_RUNNING);
	ck_assert_int_eq(mr_queue_cancel(&queue, job.id, &job), MR_OK);
	ck_assert_int_eq(mr_queue_finish(&queue, &job, &good), MR_OK);
	assert_entered(job.id, MR_JOB_RUNNING, MR_JOB_SUCCEEDED);
	assert_result(job.id, &good);
}
END_TEST

START_TEST(test_urgent_goes_first)
{
	queue_begin(_i);
	for (int i = 0; i <= MR_JOB_PRIORITY_LAST; i++) {
		struct mr_job job = jobs_job(i);

		job.priority = MR_JOB_PRIORITY_LAST - i;
		queue.now += 100;
		ck_assert_int_eq(submit(&job), MR_OK);
	}
	for (int i = MR_JOB_PRIORITY_LAST; i >= 0; i--)
		ck_assert_str_eq(claimed_job().id, jobs_id(i));
}
END_TEST

/*
 * Twice as many urgent ones come as can be run, and of each two one claims to
 * have been due long ago.
 */
START_TEST(test_nobody_starves)
{
	struct mr_job low = jobs_job(0);
	bool has_run = false;
	int turns = 0;

	queue_begin(_i);
	do_begin();
	low.priority = MR_JOB_PRIORITY_LAST;
	ck_assert_int_eq(submit(&low), MR_OK);
	while (!has_run) {
		for (int i = 0; i < 2; i++) {
			struct mr_job job = jobs_job(1 + 2 * turns + i);

			job.priority = 0;
			job.due = i;
			ck_assert_int_eq(submit(&job), MR_OK);
		}
		has_run = strcmp(claimed_job().id, low.id) == 0;
		queue.now += 2000;
		turns++;
		ck_assert_int_le(turns, 1000);
	}
	do_commit();
	ck_assert_int_gt(turns, 100);
}
END_TEST

static void
add_tests(TCase *tc)
{
	const TTest *const tests[] = {
		test_good_answer_succeeds,
		test_error_that_was_answered_is_the_last_word,
		test_due_time_is_waited_for,
		test_wake_takes_many_in_turns,
		test_submission_again_is_the_same_job,
		test_id_of_another_input_is_refused,
		test_drained_counts_for_nothing_and_keeps_its_place,
		test_first_losses_run_at_once,
		test_poison_does_not_block_others,
		test_job_without_input_is_dead_and_the_next_runs,
		test_only_the_running_attempt_is_heard,
		test_finished_job_keeps_the_progress_told_last,
		test_good_answer_counts_though_it_was_cancelled,
		test_urgent_goes_first,
		test_nobody_starves,
	};

	tcase_add_checked_fixture(tc, place_setup, jobs_teardown);
	for (size_t i = 0; i < N(tests); i++)
		tcase_add_loop_test(tc, tests[i], 0, N(jobs_stores));
	tcase_add_loop_test(tc, test_causes_are_retried_up_to_their_end, 0,
	                    N(causes) * 2);
	tcase_add_loop_test(tc, test_cancel_in_each_state, 0, N(steps) * 2);
	tcase_add_loop_test(tc, test_retry_in_each_state, 0, N(steps) * 2);
	tcase_add_loop_test(tc, test_cancelled_while_it_ran, 0,
	                    MR_JOB_CAUSE_COUNT * 2);
}

UNIT_MAIN("jobs_queue", add_tests)
