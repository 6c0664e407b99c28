/*
 * broker_ending.c: a cause as an error, a problem and a backtrace.
 */
#include "fcgi/broker/broker_ending.h"

#include "api/problem.h"
#include "fcgi/board/trace.h"

#include <string.h>

#define TRACE_TEXT 8192

/* What the client is told by cause, and why if nobody knows it better. */
static const struct {
	enum mr_err err;
	const char *detail;
} causes[MR_JOB_CAUSE_COUNT] = {
	[MR_JOB_CAUSE_NONE] = { MR_INTERNAL, NULL },
	[MR_JOB_CAUSE_ERROR] = { MR_INTERNAL, NULL },
	[MR_JOB_CAUSE_CRASH] = { MR_CRASH, "The function crashed" },
	[MR_JOB_CAUSE_DEADLINE] = { MR_DEADLINE, "The deadline has passed" },
	[MR_JOB_CAUSE_MEMORY] = { MR_MEMORY, "There was not enough memory" },
	[MR_JOB_CAUSE_LOST] = { MR_GATEWAY,
	                        "The process that ran the function ended "
	                        "without an answer" },
	[MR_JOB_CAUSE_DRAINED] = { MR_BUSY, "The server stopped before the "
	                                    "function finished" },
	[MR_JOB_CAUSE_CANCELLED] = { MR_CANCELLED, "The job was cancelled" },
};

/* The function that was interrupted first, and who called it, line by line. */
static const char *
name_frames(struct mr_string frames, struct mr_arena *arena)
{
	struct backtrace trace = { .depth = 0 };
	struct mr_buffer lines = { .arena = arena };
	char text[TRACE_TEXT], *at = text, *next;

	if (frames.length == 0 || frames.length > sizeof(trace.frames))
		return NULL;
	memcpy(trace.frames, frames.data, frames.length);
	trace.depth = (int)(frames.length / sizeof(trace.frames[0]));
	trace_print(&trace, text, sizeof(text));
	while ((next = strstr(at, " < ")) != NULL) {
		mr_buffer_append(&lines, at, (size_t)(next - at));
		mr_buffer_putc(&lines, '\n');
		at = next + strlen(" < ");
	}
	mr_buffer_puts(&lines, at);
	return mr_buffer_text(&lines);
}

static bool
print_problem(const struct mr_job *job, struct mr_arena *arena,
              struct mr_ending *ending)
{
	enum mr_err err = causes[ending->cause].err;
	const char *path = job->path == NULL ? "/" : job->path;
	const struct mr_problem problem = {
		.err = err,
		.detail = ending->detail,
		.instance = mr_problem_instance(path, arena),
		.request_id = job->request_id,
	};
	const char *body = mr_problem_print(&problem, arena);

	if (problem.instance == NULL || body == NULL)
		return false;
	ending->result = (struct mr_job_result){
		.status = mr_err_status(err),
		.content_type = { MR_PROBLEM_TYPE, strlen(MR_PROBLEM_TYPE) },
		.body = { body, strlen(body) },
	};
	return true;
}

bool
broker_ending_read(const struct message *message, const struct mr_job *job,
                   struct mr_arena *arena, struct mr_ending *ending)
{
	*ending = (struct mr_ending){
		.cause = message->cause,
		.signal = (int)message->number,
		.detail = message->detail,
		.backtrace = name_frames(message->frames, arena),
	};
	if (ending->detail == NULL || *ending->detail == '\0')
		ending->detail = causes[ending->cause].detail;
	return print_problem(job, arena, ending);
}

bool
broker_ending_unheard(const struct mr_job *job, enum mr_job_cause cause,
                      struct mr_arena *arena, struct mr_ending *ending)
{
	const struct message message = { .cause = cause };

	return broker_ending_read(&message, job, arena, ending);
}
