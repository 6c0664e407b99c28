/*
 * jobs.c: endpoints that show how often, and how far, their jobs ran; for
 * tests.  A task is a name that the test makes up; what is kept of one is in
 * the state directory.
 */
#include "millrace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TASK MR_LENGTH(1, 64)
#define PATH 4096

/* The job of a call, or an empty text. */
static struct mr_string
job_of(const mr_call *call)
{
	const char *id = mr_job_id(call);

	if (id == NULL)
		id = "";
	return (struct mr_string){ id, strlen(id) };
}

/* Sleeps until it is time, or the job is cancelled. */
static enum mr_err
rest(const mr_call *call, int64_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000,
		                 .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		if (mr_cancelled(call))
			return MR_CANCELLED;
	return mr_cancelled(call) ? MR_CANCELLED : MR_OK;
}

/*
 * Appends a line to a file of the state directory, by one write.  Returns the
 * size of the file with it; -1: it could not be written.
 */
static off_t
append(const mr_call *call, const char *file, const char *line)
{
	char path[PATH];
	size_t length = strlen(line);
	off_t size = -1;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", mr_state_directory(call),
	             file) >= (int)sizeof(path))
		return -1;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	if (write(fd, line, length) == (ssize_t)length)
		size = lseek(fd, 0, SEEK_END);
	close(fd);
	return size;
}

struct count_in {
	struct mr_string task;
};
struct count_out {
	struct mr_string task;
	struct mr_string job;
};

static enum mr_err
count(mr_call *call, const struct count_in *in, struct count_out *out)
{
	char line[PATH];

	out->task = in->task;
	out->job = job_of(call);
	snprintf(line, sizeof(line), "%s %s\n", in->task.data, out->job.data);
	if (append(call, "counted", line) < 0)
		return mr_refuse(call, "the line cannot be written");
	return MR_OK;
}
static const struct mr_field count_in[] = {
	MR_PARAM(struct count_in, task, "name", TASK),
};
static const struct mr_field count_out[] = {
	MR_RESULT(struct count_out, task, "name"),
	MR_RESULT(struct count_out, job, "id of the job; empty: there is none"),
};
MR_ENDPOINT(count, MR_POST, "/jobs-test/count",
            "Appends a line to the file `counted`", .pool = "heavy");

struct steps_in {
	struct mr_string task;
	int64_t steps, ms;
};
struct steps_out {
	struct mr_string task;
	int64_t sum;
};

/* What is kept between attempts. */
struct stage {
	int64_t step, sum;
};

static enum mr_err
steps(mr_call *call, const struct steps_in *in, struct steps_out *out)
{
	struct stage stage = { 0 };
	struct mr_string kept = mr_restored(call);

	if (kept.length == sizeof(stage))
		memcpy(&stage, kept.data, sizeof(stage));
	while (stage.step < in->steps) {
		enum mr_err err = rest(call, in->ms);

		if (err != MR_OK)
			return err;
		stage.step++;
		stage.sum += stage.step * stage.step;
		mr_progress(call, (double)stage.step, (double)in->steps,
		            "adding");
		mr_figure(call, "sum", (double)stage.sum);
		err = mr_checkpoint(call, &stage, sizeof(stage));
		if (err != MR_OK)
			return err;
	}
	out->task = in->task;
	out->sum = stage.sum;
	return MR_OK;
}
static const struct mr_field steps_in[] = {
	MR_PARAM(struct steps_in, task, "name", TASK),
	MR_OPTIONAL(struct steps_in, steps, "how many", MR_RANGE(0, 100000),
	            "10"),
	MR_OPTIONAL(struct steps_in, ms, "time for each", MR_RANGE(0, 60000),
	            "10", .unit = "ms"),
};
static const struct mr_field steps_out[] = {
	MR_RESULT(struct steps_out, task, "name"),
	MR_RESULT(struct steps_out, sum, "of the squares from 1 to steps"),
};
MR_ENDPOINT(steps, MR_POST, "/jobs-test/steps",
            "Adds squares, and goes on from its checkpoint", .pool = "heavy");

struct crash_in {
	struct mr_string task;
	int64_t times;
};
struct crash_out {
	struct mr_string task;
	int64_t attempts;
};

/* Each attempt leaves a byte, by which the next one counts. */
static enum mr_err
crash(mr_call *call, const struct crash_in *in, struct crash_out *out)
{
	char file[PATH];
	off_t attempts;

	snprintf(file, sizeof(file), "attempts.%s", in->task.data);
	for (char *c = file; *c != '\0'; c++)
		if (*c == '/')
			*c = '_';
	attempts = append(call, file, ".");
	if (attempts < 0)
		return mr_refuse(call, "the attempt cannot be written");
	if (attempts <= in->times)
		abort();
	out->task = in->task;
	out->attempts = attempts;
	return MR_OK;
}
static const struct mr_field crash_in[] = {
	MR_PARAM(struct crash_in, task, "name", TASK),
	MR_OPTIONAL(struct crash_in, times, "attempts that crash",
	            MR_RANGE(0, 1000), "1"),
};
static const struct mr_field crash_out[] = {
	MR_RESULT(struct crash_out, task, "name"),
	MR_RESULT(struct crash_out, attempts, "with the good one"),
};
MR_ENDPOINT(crash, MR_POST, "/jobs-test/crash", "Crashes at first",
            .pool = "heavy");

struct nap_in {
	struct mr_string task;
	int64_t ms;
};
struct nap_out {
	struct mr_string task;
	struct mr_string job;
};

static enum mr_err
nap(mr_call *call, const struct nap_in *in, struct nap_out *out)
{
	out->task = in->task;
	out->job = job_of(call);
	return rest(call, in->ms);
}
static const struct mr_field nap_in[] = {
	MR_PARAM(struct nap_in, task, "name", TASK),
	MR_OPTIONAL(struct nap_in, ms, "time to sleep", MR_RANGE(0, 3600000),
	            "100", .unit = "ms"),
};
static const struct mr_field nap_out[] = {
	MR_RESULT(struct nap_out, task, "name"),
	MR_RESULT(struct nap_out, job, "id of the job; empty: there is none"),
};
MR_ENDPOINT(nap, MR_POST, "/jobs-test/nap", "Sleeps, unless cancelled",
            .pool = "heavy");

struct refusal_in {
	struct mr_string task;
};
MR_NOTHING(refusal_out);

static enum mr_err
refusal(mr_call *call, const struct refusal_in *in, struct refusal_out *out)
{
	(void)out;
	return mr_refuse(call, "task %s is refused", in->task.data);
}
static const struct mr_field refusal_in[] = {
	MR_PARAM(struct refusal_in, task, "name", TASK),
};
MR_ENDPOINT(refusal, MR_POST, "/jobs-test/refusal", "Ends with an error",
            .pool = "heavy");

MR_MODULE(&mr_endpoint_count, &mr_endpoint_steps, &mr_endpoint_crash,
          &mr_endpoint_nap, &mr_endpoint_refusal);
