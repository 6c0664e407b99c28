/*
 * submit.c: from the headers of a request to a job, and the reply of 202.
 */
#include "api/submit.h"

#include "api/job_view.h"
#include "api/job_headers.h"
#include "base/text.h"
#include "schema/format.h"

#include <stdio.h>

/* What the client sent. */

/* A bound of 0: it has none. */
static void
refuse(struct mr_exchange *exchange, const char *header,
       enum mr_fault_kind kind, int bound)
{
	static const struct mr_place headers = { .name = { "header", 6 } };
	const struct mr_place place = { &headers, mr_string_of(header), 0 };
	struct mr_faults *faults = &exchange->decoding.faults;

	if (bound == 0)
		mr_fault_add(faults, kind, &place, NULL);
	else
		mr_fault_add_bound(faults, kind, &place, bound);
}

static void
read_time(struct mr_exchange *exchange, struct mr_submission *submission)
{
	const char *text = exchange->request->job_run_at;

	if (text != NULL && !mr_job_headers_time(text, &submission->due))
		refuse(exchange, "Job-Run-At", MR_FAULT_TIME, 0);
}

static void
read_attempts(struct mr_exchange *exchange, struct mr_submission *submission)
{
	const char *text = exchange->request->job_attempts;
	int *attempts = &submission->attempts;

	if (text == NULL)
		return;
	if (!mr_job_headers_attempts(text, attempts))
		refuse(exchange, "Job-Attempts", MR_FAULT_INT_PARSING, 0);
	else if (*attempts < 1)
		refuse(exchange, "Job-Attempts", MR_FAULT_LOW, 1);
	else if (*attempts > MR_JOB_HEADERS_ATTEMPTS)
		refuse(exchange, "Job-Attempts", MR_FAULT_HIGH,
		       MR_JOB_HEADERS_ATTEMPTS);
}

static enum mr_err
read_key(struct mr_exchange *exchange, struct mr_submission *submission)
{
	const char *text = exchange->request->idempotency_key;
	char *key;

	if (text == NULL)
		return MR_OK;
	submission->key = key =
	    mr_arena_alloc(exchange->arena, MR_JOB_HEADERS_KEY + 1);
	if (key == NULL)
		return MR_MEMORY;
	if (!mr_job_headers_key(text, key))
		refuse(exchange, "Idempotency-Key", MR_FAULT_QUOTED,
		       MR_JOB_HEADERS_KEY);
	return MR_OK;
}

enum mr_err
mr_submit_begin(struct mr_exchange *exchange, struct mr_job_request *wanted)
{
	const struct mr_request *request = exchange->request;
	struct mr_submission *submission = &wanted->submission;

	*wanted = (struct mr_job_request){
		.prefer = mr_prefer_read(request->prefer),
	};
	read_time(exchange, submission);
	read_attempts(exchange, submission);
	return read_key(exchange, submission);
}

bool
mr_submit_is_asked(const struct mr_exchange *exchange,
                   const struct mr_prefer *prefer)
{
	const struct mr_request *request = exchange->request;
	bool long_running = exchange->endpoint->long_running;

	if (request->submit == NULL || request->job != NULL ||
	    (exchange->reply->head && !long_running))
		return false;
	return prefer->respond_async || prefer->has_wait || long_running;
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

	submission->input.method = mr_string_of(method);
	submission->input.path = mr_string_of(path);
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

/* What of the request is kept; the headers were read before. */
static void
fill_in(const struct mr_exchange *exchange, struct mr_submission *submission)
{
	const struct mr_request *request = exchange->request;

	submission->endpoint = exchange->endpoint;
	submission->priority = mr_job_headers_priority(request->priority);
	submission->input = (struct mr_job_input){
		.query = request->query,
		.content_type = mr_string_of(request->content_type),
		.content_encoding = mr_string_of(request->content_encoding),
		.accept = mr_string_of(request->accept),
		.body = request->body,
	};
}

enum mr_err
mr_submit_finish(struct mr_exchange *exchange, struct mr_job_request *wanted)
{
	struct mr_job job = { .id = NULL };
	enum mr_err err;

	exchange->reply->status = 202;
	if (exchange->reply->head)
		return MR_OK;
	fill_in(exchange, &wanted->submission);
	err = mr_submit(exchange, &wanted->submission, &job);
	return err == MR_OK ? accept_job(exchange, &wanted->prefer, &job) : err;
}
