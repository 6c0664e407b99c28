/*
 * job_query.h: which jobs GET /jobs lists, as its query string says.
 */
#ifndef MR_API_JOB_QUERY_H
#define MR_API_JOB_QUERY_H

#include "millrace.h"

#define MR_JOB_QUERY_ANY 0 /* state: of every job; else one more than its own */
#define MR_JOB_QUERY_LIMIT 50
#define MR_JOB_QUERY_MOST 1000

struct mr_job_query_in {
	unsigned state;
	struct mr_string endpoint; /* "": any */
	int64_t limit;
	struct mr_string after; /* an id; "": from the newest on */
};

extern const struct mr_shape mr_job_query_shape;

#endif
