/*
 * fuzz_broker_answer.c: any messages that can be read, one after the other, to
 * a broker's store of two jobs: one waits, one runs.
 *
 * Each has an answer that can be written, and what is kept stays in bounds.
 */
/* sources: fcgi/broker/broker_answer.c fcgi/broker/broker_ending.c fcgi/wire/message.c */
#include "claim.h"
#include "fcgi/board/trace.h"
#include "fcgi/broker/broker_answer.h"
#include "jobs/memory.h"

#include <string.h>

#define NOW 1700000000000 /* ms */
#define AGE 3

static struct mr_arena *arena;

/* In place of trace.c's: the addresses of an input are of no process. */
void
trace_print(const struct backtrace *trace, char *text, size_t size)
{
	snprintf(text, size, "%d < frames", trace->depth);
}

static void
submit(struct mr_queue *queue, const char *id)
{
	struct mr_job job = { .id = id,
		              .endpoint = "spin",
		              .method = "POST",
		              .path = "/spin",
		              .attempts = 2,
		              .digest = "d" };
	const struct mr_job_input input = { .method = { "POST", 4 },
		                            .path = { "/spin", 5 } };

	CLAIM(mr_queue_submit(queue, &job, &input) == MR_OK);
}

static void
fill(struct mr_queue *queue)
{
	const struct mr_lease lease = { "us/1", NOW, 1000 };
	struct mr_claimed claimed;

	submit(queue, "0190a5c0-0000-7000-8000-000000000001");
	CLAIM(mr_queue_claim(queue, &lease, &claimed) == MR_OK);
	submit(queue, "0190a5c0-0000-7000-8000-000000000002");
}

static void
claim_job(const struct mr_job *job)
{
	CLAIM(job->id != NULL && mr_job_is_id(job->id));
	CLAIM(job->endpoint != NULL && job->path != NULL);
	CLAIM(job->state >= 0 && job->state < MR_JOB_STATE_COUNT);
	CLAIM(job->cause >= 0 && job->cause < MR_JOB_CAUSE_COUNT);
	CLAIM(job->attempt >= 0 && job->failures >= 0 && job->losses >= 0);
}

/* What is sent is read as it was written. */
static void
claim_reply(const struct message *question, const struct message *reply)
{
	struct mr_buffer bytes = { .arena = arena };
	struct message read;

	CLAIM(reply->type == (question->type == MESSAGE_WATCH
	                          ? MESSAGE_CHANGED
	                          : MESSAGE_REPLY));
	for (size_t i = 0; i < reply->job_count; i++)
		claim_job(&reply->jobs[i]);
	message_write(reply, &bytes);
	CLAIM(!bytes.failed);
	CLAIM(message_read(bytes.data, bytes.length, arena, &read));
	CLAIM(read.err == reply->err && read.job_count == reply->job_count);
}

/* The store in memory fails for want of memory only, which there is. */
static void
ask(struct mr_queue *queue, const struct message *question)
{
	struct message reply;

	broker_answer(queue, question, AGE, &reply);
	CLAIM(!broker_answer_is_failure(reply.err));
	claim_reply(question, &reply);
}

static void
ask_all(struct mr_queue *queue, const char *bytes, size_t size)
{
	struct message question;
	size_t length = message_length(bytes, size);

	while (length > 0 && length <= size &&
	       message_read(bytes, length, arena, &question)) {
		ask(queue, &question);
		bytes += length;
		size -= length;
		length = message_length(bytes, size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mr_buffer complaint = { .arena = NULL };
	struct mr_queue queue = { .now = NOW };

	if (arena == NULL)
		arena = mr_arena_new();
	CLAIM(arena != NULL);
	queue.arena = complaint.arena = arena;
	queue.store = mr_store_memory(&complaint);
	CLAIM(queue.store != NULL);
	fill(&queue);
	ask_all(&queue, (const char *)data, size);
	mr_store_close(queue.store);
	mr_arena_reset(arena);
	return 0;
}
