/*
 * job_query.c: the rows of the query string of GET /jobs.
 */
#include "api/job_query.h"

static const struct mr_field mr_job_query[] = {
	MR_MAYBE(struct mr_job_query, state, has_state, "only those in it",
	         { .kind = MR_BOUNDS_CHOICES,
	           .choices = mr_job_state_names }),
	MR_MAYBE(struct mr_job_query, endpoint, has_endpoint,
	         "only those of this operation", MR_LENGTH(1, 64)),
	MR_OPTIONAL(struct mr_job_query, limit, "how many, at most",
	            MR_RANGE(1, MR_JOB_QUERY_MOST), "50"),
	MR_MAYBE(struct mr_job_query, after, has_after,
	         "the id of a job: only older ones",
	         MR_LENGTH(MR_JOB_ID - 1, MR_JOB_ID - 1)),
};

const struct mr_shape mr_job_query_shape = MR_SHAPE(mr_job_query);

struct mr_job_filter
mr_job_query_filter(const struct mr_job_query *query)
{
	return (struct mr_job_filter){
		.state = query->has_state ? (int64_t)query->state : -1,
		.endpoint = query->has_endpoint ? query->endpoint.data : NULL,
		.after = query->has_after ? query->after.data : NULL,
		.limit = (size_t)query->limit,
	};
}
