/*
 * progress.c: a runner writes, others read without a lock.
 *
 * What is told most often, how much is done, is one store.  All else is
 * written while the generation is odd.
 */
#include "fcgi/board/progress.h"

#include "fcgi/base/clock.h"
#include "schema/utf8.h"

#include <math.h>
#include <string.h>

_Static_assert(SCORE_PHASE == MR_PROGRESS_NAME,
               "a phase is longer here than there");

#define TRIES 100 /* of a reader, while texts are being written */

/* The texts that were told last, by where they are: of this process. */
static struct {
	const char *phase;
	const char *figures[MR_FIGURES];
	double total;
} told;

/* Writing. */

static void
begin_write(struct score_job *job)
{
	uint64_t generation =
	    atomic_load_explicit(&job->generation, memory_order_relaxed);

	atomic_store_explicit(&job->generation, generation | 1,
	                      memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
}

static void
end_write(struct score_job *job)
{
	uint64_t generation =
	    atomic_load_explicit(&job->generation, memory_order_relaxed);

	atomic_store_explicit(&job->generation, generation + 1,
	                      memory_order_release);
}

/* As much of the text as fits and is UTF-8. */
static void
write_name(char to[SCORE_PHASE], const char *from)
{
	size_t length = from == NULL ? 0 : strnlen(from, SCORE_PHASE - 1);

	if (length > 0)
		memcpy(to, from, length);
	to[length] = '\0';
	length = (size_t)(mr_utf8_check(to, to + length) - to);
	memset(to + length, 0, SCORE_PHASE - length);
}

void
progress_begin(struct score_job *job, const char *id, int64_t attempt)
{
	memset(&told, 0, sizeof(told));
	begin_write(job);
	mr_job_copy_id(job->id, id == NULL ? "" : id);
	atomic_store_explicit(&job->attempt, id == NULL ? 0 : attempt,
	                      memory_order_relaxed);
	atomic_store_explicit(&job->done, 0, memory_order_relaxed);
	atomic_store_explicit(&job->total, 0, memory_order_relaxed);
	atomic_store_explicit(&job->first, 0, memory_order_relaxed);
	atomic_store_explicit(&job->since, 0, memory_order_relaxed);
	memset(job->phase, 0, sizeof(job->phase));
	memset(job->figure_names, 0, sizeof(job->figure_names));
	for (size_t i = 0; i < MR_FIGURES; i++)
		atomic_store_explicit(&job->figures[i], 0,
		                      memory_order_relaxed);
	end_write(job);
}

/* Another phase, or another total; the first total that is one is noted. */
static void
tell_anew(struct score_job *job, double done, double total, const char *phase)
{
	begin_write(job);
	if (phase != told.phase)
		write_name(job->phase, phase);
	told.phase = phase;
	told.total = total;
	if (total > 0 &&
	    atomic_load_explicit(&job->since, memory_order_relaxed) == 0) {
		atomic_store_explicit(&job->first, done / total,
		                      memory_order_relaxed);
		atomic_store_explicit(&job->since, clock_now(),
		                      memory_order_relaxed);
	}
	atomic_store_explicit(&job->done, done, memory_order_relaxed);
	atomic_store_explicit(&job->total, total, memory_order_relaxed);
	end_write(job);
}

void
progress_tell(struct score_job *job, double done, double total,
              const char *phase)
{
	if (phase == told.phase && total == told.total)
		atomic_store_explicit(&job->done, done, memory_order_relaxed);
	else
		tell_anew(job, done, total, phase);
}

/* Of a name whose text, not place, is known, or which is new. */
static void
name_figure(struct score_job *job, const char *name, double value)
{
	char text[SCORE_PHASE];
	size_t i = 0;

	write_name(text, name);
	while (i < MR_FIGURES && told.figures[i] != NULL &&
	       strcmp(job->figure_names[i], text) != 0)
		i++;
	if (i == MR_FIGURES || *text == '\0')
		return;
	told.figures[i] = name;
	begin_write(job);
	memcpy(job->figure_names[i], text, sizeof(text));
	atomic_store_explicit(&job->figures[i], value, memory_order_relaxed);
	end_write(job);
}

void
progress_figure(struct score_job *job, const char *name, double value)
{
	for (size_t i = 0; name != NULL && i < MR_FIGURES; i++) {
		if (told.figures[i] != name)
			continue;
		atomic_store_explicit(&job->figures[i], value,
		                      memory_order_relaxed);
		return;
	}
	name_figure(job, name, value);
}

/* Reading. */

static uint64_t
generation_before(const struct score_job *job)
{
	return atomic_load_explicit(&job->generation, memory_order_acquire);
}

static bool
is_undisturbed(const struct score_job *job, uint64_t before)
{
	atomic_thread_fence(memory_order_acquire);
	return before % 2 == 0 &&
	       atomic_load_explicit(&job->generation, memory_order_relaxed) ==
	           before;
}

static bool
is_of(const struct score_job *job, const char *id, int64_t attempt)
{
	return atomic_load_explicit(&job->attempt, memory_order_relaxed) ==
	           attempt &&
	       strncmp(job->id, id, sizeof(job->id)) == 0;
}

/* What a function told that is no number is as if it were not told. */
static double
number(const _Atomic double *from)
{
	double value = atomic_load_explicit(from, memory_order_relaxed);

	return isfinite(value) ? value : 0;
}

static void
copy(const struct score_job *job, struct mr_job_progress *progress)
{
	uint64_t since =
	    atomic_load_explicit(&job->since, memory_order_relaxed);
	uint64_t now = clock_now();
	size_t count = 0;

	*progress = (struct mr_job_progress){
		.done = number(&job->done),
		.total = number(&job->total),
		.first = number(&job->first),
		.elapsed = since == 0 || now < since
		               ? 0
		               : (double)(now - since) / CLOCK_NS_PER_S,
	};
	if (progress->total < 0)
		progress->total = 0;
	score_copy_text(progress->phase, job->phase, SCORE_PHASE);
	for (size_t i = 0; i < MR_FIGURES; i++) {
		struct mr_figure *figure = &progress->figures[count];

		figure->value = atomic_load_explicit(&job->figures[i],
		                                     memory_order_relaxed);
		if (*job->figure_names[i] == '\0' || !isfinite(figure->value))
			continue;
		score_copy_text(figure->name, job->figure_names[i],
		                SCORE_PHASE);
		count++;
	}
}

bool
progress_read(const struct score_job *job, const char *id, int64_t attempt,
              struct mr_job_progress *progress)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t before = generation_before(job);
		bool same = is_of(job, id, attempt);

		if (same && progress != NULL)
			copy(job, progress);
		if (is_undisturbed(job, before))
			return same;
	}
	return false;
}

size_t
progress_find(const struct scoreboard *board, const char *id, int64_t attempt)
{
	size_t used = atomic_load(&board->used);

	for (size_t i = 0; i < used && i < SCOREBOARD_SLOTS; i++)
		if (atomic_load(&board->scores[i].pid) != 0 &&
		    progress_read(&board->scores[i].job, id, attempt, NULL))
			return i;
	return SCOREBOARD_SLOTS;
}
