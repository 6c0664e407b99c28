/*
 * live_request.c: paths, arguments and headers to what is wanted.
 */
#include "fcgi/live/live_request.h"

#include "api/job_view.h"
#include "fcgi/worker/waiting.h"

#define EVENTS "/events"

/* The number that a text is, up to an end; -1: it is none. */
static int64_t
read_number(const char *text, size_t length)
{
	int64_t number = 0;

	if (length == 0 || length > 18)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

/* The value of "name=", of arguments that are joined by '&'; NULL: none. */
static const char *
find_argument(const char *arguments, const char *name, size_t *length)
{
	size_t skip = strlen(name);

	while (*arguments != '\0') {
		size_t whole = strcspn(arguments, "&");

		if (whole >= skip && memcmp(arguments, name, skip) == 0) {
			*length = whole - skip;
			return arguments + skip;
		}
		arguments += whole + (arguments[whole] == '&');
	}
	return NULL;
}

static int64_t
number_of(const char *arguments, const char *name)
{
	size_t length;
	const char *value = find_argument(arguments, name, &length);

	return value == NULL ? -1 : read_number(value, length);
}

static bool
read_id(const char *text, size_t length, char id[MR_JOB_ID])
{
	if (text == NULL || length != MR_JOB_ID - 1)
		return false;
	memcpy(id, text, length);
	id[length] = '\0';
	return mr_job_is_id(id);
}

static enum mr_err
read_wait(const struct live_headers *headers, struct live_request *request)
{
	size_t length = 0;
	const char *id = find_argument(headers->arguments, "job=", &length);

	request->kind = LIVE_WAIT;
	request->time = number_of(headers->arguments, "until=");
	return request->time < 0 || !read_id(id, length, request->job)
	           ? MR_SYNTAX
	           : MR_OK;
}

/*
 * "/jobs/ID/events".  A browser's WebSocket has no headers of its own: the
 * argument says the same.  What is no number is nothing seen.
 */
static enum mr_err
read_events(const struct live_headers *headers, struct live_request *request)
{
	static const char before[] = MR_JOB_PATH "/";
	const char *id = headers->path + sizeof(before) - 1;
	int64_t after = number_of(headers->arguments, "after=");

	request->kind = LIVE_EVENTS;
	if (strncmp(headers->path, before, sizeof(before) - 1) != 0 ||
	    strlen(id) != MR_JOB_ID - 1 + sizeof(EVENTS) - 1 ||
	    strcmp(id + MR_JOB_ID - 1, EVENTS) != 0 ||
	    !read_id(id, MR_JOB_ID - 1, request->job))
		return MR_NOT_FOUND;
	if (*headers->last_event_id != '\0')
		after = read_number(headers->last_event_id,
		                    strlen(headers->last_event_id));
	request->after = after < 0 ? 0 : after;
	return MR_OK;
}

enum mr_err
live_request_read(const struct live_headers *headers,
                  struct live_request *request)
{
	*request = (struct live_request){
		.request_id = headers->request_id,
		.instance = headers->instance,
	};
	if (strcmp(headers->path, WAITING_PATH) == 0)
		return read_wait(headers, request);
	return read_events(headers, request);
}
