/*
 * job_query.c: the rows.
 */
#include "api/job_query.h"

#include "jobs/job.h"

#define TEXT(number) TEXT_(number)
#define TEXT_(number) #number

static const char *const states[] = {
	"any",
#define MR_JOB_STATE_NAME(symbol, name, final) name,
	MR_JOB_STATES(MR_JOB_STATE_NAME)
#undef MR_JOB_STATE_NAME
	NULL
};

#define STATES                                                                 \
	{ .kind = MR_BOUNDS_CHOICES, .choices = states }

static const struct mr_field mr_job_query_in[] = {
	MR_OPTIONAL(struct mr_job_query_in, state, "state of the jobs",
	            STATES, "\"any\""),
	MR_OPTIONAL(struct mr_job_query_in, endpoint,
	            "name of their endpoint; empty: any", MR_LENGTH(0, 64),
	            "\"\""),
	MR_OPTIONAL(struct mr_job_query_in, limit, "jobs on a page",
	            MR_RANGE(1, MR_JOB_QUERY_MOST), TEXT(MR_JOB_QUERY_LIMIT)),
	MR_OPTIONAL(struct mr_job_query_in, after,
	            "id of the last job of the page before; empty: the first "
	            "page", MR_LENGTH(0, MR_JOB_ID - 1), "\"\""),
};

const struct mr_shape mr_job_query_shape = MR_SHAPE(mr_job_query_in);
