/*
 * retry.h: whether a job runs again, and when: pure.
 *
 * An error that the function answered is its last word.  Crashes, deadlines
 * and memory count as the job's own failures, up to its attempts.  What is lost
 * may be anybody's fault: at once again, later and later if it goes on, until
 * MR_RETRY_LOSSES.  What is drained is given back and counts for nothing.
 */
#ifndef MR_JOBS_RETRY_H
#define MR_JOBS_RETRY_H

#include "jobs/job.h"

#define MR_RETRY_LOSSES 50
#define MR_RETRY_LONGEST 600000 /* ms; between attempts */

struct mr_retry {
	bool again;
	int64_t delay; /* ms; 0: at once */
};

/*
 * Counts the cause in job->failures or job->losses and judges.  jitter is
 * random: delays differ by up to a quarter.
 */
struct mr_retry mr_retry_judge(struct mr_job *job, enum mr_job_cause cause,
                               uint32_t jitter);

#endif
