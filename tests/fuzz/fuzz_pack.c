/*
 * fuzz_pack.c: any bytes as a packed job, input or result, and a job's texts
 * as its history and progress.
 *
 * data[0] picks what the rest is for; bytes that are a record are so again
 * once they are packed.
 */
#include "jobs/history.h"
#include "jobs/pack.h"
#include "jobs/progress.h"

#include "claim.h"

/* What was read is what is written, to the byte. */
static void
claim_same(const struct mr_unpack *from, const char *start,
           const struct mr_buffer *packed)
{
	CLAIM(!packed->failed);
	CLAIM(packed->length == (size_t)(from->at - start));
	CLAIM(memcmp(packed->data, start, packed->length) == 0);
}

static void
read_job(struct mr_unpack from, struct mr_buffer *packed)
{
	const char *start = from.at;
	struct mr_job job;

	mr_unpack_job(&from, &job);
	CLAIM(from.failed == (job.id == NULL));
	if (from.failed)
		return;
	mr_pack_job(packed, &job);
	claim_same(&from, start, packed);
	CLAIM(mr_history_add(&job, 1, packed->arena) == MR_OK);
}

static void
read_input(struct mr_unpack from, struct mr_buffer *packed)
{
	const char *start = from.at;
	struct mr_job_input input;

	mr_unpack_input(&from, &input);
	CLAIM(from.failed == (input.method.data == NULL));
	if (from.failed)
		return;
	mr_pack_input(packed, &input);
	claim_same(&from, start, packed);
}

static void
read_result(struct mr_unpack from, struct mr_buffer *packed)
{
	const char *start = from.at;
	struct mr_job_result result;

	mr_unpack_result(&from, &result);
	if (from.failed) {
		CLAIM(result.status == 0 && result.body.data == NULL);
		return;
	}
	mr_pack_result(packed, &result);
	claim_same(&from, start, packed);
}

static void
read_history(struct mr_unpack from, struct mr_buffer *packed)
{
	struct mr_job job = {
		.history = mr_arena_copy(packed->arena, from.at,
		                         (size_t)(from.end - from.at))
	};
	struct mr_history_line line;
	const char *at = job.history;

	while (mr_history_next(&at, &line)) {
		CLAIM(line.state >= 0 && line.state < MR_JOB_STATE_COUNT);
		CLAIM(line.cause >= 0 && line.cause < MR_JOB_CAUSE_COUNT);
	}
	CLAIM(mr_history_add(&job, 1, packed->arena) == MR_OK);
}

static void
read_progress(struct mr_unpack from, struct mr_buffer *packed)
{
	struct mr_job_progress progress;
	double fraction;

	mr_progress_read(mr_arena_copy(packed->arena, from.at,
	                               (size_t)(from.end - from.at)),
	                 &progress);
	fraction = mr_progress_fraction(&progress);
	CLAIM(!(fraction < 0) && !(fraction > 1));
	CLAIM(!(mr_progress_left(&progress) < 0));
	mr_progress_write(&progress, packed);
	CLAIM(mr_progress_read(mr_buffer_text(packed), &progress));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(struct mr_unpack from,
	                               struct mr_buffer *packed) = {
		read_job, read_input, read_result, read_history, read_progress,
	};
	struct mr_buffer packed = { .arena = NULL };

	if (size == 0)
		return 0;
	packed.arena = mr_arena_new();
	readers[data[0] % (sizeof(readers) / sizeof(readers[0]))](
	    (struct mr_unpack){ (const char *)data + 1,
	                        (const char *)data + size, false },
	    &packed);
	mr_arena_free(packed.arena);
	return 0;
}
