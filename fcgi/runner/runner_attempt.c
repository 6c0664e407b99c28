/*
 * runner_attempt.c: from what was claimed to what is told of it.
 *
 * While the function runs nothing is asked of the broker, which may be
 * replaced meanwhile; what is told afterwards is told until it is heard.
 */
#include "fcgi/runner/runner_attempt.h"

#include "base/err.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/board/progress.h"
#include "fcgi/runner/runner_words.h"
#include "fcgi/worker/guard.h"
#include "fcgi/worker/head.h"

#include <poll.h>
#include <string.h>

#define PATIENCE 30000 /* ms, to tell the broker of it */
#define PAUSE 200 /* ms, before what was refused is asked once more */

/* What a result may have beside its body, in a message: bytes. */
#define AROUND_RESULT 65536

/* One attempt at a job. */
struct attempt {
	struct runner *runner;
	const struct mr_job *job;
	const char *instance;
	struct mr_reply reply;
	struct guard_request guarded;
};

/* Asking. */

/* Not ended by an order to quit. */
static enum mr_err
ask(struct runner *runner, const struct message *question, int patience,
    enum mr_err *answer)
{
	struct message reply = { .type = MESSAGE_REPLY };
	enum mr_err err;

	runner->client.patience = patience;
	runner->client.quit = -1;
	runner_words_asking(true);
	err = broker_client_ask(&runner->client, question, runner->arena,
	                        &reply);
	runner_words_asking(false);
	*answer = reply.err;
	mr_arena_reset(runner->arena);
	return err;
}

static bool
may_pass(enum mr_err err)
{
	return err == MR_BUSY || err == MR_STORAGE || err == MR_STORAGE_FULL;
}

/* How a job ended: told until it is known, or until there is no hope. */
static void
settle(struct attempt *attempt, const struct message *ending)
{
	uint64_t end = clock_now() + PATIENCE * CLOCK_NS_PER_MS, now;
	enum mr_err answer = MR_OK, err = MR_BUSY;

	for (now = clock_now(); now < end; now = clock_now()) {
		err = ask(attempt->runner, ending,
		          (int)((end - now) / CLOCK_NS_PER_MS) + 1, &answer);
		if (err == MR_OK)
			err = answer;
		if (!may_pass(err))
			break;
		poll(NULL, 0, PAUSE);
	}
	if (err != MR_OK)
		log_error("The end of a job was not taken. job=%s attempt=%lld "
		          "worker=%s error=\"%s\"",
		          attempt->job->id, (long long)attempt->job->attempt,
		          attempt->runner->service->name, mr_err_title(err));
}

static struct message
about(const struct attempt *attempt, enum message_type type)
{
	return (struct message){ .type = type,
		                 .id = attempt->job->id,
		                 .attempt = attempt->job->attempt };
}

static void
fail(struct attempt *attempt, enum mr_job_cause cause, const char *detail)
{
	struct message message = about(attempt, MESSAGE_FAIL);

	message.cause = cause;
	message.detail = detail;
	settle(attempt, &message);
}

/* What the core tells and asks of the job on its way. */

static void
tell_progress(void *context, double done, double total, const char *phase)
{
	const struct attempt *attempt = context;

	progress_tell(&attempt->runner->service->score->job, done, total, phase);
}

static void
tell_figure(void *context, const char *name, double value)
{
	const struct attempt *attempt = context;

	progress_figure(&attempt->runner->service->score->job, name, value);
}

static enum mr_err
keep_checkpoint(void *context, const void *data, size_t size)
{
	const struct attempt *attempt = context;
	struct message message = about(attempt, MESSAGE_CHECKPOINT);
	enum mr_err answer, err;

	if (size > MESSAGE_MOST - AROUND_RESULT)
		return MR_STORAGE_FULL;
	message.checkpoint =
	    (struct mr_string){ size == 0 ? "" : data, size };
	err = ask(attempt->runner, &message, PATIENCE, &answer);
	if (err == MR_OK)
		err = answer;
	if (err == MR_NOT_FOUND)
		return MR_CONFLICT;
	return err == MR_BUSY ? MR_STORAGE : err;
}

static bool
is_cancelled(void *context)
{
	const struct attempt *attempt = context;

	return atomic_load_explicit(&attempt->runner->service->score->cancelled,
	                            memory_order_relaxed) != 0;
}

static enum mr_err
submit(void *context, const struct mr_submission *submission,
       struct mr_arena *arena, struct mr_job *job)
{
	const struct attempt *attempt = context;

	return submission_send(attempt->runner->service->submission, submission,
	                       arena, job);
}

static void
note_endpoint(void *context, size_t index)
{
	struct attempt *attempt = context;
	const struct service *service = attempt->runner->service;
	const struct terms *terms = &service->terms[index];
	struct score *score = service->score;

	attempt->guarded.counts =
	    &service->ledger->rows[terms->job_row].shards[service->shard];
	atomic_store_explicit(&score->row, terms->job_row,
	                      memory_order_relaxed);
	atomic_store_explicit(&score->due,
	                      attempt->guarded.start + terms->job_deadline,
	                      memory_order_relaxed);
}

/* Running. */

static void
describe(struct attempt *attempt)
{
	const struct service *service = attempt->runner->service;
	const struct mr_job *job = attempt->job;
	struct score *score = service->score;
	const char *id = job->request_id == NULL ? job->id : job->request_id;

	attempt->instance = mr_problem_instance(job->path, service->arena);
	if (attempt->instance == NULL)
		attempt->instance = "/";
	score_copy_text(score->method, job->method, sizeof(score->method));
	score_copy_text(score->instance, attempt->instance,
	                sizeof(score->instance));
	score_copy_text(score->request_id, id, sizeof(score->request_id));
}

/* How long it waited for us: ns. */
static uint64_t
wait_of(const struct mr_job *job)
{
	int64_t since = job->due > job->created ? job->due : job->created;
	int64_t now = (int64_t)clock_unix_ms();

	return now > since ? (uint64_t)(now - since) * CLOCK_NS_PER_MS : 0;
}

static void
arm(struct attempt *attempt, size_t received)
{
	const struct service *service = attempt->runner->service;
	struct score *score = service->score;
	uint64_t start = clock_now();

	attempt->guarded = (struct guard_request){
		.fd = -1,
		.request_id = score->request_id,
		.instance = attempt->instance,
		.worker = service->name,
		.queue = wait_of(attempt->job),
		.start = start,
		.received = received,
		.counts = &service->ledger->rows[service->row]
		               .shards[service->shard],
		.tell = runner_words_tell,
	};
	score->body = received;
	runner_words_begin(&attempt->runner->client, attempt->job,
	                   atomic_load(&score->age));
	progress_begin(&score->job, attempt->job->id, attempt->job->attempt);
	score_begin(score, start,
	            start + service->pool->deadline * CLOCK_NS_PER_MS);
	if (service->pool->slow > 0)
		atomic_store(&score->slow, start + service->pool->slow *
		                                       CLOCK_NS_PER_MS);
	guard_arm(&attempt->guarded);
}

static struct mr_string
or_empty(struct mr_string text)
{
	return text.data == NULL ? (struct mr_string){ "", 0 } : text;
}

static void
call(struct attempt *attempt, const struct message *claim)
{
	const struct service *service = attempt->runner->service;
	const struct mr_job_input *input = &claim->input;
	const struct mr_job_call job = {
		.id = attempt->job->id,
		.restored = or_empty(claim->checkpoint),
		.progress = tell_progress,
		.figure = tell_figure,
		.checkpoint = keep_checkpoint,
	};
	const struct mr_request request = {
		.method = input->method.data,
		.path = input->path.data,
		.query = or_empty(input->query),
		.body = or_empty(input->body),
		.has_length = true,
		.content_type = input->content_type.data,
		.content_encoding = input->content_encoding.data,
		.accept = input->accept.data,
		.request_id = attempt->job->request_id,
		.state_directory = service->state_directory,
		.job = &job,
		.enter = clock_enter,
		.deny = guard_note_denied,
		.routed = note_endpoint,
		.cancelled = is_cancelled,
		.submit = service->submission == NULL ? NULL : submit,
		.context = attempt,
	};

	mr_handle(attempt->runner->worker->registry, &request, &attempt->reply,
	          service->arena);
}

/* Its end. */

static void
count(const struct attempt *attempt)
{
	const struct guard_request *guarded = &attempt->guarded;
	const struct head_request request = {
		.queue = guarded->queue,
		.received = guarded->received,
		.slow = score_is_slow(attempt->runner->service->score,
		                      attempt->reply.entered[MR_PHASE_DONE]),
	};

	head_account(&attempt->reply, &request, guarded->counts);
}

/* What the job told last; NULL: nothing. */
static const char *
last_progress(const struct attempt *attempt)
{
	const struct service *service = attempt->runner->service;
	struct mr_buffer text = { .arena = service->arena };
	struct mr_job_progress progress;

	if (!progress_read(&service->score->job, attempt->job->id,
	                   attempt->job->attempt, &progress))
		return NULL;
	mr_progress_write(&progress, &text);
	return mr_buffer_text(&text);
}

static void
finish(struct attempt *attempt)
{
	const struct mr_reply *reply = &attempt->reply;
	struct mr_buffer body = { .arena = attempt->runner->service->arena };
	struct message message = about(attempt, MESSAGE_FINISH);
	const char *type = reply->content_type;

	message.detail = last_progress(attempt);

	if (reply->preamble.length + reply->body.length >
	    MESSAGE_MOST - AROUND_RESULT) {
		fail(attempt, MR_JOB_CAUSE_MEMORY, "The result is too long to keep");
		return;
	}
	mr_buffer_append(&body, reply->preamble.data, reply->preamble.length);
	mr_buffer_append(&body, reply->body.data, reply->body.length);
	mr_buffer_putc(&body, '\0');
	if (body.failed) {
		fail(attempt, MR_JOB_CAUSE_MEMORY, NULL);
		return;
	}
	message.result.status = reply->status;
	message.result.body = (struct mr_string){ body.data, body.length - 1 };
	if (type != NULL)
		message.result.content_type =
		    (struct mr_string){ type, strlen(type) };
	settle(attempt, &message);
}

/* What could not be stored is nobody's fault, and may be possible later. */
static void
tell_end(struct attempt *attempt)
{
	switch (attempt->reply.err) {
	case MR_CANCELLED:
		fail(attempt, MR_JOB_CAUSE_CANCELLED, NULL);
		break;
	case MR_MEMORY:
		fail(attempt, MR_JOB_CAUSE_MEMORY, NULL);
		break;
	case MR_STORAGE:
	case MR_STORAGE_FULL:
		fail(attempt, MR_JOB_CAUSE_LOST,
		     "What the function had to store could not be stored");
		break;
	default:
		finish(attempt);
	}
}

/* The deadline is for the function; telling how it ended has its own. */
void
runner_attempt_run(struct runner *runner, const struct message *claim)
{
	struct attempt attempt = { .runner = runner, .job = claim->jobs };
	struct score *score = runner->service->score;
	uint64_t end;

	describe(&attempt);
	arm(&attempt, claim->input.body.length);
	call(&attempt, claim);
	guard_disarm();
	end = clock_now();
	atomic_store_explicit(&score->took, end - attempt.guarded.start,
	                      memory_order_relaxed);
	score_end(score, end);
	count(&attempt);
	tell_end(&attempt);
	progress_begin(&score->job, NULL, 0);
	guard_sent();
	wear_check(&runner->wear);
}
