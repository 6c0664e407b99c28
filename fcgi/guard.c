/*
 * guard.c: templates, handlers, and the last words of a worker.
 */
#include "fcgi/guard.h"

#include "api/problem.h"
#include "base/err.h"
#include "fcgi/clock.h"
#include "fcgi/record.h"
#include "schema/integer.h"

#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define ALTERNATE_STACK ((size_t)64 << 10)
#define DETAIL_LENGTH 128

/* Where a template is cut; words that no text of ours contains. */
#define MARK_DETAIL "<detail>"
#define MARK_INSTANCE "<instance>"
#define MARK_ID "<id>"

/* A reply with three gaps, rendered before anything goes wrong. */
struct template {
	char head[160];
	const char *pieces[4]; /* before, between and behind the gaps */
	char detail[DETAIL_LENGTH]; /* empty: the handler has its own */
};

#define ENDINGS (GUARD_EXIT_END - GUARD_EXIT_CRASH)

static const struct {
	enum mr_err err;
	const char *name;
} endings[ENDINGS] = {
	[GUARD_EXIT_CRASH - GUARD_EXIT_CRASH] = { MR_CRASH, "crash" },
	[GUARD_EXIT_DEADLINE - GUARD_EXIT_CRASH] = { MR_DEADLINE, "deadline" },
	[GUARD_EXIT_MEMORY - GUARD_EXIT_CRASH] = { MR_MEMORY, "memory" },
	[GUARD_EXIT_TERMINATED - GUARD_EXIT_CRASH] = { MR_BUSY, "terminated" },
	[GUARD_EXIT_CALLED - GUARD_EXIT_CRASH] = { MR_CRASH, "exit" },
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
	struct template templates[ENDINGS];
	struct mr_arena *arena; /* of the templates */
	void *alternate_stack;
	struct guard_request request;
	struct score *score;
	const char *stack_low, *stack_high;
	volatile sig_atomic_t armed, denied, sending, terminated;
} guard;

const char *
guard_exit_name(int status)
{
	return status >= GUARD_EXIT_CRASH && status < GUARD_EXIT_END
	           ? endings[status - GUARD_EXIT_CRASH].name
	           : NULL;
}

static struct template *
template_of(enum guard_exit status)
{
	return &guard.templates[status - GUARD_EXIT_CRASH];
}

/* Templates. */

static char *
cut(char *text, const char *mark)
{
	char *at = strstr(text, mark);

	*at = '\0';
	return at + strlen(mark);
}

static bool
render(struct template *template, enum mr_err err, struct mr_arena *arena)
{
	const struct mr_problem problem = { .err = err,
		                            .detail = MARK_DETAIL,
		                            .instance = MARK_INSTANCE,
		                            .request_id = MARK_ID };
	char *text = mr_problem_print(&problem, arena);

	if (text == NULL)
		return false;
	template->pieces[0] = text;
	template->pieces[1] = text = cut(text, MARK_DETAIL);
	template->pieces[2] = text = cut(text, MARK_INSTANCE);
	template->pieces[3] = cut(text, MARK_ID);
	snprintf(template->head, sizeof(template->head),
	         "Status: %d %s\r\nContent-Type: " MR_PROBLEM_TYPE "\r\n%s"
	         "X-Request-Id: ",
	         mr_err_status(err), mr_err_title(err),
	         err == MR_BUSY ? "Retry-After: " MR_RETRY_AFTER "\r\n" : "");
	return true;
}

static bool
render_all(const struct pool_config *pool)
{
	guard.arena = mr_arena_new();
	if (guard.arena == NULL)
		return false;
	for (size_t i = 0; i < ENDINGS; i++)
		if (!render(&guard.templates[i], endings[i].err, guard.arena))
			return false;
	snprintf(template_of(GUARD_EXIT_DEADLINE)->detail, DETAIL_LENGTH,
	         "The function did not finish within the %llu ms of pool %s",
	         (unsigned long long)pool->deadline, pool->name);
	snprintf(template_of(GUARD_EXIT_MEMORY)->detail, DETAIL_LENGTH,
	         "The function needs more than the %llu MiB of pool %s",
	         (unsigned long long)pool->memory >> 20, pool->name);
	strcpy(template_of(GUARD_EXIT_TERMINATED)->detail,
	       "The server stopped before the function finished");
	strcpy(template_of(GUARD_EXIT_CALLED)->detail,
	       "The function called exit()");
	return true;
}

/* What the handlers call: async-signal-safe, from here to the handlers' end. */

static struct iovec
piece(const char *text)
{
	return (struct iovec){ (void *)(uintptr_t)text, strlen(text) };
}

/* "NAME;dur=MS", as Server-Timing has it. */
static char *
put_duration(char *to, const char *name, uint64_t nanoseconds)
{
	to = stpcpy(stpcpy(to, name), ";dur=");
	to += mr_integer_write(to, (int64_t)(nanoseconds / 1000000));
	*to = '\0';
	return to;
}

/* The header lines that differ from reply to reply. */
static void
put_lines(char *to, size_t length)
{
	const struct guard_request *request = &guard.request;

	to = stpcpy(to, "\r\nContent-Length: ");
	to += mr_integer_write(to, (int64_t)length);
	to = stpcpy(to, "\r\nServer-Timing: ");
	to = put_duration(to, "queue", request->queue);
	to = put_duration(to, ", compute", clock_now() - request->start);
	stpcpy(to, "\r\n\r\n");
}

static bool
send_reply(const struct template *template, const char *before,
           const char *detail)
{
	const struct guard_request *request = &guard.request;
	char lines[160];
	const struct iovec parts[] = {
		piece(template->head),      piece(request->request_id),
		{ .iov_base = NULL },       piece(template->pieces[0]),
		piece(before),              piece(detail),
		piece(template->pieces[1]), piece(request->instance),
		piece(template->pieces[2]), piece(request->request_id),
		piece(template->pieces[3]),
	};
	const size_t count = sizeof(parts) / sizeof(parts[0]);
	struct iovec reply[sizeof(parts) / sizeof(parts[0])];
	size_t length = 0;

	for (size_t i = 3; i < count; i++)
		length += parts[i].iov_len;
	put_lines(lines, length);
	memcpy(reply, parts, sizeof(parts));
	reply[2] = piece(lines);
	return request->id == 0
	           ? record_write(request->fd, reply, count)
	           : record_send_reply(request->fd, request->id, reply, count);
}

static void
copy(char *to, size_t size, const char *from)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	to[length] = '\0';
}

/* The master logs them, with the time and the worker's end. */
static void
leave_last_words(const char *detail, bool armed)
{
	struct last_words *words = &guard.score->last_words;

	copy(words->detail, sizeof(words->detail), detail);
	copy(words->instance, sizeof(words->instance),
	     armed ? guard.request.instance : "none");
	copy(words->request_id, sizeof(words->request_id),
	     armed ? guard.request.request_id : "none");
}

/*
 * First the client, then the words for the log, and the backtrace last: on a broken stack
 * it may itself fault, which ends the process as well.
 */
static _Noreturn void
end(enum guard_exit status, const char *before, const char *detail)
{
	struct template *template = template_of(status);
	bool armed = guard.armed;
	sigset_t all;

	/* No other signal may add a reply to this one, or cut it short. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	guard.armed = 0;
	if (*template->detail != '\0') {
		before = "";
		detail = template->detail;
	}
	if (armed)
		send_reply(template, before, detail);
	leave_last_words(detail, armed);
	if (status == GUARD_EXIT_CRASH || status == GUARD_EXIT_DEADLINE)
		guard.score->last_words.depth = backtrace(
		    guard.score->last_words.frames, LAST_WORDS_FRAMES);
	_exit(status);
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
	(void)context;
	if (guard.denied)
		end(GUARD_EXIT_MEMORY, "", "");
	if (number == SIGSEGV && on_stack(info->si_addr))
		end(GUARD_EXIT_CRASH, STOPPED_BY, stack_overflow);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].number == number)
			end(GUARD_EXIT_CRASH, STOPPED_BY, faults[i].detail);
	end(GUARD_EXIT_CRASH, STOPPED_BY, "a signal");
}

/* The order may come when its request is over: then it is not obeyed. */
static void
handle_order(int number)
{
	uint64_t condemned = atomic_load(&guard.score->condemned);

	(void)number;
	if (guard.armed && condemned == atomic_load(&guard.score->generation))
		end(GUARD_EXIT_DEADLINE, "", "");
}

static void
handle_terminate(int number)
{
	(void)number;
	if (guard.sending)
		guard.terminated = 1;
	else
		end(GUARD_EXIT_TERMINATED, "", "");
}

static void
at_exit(void)
{
	if (guard.armed)
		end(GUARD_EXIT_CALLED, "", "");
}

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
	stack_t stack = { .ss_size = ALTERNATE_STACK };

	guard.alternate_stack = stack.ss_sp = malloc(ALTERNATE_STACK);
	return stack.ss_sp != NULL && sigaltstack(&stack, NULL) == 0;
}

static void
install_handlers(void)
{
	struct sigaction action = { .sa_flags = SA_ONSTACK };

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

bool
guard_install(const struct pool_config *pool, struct score *score)
{
	void *frame;

	guard.score = score;
	guard.armed = guard.denied = guard.sending = guard.terminated = 0;
	if (!render_all(pool) || !use_alternate_stack() ||
	    atexit(at_exit) != 0)
		return false;
	backtrace(&frame, 1); /* loads what it needs, while that is safe */
	find_stack();
	install_handlers();
	return true;
}

void
guard_arm(const struct guard_request *request)
{
	guard.request = *request;
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
}

void
guard_sent(void)
{
	guard.armed = 0;
	guard.sending = 0;
	atomic_signal_fence(memory_order_seq_cst);
	if (guard.terminated)
		end(GUARD_EXIT_TERMINATED, "", "");
}

bool
guard_answer_memory(void)
{
	const struct template *template = template_of(GUARD_EXIT_MEMORY);

	guard_disarm();
	return send_reply(template, "", template->detail);
}

void
guard_note_denied(void *context)
{
	(void)context;
	guard.denied = guard.armed;
}
