/*
 * jobs_text.h: jobs as people read them: from records to lines of text, and
 * nothing else.  All is printable ASCII.
 */
#ifndef FCGI_JOBS_TEXT_H
#define FCGI_JOBS_TEXT_H

#include "base/buffer.h"
#include "jobs/job.h"

/* A heading, and a line for each; now: ms of Unix time. */
void jobs_text_table(const struct mr_job *jobs, size_t count, int64_t now,
                     struct mr_buffer *text);

/* All that is to be told of one: a line for each fact, then its backtrace. */
void jobs_text_record(const struct mr_job *job, int64_t now,
                      struct mr_buffer *text);

/*
 * A line, without its end, of how far the job is; at most columns characters,
 * 0: as many as it takes.
 */
void jobs_text_bar(const struct mr_job *job, int64_t now, size_t columns,
                   struct mr_buffer *line);

/*
 * The same in a few words that stay the same until something has happened: the
 * state, the attempt, the phase, whole percents.
 */
void jobs_text_step(const struct mr_job *job, struct mr_buffer *line);

#endif
