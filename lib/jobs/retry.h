/*
 * retry.h: whether a job runs again, and when: pure.
 *
 * An error that the function answered is its last word.  Crashes, deadlines
 * and memory count as the job's own failures, up to its attempts; the next one
 * follows after a second, then two, four and so on.  Who needs too much memory
 * will need it again: MR_RETRY_MEMORY failures are enough then.  A job is lost
 * when its runner or its machine ends, which it may have caused or not.  It
 * runs again at once the first MR_RETRY_AT_ONCE times, so that nobody waits for
 * a server that was replaced; then later and later, so that a job which takes
 * its machine down does not do so all the time, until MR_RETRY_LOSSES.  What
 * is drained is given back and counts for nothing.
 */
#ifndef MR_JOBS_RETRY_H
#define MR_JOBS_RETRY_H

#include "jobs/job.h"

#define MR_RETRY_MEMORY 2
#define MR_RETRY_AT_ONCE 3
#define MR_RETRY_LOSSES 50
#define MR_RETRY_LONGEST 600000 /* ms; between attempts */

struct mr_retry {
	bool again;
	int64_t delay; /* ms; 0: at once */
};

/*
 * Counts the cause in job->failures or job->losses and judges.  jitter is
 * random: delays are shorter by up to a quarter.
 */
struct mr_retry mr_retry_judge(struct mr_job *job, enum mr_job_cause cause,
                               uint32_t jitter);

#endif
