/*
 * check_pool.c: the workers of a pool, with the test in the master's place:
 * nothing happens to them but what it says.
 */
#include "fcgi/master/pool.h"

#include "fcgi/base/clock.h"
#include "family.h"

#define WORKERS 2

static struct pool_config *pool_config; /* of config */
static struct pool pool;

static void
open_pool(void)
{
	pool = family_pool(pool_config);
	ck_assert(pool_open(&pool, 4));
}

static void
prepare(void)
{
	pool_config = family_config("p", WORKERS);
	open_pool();
}

static void
clean_up(void)
{
	pool_close(&pool);
}

static size_t
count_in(const struct pool *of, enum policy_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < of->count; i++)
		count += of->slots[i].policy.state == state;
	return count;
}

#define ck_assert_pool(state, wanted)                                          \
	ck_assert_uint_eq(count_in(&pool, state), wanted)

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

/* Some child has ended: the pool is told. */
static void
await_end(struct pool *of)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);

	ck_assert_int_gt(pid, 0);
	ck_assert(pool_reap(of, pid, status));
}

static void
welcome(uint64_t workers)
{
	await_ready(workers);
	pool_welcome(&pool);
}

static void
start(void)
{
	pool_scale(&pool);
	ck_assert_pool(POLICY_STARTING, WORKERS);
	welcome(WORKERS);
	pool_scale(&pool);
	ck_assert_pool(POLICY_SERVING, WORKERS);
}

static pid_t
some_worker(void)
{
	return atoi(
	    client_call(SOCKET, &(struct ask){ .path = "/pid" }).body.data);
}

START_TEST(test_open_pool_is_empty)
{
	ck_assert_uint_eq(pool.count, pool.own);
	ck_assert_uint_gt(pool.own, WORKERS);
	ck_assert_uint_eq(family.board->used, 0);
	ck_assert_uint_gt(pool.limits.drain, 60000);
	ck_assert_pool(POLICY_EMPTY, pool.own);
	ck_assert(!pool_reap(&pool, 4711, 0));
	pool_welcome(&pool);
	pool_tick(&pool);
	ck_assert_pool(POLICY_EMPTY, pool.own);
	ck_assert(!pool_serves(&pool));
}
END_TEST

/* An endpoint may be given more time than its pool. */
START_TEST(test_drain_waits_for_the_longest_deadline)
{
	static const struct mr_endpoint endpoints[] = {
		{ .name = "e", .pool = "p", .path = "/e", .summary = "S" },
		{ .name = "f", .pool = "q", .path = "/f", .summary = "S" },
	};
	const struct terms terms[] = { { .deadline = UINT64_C(90000000000) },
		                       { .deadline = UINT64_C(99000000000) } };
	struct mr_buffer complaints = { .arena = arena };
	struct pool other = family_pool(pool_config);

	for (size_t i = 0; i < N(endpoints); i++)
		mr_registry_add(
		    (struct mr_registry *)(uintptr_t)family.registry,
		    &endpoints[i], &complaints);
	family.terms = terms;
	ck_assert(pool_open(&other, 0));
	ck_assert_uint_gt(other.limits.drain, 90000);
	ck_assert_uint_lt(other.limits.drain, 99000);
	ck_assert_uint_eq(other.row, pool.row);
	pool_close(&other);
}
END_TEST

/* As a fork that fails: it is tried again after a while. */
START_TEST(test_full_scoreboard_holds_workers_back)
{
	pool.first = SCOREBOARD_SLOTS;
	pool_scale(&pool);
	ck_assert_pool(POLICY_EMPTY, pool.own);
	ck_assert_uint_eq(pool.live, 0);
	ck_assert_uint_eq(pool.starting, 0);
	ck_assert_uint_gt(pool.scale.until, 0);
	pool.first = 0;
	while (pool.live == 0)
		pool_scale(&pool);
	welcome(WORKERS);
	ck_assert_pool(POLICY_SERVING, WORKERS);
}
END_TEST

START_TEST(test_close_accepts_a_pool_that_was_not_opened)
{
	struct pool closed = { .family = &family };

	pool_close(&closed);
}
END_TEST

START_TEST(test_workers_are_started_and_serve)
{
	start();
	ck_assert(pool_serves(&pool));
	ck_assert_int_gt(some_worker(), 0);
	pool_scale(&pool);
	pool_tick(&pool);
	pool_welcome(&pool);
	ck_assert_pool(POLICY_SERVING, WORKERS);
	ck_assert_uint_eq(pool.live, WORKERS);
	ck_assert_uint_eq(pool.starting, 0);
	ck_assert_uint_eq(family.board->ledger.pools[pool.row].started,
	                  WORKERS);
}
END_TEST

/* What others read of a worker. */
START_TEST(test_score_tells_of_the_worker)
{
	uint64_t now = clock_now();

	atomic_store(&family.board->age, 6);
	start();
	for (size_t i = 0; i < WORKERS; i++) {
		const struct score *score = pool.slots[i].score;

		ck_assert_ptr_eq(score, &family.board->scores[i]);
		ck_assert_int_eq(score->pid, pool.slots[i].pid);
		ck_assert_uint_eq(score->state, POLICY_SERVING);
		ck_assert_uint_eq(score->pool, pool.row);
		ck_assert_uint_eq(score->number, i);
		ck_assert_uint_eq(score->age, 6);
		ck_assert_uint_ge(score->started, now);
		ck_assert_uint_ge(score->idle, score->started);
	}
}
END_TEST

/* Only those that have said so are welcome. */
START_TEST(test_welcome_is_for_the_ready)
{
	pool_scale(&pool);
	await_ready(WORKERS);
	atomic_store(&pool.slots[1].score->ready, false);
	pool_welcome(&pool);
	ck_assert_pool(POLICY_SERVING, 1);
	ck_assert_pool(POLICY_STARTING, 1);
	ck_assert_uint_eq(pool.starting, 1);
}
END_TEST

START_TEST(test_worker_that_served_is_replaced_at_once)
{
	pid_t worker;

	start();
	worker = some_worker();
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	await_end(&pool);
	ck_assert_pool(POLICY_STARTING, 1);
	ck_assert_pool(POLICY_SERVING, 1);
	welcome(1);
	ck_assert_pool(POLICY_SERVING, WORKERS);
	ck_assert_int_ne(some_worker(), worker);
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_KILLED], 1);
	/* Its score begins anew. */
	ck_assert_uint_le(atomic_load(&pool.slots[0].score->generation) +
	                      atomic_load(&pool.slots[1].score->generation),
	                  2);
}
END_TEST

/* It was ready, served and crashed before anyone looked. */
START_TEST(test_worker_that_crashed_before_its_welcome_is_replaced_at_once)
{
	pool_config->workers = 1;
	pool_scale(&pool);
	for (int round = 0; round < 5; round++) {
		await_ready(1);
		ck_assert_int_eq(client_call(SOCKET,
		                             &(struct ask){ .path = "/crash" })
		                     .status,
		                 500);
		await_end(&pool);
		ck_assert_pool(POLICY_STARTING, 1);
	}
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_CRASH], 5);
}
END_TEST

START_TEST(test_worker_that_served_nothing_is_held_back)
{
	pool_config->workers = 1;
	pool_scale(&pool);
	for (int round = 0; round < 2; round++) {
		uint64_t died;

		await_ready(1);
		ck_assert_int_eq(kill(pool.slots[0].pid, SIGKILL), 0);
		died = clock_now();
		await_end(&pool);
		ck_assert_pool(POLICY_EMPTY, pool.own);
		while (pool.live == 0) {
			pool_scale(&pool);
			poll(NULL, 0, 1);
		}
		ck_assert_uint_ge((clock_now() - died) / 1000000 + 1,
		                  SCALE_FIRST_DELAY << round);
	}
}
END_TEST

START_TEST(test_stop_ends_the_workers)
{
	start();
	pool_stop(&pool, 60000);
	ck_assert_pool(POLICY_DRAINING, WORKERS);
	while (pool.live > 0)
		await_end(&pool);
	pool_scale(&pool);
	ck_assert_pool(POLICY_EMPTY, pool.own);
	ck_assert_int_lt(waitpid(-1, NULL, WNOHANG), 0);
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_STOPPED],
	    WORKERS);
	ck_assert_int_eq(family.board->scores[0].pid, 0);
}
END_TEST

START_TEST(test_stopped_pool_starts_nothing)
{
	pool_stop(&pool, 60000);
	pool_scale(&pool);
	ck_assert_pool(POLICY_EMPTY, pool.own);
	ck_assert(!pool_serves(&pool));
}
END_TEST

START_TEST(test_overdue_request_is_condemned)
{
	struct answer answer;
	int fd;

	pool_config->deadline = 1;
	start();
	fd = client_connect(SOCKET);
	client_send(fd, wire_ask(&(struct ask){ .path = "/hold" }));
	server_await_held();
	while (count_in(&pool, POLICY_CONDEMNED) == 0)
		pool_tick(&pool);
	ck_assert(client_receive(fd, &answer));
	ck_assert_int_eq(answer.status, 504);
	await_end(&pool);
	ck_assert_pool(POLICY_STARTING, 1);
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_DEADLINE], 1);
}
END_TEST

/* The new one serves before the old one leaves. */
START_TEST(test_spent_worker_is_replaced_first)
{
	pid_t spent;

	start();
	spent = pool.slots[0].pid;
	atomic_store(&pool.slots[0].score->spent, SCORE_SPENT_REQUESTS);
	pool_scale(&pool);
	ck_assert_pool(POLICY_SPENT, 1);
	ck_assert_pool(POLICY_STARTING, 1);
	pool_scale(&pool);
	ck_assert_pool(POLICY_SPENT, 1);
	welcome(1);
	pool_scale(&pool);
	ck_assert_pool(POLICY_DRAINING, 1);
	ck_assert_pool(POLICY_SERVING, WORKERS);
	ck_assert_int_eq(pool.slots[0].pid, spent);
	await_end(&pool);
	ck_assert_pool(POLICY_SERVING, WORKERS);
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_RECYCLED], 1);
}
END_TEST

START_TEST(test_pool_on_demand_waits_for_a_connection)
{
	int fd;

	pool_config->manager = POOL_ONDEMAND;
	pool_config->idle_timeout = 0;
	pool_scale(&pool);
	ck_assert_pool(POLICY_EMPTY, pool.own);
	ck_assert(pool_serves(&pool));
	fd = client_connect(SOCKET);
	client_send(fd, wire_ask(&(struct ask){ .path = "/pid" }));
	while (pool.live == 0)
		pool_scale(&pool);
	ck_assert_pool(POLICY_STARTING, 1);
	ck_assert(!client_is_closed(fd));
	welcome(1);
	/* It has nothing to do, and is let go. */
	while (count_in(&pool, POLICY_DRAINING) == 0)
		pool_scale(&pool);
	await_end(&pool);
	ck_assert_pool(POLICY_EMPTY, pool.own);
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_SURPLUS], 1);
}
END_TEST

START_TEST(test_busy_and_full_are_told)
{
	const struct ledger_pool *row = &family.board->ledger.pools[pool.row];

	start();
	for (size_t i = 0; i < WORKERS; i++) {
		int fd = client_connect(SOCKET);

		ck_assert_uint_eq(row->full, 0);
		client_send(fd, wire_ask(&(struct ask){ .path = "/hold" }));
		server_await_held();
		pool_scale(&pool);
		pool_scale(&pool);
	}
	ck_assert_uint_eq(row->full, 1);
	ck_assert_uint_eq(family.board->most_busy[pool.row], WORKERS);
}
END_TEST

/* The workers of one pool go on in another, as after a reload. */

static struct pool heir;

static void
bequeath(bool stranger)
{
	struct pool_heirloom heirlooms[WORKERS], none;
	size_t count = 0;

	for (size_t i = 0; i < WORKERS; i++)
		ck_assert(pool_bequeath(&pool, i, &heirlooms[count++]));
	ck_assert(!pool_bequeath(&pool, WORKERS, &none));
	heir = family_pool(pool_config);
	ck_assert(pool_open(&heir, count));
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(heirlooms[i].pid, pool.slots[i].pid);
		ck_assert_uint_eq(heirlooms[i].slot, i);
		ck_assert_int_eq(heirlooms[i].output,
		                 pool.slots[i].output.fd);
		ck_assert_int_eq(heirlooms[i].drains,
		                 pool.slots[i].policy.state >= POLICY_DRAINING);
		pool_adopt(&heir, &heirlooms[i], stranger);
	}
	ck_assert_uint_eq(heir.count, heir.own + WORKERS);
	ck_assert_uint_eq(heir.live, WORKERS);
}

START_TEST(test_adopted_workers_are_replaced)
{
	start();
	bequeath(false);
	ck_assert_uint_eq(count_in(&heir, POLICY_SPENT), WORKERS);
	pool_scale(&heir);
	ck_assert_uint_eq(count_in(&heir, POLICY_STARTING), WORKERS);
	ck_assert_uint_eq(count_in(&heir, POLICY_SPENT), WORKERS);
	/* No worker's score is given out a second time. */
	for (size_t i = 0; i < heir.own; i++)
		for (size_t j = heir.own; j < heir.count; j++)
			ck_assert_ptr_ne(heir.slots[i].score,
			                 heir.slots[j].score);
	await_ready(WORKERS);
	pool_welcome(&heir);
	pool_scale(&heir);
	ck_assert_uint_eq(count_in(&heir, POLICY_SERVING), WORKERS);
	for (size_t i = 0; i < WORKERS; i++)
		await_end(&heir);
	ck_assert_uint_eq(heir.live, WORKERS);
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_RELOADED],
	    WORKERS);
	pool_close(&heir);
}
END_TEST

/* One that leaves already goes on leaving. */
START_TEST(test_adopted_worker_that_drains_is_not_asked_again)
{
	start();
	pool_stop(&pool, 60000);
	bequeath(false);
	ck_assert_uint_eq(count_in(&heir, POLICY_DRAINING), WORKERS);
	for (size_t i = 0; i < WORKERS; i++)
		await_end(&heir);
	pool_close(&heir);
}
END_TEST

START_TEST(test_stranger_is_let_go_at_once)
{
	start();
	bequeath(true);
	ck_assert_uint_eq(count_in(&heir, POLICY_DRAINING), WORKERS);
	for (size_t i = 0; i < WORKERS; i++)
		await_end(&heir);
	ck_assert_uint_eq(
	    family.board->ledger.pools[pool.row].ends[LEDGER_END_RELOADED],
	    WORKERS);
	pool_close(&heir);
}
END_TEST

/* Its scoreboard cannot be read: it is told to leave, and buried. */
START_TEST(test_worker_of_an_older_scoreboard_is_adopted)
{
	struct pool_heirloom heirloom, again;

	start();
	ck_assert(pool_bequeath(&pool, 0, &heirloom));
	heirloom.slot = SCOREBOARD_SLOTS;
	heir = family_pool(pool_config);
	ck_assert(pool_open(&heir, 1));
	pool_adopt(&heir, &heirloom, true);
	ck_assert(pool_bequeath(&heir, heir.own, &again));
	ck_assert_uint_eq(again.slot, SCOREBOARD_SLOTS);
	ck_assert(again.drains);
	pool_tick(&heir);
	await_end(&heir);
	ck_assert_int_eq(heir.slots[heir.own].policy.state, POLICY_EMPTY);
	ck_assert(!pool_bequeath(&heir, heir.own, &again));
	pool_close(&heir);
}
END_TEST

/* A worker keeps its own listener, and nothing else that is the master's. */
START_TEST(test_worker_closes_what_is_not_its_own)
{
	int ends[2];
	char byte;

	ck_assert_int_eq(pipe(ends), 0);
	start();
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	ck_assert_int_gt(some_worker(), 0);
}
END_TEST

START_TEST(test_event_holds_what_it_is_about)
{
	uint64_t event = POOL_EVENT(POOL_LISTENER, 0xabcd, 0xfedcba98);

	ck_assert_int_eq(POOL_EVENT_SOURCE(event), POOL_LISTENER);
	ck_assert_uint_eq(POOL_EVENT_NUMBER(event), 0xabcd);
	ck_assert_uint_eq(POOL_EVENT_INDEX(event), 0xfedcba98);
}
END_TEST

static void
add_heritage_tests(TCase *tc)
{
	tcase_add_test(tc, test_adopted_workers_are_replaced);
	tcase_add_test(tc, test_adopted_worker_that_drains_is_not_asked_again);
	tcase_add_test(tc, test_stranger_is_let_go_at_once);
	tcase_add_test(tc, test_worker_of_an_older_scoreboard_is_adopted);
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, family_setup, family_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_open_pool_is_empty);
	tcase_add_test(tc, test_drain_waits_for_the_longest_deadline);
	tcase_add_test(tc, test_full_scoreboard_holds_workers_back);
	tcase_add_test(tc, test_close_accepts_a_pool_that_was_not_opened);
	tcase_add_test(tc, test_workers_are_started_and_serve);
	tcase_add_test(tc, test_score_tells_of_the_worker);
	tcase_add_test(tc, test_welcome_is_for_the_ready);
	tcase_add_test(tc, test_worker_that_served_is_replaced_at_once);
	tcase_add_test(
	    tc,
	    test_worker_that_crashed_before_its_welcome_is_replaced_at_once);
	tcase_add_test(tc, test_worker_that_served_nothing_is_held_back);
	tcase_add_test(tc, test_stop_ends_the_workers);
	tcase_add_test(tc, test_stopped_pool_starts_nothing);
	tcase_add_test(tc, test_overdue_request_is_condemned);
	tcase_add_test(tc, test_spent_worker_is_replaced_first);
	tcase_add_test(tc, test_pool_on_demand_waits_for_a_connection);
	tcase_add_test(tc, test_busy_and_full_are_told);
	add_heritage_tests(tc);
	tcase_add_test(tc, test_worker_closes_what_is_not_its_own);
	tcase_add_test(tc, test_event_holds_what_it_is_about);
}

UNIT_MAIN("pool", add_tests)
