/*
 * faults.c: endpoints that go wrong in every way a function can; for tests.
 */
#include "millrace.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A function without input and output that never returns by itself. */
#define FAULT(name, path_, summary_)                                           \
	MR_NOTHING(name##_in);                                                 \
	MR_NOTHING(name##_out);                                                \
	static enum mr_err name(mr_call *call, const struct name##_in *in,     \
	                        struct name##_out *out)                        \
	{                                                                      \
		(void)call;                                                    \
		(void)in;                                                      \
		(void)out;                                                     \
		do_##name();                                                   \
		return MR_OK;                                                  \
	}                                                                      \
	MR_ENDPOINT(name, MR_POST, path_, summary_)

static void
do_segv(void)
{
	volatile int *nowhere = NULL;

	*nowhere = 1;
}
FAULT(segv, "/faults/segv", "Writes through a null pointer");

static void
do_abort_call(void)
{
	abort();
}
FAULT(abort_call, "/faults/abort", "Aborts");

static void
do_fpe(void)
{
	volatile int zero = 0;

	zero = 1 / zero;
	raise(SIGFPE); /* where division by zero is defined */
}
FAULT(fpe, "/faults/fpe", "Divides by zero");

/* Deeper than any stack; a compiler does not see that it has no end. */
static uint64_t
descend(uint64_t depth)
{
	volatile char here[1024];

	here[0] = (char)depth;
	return depth == 0 ? 0 : descend(depth - 1) + (uint64_t)here[0];
}

static void
do_stack(void)
{
	descend(UINT64_MAX);
}
FAULT(stack, "/faults/stack", "Recurses without end");

static void
do_spin(void)
{
	for (volatile unsigned turns = 0;; turns++)
		;
}
FAULT(spin, "/faults/spin", "Computes without end");

static void
do_leave(void)
{
	exit(EXIT_SUCCESS);
}
FAULT(leave, "/faults/exit", "Ends the process");

static void
do_shut(void)
{
	close_range(3, ~0u, 0);
}
FAULT(shut, "/faults/shut", "Closes descriptors that are not its own");

struct alloc_in {
	int64_t mb;
};
struct alloc_out {
	int64_t mb;
};

/* As most programs do, it does not look at what malloc returns. */
static enum mr_err
alloc(mr_call *call, const struct alloc_in *in, struct alloc_out *out)
{
	size_t size = (size_t)in->mb << 20;
	char *piece = malloc(size);

	(void)call;
	memset(piece, 1, size);
	out->mb = in->mb * piece[size - 1];
	free(piece);
	return MR_OK;
}
static const struct mr_field alloc_in[] = {
	MR_PARAM(struct alloc_in, mb, "memory to fill, MiB",
	         MR_RANGE(1, 1 << 20)),
};
static const struct mr_field alloc_out[] = {
	MR_RESULT(struct alloc_out, mb, "memory filled, MiB"),
};
MR_ENDPOINT(alloc, MR_POST, "/faults/alloc", "Fills memory");

struct pause_for_in {
	int64_t ms;
};
struct pause_for_out {
	int64_t ms;
};

static enum mr_err
pause_for(mr_call *call, const struct pause_for_in *in, struct pause_for_out *out)
{
	struct timespec rest = { .tv_sec = in->ms / 1000,
		                 .tv_nsec = in->ms % 1000 * 1000000 };

	(void)call;
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		continue;
	out->ms = in->ms;
	return MR_OK;
}
static const struct mr_field pause_for_in[] = {
	MR_PARAM(struct pause_for_in, ms, "time to sleep, milliseconds",
	         MR_RANGE(0, 3600000)),
};
static const struct mr_field pause_for_out[] = {
	MR_RESULT(struct pause_for_out, ms, "time slept, milliseconds"),
};
MR_ENDPOINT(pause_for, MR_POST, "/faults/sleep", "Sleeps", .pool = "heavy");

/* For as long as it is told to, or until its caller has gone. */
static enum mr_err
loop(mr_call *call, const struct pause_for_in *in, struct pause_for_out *out)
{
	const struct timespec turn = { .tv_nsec = 1000000 };

	for (; out->ms < in->ms; out->ms++) {
		if (mr_cancelled(call))
			return MR_CANCELLED;
		nanosleep(&turn, NULL);
	}
	return MR_OK;
}
#define loop_in pause_for_in
#define loop_out pause_for_out
MR_ENDPOINT(loop, MR_POST, "/faults/loop", "Asks whether its caller is there",
            .pool = "heavy");

/* Sleeps, then leaves a file behind. */
static enum mr_err
act(mr_call *call, const struct pause_for_in *in, struct pause_for_out *out)
{
	FILE *file;

	if (mr_cancelled(call) || pause_for(call, in, out) != MR_OK)
		return MR_INTERNAL;
	file = fopen("acted", "a");
	if (mr_cancelled(call) || file == NULL || fclose(file) != 0)
		return MR_INTERNAL;
	return MR_OK;
}
#define act_in pause_for_in
#define act_out pause_for_out
MR_ENDPOINT(act, MR_POST, "/faults/act", "Sleeps and leaves a file",
            .pool = "heavy", .impure = true);

struct stubborn_in {
	int64_t ms;
};
struct stubborn_out {
	int64_t ms;
};

/* Deaf to all that a process can be deaf to, as in a library that hangs. */
static enum mr_err
stubborn(mr_call *call, const struct stubborn_in *in, struct stubborn_out *out)
{
	struct timespec rest = { .tv_sec = in->ms / 1000,
		                 .tv_nsec = in->ms % 1000 * 1000000 };
	sigset_t all, before;

	(void)call;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	nanosleep(&rest, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	out->ms = in->ms;
	return MR_OK;
}
static const struct mr_field stubborn_in[] = {
	MR_PARAM(struct stubborn_in, ms, "time to hear nothing, milliseconds",
	         MR_RANGE(0, 3600000)),
};
static const struct mr_field stubborn_out[] = {
	MR_RESULT(struct stubborn_out, ms, "time passed, milliseconds"),
};
MR_ENDPOINT(stubborn, MR_POST, "/faults/stubborn", "Hears no signal",
            .pool = "heavy", .impure = true);

MR_MODULE(&mr_endpoint_segv, &mr_endpoint_abort_call, &mr_endpoint_fpe,
          &mr_endpoint_stack, &mr_endpoint_spin, &mr_endpoint_leave, &mr_endpoint_shut,
          &mr_endpoint_alloc, &mr_endpoint_pause_for, &mr_endpoint_loop,
          &mr_endpoint_act, &mr_endpoint_stubborn);
