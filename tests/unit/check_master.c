/*
 * check_master.c: a master in a process of its own: it keeps its pools alive
 * and ends when told.  What it did is read from its log and its workers.
 */
#include "fcgi/master/master.h"

#include "api/handle.h"
#include "client.h"
#include "fcgi/worker/handoff.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#define LOG "log"

static struct config config;
static struct mr_registry *registry;
static struct pools_entry pools[2];
static struct scoreboard *board;
static struct terms *terms;
static pid_t master;

static void
prepare(void)
{
	struct mr_buffer complaints = { .arena = arena };

	config_default(&config);
	config.stop_timeout = 60000;
	registry = mr_registry_new();
	ck_assert(mr_registry_add_builtin(registry, &complaints));
	server_pipes();
	board = new_board();
	config_resolve(&config);
	terms = terms_new(&config, registry, &board->ledger);
	for (size_t i = 0; i < 2; i++) {
		struct pool_config *pool = &config.pools[i];

		pool->manager = POOL_STATIC;
		pool->workers = 2;
		pool->memory = 0;
		pool->deadline = 60000;
		pools[i].config = pool;
		pools[i].context = registry;
		pools[i].listener = listener_open(pool->name, "", 100);
		ck_assert_int_ge(pools[i].listener, 0);
		ck_assert(handoff_open(pools[i].handoff));
		strcpy(pools[i].address, pool->name);
	}
}

static char *const arguments[] = { (char[]){ "program" }, NULL };

static void
start(serve_handler *handle)
{
	struct handover from, next = { .board = -1,
		                       .program = -1,
		                       .configuration = -1 };
	struct descriptors kept = { .count = 0 };
	const struct master_setup setup = {
		.config = &config,
		.registry = registry,
		.terms = terms,
		.kept = &kept,
		.board = board,
		.pools = pools,
		.pool_count = 2,
		.from = &from,
		.next = &next,
		.program = "./program",
		.arguments = arguments,
	};
	pid_t parent = getpid();

	pools[0].main = pools[1].main = worker_serve;
	pools[0].handle = pools[1].handle = handle;
	/* For the pipes of this test; but not to the master's log. */
	kept.list[kept.count++] = held[1];
	kept.list[kept.count++] = release[0];
	master = fork();
	ck_assert_int_ge(master, 0);
	if (master == 0) {
		server_begin(parent);
		handover_take(&from);
		dup2(open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0600),
		     STDERR_FILENO);
		_exit(master_run(&setup));
	}
}

static void
clean_up(void)
{
	if (master > 0)
		kill(master, SIGKILL);
	free(terms);
	scoreboard_free(board);
	mr_registry_free(registry);
}

static size_t
count_lines(const char *words)
{
	const char *at = place_read(LOG).data;
	size_t count = 0;

	while ((at = strstr(at, words)) != NULL) {
		count++;
		at++;
	}
	return count;
}

static void
await_lines(const char *words, size_t count)
{
	for (int i = 0; access(LOG, F_OK) < 0 || count_lines(words) < count;
	     i++) {
		ck_assert_msg(i < CLIENT_WAIT / 5, "no %zu '%s' in:\n%.2000s",
		              count, words, place_read(LOG).data);
		poll(NULL, 0, 5);
	}
}

static void
start_and_await(serve_handler *handle)
{
	start(handle);
	await_lines("starting -> serving", 4);
	await_lines(" Ready. pools=2 ", 1);
}

static pid_t
worker_of(const char *pool)
{
	return atoi(client_call(pool, &(struct ask){ .path = "/pid",
	                                             .close = true })
	                .body.data);
}

static void
expect_stop(int signal)
{
	ck_assert_int_eq(kill(master, signal), 0);
	ck_assert_exited(master, EXIT_SUCCESS);
	master = 0;
	ck_assert_uint_eq(count_lines(" Stopped."), 1);
	ck_assert_uint_eq(count_lines("starting pid="),
	                  count_lines("-> empty pid="));
	ck_assert(atomic_load(&board->draining));
	for (size_t i = 0; i < board->used; i++)
		ck_assert_int_eq(board->scores[i].pid, 0);
}

static void
handle(const void *context, const struct mr_request *request,
       struct mr_reply *reply, struct mr_arena *pieces)
{
	mr_handle(context, request, reply, pieces);
}

START_TEST(test_pools_serve_the_library)
{
	struct answer answer;

	start_and_await(handle);
	answer = client_call("fast",
	                     &(struct ask){ .method = "GET",
	                                    .path = "/sum-squares",
	                                    .query = "a=3&b=4" });
	ck_assert_str_eq(answer.body.data,
	                 "{\"a\":3,\"b\":4,\"sum_of_squares\":25}");
	answer = client_call("heavy",
	                     &(struct ask){ .path = "/process-numbers",
	                                    .body = BYTES("{\"numbers\":[]}"),
	                                    .close = true });
	ck_assert_int_eq(answer.status, 200);
	expect_stop(SIGTERM);
}
END_TEST

static const int stops[] = { SIGTERM, SIGINT, SIGQUIT };

START_TEST(test_signal_stops_the_master)
{
	start_and_await(server_handle);
	expect_stop(stops[_i]);
	ck_assert_uint_eq(count_lines("serving -> draining"), 4);
	ck_assert_uint_eq(count_lines("terminating"), 0);
}
END_TEST

START_TEST(test_stop_while_workers_start_ends_them)
{
	start(server_handle);
	await_lines("empty -> starting", 1);
	expect_stop(SIGTERM);
}
END_TEST

/* Other signals end or stop nothing. */
static const int ignored[] = { SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM };

START_TEST(test_other_signal_is_ignored)
{
	pid_t worker;

	start_and_await(server_handle);
	worker = worker_of("heavy");
	ck_assert_int_eq(kill(master, ignored[_i]), 0);
	ck_assert_int_gt(worker_of("fast"), 0);
	ck_assert_int_eq(kill(worker, 0), 0);
	expect_stop(SIGTERM);
}
END_TEST

START_TEST(test_killed_worker_is_replaced)
{
	start_and_await(server_handle);
	for (size_t round = 1; round <= 5; round++) {
		pid_t worker = worker_of("heavy");

		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		await_lines("starting -> serving", 4 + round);
		ck_assert_uint_eq(count_lines("signal=9"), round);
		ck_assert_int_ne(worker_of("heavy"), worker);
	}
	expect_stop(SIGTERM);
}
END_TEST

/* All at once: each request ends its worker, and is told of it. */
static const struct {
	const char *path, *cause;
} endings[] = { { "/crash", "cause=crash" }, { "/exit", "cause=exit" } };

START_TEST(test_crashed_worker_is_replaced_at_once)
{
	start_and_await(server_handle);
	for (size_t i = 1; i <= 20; i++) {
		struct answer answer = client_call(
		    "heavy", &(struct ask){ .path = endings[_i].path });

		ck_assert_int_eq(answer.status, 500);
	}
	await_lines("Worker ended. pool=heavy", 20);
	await_lines("empty -> starting", 24);
	ck_assert_uint_eq(count_lines("Worker ended. pool=heavy"), 20);
	ck_assert_uint_ge(count_lines(endings[_i].cause), 20);
	ck_assert_uint_eq(count_lines("ended. pool=fast"), 0);
	expect_stop(SIGTERM);
}
END_TEST

START_TEST(test_overdue_request_is_ended)
{
	struct answer answer;

	config.pools[1].deadline = 100;
	start_and_await(server_handle);
	answer = client_call("heavy", &(struct ask){ .path = "/hold" });
	ck_assert_int_eq(answer.status, 504);
	await_lines("starting -> serving", 5);
	ck_assert_uint_eq(count_lines("serving -> condemned"), 1);
	ck_assert_uint_ge(count_lines("cause=deadline"), 1);
	ck_assert_uint_eq(count_lines("-> killed"), 0);
	expect_stop(SIGTERM);
}
END_TEST

/* A request that shuts out all signals is killed all the same. */
static void
be_stubborn(const void *context, const struct mr_request *request,
            struct mr_reply *reply, struct mr_arena *pieces)
{
	sigset_t all;

	if (strcmp(request->path, "/stubborn") == 0) {
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		server_hold();
	}
	server_handle(context, request, reply, pieces);
}

START_TEST(test_stubborn_worker_is_killed)
{
	int fd;

	config.pools[1].deadline = 100;
	start_and_await(be_stubborn);
	fd = client_connect("heavy");
	client_send(fd, wire_ask(&(struct ask){ .path = "/stubborn" }));
	ck_assert(client_is_closed(fd));
	await_lines("starting -> serving", 5);
	ck_assert_uint_eq(count_lines("condemned -> killed"), 1);
	expect_stop(SIGTERM);
}
END_TEST

START_TEST(test_stop_ends_even_a_stubborn_worker)
{
	int fd;

	config.stop_timeout = 0;
	start_and_await(be_stubborn);
	fd = client_connect("heavy");
	client_send(fd, wire_ask(&(struct ask){ .path = "/stubborn" }));
	server_await_held();
	expect_stop(SIGTERM);
	ck_assert_uint_eq(count_lines("terminating -> killed"), 1);
	ck_assert(client_is_closed(fd));
}
END_TEST

/* A request that runs until server_release. */
static int
hold(void)
{
	int fd = client_connect("heavy");

	client_send(fd, wire_ask(&(struct ask){ .path = "/hold" }));
	server_await_held();
	return fd;
}

/* The request that runs ends by itself, or with a second signal. */
static const struct {
	int second; /* 0: none */
	int status;
} last_requests[] = { { 0, 200 }, { SIGINT, 503 }, { SIGTERM, 503 } };

START_TEST(test_stop_lets_a_request_end_until_the_next_signal)
{
	int second = last_requests[_i].second, fd;
	struct answer answer;
	char line[64];

	start_and_await(server_handle);
	fd = hold();
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	await_lines("-> empty", 3);
	ck_assert(client_is_silent(fd));
	if (second == 0)
		server_release();
	else
		ck_assert_int_eq(kill(master, second), 0);
	ck_assert(client_receive(fd, &answer));
	ck_assert_int_eq(answer.status, last_requests[_i].status);
	ck_assert_exited(master, EXIT_SUCCESS);
	master = 0;
	snprintf(line, sizeof(line), "Stopping at once. signal=%d", second);
	ck_assert_uint_eq(count_lines(line), second != 0);
}
END_TEST

START_TEST(test_stop_ends_a_request_that_takes_longer)
{
	struct answer answer;
	int fd;

	config.stop_timeout = 100;
	start_and_await(server_handle);
	fd = hold();
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	ck_assert(client_receive(fd, &answer));
	ck_assert_int_eq(answer.status, 503);
	ck_assert_exited(master, EXIT_SUCCESS);
	master = 0;
	ck_assert_uint_eq(count_lines("draining -> terminating"), 1);
	ck_assert_uint_ge(count_lines("cause=stopped"), 4);
}
END_TEST

/* With a delay, which check_pool.c measures. */
START_TEST(test_workers_that_die_at_once_are_replaced_all_the_same)
{
	config.pools[1].workers = 1;
	start(server_handle);
	await_lines("starting -> serving", 3);
	ck_assert_int_eq(kill(worker_of("heavy"), SIGKILL), 0);
	await_lines("worker heavy/0: starting -> serving", 2);
	for (size_t tries = 2; tries < 4; tries++) {
		const char *log = place_read(LOG).data, *at = log;

		while (strstr(at + 1, "heavy/0: starting -> serving") != NULL)
			at = strstr(at + 1, "heavy/0: starting -> serving");
		kill(atoi(strstr(at, "pid=") + 4), SIGKILL);
		await_lines("worker heavy/0: serving -> empty", tries);
		await_lines("worker heavy/0: starting -> serving", tries + 1);
	}
	expect_stop(SIGTERM);
}
END_TEST

START_TEST(test_killed_master_takes_its_workers_along)
{
	pid_t worker;
	int fd;

	start_and_await(server_handle);
	worker = worker_of("heavy");
	fd = hold();
	ck_assert_int_eq(kill(master, SIGKILL), 0);
	server_wait(master);
	master = 0;
	ck_assert(client_is_closed(fd));
	for (int i = 0; kill(worker, 0) == 0; i++) {
		char state[64];

		snprintf(state, sizeof(state), "/proc/%d/stat", worker);
		if (access(state, F_OK) == 0 &&
		    strstr(place_read(state).data, ") Z ") != NULL)
			break;
		ck_assert_int_lt(i, CLIENT_WAIT);
		poll(NULL, 0, 1);
	}
}
END_TEST

/* Reloading: what becomes of it is tested with whole servers. */

static void
write_program(const char *body)
{
	char text[256];

	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", body);
	place_write("program", TEXT(text));
	ck_assert_int_eq(chmod("program", 0755), 0);
}

static const struct {
	const char *body, *reason;
} failures[] = {
	{ NULL, "./program: No such file or directory" },
	{ "echo wrong >&2; exit 1", "wrong" },
	{ "exit 7", "the trial ended with status 7" },
	{ "exit 0", "the trial ended with status 0" },
};

START_TEST(test_reload_that_fails_leaves_all_as_it_was)
{
	pid_t worker;

	if (failures[_i].body != NULL)
		write_program(failures[_i].body);
	start_and_await(server_handle);
	worker = board->scores[0].pid;
	ck_assert_int_eq(kill(master, SIGHUP), 0);
	await_lines("Not reloaded, the old configuration serves on.", 1);
	ck_assert_uint_eq(atomic_load(&board->reloads_failed), 1);
	ck_assert_str_eq(board->reload_error, failures[_i].reason);
	ck_assert_int_gt(worker_of("fast"), 0);
	ck_assert_int_eq(board->scores[0].pid, worker);
	expect_stop(SIGTERM);
}
END_TEST

/* The trial is good, and then it cannot be become. */
START_TEST(test_program_that_vanishes_is_not_become)
{
	write_program("rm program; exit 86");
	start_and_await(server_handle);
	ck_assert_int_eq(kill(master, SIGHUP), 0);
	await_lines("reason=\"No such file or directory\"", 1);
	ck_assert_int_gt(worker_of("heavy"), 0);
	expect_stop(SIGTERM);
}
END_TEST

START_TEST(test_reload_becomes_the_program)
{
	write_program("[ -z \"$MILLRACE_TRIAL\" ] || exit 86\n"
	              "grep -c ^worker /proc/$$/fd/$MILLRACE_HANDOVER >found\n"
	              "exit 42");
	start_and_await(server_handle);
	ck_assert_int_eq(kill(master, SIGHUP), 0);
	ck_assert_exited(master, 42);
	master = 0;
	ck_assert_str_eq(place_read("found").data, "4\n");
	ck_assert_uint_eq(count_lines("-> draining"), 0);
}
END_TEST

START_TEST(test_order_to_reload_is_void_while_it_stops)
{
	int fd;

	write_program("exit 42");
	start_and_await(server_handle);
	fd = hold();
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	await_lines("Stopping.", 1);
	ck_assert_int_eq(kill(master, SIGHUP), 0);
	server_release();
	ck_assert_exited(master, EXIT_SUCCESS);
	master = 0;
	ck_assert_uint_eq(count_lines("Reloading."), 0);
	close(fd);
}
END_TEST

/* Who watches the others is there until they are gone. */
START_TEST(test_last_pool_stops_last)
{
	int fd;

	pools[0].stage = 2;
	start_and_await(server_handle);
	fd = hold();
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	await_lines("-> empty", 1);
	ck_assert_uint_eq(count_lines("worker fast/0: serving -> draining"), 0);
	ck_assert_int_gt(worker_of("fast"), 0);
	ck_assert(atomic_load(&board->draining));
	server_release();
	ck_assert_exited(master, EXIT_SUCCESS);
	master = 0;
	ck_assert_uint_eq(count_lines("fast/0: serving -> draining"), 1);
	close(fd);
}
END_TEST

/* First it is no longer ready, so that nobody is sent here any more. */
START_TEST(test_stop_waits_for_its_delay)
{
	config.stop_delay = 300;
	start_and_await(server_handle);
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	await_lines("Stopping.", 1);
	ck_assert(atomic_load(&board->draining));
	ck_assert_int_gt(worker_of("fast"), 0);
	ck_assert_exited(master, EXIT_SUCCESS);
	master = 0;
}
END_TEST

static void
add_reload_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_reload_that_fails_leaves_all_as_it_was, 0,
	                    N(failures));
	tcase_add_test(tc, test_program_that_vanishes_is_not_become);
	tcase_add_test(tc, test_reload_becomes_the_program);
	tcase_add_test(tc, test_order_to_reload_is_void_while_it_stops);
}

static void
add_stop_tests(TCase *tc)
{
	tcase_add_test(tc, test_last_pool_stops_last);
	tcase_add_test(tc, test_stop_waits_for_its_delay);
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_pools_serve_the_library);
	tcase_add_loop_test(tc, test_signal_stops_the_master, 0, N(stops));
	tcase_add_test(tc, test_stop_while_workers_start_ends_them);
	tcase_add_loop_test(tc, test_other_signal_is_ignored, 0, N(ignored));
	tcase_add_test(tc, test_killed_worker_is_replaced);
	tcase_add_loop_test(tc, test_crashed_worker_is_replaced_at_once, 0,
	                    N(endings));
	tcase_add_test(tc, test_overdue_request_is_ended);
	tcase_add_test(tc, test_stubborn_worker_is_killed);
	tcase_add_test(tc, test_stop_ends_even_a_stubborn_worker);
	tcase_add_loop_test(
	    tc, test_stop_lets_a_request_end_until_the_next_signal, 0,
	    N(last_requests));
	tcase_add_test(tc, test_stop_ends_a_request_that_takes_longer);
	tcase_add_test(tc, test_workers_that_die_at_once_are_replaced_all_the_same);
	tcase_add_test(tc, test_killed_master_takes_its_workers_along);
	add_reload_tests(tc);
	add_stop_tests(tc);
}

UNIT_MAIN("master", add_tests)
