/*
 * progress.h: how far a job is, from its runner to whoever asks, by the
 * scoreboard.
 */
#ifndef FCGI_PROGRESS_H
#define FCGI_PROGRESS_H

#include "fcgi/board/scoreboard.h"
#include "jobs/progress.h"

/* For the runner: the job that it runs from here on; NULL: none. */
void progress_begin(struct score_job *job, const char *id, int64_t attempt);

/*
 * As mr_progress and mr_figure, for the job of this process that was begun
 * last.  One store and some compares, as long as the texts are at the same
 * place and the total is the same.
 */
void progress_tell(struct score_job *job, double done, double total,
                   const char *phase);
void progress_figure(struct score_job *job, const char *name, double value);

/*
 * Reads what the runner at a place tells of a job's attempt; progress may be
 * NULL.  False when it runs another one, or when it could not be read
 * undisturbed.
 */
bool progress_read(const struct score_job *job, const char *id,
                   int64_t attempt, struct mr_job_progress *progress);

/*
 * The place on the scoreboard of the runner that runs it; SCOREBOARD_SLOTS:
 * none does.
 */
size_t progress_find(const struct scoreboard *board, const char *id,
                     int64_t attempt);

#endif
