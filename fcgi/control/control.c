/*
 * control.c: one table of paths and methods; what is common to them.
 */
#include "fcgi/control/control.h"

#include "api/job_view.h"
#include "fcgi/base/clock.h"
#include "fcgi/control/control_reply.h"
#include "fcgi/control/health.h"
#include "fcgi/control/jobs_http.h"
#include "fcgi/control/metrics.h"
#include "fcgi/control/status.h"

#include <string.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static enum mr_err
answer_status(struct control_reply *answer)
{
	const struct status_time now = { .monotonic = clock_now(),
		                         .unix_ms = clock_unix_ms() };
	enum mr_err err = control_reply_read_flag(answer, NULL, NULL);

	return err == MR_OK
	           ? control_reply_send(answer, "application/json",
	                         status_print(answer->control, &now,
	                                      answer->arena))
	           : err;
}

static enum mr_err
answer_metrics(struct control_reply *answer)
{
	struct mr_buffer text = { .arena = answer->arena };
	enum mr_err err = control_reply_read_flag(answer, NULL, NULL);

	if (err != MR_OK)
		return err;
	metrics_write(answer->control, &text);
	return control_reply_send(answer, METRICS_TYPE, mr_buffer_text(&text));
}

/*
 * With a tail, the path ends with '/', and between it and the tail stands the id
 * of a job.  HEAD and OPTIONS follow from what is here, and nginx's locations.
 * The rows of one path, and of one tail, lie side by side.
 */
static const struct route {
	const char *path, *tail, *method;
	enum mr_err (*answer)(struct control_reply *answer);
	bool restricted; /* to config.status_allow */
} routes[] = {
	{ "/livez", NULL, "GET", health_livez, false },
	{ "/readyz", NULL, "GET", health_readyz, false },
	{ "/status", NULL, "GET", answer_status, true },
	{ "/metrics", NULL, "GET", answer_metrics, true },
	{ MR_JOB_PATH, NULL, "GET", jobs_http_list, false },
	{ MR_JOB_PATH "/", "", "GET", jobs_http_show, false },
	{ MR_JOB_PATH "/", "", "DELETE", jobs_http_cancel, false },
	{ MR_JOB_PATH "/", "/result", "GET", jobs_http_result, false },
};

static const struct route *const end = routes + N(routes);

const char *
control_path(size_t i, bool *restricted)
{
	for (const struct route *route = routes; route < end; route++) {
		if (route > routes && strcmp(route[-1].path, route->path) == 0)
			continue;
		if (i-- > 0)
			continue;
		*restricted = route->restricted;
		return route->path;
	}
	return NULL;
}

/* Finding a row. */

/* What stands for the id goes there, as far as it has room. */
static bool
matches(const struct route *route, const char *path, char id[MR_JOB_ID + 1])
{
	size_t length = strlen(route->path);

	id[0] = '\0';
	if (route->tail == NULL)
		return strcmp(route->path, path) == 0;
	if (strncmp(route->path, path, length) != 0)
		return false;
	path += length;
	length = strcspn(path, "/");
	strncat(id, path, length < MR_JOB_ID ? length : MR_JOB_ID);
	return length > 0 && strcmp(path + length, route->tail) == 0;
}

/* The next row for the same paths; NULL: there is none. */
static const struct route *
next_method(const struct route *route)
{
	const struct route *next = route + 1;

	return next < end && route->tail != NULL && next->tail != NULL &&
	               strcmp(route->path, next->path) == 0 &&
	               strcmp(route->tail, next->tail) == 0
	           ? next
	           : NULL;
}

/* What Allow says, from the first row for a path on. */
static const char *
list_methods(const struct route *route, struct mr_arena *arena)
{
	struct mr_buffer methods = { .arena = arena };

	for (; route != NULL; route = next_method(route))
		mr_buffer_printf(&methods, "%s, ",
		                 strcmp(route->method, "GET") == 0
		                     ? "GET, HEAD"
		                     : route->method);
	mr_buffer_puts(&methods, "OPTIONS");
	return mr_buffer_text(&methods);
}

void
control_map(struct mr_buffer *text)
{
	for (const struct route *route = routes; route < end; route++) {
		if (route > routes && next_method(route - 1) == route)
			continue;
		mr_buffer_printf(text, "\t\"~^%s%s%s$\" \"%s\";\n",
		                 route->path,
		                 route->tail == NULL ? "" : "[^/]+",
		                 route->tail == NULL ? "" : route->tail,
		                 list_methods(route, text->arena));
	}
}

static enum mr_err
refuse_method(struct control_reply *answer, const struct route *first)
{
	const char *methods = list_methods(first, answer->arena);

	if (methods == NULL)
		return MR_MEMORY;
	mr_reply_add_header(answer->reply, "Allow", methods);
	if (strcmp(answer->request->method, "OPTIONS") != 0)
		return control_reply_fail(answer, MR_METHOD, "This path answers to %s",
		                   methods);
	answer->reply->status = 204;
	return MR_OK;
}

static enum mr_err
run(struct control_reply *answer, const struct route *first)
{
	const char *method = answer->reply->head ? "GET"
	                                         : answer->request->method;

	for (const struct route *route = first; route != NULL;
	     route = next_method(route))
		if (strcmp(route->method, method) == 0)
			return route->answer(answer);
	return refuse_method(answer, first);
}

static enum mr_err
find(struct control_reply *answer)
{
	const struct route *route = routes;
	char id[MR_JOB_ID + 1];

	answer->reply->head = strcmp(answer->request->method, "HEAD") == 0;
	while (route < end && !matches(route, answer->request->path, id))
		route++;
	if (route == end)
		return control_reply_fail(answer, MR_NOT_FOUND,
		                   "The site has nothing at this path");
	if (id[0] != '\0' && !mr_job_is_id(id))
		return control_reply_fail(answer, MR_NOT_FOUND,
		                   "No job has an id of this form");
	memcpy(answer->id, id, sizeof(answer->id));
	return run(answer, route);
}

void
control_handle(const void *context, const struct mr_request *request,
               struct mr_reply *reply, struct mr_arena *arena)
{
	struct control_reply answer = { .control = context,
		                 .request = request,
		                 .reply = reply,
		                 .arena = arena };

	*reply = (struct mr_reply){ .preamble = { "", 0 }, .body = { "", 0 } };
	reply->entered[MR_PHASE_COMPUTE] =
	    request->enter(request->context, MR_PHASE_COMPUTE);
	mr_reply_add_header(reply, "Cache-Control", "no-store");
	answer.problem.err = find(&answer);
	if (answer.problem.err != MR_OK) {
		answer.problem.instance =
		    mr_problem_instance(request->path, arena);
		answer.problem.request_id = request->request_id;
		mr_reply_problem(reply, &answer.problem, arena);
	}
	reply->entered[MR_PHASE_DONE] =
	    request->enter(request->context, MR_PHASE_DONE);
}
