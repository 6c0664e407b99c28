/*
 * progress.h: how far a job is: pure.
 */
#ifndef MR_JOBS_PROGRESS_H
#define MR_JOBS_PROGRESS_H

#include "base/buffer.h"
#include "millrace.h"

#define MR_PROGRESS_NAME 48 /* bytes of a phase or a figure's name, with NUL */

struct mr_figure {
	char name[MR_PROGRESS_NAME]; /* "": none */
	double value;
};

struct mr_job_progress {
	double done, total;       /* total 0: nothing is known */
	char phase[MR_PROGRESS_NAME];
	struct mr_figure figures[MR_FIGURES];
	double first;   /* done / total when this attempt first told, ... */
	double elapsed; /* ... and seconds from then to now */
};

/* done / total, from 0 to 1; NAN: not known. */
double mr_progress_fraction(const struct mr_job_progress *progress);

/*
 * Seconds that are left if it goes on as since it was first told; NAN: that
 * cannot be known.
 */
double mr_progress_left(const struct mr_job_progress *progress);

/* As a text for struct mr_job, and back; false: it is no such text. */
void mr_progress_write(const struct mr_job_progress *progress,
                       struct mr_buffer *text);
bool mr_progress_read(const char *text, struct mr_job_progress *progress);

#endif
