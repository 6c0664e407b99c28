/*
 * submit.c: from the headers of a request to a job, and the reply of 202.
 */
#include "api/submit.h"

#include "api/job_view.h"
#include "api/schedule.h"
#include "schema/format.h"

#include <stdio.h>

bool
mr_submit_is_asked(const struct mr_exchange *exchange,
                   struct mr_prefer *prefer)
{
	const struct mr_request *request = exchange->request;
	bool long_running = exchange->endpoint->long_running;

	if (request->submit == NULL || request->job != NULL ||
	    (request->prefer == NULL && !long_running) ||
	    (exchange->reply->head && !long_running))
		return false;
	*prefer = mr_prefer_read(request->prefer);
	return prefer->respond_async || prefer->has_wait || long_running;
}

/* What the client sent. */

struct mr_string
mr_submit_text(const char *text)
{
	return (struct mr_string){ text, text == NULL ? 0 : strlen(text) };
}

static enum mr_err
read_key(struct mr_exchange *exchange, struct mr_submission *submission)
{
	const char *text = exchange->request->idempotency_key;
	char *key;

	if (text == NULL)
		return MR_OK;
	submission->key = key =
	    mr_arena_alloc(exchange->arena, MR_SCHEDULE_KEY + 1);
	if (key == NULL)
		return MR_MEMORY;
	if (mr_schedule_key(text, key))
		return MR_OK;
	return mr_exchange_fail(exchange, MR_SYNTAX,
	                        "Idempotency-Key should be 1 to %d visible "
	                        "characters in double quotes",
	                        MR_SCHEDULE_KEY);
}

enum mr_err
mr_submit_begin(struct mr_exchange *exchange, struct mr_wish *wish)
{
	const struct mr_request *request = exchange->request;
	struct mr_submission *submission = &wish->submission;

	exchange->body_piece = 0;
	*submission = (struct mr_submission){
		.endpoint = exchange->endpoint,
		.input = { .query = request->query,
		           .content_type = mr_submit_text(request->content_type),
		           .content_encoding =
		               mr_submit_text(request->content_encoding),
		           .accept = mr_submit_text(request->accept),
		           .body = request->body },
		.priority = mr_schedule_priority(request->priority),
	};
	if (request->job_run_at != NULL &&
	    !mr_schedule_time(request->job_run_at, &submission->due))
		return mr_exchange_fail(exchange, MR_SYNTAX,
		                        "Job-Run-At should be a time such as "
		                        "2030-01-31T12:00:00Z, or a date as "
		                        "HTTP writes it");
	if (request->job_attempts != NULL &&
	    !mr_schedule_attempts(request->job_attempts,
	                          &submission->attempts))
		return mr_exchange_fail(exchange, MR_SYNTAX,
		                        "Job-Attempts should be a number from "
		                        "1 to %d",
		                        MR_SCHEDULE_ATTEMPTS);
	return read_key(exchange, submission);
}

/* The job. */

static enum mr_err
explain(struct mr_exchange *exchange, enum mr_err err)
{
	switch (err) {
	case MR_INVALID:
		return mr_exchange_fail(exchange, err,
		                        "This Idempotency-Key was used for "
		                        "another input");
	case MR_STORAGE:
		return mr_exchange_fail(exchange, err,
		                        "The job was not accepted, as it "
		                        "cannot be stored");
	case MR_STORAGE_FULL:
		return mr_exchange_fail(exchange, err,
		                        "The job was not accepted, as there "
		                        "is no room to store it");
	case MR_BUSY:
		return mr_exchange_fail(exchange, err,
		                        "Nobody takes jobs at the moment");
	default:
		return err;
	}
}

enum mr_err
mr_submit(struct mr_exchange *exchange, struct mr_submission *submission,
          struct mr_job *job)
{
	const struct mr_request *request = exchange->request;
	const char *method = mr_method_name(submission->endpoint->method);
	const char *path = submission->endpoint->path;
	struct mr_buffer key = { .arena = exchange->arena };
	enum mr_err err;

	submission->input.method = mr_submit_text(method);
	submission->input.path = mr_submit_text(path);
	submission->request_id = request->request_id;
	if (submission->key != NULL) {
		mr_buffer_printf(&key, "%s %s %s", method, path,
		                 submission->key);
		submission->key = mr_buffer_text(&key);
		if (submission->key == NULL)
			return MR_MEMORY;
	}
	err = request->submit(request->context, submission, exchange->arena,
	                      job);
	return err == MR_CONFLICT ? MR_OK : explain(exchange, err);
}

/* The reply. */

static const char *
applied(struct mr_exchange *exchange, const struct mr_prefer *prefer)
{
	struct mr_buffer text = { .arena = exchange->arena };

	if (prefer->respond_async)
		mr_buffer_puts(&text, "respond-async");
	if (prefer->has_wait)
		mr_buffer_printf(&text, "%swait=%lld",
		                 text.length > 0 ? ", " : "",
		                 (long long)prefer->wait);
	return text.length > 0 ? mr_buffer_text(&text) : NULL;
}

static enum mr_err
accept_job(struct mr_exchange *exchange, const struct mr_prefer *prefer,
           const struct mr_job *job)
{
	struct mr_reply *reply = exchange->reply;
	struct mr_buffer json = { .arena = exchange->arena };
	struct mr_buffer path = { .arena = exchange->arena };
	const char *preferences = applied(exchange, prefer), *location;
	enum mr_err err = mr_job_view_write(job, NULL, &json);

	mr_job_view_path(job->id, &path);
	location = mr_buffer_text(&path);
	if (err != MR_OK || location == NULL)
		return err != MR_OK ? err : MR_MEMORY;
	mr_reply_add_header(reply, "Location", location);
	mr_reply_add_header(reply, "Cache-Control", "no-store");
	if (preferences != NULL)
		mr_reply_add_header(reply, "Preference-Applied", preferences);
	reply->content_type = mr_format_type(MR_FORMAT_JSON);
	reply->body = (struct mr_string){ json.data, json.length };
	reply->job = job->id;
	reply->wait = prefer->has_wait ? (double)prefer->wait : 0;
	return MR_OK;
}

enum mr_err
mr_submit_finish(struct mr_exchange *exchange, struct mr_wish *wish)
{
	struct mr_job job = { .id = NULL };
	enum mr_err err;

	exchange->reply->status = 202;
	if (exchange->reply->head)
		return MR_OK;
	err = mr_submit(exchange, &wish->submission, &job);
	return err == MR_OK ? accept_job(exchange, &wish->prefer, &job) : err;
}
