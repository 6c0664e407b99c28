/*
 * background.c: from what a function starts to jobs, or to calls made here.
 */
#include "api/background.h"

#include "api/submit.h"
#include "base/buffer.h"
#include "base/text.h"
#include "schema/encode.h"
#include "schema/format.h"
#include "schema/shape.h"

/* Keeps the sentence, as the function's own words. */
static enum mr_err
fail(struct mr_call *call, const struct mr_endpoint *endpoint,
     const char *clause)
{
	struct mr_buffer words = { .arena = call->arena };

	mr_buffer_printf(&words, "The function starts %s: %s",
	                 endpoint == NULL ? "nothing" : endpoint->name,
	                 clause);
	call->words = mr_buffer_text(&words);
	return MR_RESULT;
}

static bool
is_served(const struct mr_registry *registry,
          const struct mr_endpoint *endpoint)
{
	size_t count;
	const struct mr_endpoint *const *found;

	if (registry == NULL)
		return false;
	found = mr_registry_find(registry, endpoint->path, &count);
	for (size_t i = 0; i < count; i++)
		if (found[i] == endpoint)
			return true;
	return false;
}

/* Its input must be a body, all of it. */
static bool
takes_a_body(const struct mr_endpoint *endpoint)
{
	size_t count = mr_shape_count(&endpoint->in);

	for (size_t i = 0; i < count; i++)
		if (endpoint->in.fields[i].in_query)
			return false;
	return endpoint->method == MR_POST;
}

static enum mr_err
append(struct mr_call *call, const struct mr_started *started)
{
	struct mr_started *copy = mr_arena_alloc(call->arena, sizeof(*copy));

	if (copy == NULL)
		return MR_MEMORY;
	*copy = *started;
	if (call->next == NULL)
		call->next = &call->started;
	*call->next = copy;
	call->next = &copy->next;
	call->start_count++;
	return MR_OK;
}

enum mr_err
mr_start(mr_call *call, const struct mr_endpoint *endpoint, const void *in)
{
	struct mr_buffer json = { .arena = call->arena };
	struct mr_started started = { .endpoint = endpoint };
	const char *culprit;
	enum mr_err err;

	if (endpoint == NULL || !is_served(call->registry, endpoint))
		return fail(call, endpoint, "it is not served here");
	if (!takes_a_body(endpoint))
		return fail(call, endpoint,
		            "its input is not the body of a POST");
	if (call->start_count == MR_STARTS)
		return fail(call, endpoint,
		            "it has started as many jobs as a call may, "
		            "MR_STARTS");
	err = mr_encode_json(&endpoint->in, in, &json, &culprit);
	if (err == MR_RESULT)
		return fail(call, endpoint, "its input cannot be written");
	if (err != MR_OK)
		return err;
	started.body = (struct mr_string){ json.data, json.length };
	return append(call, &started);
}

/* What a call in place of a job has: nobody looks at it. */
static void
ignore_progress(void *context, double done, double total, const char *phase)
{
	(void)context;
	(void)done;
	(void)total;
	(void)phase;
}

static void
ignore_figure(void *context, const char *name, double value)
{
	(void)context;
	(void)name;
	(void)value;
}

static enum mr_err
keep_nothing(void *context, const void *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	return MR_OK;
}

static enum mr_err
run_here(struct mr_exchange *exchange, const struct mr_started *started)
{
	static const struct mr_job_call job = {
		.restored = { "", 0 },
		.progress = ignore_progress,
		.figure = ignore_figure,
		.checkpoint = keep_nothing,
	};
	struct mr_request request = *exchange->request;
	struct mr_reply *reply =
	    mr_arena_alloc(exchange->arena, sizeof(*reply));

	if (reply == NULL)
		return MR_MEMORY;
	request.method = mr_method_name(started->endpoint->method);
	request.path = started->endpoint->path;
	request.query = (struct mr_string){ "", 0 };
	request.body = started->body;
	request.body_piece = 0;
	request.has_length = true;
	request.content_type = mr_format_type(MR_FORMAT_JSON);
	request.content_encoding = request.accept = NULL;
	request.routed = NULL;
	request.job = &job;
	mr_handle(exchange->registry, &request, reply, exchange->arena);
	if (reply->err == MR_OK)
		return MR_OK;
	return mr_exchange_fail(exchange, reply->err,
	                        "What the function started, %s, failed",
	                        started->endpoint->name);
}

/*
 * A job that runs again starts the same ones again: the store knows them by
 * the job's id and their number.
 */
static enum mr_err
submit(struct mr_exchange *exchange, const struct mr_started *started,
       int number)
{
	struct mr_submission submission = {
		.endpoint = started->endpoint,
		.input = { .content_type = mr_string_of(
			       mr_format_type(MR_FORMAT_JSON)),
		           .body = started->body },
		.priority = MR_JOB_PRIORITY_DEFAULT,
	};
	const struct mr_job_call *job = exchange->request->job;
	struct mr_buffer key = { .arena = exchange->arena };
	struct mr_job stored;

	if (job != NULL && job->id != NULL) {
		mr_buffer_printf(&key, "%s/%d", job->id, number);
		submission.key = mr_buffer_text(&key);
	}
	return mr_submit(exchange, &submission, &stored);
}

enum mr_err
mr_background_start(struct mr_exchange *exchange, const struct mr_call *call)
{
	const struct mr_started *started = call->started;
	enum mr_err err = MR_OK;
	int number = 0;

	for (; err == MR_OK && started != NULL; started = started->next)
		err = exchange->request->submit != NULL
		          ? submit(exchange, started, ++number)
		          : run_here(exchange, started);
	return err;
}
