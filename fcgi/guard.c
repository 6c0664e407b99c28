/*
 * guard.c: templates, handlers, and the last words of a worker.
 */
#include "fcgi/guard.h"

#include "api/problem.h"
#include "base/err.h"
#include "fcgi/record.h"

#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define ALTERNATE_STACK ((size_t)64 << 10)
#define FRAMES 32

/* Where a template is cut; words that no text of ours contains. */
#define MARK_DETAIL "<detail>"
#define MARK_INSTANCE "<instance>"
#define MARK_ID "<id>"

/* A reply with three gaps, rendered before anything goes wrong. */
struct template {
	char head[160];
	const char *pieces[4]; /* before, between and behind the gaps */
	char detail[128];      /* empty: the handler has its own */
	int status;            /* enum guard_exit */
};

enum ending { CRASH, DEADLINE, MEMORY, TERMINATED, CALLED, ENDING_COUNT };

static const struct {
	enum mr_err err;
	enum guard_exit status;
	const char *name;
} endings[ENDING_COUNT] = {
	[CRASH] = { MR_CRASH, GUARD_EXIT_CRASH, "crash" },
	[DEADLINE] = { MR_DEADLINE, GUARD_EXIT_DEADLINE, "deadline" },
	[MEMORY] = { MR_MEMORY, GUARD_EXIT_MEMORY, "memory" },
	[TERMINATED] = { MR_BUSY, GUARD_EXIT_TERMINATED, "terminated" },
	[CALLED] = { MR_CRASH, GUARD_EXIT_CALLED, "exit" },
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
	struct template templates[ENDING_COUNT];
	struct guard_request request;
	struct score *score;
	const char *stack_low, *stack_high;
	volatile sig_atomic_t armed, denied;
} guard;

const char *
guard_exit_name(int status)
{
	for (size_t i = 0; i < ENDING_COUNT; i++)
		if ((int)endings[i].status == status)
			return endings[i].name;
	return NULL;
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
	         "Status: %d\r\nContent-Type: " MR_PROBLEM_TYPE "\r\n%s"
	         "X-Request-Id: ",
	         mr_err_status(err),
	         err == MR_BUSY ? "Retry-After: " MR_RETRY_AFTER "\r\n" : "");
	return true;
}

/* The arena of the templates is kept as long as the process. */
static bool
render_all(const struct pool_config *pool)
{
	struct mr_arena *arena = mr_arena_new();

	if (arena == NULL)
		return false;
	for (size_t i = 0; i < ENDING_COUNT; i++)
		if (!render(&guard.templates[i], endings[i].err, arena))
			return false;
	snprintf(guard.templates[DEADLINE].detail,
	         sizeof(guard.templates[DEADLINE].detail),
	         "The function did not finish within the %llu ms of pool %s",
	         (unsigned long long)pool->deadline, pool->name);
	snprintf(guard.templates[MEMORY].detail,
	         sizeof(guard.templates[MEMORY].detail),
	         "The function needs more than the %llu MiB of pool %s",
	         (unsigned long long)pool->memory >> 20, pool->name);
	strcpy(guard.templates[TERMINATED].detail,
	       "The server stopped before the function finished");
	strcpy(guard.templates[CALLED].detail,
	       "The function called exit()");
	return true;
}

/* From here to the next heading: async-signal-safe calls only. */

static struct iovec
piece(const char *text)
{
	return (struct iovec){ (void *)(uintptr_t)text, strlen(text) };
}

static void
send_reply(const struct template *template, const char *before,
           const char *detail)
{
	const struct guard_request *request = &guard.request;
	const struct iovec parts[] = {
		piece(template->head),      piece(request->request_id),
		piece("\r\n\r\n"),          piece(template->pieces[0]),
		piece(before),              piece(detail),
		piece(template->pieces[1]), piece(request->instance),
		piece(template->pieces[2]), piece(request->request_id),
		piece(template->pieces[3]),
	};

	record_send_reply(request->fd, request->id, parts,
	                  sizeof(parts) / sizeof(parts[0]));
}

static void
log_ending(enum ending ending, const char *detail)
{
	struct iovec parts[] = {
		piece("Request ended its worker. cause="),
		piece(endings[ending].name),
		piece(" detail=\""),
		piece(detail),
		piece("\" instance="),
		piece(guard.armed ? guard.request.instance : "none"),
		piece(" request_id="),
		piece(guard.armed ? guard.request.request_id : "none"),
		piece("\n"),
	};

	/* Nothing is left to be done about a log that fails. */
	if (writev(STDERR_FILENO, parts, sizeof(parts) / sizeof(parts[0])) < 0)
		return;
}

/*
 * First the client, then the log, and the backtrace last: on a broken stack
 * it may itself fault, which ends the process as well.
 */
static _Noreturn void
end(enum ending ending, const char *before, const char *detail)
{
	struct template *template = &guard.templates[ending];
	void *frames[FRAMES];

	if (*template->detail != '\0') {
		before = "";
		detail = template->detail;
	}
	if (guard.armed)
		send_reply(template, before, detail);
	log_ending(ending, detail);
	if (ending == CRASH || ending == DEADLINE)
		backtrace_symbols_fd(frames, backtrace(frames, FRAMES),
		                     STDERR_FILENO);
	_exit(endings[ending].status);
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
		end(MEMORY, "", "");
	if (number == SIGSEGV && on_stack(info->si_addr))
		end(CRASH, STOPPED_BY, stack_overflow);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].number == number)
			end(CRASH, STOPPED_BY, faults[i].detail);
	end(CRASH, STOPPED_BY, "a signal");
}

/* The order may come when its request is over: then it is not obeyed. */
static void
handle_order(int number)
{
	uint64_t condemned = atomic_load(&guard.score->condemned);

	(void)number;
	if (guard.armed && condemned == atomic_load(&guard.score->generation))
		end(DEADLINE, "", "");
}

static void
handle_terminate(int number)
{
	(void)number;
	end(TERMINATED, "", "");
}

/* Not a handler from here on. */

static void
at_exit(void)
{
	end(CALLED, "", "");
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
	stack_t stack = { .ss_sp = malloc(ALTERNATE_STACK),
		          .ss_size = ALTERNATE_STACK };

	return stack.ss_sp != NULL && sigaltstack(&stack, NULL) == 0;
}

static void
install_handlers(void)
{
	struct sigaction action = { .sa_flags = SA_ONSTACK };

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
	guard.armed = guard.denied = 0;
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
	guard.armed = 0;
	atomic_signal_fence(memory_order_seq_cst);
}

void
guard_note_denied(void)
{
	guard.denied = guard.armed;
}
