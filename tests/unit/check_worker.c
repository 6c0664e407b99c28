/*
 * check_worker.c: a worker as its master forks it: limits, signals, the word
 * that it is ready, and its end.
 */
#include "fcgi/worker/worker.h"

#include "client.h"
#include "fcgi/worker/handoff.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#define SOCKET "s"

static struct config config;
static struct pool_config pool;
static struct scoreboard *board;
static struct score *scores; /* of the board */
static int ready, listener, handoff[2];
static struct mr_registry *registry;
static pid_t child;
static int output;

/* "/limits" tells what the worker may have. */
static void
handle(const void *context, const struct mr_request *request,
       struct mr_reply *reply, struct mr_arena *pieces)
{
	struct mr_buffer text = { .arena = pieces };
	struct rlimit stack, data;

	server_handle(context, request, reply, pieces);
	if (strcmp(request->path, "/limits") != 0)
		return;
	getrlimit(RLIMIT_STACK, &stack);
	getrlimit(RLIMIT_DATA, &data);
	mr_buffer_printf(&text, "stack=%d data=%llu nice=%d",
	                 stack.rlim_cur <= 8 << 20,
	                 (unsigned long long)data.rlim_cur,
	                 getpriority(PRIO_PROCESS, 0));
	reply->body = wire_text(&text);
}

static void
start(pid_t master)
{
	const struct worker worker = {
		.config = &config,
		.pool = &pool,
		.registry = registry,
		.main = worker_serve,
		.handle = handle,
		.listener = listener,
		.handoff = handoff,
		.ready = ready,
		.output = output,
		.board = board,
		.score = &board->scores[2],
		.siblings = &board->scores[1],
		.sibling_count = 2,
		.master = master,
	};
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	child = fork();
	if (child == 0)
		worker_run(&worker);
	sigprocmask(SIG_SETMASK, &before, NULL);
	ck_assert_int_ge(child, 0);
}

static void
await_ready(void)
{
	struct pollfd readable = { .fd = ready, .events = POLLIN };
	uint64_t count;

	ck_assert_int_eq(poll(&readable, 1, CLIENT_WAIT), 1);
	ck_assert_int_eq(read(ready, &count, sizeof(count)), sizeof(count));
	ck_assert_uint_eq(count, 1);
}

static void
prepare(void)
{
	struct mr_buffer complaints = { .arena = arena };

	config_default(&config);
	pool = (struct pool_config){ .name = "fast",
		                     .workers = 2,
		                     .queue_limit = 5000,
		                     .keep_alive = true,
		                     .deadline = 1000 };
	registry = mr_registry_new();
	ck_assert(mr_registry_add_builtin(registry, &complaints));
	board = new_board();
	scores = board->scores;
	output = -1;
	ck_assert(worker_prepare());
	ck_assert(handoff_open(handoff));
	server_pipes();
	ready = eventfd(0, EFD_CLOEXEC);
	listener = listener_open(SOCKET, "", 100);
	ck_assert_int_ge(listener, 0);
}

static void
clean_up(void)
{
	if (child > 0)
		kill(child, SIGKILL);
	mr_registry_free(registry);
	scoreboard_free(board);
	close(listener);
}

START_TEST(test_worker_tells_that_it_is_ready_and_serves)
{
	start(getpid());
	await_ready();
	ck_assert(atomic_load(&scores[2].ready));
	ck_assert(!atomic_load(&scores[1].ready));
	ck_assert_str_eq(client_call(SOCKET, &(struct ask){ .path = "/b",
	                                                    .id = "i" })
	                     .body.data,
	                 "POST /b  0 1 0 i");
	ck_assert_uint_eq(atomic_load(&scores[2].generation), 1);
}
END_TEST

START_TEST(test_worker_has_the_limits_of_its_pool)
{
	struct answer answer;

	pool.memory = _i == 0 ? 0 : UINT64_C(1) << 46;
	pool.nice = 7;
	start(getpid());
	answer = client_call(SOCKET, &(struct ask){ .path = "/limits" });
	ck_assert_ptr_nonnull(strstr(answer.body.data, "stack=1"));
	ck_assert_ptr_nonnull(strstr(answer.body.data, "nice=7"));
	ck_assert((strstr(answer.body.data, "data=70368744177664 ") != NULL) ==
	          (_i == 1));
}
END_TEST

START_TEST(test_worker_that_cannot_have_its_limits_ends)
{
	strcpy(pool.cpus, "none");
	start(getpid());
	ck_assert_exited(child, WORKER_EXIT_LIMITS);
	child = 0;
	ck_assert(!atomic_load(&scores[2].ready));
}
END_TEST

START_TEST(test_worker_writes_to_its_output)
{
	char text[400] = "";
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	output = ends[1];
	strcpy(pool.cpus, "none");
	start(getpid());
	close(ends[1]);
	ck_assert_int_gt(read(ends[0], text, sizeof(text) - 1), 0);
	ck_assert_ptr_nonnull(strstr(text, "limit=cpus"));
	ck_assert_int_eq(read(ends[0], text, 1), 0);
	ck_assert_exited(child, WORKER_EXIT_LIMITS);
	child = 0;
}
END_TEST

/* A tenth more or less. */
START_TEST(test_worker_says_that_it_has_served_enough)
{
	pool.max_requests = 20;
	start(getpid());
	for (int i = 1; i <= 25; i++) {
		client_call(SOCKET, &(struct ask){ .path = "/b" });
		if (i < 18)
			ck_assert_uint_eq(atomic_load(&scores[2].spent),
			                  SCORE_FRESH);
		if (i > 22)
			ck_assert_uint_eq(atomic_load(&scores[2].spent),
			                  SCORE_SPENT_REQUESTS);
	}
}
END_TEST

START_TEST(test_quit_ends_the_worker_behind_its_request)
{
	struct answer answer;
	int fd = client_connect(SOCKET);

	start(getpid());
	client_send(fd, wire_ask(&(struct ask){ .path = "/hold" }));
	server_await_held();
	ck_assert_int_eq(kill(child, SIGQUIT), 0);
	server_release();
	ck_assert(client_receive(fd, &answer));
	ck_assert_int_eq(answer.status, 200);
	ck_assert_exited(child, EXIT_SUCCESS);
	child = 0;
	ck_assert(client_is_closed(fd));
}
END_TEST

START_TEST(test_quit_ends_an_idle_worker)
{
	start(getpid());
	if (_i == 1)
		await_ready(); /* or it is told before it can hear */
	kill(child, SIGQUIT);
	ck_assert_exited(child, EXIT_SUCCESS);
	child = 0;
}
END_TEST

/* What a terminal sends is for the master; the rest has no meaning. */
static const int ignored[] = { SIGINT, SIGHUP, SIGPIPE, SIGCHLD,
	                       GUARD_SIGNAL_ORDER };

START_TEST(test_signal_is_ignored)
{
	start(getpid());
	await_ready();
	atomic_store(&scores[2].condemned, 1);
	ck_assert_int_eq(kill(child, ignored[_i]), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
		    client_call(SOCKET, &(struct ask){ .path = "/b" }).status,
		    200);
}
END_TEST

/* Ends of the worker amid a request: signal, reply, exit. */
static const struct {
	const char *path;
	int signal, status, code;
} endings[] = {
	{ "/hold", SIGTERM, 503, GUARD_EXIT_TERMINATED },
	{ "/hold", GUARD_SIGNAL_ORDER, 504, GUARD_EXIT_DEADLINE },
	{ "/hold", SIGFPE, 500, GUARD_EXIT_CRASH },
	{ "/crash", 0, 500, GUARD_EXIT_CRASH },
	{ "/exit", 0, 500, GUARD_EXIT_CALLED },
};

START_TEST(test_worker_ends_with_a_reply)
{
	struct answer answer;
	int fd = client_connect(SOCKET);

	start(getpid());
	client_send(fd, wire_ask(&(struct ask){ .path = endings[_i].path }));
	if (endings[_i].signal != 0) {
		server_await_held();
		atomic_store(&scores[2].condemned, 1);
		kill(child, endings[_i].signal);
	}
	ck_assert(client_receive(fd, &answer));
	ck_assert_int_eq(answer.status, endings[_i].status);
	ck_assert_exited(child, endings[_i].code);
	child = 0;
}
END_TEST

START_TEST(test_term_ends_an_idle_worker)
{
	start(getpid());
	await_ready();
	kill(child, SIGTERM);
	ck_assert_exited(child, GUARD_EXIT_TERMINATED);
	child = 0;
}
END_TEST

/* Its parent is not the master that it was told of: that one is gone. */
START_TEST(test_worker_without_a_master_ends)
{
	start(1);
	ck_assert_exited(child, EXIT_SUCCESS);
	child = 0;
	ck_assert(!atomic_load(&scores[2].ready));
}
END_TEST

/* The master is killed; its worker goes with it, which closes the pipe. */
START_TEST(test_worker_dies_with_its_master)
{
	struct pollfd readable = { .events = POLLIN };
	int alive[2];
	pid_t master;
	char byte;

	ck_assert_int_eq(pipe(alive), 0);
	master = fork();
	if (master == 0) {
		start(getpid());
		pause();
	}
	await_ready();
	close(alive[1]);
	ck_assert_int_eq(kill(master, SIGKILL), 0);
	readable.fd = alive[0];
	ck_assert_int_eq(poll(&readable, 1, CLIENT_WAIT), 1);
	ck_assert_int_eq(read(alive[0], &byte, 1), 0);
	server_wait(master);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_worker_tells_that_it_is_ready_and_serves);
	tcase_add_loop_test(tc, test_worker_has_the_limits_of_its_pool, 0, 2);
	tcase_add_test(tc, test_worker_that_cannot_have_its_limits_ends);
	tcase_add_test(tc, test_worker_writes_to_its_output);
	tcase_add_test(tc, test_worker_says_that_it_has_served_enough);
	tcase_add_test(tc, test_quit_ends_the_worker_behind_its_request);
	tcase_add_loop_test(tc, test_quit_ends_an_idle_worker, 0, 2);
	tcase_add_loop_test(tc, test_signal_is_ignored, 0, N(ignored));
	tcase_add_loop_test(tc, test_worker_ends_with_a_reply, 0, N(endings));
	tcase_add_test(tc, test_term_ends_an_idle_worker);
	tcase_add_test(tc, test_worker_without_a_master_ends);
	tcase_add_test(tc, test_worker_dies_with_its_master);
}

UNIT_MAIN("worker", add_tests)
