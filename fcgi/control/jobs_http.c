/*
 * jobs_http.c: a question for the broker, and a reply made of its answer.
 */
#include "fcgi/control/jobs_http.h"

#include "api/job_query.h"
#include "api/job_view.h"
#include "api/prefer.h"
#include "fcgi/board/progress.h"
#include "fcgi/wire/jobs_problem.h"
#include "schema/decode.h"

#include <string.h>

#define JSON "application/json"

/* The broker. */

/* MR_CONFLICT is left to the caller, who knows what it means. */
static enum mr_err
ask(struct control_reply *answer, const struct message *question,
    struct message *reply)
{
	const struct control *control = answer->control;
	enum mr_err err;

	*reply = (struct message){ .err = MR_BUSY };
	err = control->ask(control->broker, question, answer->arena,
	                   reply);
	if (err == MR_OK)
		err = reply->err;
	else if (err == MR_BUSY)
		reply->detail = JOBS_PROBLEM_NO_BROKER;
	if (err == MR_OK || err == MR_CONFLICT)
		return err;
	return control_reply_fail(answer, err, "%s",
	                   jobs_problem_detail(err, reply->detail));
}

/* Of the job that the path names; *job is one job whenever there is no error. */
static enum mr_err
ask_of_job(struct control_reply *answer, enum message_type type, struct message *reply)
{
	const struct message question = { .type = type, .id = answer->id };
	enum mr_err err = ask(answer, &question, reply);

	if ((err == MR_OK || err == MR_CONFLICT) && reply->job_count != 1)
		return control_reply_fail(answer, MR_INTERNAL,
		                   "The broker answered with %zu jobs",
		                   reply->job_count);
	return err;
}

/* Views. */

/* The scoreboard knows more of one that runs than the store does. */
static bool
read_progress(const struct control_reply *answer, const struct mr_job *job,
              struct mr_job_progress *progress)
{
	const struct scoreboard *board = answer->control->board;
	size_t place = SCOREBOARD_SLOTS;

	if (job->state == MR_JOB_RUNNING)
		place = progress_find(board, job->id, job->attempt);
	return place < SCOREBOARD_SLOTS &&
	       progress_read(&board->scores[place].job, job->id, job->attempt,
	                     progress);
}

static enum mr_err
send_view(struct control_reply *answer, int status, const struct mr_job *job)
{
	struct mr_buffer json = { .arena = answer->arena };
	struct mr_job_progress progress;
	bool told = read_progress(answer, job, &progress);
	enum mr_err err = mr_job_view_write(job, told ? &progress : NULL, &json);

	if (err == MR_OK)
		err = control_reply_send(answer, JSON, mr_buffer_text(&json));
	answer->reply->status = status;
	return err;
}

/* A page. */

static enum mr_err
read_query(struct control_reply *answer, struct mr_decoding *decoding)
{
	enum mr_err err;

	mr_decode_begin(decoding);
	err = mr_decode_query(decoding, answer->request->query);
	if (err == MR_OK)
		err = mr_decode_finish(decoding);
	if (err == MR_SYNTAX)
		return control_reply_malformed(answer, decoding->reason,
		                        decoding->offset);
	if (err == MR_INVALID)
		answer->problem.faults = &decoding->faults;
	return err;
}

/* A text as a value in a query string; '/' is plain there. */
static void
put_value(const char *name, const char *value, struct mr_buffer *to)
{
	const char *escaped = mr_problem_instance(value, to->arena);

	mr_buffer_printf(to, "%s=%s&", name, escaped == NULL ? "" : escaped);
	to->failed |= escaped == NULL;
}

/* RFC 8288. */
static enum mr_err
add_link(struct control_reply *answer, const struct mr_job_filter *filter,
         const char *last)
{
	struct mr_buffer link = { .arena = answer->arena };
	const char *text;

	mr_buffer_puts(&link, "<" MR_JOB_PATH "?");
	if (filter->state >= 0)
		put_value("state", mr_job_state_name(filter->state), &link);
	if (filter->endpoint != NULL)
		put_value("endpoint", filter->endpoint, &link);
	mr_buffer_printf(&link, "limit=%zu&after=%s>; rel=\"next\"",
	                 filter->limit, last);
	text = mr_buffer_text(&link);
	if (text == NULL)
		return MR_MEMORY;
	mr_reply_add_header(answer->reply, "Link", text);
	return MR_OK;
}

/* What running ones tell, in the order of the jobs; NULL: no memory. */
static const struct mr_job_progress *const *
collect_progress(const struct control_reply *answer, const struct mr_job *jobs,
                 size_t count)
{
	const struct mr_job_progress **list =
	    mr_arena_alloc(answer->arena, (count + 1) * sizeof(*list));
	struct mr_job_progress progress, *kept;

	for (size_t i = 0; list != NULL && i < count; i++) {
		if (!read_progress(answer, &jobs[i], &progress))
			continue;
		kept = mr_arena_alloc(answer->arena, sizeof(*kept));
		if (kept == NULL)
			return NULL;
		*kept = progress;
		list[i] = kept;
	}
	return list;
}

/* There may be one more than fits on the page: then another one follows. */
static enum mr_err
send_page(struct control_reply *answer, const struct mr_job_filter *filter,
          const struct message *reply)
{
	struct mr_buffer json = { .arena = answer->arena };
	struct mr_job_list list = { .jobs = reply->jobs,
		                    .count = reply->job_count };
	enum mr_err err = MR_OK;

	list.more = list.count > filter->limit;
	if (list.more) {
		list.count = filter->limit;
		err = add_link(answer, filter, list.jobs[list.count - 1].id);
	}
	list.progress = collect_progress(answer, list.jobs, list.count);
	if (list.progress == NULL)
		return MR_MEMORY;
	if (err == MR_OK)
		err = mr_job_list_write(&list, &json);
	return err == MR_OK ? control_reply_send(answer, JSON, mr_buffer_text(&json))
	                    : err;
}

enum mr_err
jobs_http_list(struct control_reply *answer)
{
	struct mr_job_query query;
	struct mr_decoding *decoding =
	    mr_arena_alloc(answer->arena, sizeof(*decoding));
	struct message question = { .type = MESSAGE_LIST }, reply;
	enum mr_err err;

	if (decoding == NULL)
		return MR_MEMORY;
	memset(&query, 0, sizeof(query));
	*decoding = (struct mr_decoding){ .shape = &mr_job_query_shape,
		                          .record = &query,
		                          .query_only = true,
		                          .arena = answer->arena };
	err = read_query(answer, decoding);
	if (err != MR_OK)
		return err;
	question.filter = mr_job_query_filter(&query);
	question.filter.limit++;
	err = ask(answer, &question, &reply);
	question.filter.limit--;
	return err == MR_OK ? send_page(answer, &question.filter, &reply) : err;
}

/* One job. */

enum mr_err
jobs_http_show(struct control_reply *answer)
{
	struct message reply;
	enum mr_err err = control_reply_read_flag(answer, NULL, NULL);

	if (err == MR_OK)
		err = ask_of_job(answer, MESSAGE_FIND, &reply);
	return err == MR_OK ? send_view(answer, 200, reply.jobs) : err;
}

enum mr_err
jobs_http_cancel(struct control_reply *answer)
{
	struct message reply;
	enum mr_err err = control_reply_read_flag(answer, NULL, NULL);

	if (err == MR_OK)
		err = ask_of_job(answer, MESSAGE_CANCEL, &reply);
	if (err == MR_CONFLICT)
		return control_reply_fail(answer, err,
		                   "The job is %s: it cannot be cancelled any "
		                   "more",
		                   mr_job_state_name(reply.jobs->state));
	if (err != MR_OK)
		return err;
	return send_view(answer,
	                 mr_job_is_final(reply.jobs->state) ? 200 : 202,
	                 reply.jobs);
}

/* Its result. */

static enum mr_err
send_result(struct control_reply *answer, const struct mr_job_result *result)
{
	answer->reply->status = result->status;
	answer->reply->content_type = result->content_type.data;
	answer->reply->body = result->body;
	return MR_OK;
}

/* s that the client is ready to wait; 0: it is not. */
static double
wanted_wait(const struct control_reply *answer)
{
	const struct mr_prefer prefer = mr_prefer_read(answer->request->prefer);

	return prefer.has_wait && !answer->reply->head ? (double)prefer.wait
	                                               : 0;
}

/* serve.c has live wait for it; what is sent here is for a client without. */
static enum mr_err
wait_for(struct control_reply *answer, const struct mr_job *job, double wait)
{
	struct mr_buffer path = { .arena = answer->arena };

	mr_job_view_path(job->id, &path);
	if (mr_buffer_text(&path) == NULL)
		return MR_MEMORY;
	mr_reply_add_header(answer->reply, "Location", path.data);
	answer->reply->job = job->id;
	answer->reply->wait = wait;
	return send_view(answer, 202, job);
}

enum mr_err
jobs_http_result(struct control_reply *answer)
{
	struct message reply;
	enum mr_err err = control_reply_read_flag(answer, NULL, NULL);
	double wait = wanted_wait(answer);

	if (err == MR_OK)
		err = ask_of_job(answer, MESSAGE_RESULT, &reply);
	if (err != MR_OK)
		return err;
	if (mr_job_is_final(reply.jobs->state) && reply.result.status != 0)
		return send_result(answer, &reply.result);
	if (mr_job_is_final(reply.jobs->state))
		return control_reply_fail(answer, MR_CONFLICT, JOBS_PROBLEM_NO_RESULT,
		                   mr_job_state_name(reply.jobs->state));
	if (wait > 0)
		return wait_for(answer, reply.jobs, wait);
	mr_reply_add_header(answer->reply, "Retry-After", MR_RETRY_AFTER);
	return control_reply_fail(answer, MR_CONFLICT,
	                   "The job is %s; it has no result yet",
	                   mr_job_state_name(reply.jobs->state));
}
