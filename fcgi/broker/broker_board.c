/*
 * broker_board.c: counts of jobs, and progress.
 */
#include "fcgi/broker/broker_board.h"

#include "fcgi/base/log.h"
#include "fcgi/board/progress.h"

int64_t
broker_board_count(struct scoreboard *board, struct mr_store *store)
{
	int64_t counts[MR_JOB_STATE_COUNT] = { 0 }, finished = 0;

	if (store->functions->count(store, counts) != MR_OK) {
		log_error("Cannot count the jobs. error=\"%s\"", store->reason);
		return 0;
	}
	for (int64_t state = 0; state < MR_JOB_STATE_COUNT; state++) {
		atomic_store(&board->jobs[state], (uint64_t)counts[state]);
		finished += mr_job_is_final(state) ? counts[state] : 0;
	}
	return finished;
}

/* What was not counted, since the store could not, is not below 0. */
static void
leave(_Atomic uint64_t *count)
{
	if (atomic_load(count) > 0)
		atomic_fetch_sub(count, 1);
}

void
broker_board_note(struct scoreboard *board, const struct mr_job *job,
                  int64_t before)
{
	if (before >= 0 && !mr_job_is_final(before))
		leave(&board->jobs[before]);
	if (!mr_job_is_final(job->state))
		atomic_fetch_add(&board->jobs[job->state], 1);
	atomic_fetch_add(&board->jobs_entered[job->state], 1);
}

const struct mr_job *
broker_board_refresh(const struct scoreboard *board, const struct mr_job *job,
                     struct mr_arena *arena)
{
	struct mr_buffer text = { .arena = arena };
	struct mr_job_progress progress;
	struct mr_job *fresh;
	size_t place;

	if (job->state != MR_JOB_RUNNING)
		return job;
	place = progress_find(board, job->id, job->attempt);
	if (place == SCOREBOARD_SLOTS ||
	    !progress_read(&board->scores[place].job, job->id, job->attempt,
	                   &progress))
		return job;
	mr_progress_write(&progress, &text);
	fresh = mr_arena_alloc(arena, sizeof(*fresh));
	if (fresh == NULL || mr_buffer_text(&text) == NULL)
		return job;
	*fresh = *job;
	fresh->progress = text.data;
	return fresh;
}
