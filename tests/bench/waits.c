/*
 * waits.c: a call that waits, as one for another server does: for the pool io.
 */
#include "millrace.h"

#include <errno.h>
#include <time.h>

struct wait_in {
	int64_t ms;
};
struct wait_out {
	int64_t ms;
};

static enum mr_err
wait(mr_call *call, const struct wait_in *in, struct wait_out *out)
{
	struct timespec rest = { .tv_sec = in->ms / 1000,
		                 .tv_nsec = in->ms % 1000 * 1000000 };

	(void)call;
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		continue;
	out->ms = in->ms;
	return MR_OK;
}

static const struct mr_field wait_in[] = {
	MR_PARAM(struct wait_in, ms, "time to wait, milliseconds",
	         MR_RANGE(0, 60000)),
};
static const struct mr_field wait_out[] = {
	MR_RESULT(struct wait_out, ms, "time waited, milliseconds"),
};
MR_ENDPOINT(wait, MR_GET, "/bench/wait", "Waits", .pool = "io");

/* The same for the pool heavy, whose workers are few. */
static enum mr_err
nap(mr_call *call, const struct wait_in *in, struct wait_out *out)
{
	return wait(call, in, out);
}
#define nap_in wait_in
#define nap_out wait_out
MR_ENDPOINT(nap, MR_GET, "/bench/nap", "Waits in the way", .pool = "heavy");

struct burn_in {
	int64_t ms;
};
struct burn_out {
	int64_t turns;
};

static int64_t
processor_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Time of the processor, not of the clock: as much work beside others. */
static enum mr_err
burn(mr_call *call, const struct burn_in *in, struct burn_out *out)
{
	int64_t end = processor_ms() + in->ms;

	(void)call;
	out->turns = 0;
	do
		for (volatile int i = 0; i < 10000; i++)
			out->turns++;
	while (processor_ms() < end);
	return MR_OK;
}

static const struct mr_field burn_in[] = {
	MR_PARAM(struct burn_in, ms, "time to compute, milliseconds",
	         MR_RANGE(0, 60000)),
};
static const struct mr_field burn_out[] = {
	MR_RESULT(struct burn_out, turns, "rounds of an empty loop"),
};
MR_ENDPOINT(burn, MR_GET, "/bench/burn", "Computes", .pool = "heavy");

MR_MODULE(&mr_endpoint_wait, &mr_endpoint_nap, &mr_endpoint_burn);
