/*
 * history.c: lines of a job's history, written and read.
 */
#include "jobs/history.h"

#include "base/buffer.h"

#include <stdlib.h>

#define DIGITS 18 /* so that one more is a number too */

/* Reads a number and the blank behind it. */
static bool
take_number(const char **at, int64_t *number)
{
	size_t digits = strspn(*at, "0123456789");

	if (digits == 0 || digits > DIGITS || (*at)[digits] != ' ')
		return false;
	*number = strtoll(*at, NULL, 10);
	*at += digits + 1;
	return true;
}

/* Reads a name and the byte behind it; its number is that in names. */
static bool
take_name(const char **at, char behind, const char *(*name_of)(int64_t),
          int64_t *number)
{
	const char *end = strchr(*at, behind);

	for (*number = 0; end != NULL; (*number)++) {
		const char *name = name_of(*number);
		size_t length = strlen(name);

		if (strcmp(name, name_of(-1)) == 0)
			return false;
		if (length == (size_t)(end - *at) &&
		    memcmp(name, *at, length) == 0) {
			*at = end + 1;
			return true;
		}
	}
	return false;
}

bool
mr_history_next(const char **history, struct mr_history_line *line)
{
	struct mr_history_line read;
	const char *at = *history;

	if (at == NULL || !take_number(&at, &read.number) ||
	    !take_name(&at, ' ', mr_job_state_name, &read.state) ||
	    !take_number(&at, &read.time) || !take_number(&at, &read.attempt) ||
	    !take_name(&at, '\n', mr_job_cause_name, &read.cause))
		return false;
	*history = at;
	*line = read;
	return true;
}

int64_t
mr_history_last(const char *history)
{
	struct mr_history_line line = { .number = 0 };

	while (mr_history_next(&history, &line))
		;
	return line.number;
}

/* Where the newest `lines` lines begin. */
static const char *
newest(const char *history, size_t lines)
{
	const char *at = history + strlen(history);

	while (at > history && lines > 0) {
		at--;
		while (at > history && at[-1] != '\n')
			at--;
		lines--;
	}
	return at;
}

enum mr_err
mr_history_add(struct mr_job *job, int64_t now, struct mr_arena *arena)
{
	const char *old = job->history == NULL ? "" : job->history;
	struct mr_buffer text = { .arena = arena };
	char *added;

	mr_buffer_puts(&text, newest(old, MR_HISTORY_LINES - 1));
	mr_buffer_printf(&text, "%lld %s %lld %lld %s\n",
	                 (long long)mr_history_last(old) + 1,
	                 mr_job_state_name(job->state), (long long)now,
	                 (long long)job->attempt,
	                 mr_job_cause_name(job->cause));
	added = mr_buffer_text(&text);
	if (added == NULL)
		return MR_MEMORY;
	job->history = added;
	return MR_OK;
}
