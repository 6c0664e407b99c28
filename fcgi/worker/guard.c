/*
 * guard.c: the handlers, and the last words of a worker.
 */
#include "fcgi/worker/guard.h"

#include "base/err.h"
#include "fcgi/base/clock.h"
#include "fcgi/worker/client_watch.h"
#include "fcgi/worker/last_reply.h"
#include "schema/integer.h"

#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define ALTERNATE_STACK ((size_t)64 << 10)

/* What the client is told, by how the worker exits. */
static const enum mr_err endings[GUARD_EXIT_END - GUARD_EXIT_CRASH] = {
	[GUARD_EXIT_CRASH - GUARD_EXIT_CRASH] = MR_CRASH,
	[GUARD_EXIT_DEADLINE - GUARD_EXIT_CRASH] = MR_DEADLINE,
	[GUARD_EXIT_MEMORY - GUARD_EXIT_CRASH] = MR_MEMORY,
	[GUARD_EXIT_TERMINATED - GUARD_EXIT_CRASH] = MR_BUSY,
	[GUARD_EXIT_CALLED - GUARD_EXIT_CRASH] = MR_CRASH,
	[GUARD_EXIT_ABANDONED - GUARD_EXIT_CRASH] = MR_CANCELLED,
};

static const struct {
	int number;
	const char *detail;
} faults[] = {
	{ SIGSEGV, "SIGSEGV (invalid memory reference)" },
	{ SIGBUS, "SIGBUS (bad memory access)" },
	{ SIGFPE, "SIGFPE (erroneous arithmetic operation)" },
	{ SIGILL, "SIGILL (illegal instruction)" },
	{ SIGABRT, "SIGABRT (abort)" },
	{ SIGTRAP, "SIGTRAP (trap)" },
	{ SIGSYS, "SIGSYS (bad system call)" },
};

#define STOPPED_BY "The function was stopped by "
static const char stack_overflow[] = "SIGSEGV (stack overflow)";

static struct {
	const struct guard_request *request;
	struct score *score;
	bool dumps_core;
	const char *stack_low, *stack_high;
	char memory[SCORE_DETAIL]; /* what is said when it is used up */
	volatile sig_atomic_t armed, denied, sending, terminated;
} guard;

/* Of the signal handlers; its pages are only there once they are used. */
static char alternate_stack[ALTERNATE_STACK];

/* What the handlers call: async-signal-safe, from here to the handlers' end. */

static void
count(enum mr_err err, uint64_t elapsed, size_t sent)
{
	const struct guard_request *request = guard.request;
	const struct ledger_entry entry = {
		.status = mr_err_status(err),
		.slow = score_is_slow(guard.score, request->start + elapsed),
		.received = request->received,
		.sent = sent,
		.nanoseconds = { [LEDGER_QUEUE] = request->queue,
		                 [LEDGER_COMPUTE] = elapsed },
		.reached = { [LEDGER_QUEUE] = true, [LEDGER_COMPUTE] = true },
	};

	if (request->counts != NULL)
		ledger_count(request->counts, &entry);
}

/* For a client that has left there is no reply. */
static bool
reply_and_count(enum mr_err err, const char *before, const char *detail)
{
	const struct guard_request *request = guard.request;
	uint64_t elapsed = clock_now() - request->start;
	const struct last_reply reply = {
		.err = err,
		.fd = request->fd,
		.id = request->id,
		.request_id = request->request_id,
		.instance = request->instance,
		.worker = request->worker,
		.before = before,
		.detail = detail,
		.queue = request->queue,
		.elapsed = elapsed,
	};
	size_t length = 0;
	bool sent = err != MR_CANCELLED && last_reply_send(&reply, &length);

	count(err, elapsed, length);
	return sent;
}

/* With a core dump, the signal ends us; the master finds it in our words. */
static void
dump_core(int number)
{
	sigset_t one;

	if (number == 0 || !guard.dumps_core)
		return;
	signal(number, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
}

static void
trace(struct backtrace *here)
{
	here->depth = backtrace(here->frames, BACKTRACE_FRAMES);
}

static bool
is_traced(const struct guard_ending *ending)
{
	return ending->status == GUARD_EXIT_CRASH ||
	       ending->status == GUARD_EXIT_DEADLINE ||
	       ending->status == GUARD_EXIT_ABANDONED;
}

/*
 * Who is told otherwise than by a reply is told of the backtrace as well: then
 * only the end of the process tells of a stack that cannot be traced.
 */
static void
tell(const struct guard_ending *ending)
{
	enum mr_err err = endings[ending->status - GUARD_EXIT_CRASH];
	const struct guard_request *request = guard.request;
	struct backtrace *here = &guard.score->last_words.backtrace;

	if (request->tell == NULL) {
		reply_and_count(err, ending->before, ending->detail);
		return;
	}
	count(err, clock_now() - request->start, 0);
	if (is_traced(ending))
		trace(here);
	request->tell(ending, here);
}

/*
 * First the client, then the words for the log, and the backtrace last: on a
 * broken stack it may itself fault, which ends the process as well.
 */
static _Noreturn void
end(const struct guard_ending *ending)
{
	struct last_words *words = &guard.score->last_words;
	bool armed = guard.armed;
	sigset_t all;

	/* No other signal may add a reply to this one, or cut it short. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	guard.armed = 0;
	if (armed)
		tell(ending);
	score_copy_text(words->detail, ending->detail, sizeof(words->detail));
	words->signal = ending->signal;
	if (is_traced(ending) && words->backtrace.depth == 0)
		trace(&words->backtrace);
	dump_core(ending->signal);
	_exit(ending->status);
}

static _Noreturn void
end_plainly(enum guard_exit status, const char *detail)
{
	end(&(struct guard_ending){ .status = status, .before = "",
	                            .detail = detail });
}

static bool
on_stack(const void *address)
{
	return (const char *)address >= guard.stack_low &&
	       (const char *)address < guard.stack_high;
}

static void
handle_fault(int number, siginfo_t *info, void *context)
{
	struct guard_ending ending = { GUARD_EXIT_CRASH, number, STOPPED_BY,
		                       "a signal" };

	(void)context;
	if (guard.denied)
		end_plainly(GUARD_EXIT_MEMORY, guard.memory);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].number == number)
			ending.detail = faults[i].detail;
	if (number == SIGSEGV && on_stack(info->si_addr))
		ending.detail = stack_overflow;
	end(&ending);
}

static _Noreturn void
end_late(void)
{
	uint64_t limit = atomic_load(&guard.score->due) - guard.request->start;
	char text[SCORE_DETAIL], *to = text;

	to = stpcpy(to, "The function did not finish within its ");
	to += mr_integer_write(to, (int64_t)(limit / CLOCK_NS_PER_MS));
	strcpy(to, " ms");
	end_plainly(GUARD_EXIT_DEADLINE, text);
}

static void
obey(uint64_t generation)
{
	struct score *score = guard.score;

	if (atomic_load(&score->condemned) == generation) {
		if (!atomic_load(&score->abandoned))
			end_late();
		end_plainly(GUARD_EXIT_ABANDONED, "The client had left");
	}
	if (atomic_load(&score->to_watch) == generation &&
	    guard.request->pure)
		client_watch_begin(guard.request->fd);
	if (atomic_load(&score->to_trace) == generation &&
	    atomic_load(&score->traced) != generation) {
		trace(&score->trace);
		atomic_store(&score->traced, generation);
	}
}

/* An order may come when its request is over: then it is not obeyed. */
static void
handle_order(int number)
{
	int error = errno;

	(void)number;
	if (guard.armed)
		obey(atomic_load(&guard.score->generation));
	errno = error;
}

static _Noreturn void
terminate(void)
{
	end_plainly(GUARD_EXIT_TERMINATED,
	            "The server stopped before the function finished");
}

static void
handle_terminate(int number)
{
	(void)number;
	if (guard.sending)
		guard.terminated = 1;
	else
		terminate();
}

static void
at_exit(void)
{
	if (guard.armed)
		end_plainly(GUARD_EXIT_CALLED, "The function called exit()");
}

/* The handlers end here. */

/* Overflow faults just below the lowest address that the stack may have. */
static void
find_stack(void)
{
	const size_t guard_gap = (size_t)16 << 20;
	struct rlimit limit;

	guard.stack_high = __builtin_frame_address(0);
	guard.stack_low = guard.stack_high;
	if (getrlimit(RLIMIT_STACK, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY)
		guard.stack_low -= limit.rlim_cur + guard_gap;
}

static bool
use_alternate_stack(void)
{
	const stack_t stack = { .ss_sp = alternate_stack,
		                .ss_size = ALTERNATE_STACK };

	return sigaltstack(&stack, NULL) == 0;
}

static void
install_handlers(void)
{
	struct sigaction action = { .sa_flags = SA_ONSTACK | SA_RESTART };

	sigfillset(&action.sa_mask);
	action.sa_handler = handle_order;
	sigaction(GUARD_SIGNAL_ORDER, &action, NULL);
	action.sa_handler = handle_terminate;
	sigaction(SIGTERM, &action, NULL);
	action.sa_flags |= SA_SIGINFO;
	action.sa_sigaction = handle_fault;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i].number, &action, NULL);
}

/* The first backtrace loads what it needs, while that is safe. */
bool
guard_prepare(void)
{
	void *frame;

	backtrace(&frame, 1);
	return last_reply_prepare();
}

bool
guard_install(const struct pool_config *pool, struct score *score)
{
	guard.score = score;
	guard.dumps_core = pool->core > 0;
	guard.armed = guard.denied = guard.sending = guard.terminated = 0;
	snprintf(guard.memory, sizeof(guard.memory),
	         "The function needs more than the %llu MiB of pool %s",
	         (unsigned long long)pool->memory >> 20, pool->name);
	if (!guard_prepare() || !use_alternate_stack() || atexit(at_exit) != 0)
		return false;
	find_stack();
	client_watch_install(score);
	install_handlers();
	return true;
}

void
guard_arm(const struct guard_request *request)
{
	guard.request = request;
	guard.denied = 0;
	atomic_signal_fence(memory_order_seq_cst);
	guard.armed = 1;
}

void
guard_disarm(void)
{
	guard.sending = 1;
	atomic_signal_fence(memory_order_seq_cst);
	guard.armed = 0;
	client_watch_end();
}

void
guard_sent(void)
{
	guard.armed = 0;
	guard.sending = 0;
	atomic_signal_fence(memory_order_seq_cst);
	if (guard.terminated)
		terminate();
}

bool
guard_answer_memory(void)
{
	guard_disarm();
	return reply_and_count(MR_MEMORY, "", guard.memory);
}

void
guard_note_denied(void *context)
{
	(void)context;
	guard.denied = guard.armed;
}
