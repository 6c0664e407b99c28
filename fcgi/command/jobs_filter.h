/*
 * jobs_filter.h: which jobs an operator wants to see, as a command line says.
 */
#ifndef FCGI_JOBS_FILTER_H
#define FCGI_JOBS_FILTER_H

#include "base/buffer.h"
#include "jobs/store.h"

/*
 * Reads "NAME=VALUE" into the filter, which points to it then.  False after
 * appending a clause to complaint.
 */
bool jobs_filter_read(struct mr_job_filter *filter, const char *argument,
                      struct mr_buffer *complaint);

#endif
