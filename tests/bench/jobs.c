/*
 * jobs.c: calls that wait for the bench, and one that tells its progress as
 * often as it can.
 */
#include "millrace.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

struct hold_in {
	int64_t number;
};
struct hold_out {
	int64_t number;
	bool held;
};

/* Until there is a file `released` in the state directory. */
static enum mr_err
hold(mr_call *call, const struct hold_in *in, struct hold_out *out)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/released", mr_state_directory(call));
	while (access(path, F_OK) != 0) {
		struct timespec turn = { .tv_nsec = 2000000 };

		if (mr_cancelled(call))
			return MR_CANCELLED;
		nanosleep(&turn, NULL);
	}
	out->number = in->number;
	out->held = true;
	return MR_OK;
}
static const struct mr_field hold_in[] = {
	MR_OPTIONAL(struct hold_in, number, "of the client",
	            MR_RANGE(0, 1000000000), "0"),
};
static const struct mr_field hold_out[] = {
	MR_RESULT(struct hold_out, number, "of the client"),
	MR_RESULT(struct hold_out, held, "true"),
};
MR_ENDPOINT(hold, MR_GET, "/bench/hold", "Waits for a file", .pool = "heavy");

struct tell_in {
	int64_t turns, work;
	bool tells;
};
struct tell_out {
	double seconds;
	double value;
};

static double
processor_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* As a kernel that tells after each element how far it is. */
static enum mr_err
tell(mr_call *call, const struct tell_in *in, struct tell_out *out)
{
	double begin = processor_seconds();
	double value = 1;

	for (int64_t turn = 0; turn < in->turns; turn++) {
		for (int64_t i = 0; i < in->work; i++)
			value = value * 0.999999 + 1e-9;
		if (in->tells)
			mr_progress(call, (double)turn, (double)in->turns,
			            "telling");
	}
	out->seconds = processor_seconds() - begin;
	out->value = value;
	return MR_OK;
}
static const struct mr_field tell_in[] = {
	MR_PARAM(struct tell_in, turns, "how many", MR_RANGE(1, 1000000000)),
	MR_OPTIONAL(struct tell_in, work, "additions in each",
	            MR_RANGE(0, 1000000), "400"),
	MR_OPTIONAL(struct tell_in, tells, "whether it tells its progress",
	            MR_EITHER, "true"),
};
static const struct mr_field tell_out[] = {
	MR_RESULT(struct tell_out, seconds, "of the processor", .unit = "s"),
	MR_RESULT(struct tell_out, value, "of the additions"),
};
MR_ENDPOINT(tell, MR_GET, "/bench/tell", "Tells its progress", .pool = "heavy");

MR_MODULE(&mr_endpoint_hold, &mr_endpoint_tell);
