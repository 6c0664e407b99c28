/*
 * job_query.h: what GET /jobs takes in its query string.
 */
#ifndef MR_API_JOB_QUERY_H
#define MR_API_JOB_QUERY_H

#include "jobs/store.h"
#include "millrace.h"

#define MR_JOB_QUERY_MOST 1000 /* jobs of a page */

struct mr_job_query {
	unsigned state; /* enum mr_job_state */
	struct mr_string endpoint, after;
	int64_t limit;
	bool has_state, has_endpoint, has_after;
};

/* Its rows, for a query string; decode.h fills in a struct by them. */
extern const struct mr_shape mr_job_query_shape;

/* What a store is asked; texts stay those of the query. */
struct mr_job_filter mr_job_query_filter(const struct mr_job_query *query);

#endif
