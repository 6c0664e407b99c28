/*
 * retry.c: one row for each cause.
 */
#include "jobs/retry.h"

#define FIRST_DELAY 1000 /* ms */

enum blame { NOBODY, JOB, UNKNOWN };

static const struct {
	enum blame blame;
	int64_t most; /* of its count, beside job->attempts; 0: never again */
} rows[MR_JOB_CAUSE_COUNT] = {
	[MR_JOB_CAUSE_NONE] = { NOBODY, 0 },
	[MR_JOB_CAUSE_ERROR] = { JOB, 0 },
	[MR_JOB_CAUSE_CRASH] = { JOB, INT64_MAX },
	[MR_JOB_CAUSE_DEADLINE] = { JOB, INT64_MAX },
	[MR_JOB_CAUSE_MEMORY] = { JOB, MR_RETRY_MEMORY },
	[MR_JOB_CAUSE_LOST] = { UNKNOWN, MR_RETRY_LOSSES },
	[MR_JOB_CAUSE_DRAINED] = { NOBODY, INT64_MAX },
	[MR_JOB_CAUSE_CANCELLED] = { NOBODY, 0 },
};

/* Doubles from the first, which is number 1; 0 before it. */
static int64_t
delay_of(int64_t number, uint32_t jitter)
{
	int64_t delay = FIRST_DELAY;

	if (number < 1)
		return 0;
	while (--number > 0 && delay < MR_RETRY_LONGEST)
		delay *= 2;
	if (delay > MR_RETRY_LONGEST)
		delay = MR_RETRY_LONGEST;
	return delay - (int64_t)((uint64_t)delay / 4 * jitter >> 32);
}

struct mr_retry
mr_retry_judge(struct mr_job *job, enum mr_job_cause cause, uint32_t jitter)
{
	int64_t most = rows[cause].most;

	switch (rows[cause].blame) {
	case JOB:
		job->failures++;
		return (struct mr_retry){
			job->failures < job->attempts && job->failures < most,
			delay_of(job->failures, jitter),
		};
	case UNKNOWN:
		job->losses++;
		return (struct mr_retry){
			job->losses < most,
			delay_of(job->losses - MR_RETRY_AT_ONCE, jitter),
		};
	default:
		return (struct mr_retry){ most > 0, 0 };
	}
}
