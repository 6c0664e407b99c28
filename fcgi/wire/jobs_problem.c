/*
 * jobs_problem.c: one sentence for each problem.
 */
#include "fcgi/wire/jobs_problem.h"

#include <stddef.h>

const char *
jobs_problem_detail(enum mr_err err, const char *said)
{
	if (err == MR_NOT_FOUND)
		return "There is no such job, or it ended so long ago that it "
		       "is no longer kept";
	return said == NULL ? "The broker failed" : said;
}
