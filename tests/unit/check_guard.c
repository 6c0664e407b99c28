/*
 * check_guard.c: the end of a worker, in processes that end: the bytes that a
 * client gets, the status, and the words that it leaves for the log.
 */
#include "fcgi/worker/guard.h"

#include "api/problem.h"
#include "base/err.h"
#include "client.h"
#include "fcgi/base/clock.h"
#include "fcgi/worker/client_watch.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static struct pool_config pool = { .name = "fast",
	                                 .deadline = 1500,
	                                 .memory = 256 << 20 };

#define ID "abc-1.2_3"
#define INSTANCE "/a%20b"

/* Ways to end, in the child. */

static struct score *score;

/* In memory that outlives the child. */
static struct score *
make_score(void)
{
	void *page = mmap(NULL, sizeof(struct score), PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(page, MAP_FAILED);
	return page;
}

static void
reference(void)
{
	volatile char *page = mmap(NULL, 4096, PROT_NONE,
	                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*page = 1;
}

static void
read_beyond_file(void)
{
	FILE *file = tmpfile();
	volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED,
	                           fileno(file), 0);

	(void)*page;
}

static uint64_t
descend(uint64_t depth)
{
	volatile char here[1024];

	here[0] = (char)depth;
	return depth == 0 ? 0 : descend(depth - 1) + (uint64_t)here[0];
}

static void
overflow(void)
{
	descend(UINT64_MAX);
}

static void
bus(void)
{
	raise(SIGBUS);
}

static void
arithmetic(void)
{
	raise(SIGFPE);
}

static void
instruction(void)
{
	raise(SIGILL);
}

static void
trap(void)
{
	raise(SIGTRAP);
}

static void
system_call(void)
{
	raise(SIGSYS);
}

static void
terminate(void)
{
	raise(SIGTERM);
}

static void
leave(void)
{
	exit(EXIT_SUCCESS);
}

static void
run_out_of_memory(void)
{
	guard_note_denied(NULL);
	reference();
}

static void
run_out_and_abort(void)
{
	guard_note_denied(NULL);
	abort();
}

static void
be_late(void)
{
	atomic_store(&score->generation, 5);
	atomic_store(&score->condemned, 5);
	raise(GUARD_SIGNAL_ORDER);
}

static void
be_abandoned(void)
{
	atomic_store(&score->abandoned, true);
	be_late();
}

static const struct {
	void (*act)(void);
	enum mr_err err;
	int status;
	const char *detail;
	int signal; /* of a crash */
} endings[] = {
#define STOPPED(by) "The function was stopped by " by
	{ reference, MR_CRASH, 90,
	  STOPPED("SIGSEGV (invalid memory reference)"),
	  SIGSEGV },
	{ overflow, MR_CRASH, 90, STOPPED("SIGSEGV (stack overflow)"),
	  SIGSEGV },
	{ read_beyond_file, MR_CRASH, 90,
	  STOPPED("SIGBUS (bad memory access)"),
	  SIGBUS },
	{ bus, MR_CRASH, 90, STOPPED("SIGBUS (bad memory access)"),
	  SIGBUS },
	{ arithmetic, MR_CRASH, 90,
	  STOPPED("SIGFPE (erroneous arithmetic operation)"),
	  SIGFPE },
	{ instruction, MR_CRASH, 90,
	  STOPPED("SIGILL (illegal instruction)"),
	  SIGILL },
	{ abort, MR_CRASH, 90, STOPPED("SIGABRT (abort)"),
	  SIGABRT },
	{ trap, MR_CRASH, 90, STOPPED("SIGTRAP (trap)"),
	  SIGTRAP },
	{ system_call, MR_CRASH, 90,
	  STOPPED("SIGSYS (bad system call)"),
	  SIGSYS },
	{ be_late, MR_DEADLINE, 91,
	  "The function did not finish within its 1500 ms", 0 },
	{ run_out_of_memory, MR_MEMORY, 92,
	  "The function needs more than the 256 MiB of pool fast", 0 },
	{ run_out_and_abort, MR_MEMORY, 92,
	  "The function needs more than the 256 MiB of pool fast", 0 },
	{ terminate, MR_BUSY, 93,
	  "The server stopped before the function finished", 0 },
	{ leave, MR_CRASH, 94, "The function called exit()", 0 },
};

/* The child, its connection, and its log. */

static struct ledger_counts *counts;

static struct child {
	pid_t pid;
	int connection, log;
} child;

static void
no_arm(void)
{
}

static void
arm(void)
{
	static struct guard_request request = { .id = 300,
		                                .request_id = ID,
		                                .instance = INSTANCE,
		                                .queue = 1500000000,
		                                .received = 7,
		                                .pure = true };

	request.fd = child.connection;
	request.start = clock_now();
	request.counts = counts;
	atomic_store(&score->due, request.start + 1500000000);
	guard_arm(&request);
}

static void
arm_and_disarm(void)
{
	arm();
	guard_disarm();
	guard_sent();
}

/* Installs the guard, prepares, acts; exits with 7 if that comes to an end. */
static void
start(void (*prepare)(void), void (*act)(void))
{
	int ends[2], log[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(pipe(log), 0);
	score = make_score();
	counts = (void *)make_score(); /* which is larger */
	child.pid = fork();
	ck_assert_int_ge(child.pid, 0);
	if (child.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[1]);
		close(log[0]);
		dup2(log[1], STDERR_FILENO);
		child.connection = ends[0];
		if (!guard_install(&pool, score))
			_exit(1);
		prepare();
		act();
		_exit(7);
	}
	close(ends[0]);
	close(log[1]);
	child.connection = ends[1];
	child.log = log[0];
}

/* To its end, so that the child does not wait for a reader. */
static void
read_log(void)
{
	char text[4096];

	while (read(child.log, text, sizeof(text)) > 0)
		continue;
}

static int
exit_status(void)
{
	int status;

	ck_assert_int_eq(waitpid(child.pid, &status, 0), child.pid);
	ck_assert_msg(WIFEXITED(status), "signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

START_TEST(test_ending_answers_logs_and_exits)
{
	const struct mr_problem problem = { .err = endings[_i].err,
		                            .detail = endings[_i].detail,
		                            .instance = INSTANCE,
		                            .request_id = ID };
	struct answer answer;

	start(arm, endings[_i].act);
	ck_assert(client_receive(child.connection, &answer));
	ck_assert(client_is_closed(child.connection));
	ck_assert_uint_eq(answer.request, 300);
	ck_assert_int_eq(answer.status, mr_err_status(endings[_i].err));
	ck_assert_str_eq(answer.body.data, mr_problem_print(&problem, arena));
	ck_assert_str_eq(answer_header(&answer, "Content-Type"),
	                 MR_PROBLEM_TYPE);
	ck_assert_str_eq(answer_header(&answer, "X-Request-Id"), ID);
	if (endings[_i].err == MR_BUSY)
		ck_assert_str_eq(answer_header(&answer, "Retry-After"), "1");
	else
		ck_assert_ptr_null(answer_header(&answer, "Retry-After"));
	ck_assert_int_eq(strncmp(answer_header(&answer, "Server-Timing"),
	                         "queue;dur=1500, compute;dur=", 28),
	                 0);
	read_log();
	ck_assert_int_eq(exit_status(), endings[_i].status);
	ck_assert_uint_eq(atomic_load(&counts->statuses[5]), 1);
	ck_assert_uint_eq(atomic_load(&counts->received), 7);
	ck_assert_uint_eq(atomic_load(&counts->sent), answer.body.length);
	ck_assert_uint_eq(atomic_load(&counts->nanoseconds[LEDGER_QUEUE]),
	                  1500000000);
	ck_assert_uint_gt(strlen(score->last_words.detail), 0);
	ck_assert_ptr_nonnull(
	    strstr(endings[_i].detail, score->last_words.detail));
	ck_assert_int_eq(score->last_words.signal,
	                 endings[_i].status == GUARD_EXIT_CRASH
	                     ? endings[_i].signal
	                     : 0);
	ck_assert((score->last_words.backtrace.depth > 0) ==
	          (endings[_i].status <= GUARD_EXIT_DEADLINE));
}
END_TEST

/* Who speaks no FastCGI is told in its own way, with the backtrace. */

static void
tell(const struct guard_ending *ending, const struct backtrace *trace)
{
	char text[512], *to = text;

	to = stpcpy(stpcpy(to, ending->before), ending->detail);
	to = stpcpy(to, trace->depth > 0 ? "|traced" : "|not traced");
	*to++ = ending->signal > 0 ? '!' : '.';
	if (write(child.connection, text, (size_t)(to - text)) < 0)
		_exit(8);
}

static void
arm_to_tell(void)
{
	static struct guard_request request = { .fd = -1, .tell = tell };

	request.start = clock_now();
	request.counts = counts;
	atomic_store(&score->due, request.start + 1500000000);
	guard_arm(&request);
}

START_TEST(test_ending_is_told_otherwise_than_by_a_reply)
{
	bool traced = endings[_i].status <= GUARD_EXIT_DEADLINE;
	char text[512] = "", wanted[512];
	size_t length = 0;
	ssize_t got;

	start(arm_to_tell, endings[_i].act);
	while ((got = read(child.connection, text + length,
	                   sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	snprintf(wanted, sizeof(wanted), "%s|%s%c", endings[_i].detail,
	         traced ? "traced" : "not traced",
	         endings[_i].signal > 0 ? '!' : '.');
	ck_assert_str_eq(text, wanted);
	read_log();
	ck_assert_int_eq(exit_status(), endings[_i].status);
	ck_assert_uint_eq(atomic_load(&counts->statuses[5]), 1);
	ck_assert_uint_eq(atomic_load(&counts->sent), 0);
	ck_assert((score->last_words.backtrace.depth > 0) == traced);
}
END_TEST

/* Without a request nothing is sent; an order has nothing to end. */
static void
expect_no_answer(int row)
{
	int expected = endings[row].status;

	if (endings[row].err == MR_MEMORY)
		expected = GUARD_EXIT_CRASH; /* no request, no limit of one */
	if (endings[row].act == be_late)
		expected = 7;
	if (endings[row].status == GUARD_EXIT_CALLED)
		expected = 0; /* what the function said */
	ck_assert(client_is_closed(child.connection));
	read_log();
	ck_assert_int_eq(exit_status(), expected);
	ck_assert_uint_eq(atomic_load(&counts->statuses[5]), 0);
}

START_TEST(test_ending_without_a_request_sends_nothing)
{
	start(no_arm, endings[_i].act);
	expect_no_answer(_i);
}
END_TEST

START_TEST(test_ending_behind_a_request_sends_nothing)
{
	start(arm_and_disarm, endings[_i].act);
	expect_no_answer(_i);
}
END_TEST

/* Orders for another request than the one that runs. */

static const struct {
	uint64_t generation, condemned;
} others[] = { { 5, 4 }, { 5, 6 }, { 5, 0 }, { 1, UINT64_MAX } };
static int other;

static void
be_late_before(void)
{
	atomic_store(&score->generation, others[other].generation);
	atomic_store(&score->condemned, others[other].condemned);
	raise(GUARD_SIGNAL_ORDER);
}

START_TEST(test_order_for_another_request_is_not_obeyed)
{
	other = _i;
	start(arm, be_late_before);
	ck_assert(client_is_closed(child.connection));
	ck_assert_int_eq(exit_status(), 7);
}
END_TEST

static void
arm_after_denial(void)
{
	arm();
	guard_note_denied(NULL);
	guard_disarm();
	guard_note_denied(NULL);
	arm();
}

START_TEST(test_denial_counts_for_its_own_request)
{
	struct answer answer;

	start(arm_after_denial, reference);
	ck_assert(client_receive(child.connection, &answer));
	ck_assert_int_eq(answer.status, 500);
	ck_assert_int_eq(exit_status(), GUARD_EXIT_CRASH);
}
END_TEST

static void
close_connection(void)
{
	arm();
	close(child.connection);
}

START_TEST(test_ending_without_a_client_still_exits)
{
	start(close_connection, reference);
	ck_assert(client_is_closed(child.connection));
	read_log();
	ck_assert_int_eq(exit_status(), GUARD_EXIT_CRASH);
	ck_assert_uint_eq(atomic_load(&counts->statuses[5]), 1);
}
END_TEST

/* A log that takes no more holds the child between its reply and its end. */
static void
arm_with_full_log(void)
{
	const char bytes[4096] = { 0 };

	arm();
	fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
	while (write(STDERR_FILENO, bytes, sizeof(bytes)) > 0)
		continue;
	while (write(STDERR_FILENO, bytes, 1) > 0)
		continue;
	fcntl(STDERR_FILENO, F_SETFL, 0);
}

static const int late_signals[] = { SIGTERM, SIGSEGV, SIGABRT,
	                            GUARD_SIGNAL_ORDER };

START_TEST(test_signal_after_the_reply_sends_no_second_one)
{
	struct answer answer;
	int status;

	start(arm_with_full_log, arithmetic);
	ck_assert(client_receive(child.connection, &answer));
	ck_assert_int_eq(answer.status, 500);
	atomic_store(&score->generation, 5);
	atomic_store(&score->condemned, 5);
	ck_assert_int_eq(kill(child.pid, late_signals[_i]), 0);
	read_log();
	ck_assert_msg(client_is_closed(child.connection),
	              "more bytes behind a reply");
	status = exit_status();
	ck_assert(status >= GUARD_EXIT_CRASH && status < GUARD_EXIT_END);
}
END_TEST

/* An order to terminate waits for the reply, and only for that. */
static void
terminate_while_sending(void)
{
	guard_disarm();
	raise(SIGTERM);
	if (write(child.connection, "reply", 5) != 5)
		_exit(1);
	guard_sent();
}

START_TEST(test_order_to_terminate_waits_for_the_reply)
{
	char reply[8];

	start(arm, terminate_while_sending);
	ck_assert_uint_eq(client_read(child.connection, reply, 8), 5);
	ck_assert(client_is_closed(child.connection));
	ck_assert_int_eq(exit_status(), GUARD_EXIT_TERMINATED);
}
END_TEST

static void
answer_and_live(void)
{
	if (!guard_answer_memory())
		_exit(1);
	guard_sent();
	raise(GUARD_SIGNAL_ORDER);
}

START_TEST(test_answer_for_want_of_memory_ends_nothing)
{
	struct answer answer;

	start(arm, answer_and_live);
	ck_assert(client_receive(child.connection, &answer));
	ck_assert_int_eq(answer.status, 507);
	ck_assert_ptr_nonnull(strstr(answer.body.data, "256 MiB"));
	ck_assert(client_is_closed(child.connection));
	ck_assert_int_eq(exit_status(), 7);
}
END_TEST

START_TEST(test_abandoned_request_ends_without_a_reply)
{
	start(arm, be_abandoned);
	ck_assert(client_is_closed(child.connection));
	ck_assert_int_eq(exit_status(), GUARD_EXIT_ABANDONED);
	ck_assert_uint_eq(atomic_load(&counts->statuses[4]), 1);
	ck_assert_uint_eq(atomic_load(&counts->sent), 0);
	ck_assert_str_eq(score->last_words.detail, "The client had left");
}
END_TEST

/* Orders that end nothing. */

static void
be_traced(void)
{
	atomic_store(&score->generation, 5);
	atomic_store(&score->to_trace, other == 0 ? 5 : 4);
	raise(GUARD_SIGNAL_ORDER);
}

START_TEST(test_order_to_trace_leaves_a_backtrace_and_a_life)
{
	other = _i;
	start(arm, be_traced);
	ck_assert_int_eq(exit_status(), 7);
	ck_assert_uint_eq(atomic_load(&score->traced), _i == 0 ? 5 : 0);
	ck_assert_int_eq(score->trace.depth > 0, _i == 0);
}
END_TEST

/* Ordered to watch, it finds that its client is gone; 8: and says so. */
static void
be_watched(void)
{
	struct pollfd gone = { .fd = child.connection };

	atomic_store(&score->generation, 5);
	atomic_store(&score->to_watch, other == 0 ? 5 : 4);
	raise(GUARD_SIGNAL_ORDER);
	poll(&gone, 1, -1);
	while (other == 0 && !client_watch_left(NULL))
		poll(NULL, 0, 1);
	if (client_watch_left(NULL))
		_exit(8);
}

START_TEST(test_order_to_watch_finds_a_client_gone)
{
	other = _i;
	start(arm, be_watched);
	close(child.connection);
	ck_assert_int_eq(exit_status(), _i == 0 ? 8 : 7);
	ck_assert((atomic_load(&score->left) != 0) == (_i == 0));
}
END_TEST

START_TEST(test_core_dump_is_a_crash_by_its_signal)
{
	const struct rlimit none = { 0, 0 };
	int status;

	setrlimit(RLIMIT_CORE, &none); /* it dies as if, and leaves none */
	pool.core = 1;
	start(arm, reference);
	pool.core = 0;
	ck_assert_int_eq(waitpid(child.pid, &status, 0), child.pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	ck_assert_int_eq(score->last_words.signal, SIGSEGV);
	ck_assert_uint_eq(atomic_load(&counts->statuses[5]), 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_ending_answers_logs_and_exits, 0,
	                    N(endings));
	tcase_add_loop_test(tc, test_ending_is_told_otherwise_than_by_a_reply,
	                    0, N(endings));
	tcase_add_loop_test(tc, test_ending_without_a_request_sends_nothing, 0,
	                    N(endings));
	tcase_add_loop_test(tc, test_ending_behind_a_request_sends_nothing, 0,
	                    N(endings));
	tcase_add_loop_test(tc, test_order_for_another_request_is_not_obeyed, 0,
	                    N(others));
	tcase_add_test(tc, test_denial_counts_for_its_own_request);
	tcase_add_test(tc, test_ending_without_a_client_still_exits);
	tcase_add_loop_test(tc, test_signal_after_the_reply_sends_no_second_one,
	                    0, N(late_signals));
	tcase_add_test(tc, test_order_to_terminate_waits_for_the_reply);
	tcase_add_test(tc, test_answer_for_want_of_memory_ends_nothing);
	tcase_add_test(tc, test_abandoned_request_ends_without_a_reply);
	tcase_add_loop_test(
	    tc, test_order_to_trace_leaves_a_backtrace_and_a_life, 0, 2);
	tcase_add_loop_test(tc, test_order_to_watch_finds_a_client_gone, 0, 2);
	tcase_add_test(tc, test_core_dump_is_a_crash_by_its_signal);
}

UNIT_MAIN("guard", add_tests)
