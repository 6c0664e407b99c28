/*
 * job_view.h: a job as clients see it: the answer of 202 and of GET /jobs/ID,
 * each element of GET /jobs, and the data of its events.
 *
 * One table of rows gives the JSON and its description.
 */
#ifndef MR_API_JOB_VIEW_H
#define MR_API_JOB_VIEW_H

#include "base/buffer.h"
#include "jobs/job.h"
#include "jobs/progress.h"

/* Of the objects that are written, for OpenAPI. */
extern const struct mr_shape mr_job_view_shape;
extern const struct mr_shape mr_job_list_shape;

/*
 * Appends a JSON object.  progress: of its running attempt; NULL: the one that
 * the job has.  MR_OK, MR_MEMORY, MR_RESULT.
 */
enum mr_err mr_job_view_write(const struct mr_job *job,
                              const struct mr_job_progress *progress,
                              struct mr_buffer *json);

/* A page of jobs. */
struct mr_job_list {
	const struct mr_job *jobs;
	/* Of each as above; NULL: of none. */
	const struct mr_job_progress *const *progress;
	size_t count;
	bool more; /* there are older ones, behind the last of these */
};

/* Appends a JSON object: the jobs, and the id behind which the next begin. */
enum mr_err mr_job_list_write(const struct mr_job_list *list,
                              struct mr_buffer *json);

/* Where jobs are found. */
#define MR_JOB_PATH "/jobs"

/* Appends "/jobs/ID". */
void mr_job_view_path(const char *id, struct mr_buffer *path);

#endif
