/*
 * check_pool.c: the workers of a pool, with the test in the master's place:
 * nothing happens to them but what it says.
 */
#include "fcgi/pool.h"

#include "client.h"
#include "fcgi/clock.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#include <sys/eventfd.h>

#define SOCKET "s"
#define WORKERS 2

static struct pool_config config;
static struct pool_family family;
static struct pool pool;
static int private[2];

static void
prepare(void)
{
	config = (struct pool_config){ .name = "p",
		                       .workers = WORKERS,
		                       .queue_limit = 5000,
		                       .deadline = 60000 };
	server_pipes();
	private[0] = eventfd(0, 0);
	private[1] = listener_open(SOCKET, "", 100);
	family = (struct pool_family){
		.registry = mr_registry_new(),
		.handle = server_handle,
		.stop_timeout = 60000,
		.ready = eventfd(0, EFD_CLOEXEC),
		.private = private,
		.private_count = 2,
	};
	pool = (struct pool){ .family = &family,
		              .config = &config,
		              .listener = private[1] };
	ck_assert(pool_open(&pool));
}

/* Workers that are still there go with the process of the test. */
static void
clean_up(void)
{
	mr_registry_free((struct mr_registry *)(uintptr_t)family.registry);
	pool_close(&pool);
}

#define ck_assert_pool(state, count)                                           \
	ck_assert_uint_eq(pool_count(&pool, state), count)

static void
await_ready(uint64_t workers)
{
	struct pollfd readable = { .fd = family.ready, .events = POLLIN };
	uint64_t count;

	while (workers > 0) {
		ck_assert_int_eq(poll(&readable, 1, CLIENT_WAIT), 1);
		ck_assert_int_eq(read(family.ready, &count, sizeof(count)),
		                 sizeof(count));
		ck_assert_uint_le(count, workers);
		workers -= count;
	}
}

/* Until some child has ended; it stays for the pool to reap. */
static void
await_end(void)
{
	siginfo_t info;

	ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
}

static void
start(void)
{
	pool_step(&pool, POLICY_TICK);
	ck_assert_pool(POLICY_STARTING, WORKERS);
	await_ready(WORKERS);
	pool_welcome(&pool);
	ck_assert_pool(POLICY_SERVING, WORKERS);
}

static pid_t
some_worker(void)
{
	return atoi(
	    client_call(SOCKET, &(struct ask){ .path = "/pid" }).body.data);
}

/* The only child, as the system knows it. */
static pid_t
only_child(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", getpid(),
	         getpid());
	return atoi(place_read(path).data);
}

START_TEST(test_open_pool_is_empty)
{
	ck_assert_uint_eq(pool.count, WORKERS);
	ck_assert_uint_eq(pool.limits.deadline, 60000);
	ck_assert_uint_eq(pool.limits.stop, 60000);
	ck_assert_pool(POLICY_EMPTY, WORKERS);
	pool_reap(&pool);
	pool_welcome(&pool);
	ck_assert_pool(POLICY_EMPTY, WORKERS);
}
END_TEST

START_TEST(test_close_accepts_a_pool_that_was_not_opened)
{
	struct pool closed = { .family = &family };

	pool_close(&closed);
}
END_TEST

START_TEST(test_tick_starts_workers_that_serve)
{
	start();
	ck_assert_int_gt(some_worker(), 0);
	pool_step(&pool, POLICY_TICK);
	pool_welcome(&pool);
	ck_assert_pool(POLICY_SERVING, WORKERS);
}
END_TEST

/* Only those that have said so are welcome. */
START_TEST(test_welcome_is_for_the_ready)
{
	pool_step(&pool, POLICY_TICK);
	await_ready(WORKERS);
	atomic_store(&pool.scores[1].ready, false);
	pool_welcome(&pool);
	ck_assert_pool(POLICY_SERVING, 1);
	ck_assert_pool(POLICY_STARTING, 1);
}
END_TEST

START_TEST(test_worker_that_served_is_replaced_at_once)
{
	pid_t worker;

	start();
	worker = some_worker();
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	await_end();
	pool_reap(&pool);
	ck_assert_pool(POLICY_STARTING, 1);
	ck_assert_pool(POLICY_SERVING, 1);
	await_ready(1);
	pool_welcome(&pool);
	ck_assert_pool(POLICY_SERVING, WORKERS);
	ck_assert_int_ne(some_worker(), worker);
	/* Its score begins anew. */
	ck_assert_uint_le(atomic_load(&pool.scores[0].generation) +
	                      atomic_load(&pool.scores[1].generation),
	                  2);
}
END_TEST

/* It was ready, served and crashed before anyone looked. */
START_TEST(test_worker_that_crashed_before_its_welcome_is_replaced_at_once)
{
	config.workers = pool.count = 1;
	pool_step(&pool, POLICY_TICK);
	for (int round = 0; round < 5; round++) {
		await_ready(1);
		ck_assert_int_eq(client_call(SOCKET,
		                             &(struct ask){ .path = "/crash" })
		                     .status,
		                 500);
		await_end();
		pool_reap(&pool);
		ck_assert_pool(POLICY_STARTING, 1);
	}
}
END_TEST

START_TEST(test_worker_that_served_nothing_is_held_back)
{
	config.workers = pool.count = 1;
	pool_step(&pool, POLICY_TICK);
	for (int round = 0; round < 2; round++) {
		uint64_t died;

		await_ready(1);
		ck_assert_int_eq(kill(only_child(), SIGKILL), 0);
		await_end();
		died = clock_now();
		pool_reap(&pool);
		ck_assert_pool(POLICY_EMPTY, 1);
		while (pool_count(&pool, POLICY_EMPTY) == 1) {
			pool_step(&pool, POLICY_TICK);
			poll(NULL, 0, 1);
		}
		ck_assert_uint_ge((clock_now() - died) / 1000000 + 1,
		                  POLICY_FIRST_DELAY << round);
	}
}
END_TEST

START_TEST(test_stop_retires_the_workers)
{
	start();
	pool_step(&pool, POLICY_STOP);
	ck_assert_pool(POLICY_DRAINING, WORKERS);
	while (pool_count(&pool, POLICY_RETIRED) < WORKERS) {
		await_end();
		pool_reap(&pool);
	}
	pool_step(&pool, POLICY_TICK);
	ck_assert_pool(POLICY_RETIRED, WORKERS);
	ck_assert_int_lt(waitpid(-1, NULL, WNOHANG), 0);
}
END_TEST

START_TEST(test_stop_of_an_empty_pool_retires_it)
{
	pool_step(&pool, POLICY_STOP);
	ck_assert_pool(POLICY_RETIRED, WORKERS);
	pool_step(&pool, POLICY_TICK);
	ck_assert_pool(POLICY_RETIRED, WORKERS);
}
END_TEST

START_TEST(test_overdue_request_is_condemned)
{
	struct answer answer;
	int fd;

	pool.limits.deadline = 1;
	start();
	fd = client_connect(SOCKET);
	client_send(fd, wire_ask(&(struct ask){ .path = "/hold" }));
	server_await_held();
	while (pool_count(&pool, POLICY_OVERDUE) == 0)
		pool_step(&pool, POLICY_TICK);
	ck_assert(client_receive(fd, &answer));
	ck_assert_int_eq(answer.status, 504);
	await_end();
	pool_reap(&pool);
	ck_assert_pool(POLICY_STARTING, 1);
}
END_TEST

/* A worker keeps its own listener, and nothing else that is the master's. */
START_TEST(test_worker_closes_what_is_private)
{
	int ends[2], given;
	char byte;

	ck_assert_int_eq(pipe(ends), 0);
	given = private[0];
	private[0] = ends[1];
	start();
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	ck_assert_int_gt(some_worker(), 0);
	private[0] = given;
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_open_pool_is_empty);
	tcase_add_test(tc, test_close_accepts_a_pool_that_was_not_opened);
	tcase_add_test(tc, test_tick_starts_workers_that_serve);
	tcase_add_test(tc, test_welcome_is_for_the_ready);
	tcase_add_test(tc, test_worker_that_served_is_replaced_at_once);
	tcase_add_test(
	    tc,
	    test_worker_that_crashed_before_its_welcome_is_replaced_at_once);
	tcase_add_test(tc, test_worker_that_served_nothing_is_held_back);
	tcase_add_test(tc, test_stop_retires_the_workers);
	tcase_add_test(tc, test_stop_of_an_empty_pool_retires_it);
	tcase_add_test(tc, test_overdue_request_is_condemned);
	tcase_add_test(tc, test_worker_closes_what_is_private);
}

UNIT_MAIN("pool", add_tests)
