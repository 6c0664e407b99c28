/*
 * job_view.c: the rows of a job, and filling them in.
 */
#include "api/job_view.h"

#include "base/signal_name.h"
#include "base/time.h"
#include "schema/encode.h"
#include "schema/utf8.h"

#include <math.h>
#include <string.h>

/* The rows.  What a job may not have yet has a flag beside it. */

struct figure_view {
	struct mr_string name;
	double value;
};

static const struct mr_field figure_view[] = {
	MR_RESULT(struct figure_view, name, "what it is"),
	MR_RESULT(struct figure_view, value, "so far", .null_if_not_finite = true),
};

struct progress_view {
	double done, total, fraction, eta_seconds;
	struct mr_string phase;
	MR_ARRAY(struct figure_view) figures;
	bool is_told;
};

#define PROGRESS(member, ...)                                                  \
	MR_RESULT(struct progress_view, member, __VA_ARGS__,                   \
	          .null_if_not_finite = true)

static const struct mr_field progress_view[] = {
	PROGRESS(done, "how much is done, in a unit of the endpoint's own"),
	PROGRESS(total, "how much there is to do, in the same unit"),
	PROGRESS(fraction, "done / total, from 0 to 1; null: unknown"),
	PROGRESS(eta_seconds, "what is left if it goes on so; null: unknown",
	         .unit = "s"),
	MR_RESULT(struct progress_view, phase, "what it is at; null: not told",
	          MR_OR_NOTHING(struct progress_view, is_told)),
	MR_RESULT_OBJECTS(struct progress_view, figures, "figures so far",
	                  figure_view),
};

struct error_view {
	unsigned cause;
	struct mr_string detail, signal, backtrace, input_digest;
	bool has_detail, has_signal, has_backtrace, has_digest;
	char signal_text[MR_SIGNAL_NAME];
};

static const struct mr_field error_view[] = {
	MR_RESULT(struct error_view, cause, "how the attempt ended",
	          .bounds = { .kind = MR_BOUNDS_CHOICES, .choices = mr_job_cause_names }),
	MR_RESULT(struct error_view, detail, "the same as a sentence",
	          MR_OR_NOTHING(struct error_view, has_detail)),
	MR_RESULT(struct error_view, signal,
	          "of a crash, such as SIGSEGV; its number if it has no name",
	          MR_OR_NOTHING(struct error_view, has_signal)),
	MR_RESULT(struct error_view, backtrace, "of a crash, a line each call",
	          MR_OR_NOTHING(struct error_view, has_backtrace)),
	MR_RESULT(struct error_view, input_digest,
	          "SHA-256 of the input, in hexadecimal",
	          MR_OR_NOTHING(struct error_view, has_digest)),
};

struct links_view {
	struct mr_string self, result, events;
};

static const struct mr_field links_view[] = {
	MR_RESULT(struct links_view, self, "path of the job"),
	MR_RESULT(struct links_view, result, "path of its result"),
	MR_RESULT(struct links_view, events, "path of its events"),
};

/* In the order of the columns. */
enum { CREATED, DUE, STARTED, FINISHED, TIMES };

struct job_view {
	struct mr_string id, endpoint, request, request_id;
	unsigned state;
	int64_t priority, attempt, attempts, failures, losses, status;
	struct mr_string created, due, started, finished;
	bool has_time[TIMES];
	bool has_request_id, has_status, has_progress, has_error, cancelling;
	struct progress_view progress;
	struct error_view error;
	struct links_view links;
	char times[TIMES][MR_TIME_TEXT];
};

#define JOB(member, ...) MR_RESULT(struct job_view, member, __VA_ARGS__)
#define TIME(member, index, meaning)                                           \
	JOB(member, meaning ", in UTC (RFC 3339); null: not yet",              \
	    .or_null = true, .or_absent = true,                                \
	    .flag = offsetof(struct job_view, has_time[index]) + 1,            \
	    .example = "\"2026-01-31T12:00:00.000Z\"")

static const struct mr_field job_view[] = {
	JOB(id, "a UUID; ids sort by age",
	    .example = "\"0190b6a5-31a1-7cc4-8bf5-2fb1a3b0c9d4\""),
	JOB(state, "where it is",
	    .bounds = { .kind = MR_BOUNDS_CHOICES, .choices = mr_job_state_names }),
	JOB(endpoint, "the operation that it runs"),
	JOB(request, "its method and path", .example = "\"POST /annuity\""),
	JOB(priority, "its urgency, from 0, at once, to 7"),
	TIME(created, CREATED, "when it was accepted"),
	TIME(due, DUE, "when it may run, or may run again"),
	TIME(started, STARTED, "when the last attempt began"),
	TIME(finished, FINISHED, "when it came to its final state"),
	JOB(attempt, "how often it was begun"),
	JOB(attempts, "how many attempts may fail until it is given up"),
	JOB(failures, "how many attempts failed: crashed, or broke a limit"),
	JOB(losses, "how many were lost with their process or machine"),
	JOB(cancelling, "whether it was told to end, and still runs"),
	MR_OBJECT(struct job_view, progress,
	          "how far the last attempt is; null: it told nothing",
	          progress_view,
	          MR_OR_NOTHING(struct job_view, has_progress)),
	MR_OBJECT(struct job_view, error,
	          "how the last attempt ended; null: it did not, or well",
	          error_view, MR_OR_NOTHING(struct job_view, has_error)),
	JOB(status, "HTTP status of the result; null: there is none yet",
	    MR_OR_NOTHING(struct job_view, has_status)),
	JOB(request_id, "X-Request-Id of the submission; null: unknown",
	    MR_OR_NOTHING(struct job_view, has_request_id)),
	MR_OBJECT(struct job_view, links, "where to look", links_view),
};

const struct mr_shape mr_job_view_shape = MR_SHAPE(job_view);

struct job_list {
	MR_ARRAY(struct job_view) jobs;
	struct mr_string next;
	bool more;
};

static const struct mr_field job_list[] = {
	MR_RESULT_OBJECTS(struct job_list, jobs, "newest first", job_view),
	MR_RESULT(struct job_list, next,
	          "the id behind which the next page begins; null: there is none",
	          MR_OR_NOTHING(struct job_list, more)),
};

const struct mr_shape mr_job_list_shape = MR_SHAPE(job_list);

/* Values. */

void
mr_job_view_path(const char *id, struct mr_buffer *path)
{
	mr_buffer_puts(path, MR_JOB_PATH "/");
	mr_buffer_puts(path, id);
}

/* As far as it is UTF-8; whether there is any. */
static bool
put_text(const char *from, struct mr_string *to)
{
	*to = (struct mr_string){ "", 0 };
	if (from == NULL || *from == '\0')
		return false;
	to->data = from;
	to->length = (size_t)(mr_utf8_check(from, from + strlen(from)) - from);
	return true;
}

static void
put_time(int64_t ms, int index, struct job_view *view, struct mr_string *to)
{
	char *text = view->times[index];

	mr_time_print(ms, text);
	*to = (struct mr_string){ text, strlen(text) };
	view->has_time[index] = ms != 0 && to->length > 0;
}

/* The text that was appended to a buffer of its own. */
static struct mr_string
finish_text(struct mr_buffer *text)
{
	const char *data = mr_buffer_text(text);

	return (struct mr_string){ data == NULL ? "" : data, text->length };
}

static struct mr_string
path_of(const char *id, const char *end, struct mr_arena *arena)
{
	struct mr_buffer path = { .arena = arena };

	mr_job_view_path(id, &path);
	mr_buffer_puts(&path, end);
	return finish_text(&path);
}

static void
put_figures(const struct mr_job_progress *progress, struct mr_arena *arena,
            struct progress_view *view)
{
	struct figure_view *figures =
	    mr_arena_alloc(arena, MR_FIGURES * sizeof(*figures));

	view->figures.data = figures;
	for (size_t i = 0; figures != NULL && i < MR_FIGURES; i++) {
		struct figure_view *to = &figures[view->figures.length];

		to->value = progress->figures[i].value;
		view->figures.length +=
		    put_text(progress->figures[i].name, &to->name);
	}
}

static void
put_progress(const struct mr_job_progress *progress, struct mr_arena *arena,
             struct progress_view *view)
{
	view->done = progress->done;
	view->total = progress->total;
	view->fraction = mr_progress_fraction(progress);
	view->eta_seconds = mr_progress_left(progress);
	view->is_told = put_text(progress->phase, &view->phase);
	put_figures(progress, arena, view);
}

/* The sender's copy, so that its texts stay. */
static void
read_progress(const struct mr_job *job, struct mr_arena *arena,
              struct job_view *view)
{
	struct mr_job_progress *own = mr_arena_alloc(arena, sizeof(*own));

	if (own == NULL || job->progress == NULL ||
	    !mr_progress_read(job->progress, own))
		return;
	view->has_progress = true;
	put_progress(own, arena, &view->progress);
	/* Nothing goes on in one that does not run. */
	if (job->state != MR_JOB_RUNNING)
		view->progress.eta_seconds = NAN;
}

static void
put_error(const struct mr_job *job, struct error_view *view)
{
	view->cause = (unsigned)job->cause;
	view->has_detail = put_text(job->detail, &view->detail);
	view->has_backtrace = put_text(job->backtrace, &view->backtrace);
	view->has_digest = put_text(job->digest, &view->input_digest);
	view->has_signal = job->signal != 0;
	if (!view->has_signal)
		return;
	mr_signal_name((int)job->signal, view->signal_text);
	put_text(view->signal_text, &view->signal);
}

static void
put_numbers(const struct mr_job *job, struct job_view *view)
{
	view->state = (unsigned)job->state;
	view->priority = job->priority;
	view->attempt = job->attempt;
	view->attempts = job->attempts;
	view->failures = job->failures;
	view->losses = job->losses;
	view->cancelling =
	    job->cancelling != 0 && job->state == MR_JOB_RUNNING;
	view->status = job->status;
	view->has_status = job->status != 0;
}

static void
put_job(const struct mr_job *job, const struct mr_job_progress *progress,
        struct mr_arena *arena, struct job_view *view)
{
	struct mr_buffer request = { .arena = arena };

	put_numbers(job, view);
	put_text(job->id, &view->id);
	put_text(job->endpoint, &view->endpoint);
	mr_buffer_printf(&request, "%s %s", job->method, job->path);
	view->request = finish_text(&request);
	view->has_request_id = put_text(job->request_id, &view->request_id);
	put_time(job->created, CREATED, view, &view->created);
	put_time(job->due, DUE, view, &view->due);
	put_time(job->started, STARTED, view, &view->started);
	put_time(job->finished, FINISHED, view, &view->finished);
	view->has_progress = progress != NULL;
	if (progress != NULL)
		put_progress(progress, arena, &view->progress);
	else
		read_progress(job, arena, view);
	view->has_error = job->cause != MR_JOB_CAUSE_NONE &&
	                  job->state != MR_JOB_SUCCEEDED;
	if (view->has_error)
		put_error(job, &view->error);
	view->links = (struct links_view){ path_of(job->id, "", arena),
		                           path_of(job->id, "/result", arena),
		                           path_of(job->id, "/events", arena) };
}

enum mr_err
mr_job_view_write(const struct mr_job *job,
                  const struct mr_job_progress *progress,
                  struct mr_buffer *json)
{
	struct job_view view = { .id = { "", 0 } };
	const char *culprit;

	put_job(job, progress, json->arena, &view);
	return mr_encode_json(&mr_job_view_shape, &view, json, &culprit);
}

enum mr_err
mr_job_list_write(const struct mr_job_list *list, struct mr_buffer *json)
{
	struct job_view *views =
	    mr_arena_alloc(json->arena, list->count * sizeof(*views) + 1);
	struct job_list all = { .jobs = { views, list->count },
		                .more = list->more && list->count > 0 };
	const char *culprit;

	if (views == NULL)
		return MR_MEMORY;
	for (size_t i = 0; i < list->count; i++)
		put_job(&list->jobs[i],
		        list->progress == NULL ? NULL : list->progress[i],
		        json->arena, &views[i]);
	if (all.more)
		put_text(list->jobs[list->count - 1].id, &all.next);
	return mr_encode_json(&mr_job_list_shape, &all, json, &culprit);
}
