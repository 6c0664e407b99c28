/*
 * jobs_filter.c: one row for each parameter.
 */
#include "fcgi/command/jobs_filter.h"

#include "api/job_query.h"
#include "base/nearest.h"

#include <stdlib.h>
#include <string.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* What is not known, and what it may have been meant to be. */
static bool
refuse_name(const char *what, const struct mr_nearest *nearest,
            struct mr_buffer *complaint)
{
	mr_buffer_printf(complaint, "there is no %s '%s'", what,
	                 nearest->wanted);
	if (nearest->name != NULL)
		mr_buffer_printf(complaint, "; did you mean '%s'?",
		                 nearest->name);
	return false;
}

static bool
read_state(struct mr_job_filter *filter, const char *value,
           struct mr_buffer *complaint)
{
	struct mr_nearest nearest = { .wanted = value };

	filter->state = mr_job_state_of(value);
	if (filter->state < MR_JOB_STATE_COUNT)
		return true;
	for (int64_t state = 0; state < MR_JOB_STATE_COUNT; state++)
		mr_nearest_offer(&nearest, mr_job_state_name(state));
	return refuse_name("state", &nearest, complaint);
}

static bool
read_endpoint(struct mr_job_filter *filter, const char *value,
              struct mr_buffer *complaint)
{
	(void)complaint;
	filter->endpoint = value;
	return true;
}

static bool
read_limit(struct mr_job_filter *filter, const char *value,
           struct mr_buffer *complaint)
{
	char *end;
	long limit = strtol(value, &end, 10);

	filter->limit = (size_t)limit;
	if (end != value && *end == '\0' && limit >= 1 &&
	    limit <= MR_JOB_QUERY_MOST)
		return true;
	mr_buffer_printf(complaint, "limit is a number from 1 to %d, not '%s'",
	                 MR_JOB_QUERY_MOST, value);
	return false;
}

static bool
read_after(struct mr_job_filter *filter, const char *value,
           struct mr_buffer *complaint)
{
	filter->after = value;
	if (mr_job_is_id(value))
		return true;
	mr_buffer_printf(complaint, "'%s' is no id of a job", value);
	return false;
}

static const struct {
	const char *name;
	bool (*read)(struct mr_job_filter *filter, const char *value,
	             struct mr_buffer *complaint);
} parameters[] = {
	{ "state", read_state },
	{ "endpoint", read_endpoint },
	{ "limit", read_limit },
	{ "after", read_after },
};

bool
jobs_filter_read(struct mr_job_filter *filter, const char *argument,
                 struct mr_buffer *complaint)
{
	const char *value = strchr(argument, '=');
	struct mr_nearest nearest = { 0 };

	if (value == NULL) {
		mr_buffer_printf(complaint, "'%s' is not of the form NAME=VALUE",
		                 argument);
		return false;
	}
	nearest.wanted = mr_arena_copy(complaint->arena, argument,
	                               (size_t)(value - argument));
	for (size_t i = 0; nearest.wanted != NULL && i < N(parameters); i++) {
		if (strcmp(parameters[i].name, nearest.wanted) == 0)
			return parameters[i].read(filter, value + 1, complaint);
		mr_nearest_offer(&nearest, parameters[i].name);
	}
	return nearest.wanted != NULL &&
	       refuse_name("parameter", &nearest, complaint);
}
