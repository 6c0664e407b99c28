/*
 * start_task.c: POST /start-task/, which starts a task in the background, and
 * the task itself: a line in log.txt.
 */
#include "base/once_log.h"

#include <inttypes.h>
#include <stdio.h>

struct log_task_in {
	int64_t task_id;
};
MR_NOTHING(log_task_out);

static enum mr_err
log_task(mr_call *call, const struct log_task_in *in, struct log_task_out *out)
{
	char line[MR_ONCE_LOG_LINE];
	const struct mr_once_log log = {
		.directory = mr_state_directory(call),
		.name = "log.txt",
	};

	(void)out;
	snprintf(line, sizeof(line), "Task %" PRId64 " completed",
	         in->task_id);
	return mr_once_log_append(&log, mr_job_id(call), line);
}

static const struct mr_field log_task_in[] = {
	MR_PARAM(struct log_task_in, task_id, "what the caller calls the task",
	         MR_RANGE(INT64_MIN, INT64_MAX)),
};
MR_ENDPOINT(log_task, MR_POST, "/log-task", "A line in log.txt",
            .description =
                "Appends `Task N completed` to `log.txt` in the state "
                "directory. A task that is run again because its runner was "
                "killed, at whatever moment, finds its line or completes it: "
                "there is one line for each task.",
            .tag = "tasks", .impure = true, .internal = true);

struct start_task_in {
	int64_t task_id;
};
struct start_task_out {
	struct mr_string message;
};

static enum mr_err
start_task(mr_call *call, const struct start_task_in *in,
           struct start_task_out *out)
{
	static const char message[] = "Task started in the background";
	const struct log_task_in task = { .task_id = in->task_id };

	out->message = (struct mr_string){ message, sizeof(message) - 1 };
	return mr_start(call, &mr_endpoint_log_task, &task);
}

static const struct mr_field start_task_in[] = {
	MR_PARAM(struct start_task_in, task_id, "what you call the task",
	         MR_RANGE(INT64_MIN, INT64_MAX), .in_query = true,
	         .example = "42"),
};
static const struct mr_field start_task_out[] = {
	MR_RESULT(struct start_task_out, message, "that it was started"),
};
MR_ENDPOINT(start_task, MR_POST, "/start-task/", "Starts a background task",
            .description =
                "Answers at once; in the background the line "
                "`Task N completed` is appended to `log.txt` in the state "
                "directory. The task is on disk before the answer leaves, so "
                "it is neither lost nor done twice when a process is killed or "
                "the server restarts. Two requests are two tasks, also with "
                "the same `task_id`. A task that finds the disk full fails, "
                "and leaves no part of a line: it is among the failed "
                "[jobs](/jobs?state=failed).",
            .tag = "tasks", .impure = true);
