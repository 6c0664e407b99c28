/*
 * call.c: the functions of millrace.h that take a call.
 */
#include "api/call.h"

#include "schema/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORDS_LENGTH 512 /* what is longer is cut */

void *
mr_alloc(mr_call *call, size_t size)
{
	void *piece = mr_arena_alloc(call->arena, size);

	if (piece == NULL && call->request->deny != NULL)
		call->request->deny(call->request->context);
	return piece;
}

enum mr_err
mr_refuse(mr_call *call, const char *format, ...)
{
	va_list arguments;
	const char *end;

	call->words = mr_arena_alloc(call->arena, WORDS_LENGTH);
	if (call->words == NULL)
		return MR_MEMORY;
	va_start(arguments, format);
	vsnprintf(call->words, WORDS_LENGTH, format, arguments);
	va_end(arguments);
	/* What was cut, or never was UTF-8, ends before that. */
	end = call->words + strlen(call->words);
	call->words[mr_utf8_check(call->words, end) - call->words] = '\0';
	return MR_DOMAIN;
}

bool
mr_cancelled(const mr_call *call)
{
	const struct mr_request *request = call->request;

	return request->cancelled != NULL && request->cancelled(request->context);
}

void
mr_progress(mr_call *call, double done, double total, const char *phase)
{
	const struct mr_request *request = call->request;

	if (request->job != NULL)
		request->job->progress(request->context, done, total, phase);
}

void
mr_figure(mr_call *call, const char *name, double value)
{
	const struct mr_request *request = call->request;

	if (request->job != NULL)
		request->job->figure(request->context, name, value);
}

enum mr_err
mr_checkpoint(mr_call *call, const void *data, size_t size)
{
	const struct mr_request *request = call->request;

	if (request->job == NULL)
		return MR_OK;
	return request->job->checkpoint(request->context, data, size);
}

struct mr_string
mr_restored(const mr_call *call)
{
	const struct mr_job_call *job = call->request->job;

	return job == NULL ? (struct mr_string){ "", 0 } : job->restored;
}

const char *
mr_job_id(const mr_call *call)
{
	const struct mr_job_call *job = call->request->job;

	return job == NULL ? NULL : job->id;
}

const char *
mr_state_directory(const mr_call *call)
{
	return call->request->state_directory;
}
