/*
 * jobs_problem.h: what whoever asks for a job is told when there is nothing to
 * give: the same by pools control and live: pure.
 */
#ifndef FCGI_JOBS_PROBLEM_H
#define FCGI_JOBS_PROBLEM_H

#include "base/err.h"

/*
 * Why the broker did not help, by its error and what it said of that; may be
 * what is returned.  NULL: it said nothing.
 */
const char *jobs_problem_detail(enum mr_err err, const char *said);

/* What is said in its place, of MR_BUSY, when it does not answer at all. */
#define JOBS_PROBLEM_NO_BROKER "Pool broker, which keeps the jobs, does not answer"

/* Of a job that is final, MR_CONFLICT; with the name of its state. */
#define JOBS_PROBLEM_NO_RESULT "The job is %s; it has no result"

#endif
