/*
 * check_slot.c: one slot: its names, its orders as they reach the worker, and
 * what the worker writes.
 */
#include "fcgi/master/slot.h"

#include "family.h"

#define LONG_AGO 1000000 /* ns of the clock */

static struct pool_config *pool_config; /* of config */
static struct pool pool;
static struct slot *slot; /* the first of the pool */

static void
prepare(void)
{
	pool_config = family_config("p", 1);
	pool = family_pool(pool_config);
	ck_assert(pool_open(&pool, 1));
	slot = &pool.slots[0];
}

static void
clean_up(void)
{
	if (slot->pid > 0)
		kill(slot->pid, SIGKILL);
	pool_close(&pool);
}

static void
start(void)
{
	uint64_t count;

	slot_step(&pool, slot, POLICY_START);
	ck_assert_int_gt(slot->pid, 0);
	ck_assert_int_eq(read(family.ready, &count, sizeof(count)),
	                 sizeof(count));
	slot_step(&pool, slot, POLICY_READY);
	ck_assert_int_eq(slot->policy.state, POLICY_SERVING);
}

/* It has a request that waits, and is as late as is said. */
static int
hold(void)
{
	int fd = client_connect(SOCKET);

	client_send(fd, wire_ask(&(struct ask){ .path = "/hold" }));
	server_await_held();
	return fd;
}

/* The worker ends: the status that the slot is told of, and the next state. */
static int
end(void)
{
	int status = server_wait(slot->pid);

	pool.stopping = true; /* no other one is to come */
	slot_end(&pool, slot, status);
	ck_assert_int_eq(slot->policy.state, POLICY_EMPTY);
	ck_assert_int_eq(slot->pid, 0);
	ck_assert_int_eq(slot->score->pid, 0);
	ck_assert_int_eq(slot->output.fd, -1);
	ck_assert_uint_eq(pool.live, 0);
	return status;
}

START_TEST(test_name_is_that_of_the_pool_and_the_slot)
{
	struct pool_heirloom heirloom = { .pid = getpid(),
		                          .slot = pool.first + 1,
		                          .output = -1 };
	char name[48], small[4];

	slot_name(&pool, slot, name, sizeof(name));
	ck_assert_str_eq(name, "p/0");
	slot_name(&pool, &pool.slots[1], small, sizeof(small));
	ck_assert_str_eq(small, "p/1");
	/* An adopted one may be of a pool that there is no more. */
	family.board->scores[heirloom.slot].pool =
	    (uint32_t)ledger_pool(&family.board->ledger, "old");
	pool_adopt(&pool, &heirloom, false);
	slot_name(&pool, &pool.slots[pool.own], name, sizeof(name));
	ck_assert_ptr_nonnull(strstr(name, "old/"));
}
END_TEST

START_TEST(test_worker_is_counted_while_it_lives)
{
	slot_step(&pool, slot, POLICY_START);
	ck_assert_uint_eq(pool.starting, 1);
	ck_assert_uint_eq(pool.live, 1);
	ck_assert_uint_eq(slot->score->state, POLICY_STARTING);
	slot_leave(&pool, slot, LEDGER_END_STOPPED);
	ck_assert_uint_eq(pool.starting, 0);
	ck_assert_uint_eq(pool.live, 1);
	ck_assert_uint_eq(slot->score->state, POLICY_DRAINING);
	end();
}
END_TEST

/* What the slot had is another worker's by now, and stays as it is. */
START_TEST(test_start_without_a_score_touches_no_other)
{
	struct score *score;

	start();
	slot_leave(&pool, slot, LEDGER_END_STOPPED);
	end();
	score = slot->score;
	score->pid = getpid();
	score->state = POLICY_SERVING;
	pool.first = SCOREBOARD_SLOTS;
	slot_step(&pool, slot, POLICY_START);
	ck_assert_int_eq(slot->policy.state, POLICY_EMPTY);
	ck_assert_uint_eq(score->state, POLICY_SERVING);
	ck_assert_int_eq(score->pid, getpid());
	ck_assert_uint_gt(pool.scale.until, 0);
	ck_assert_uint_eq(pool.live, 0);
}
END_TEST

/* The first reason is why it ended, whatever is said later. */
START_TEST(test_first_reason_holds)
{
	const struct ledger_pool *row = &family.board->ledger.pools[pool.row];

	start();
	slot_leave(&pool, slot, LEDGER_END_SURPLUS);
	slot_leave(&pool, slot, LEDGER_END_STOPPED);
	end();
	ck_assert_uint_eq(row->ends[LEDGER_END_SURPLUS], 1);
	ck_assert_uint_eq(row->ends[LEDGER_END_STOPPED], 0);
}
END_TEST

/* Kept connections have heirs unless the pool itself ends. */
START_TEST(test_worker_knows_whether_it_has_heirs)
{
	start();
	pool.stopping = _i == 1;
	slot_leave(&pool, slot, LEDGER_END_STOPPED);
	ck_assert_int_eq(slot->score->heirs, _i == 0);
	ck_assert_int_eq(WIFEXITED(end()), 1);
}
END_TEST

/* A request that is late is answered by the worker's guard. */
START_TEST(test_order_to_condemn_names_the_request)
{
	struct answer answer;
	int fd;

	start();
	fd = hold();
	ck_assert_uint_eq(slot->score->condemned, 0);
	if (_i == 0)
		atomic_store(&slot->score->due, LONG_AGO);
	else if (_i == 1)
		atomic_store(&slot->score->left, LONG_AGO);
	else
		atomic_store(&slot->score->cancelled, LONG_AGO);
	slot_step(&pool, slot, POLICY_TICK);
	ck_assert_int_eq(slot->policy.state, POLICY_CONDEMNED);
	ck_assert_uint_eq(slot->score->condemned, slot->score->generation);
	ck_assert_int_eq(slot->score->abandoned, _i > 0);
	ck_assert_int_eq(client_receive(fd, &answer), _i == 0);
	end();
	ck_assert_uint_eq(family.board->ledger.pools[pool.row]
	                      .ends[_i == 0 ? LEDGER_END_DEADLINE
	                                    : LEDGER_END_ABANDONED],
	                  1);
}
END_TEST

START_TEST(test_slow_request_is_traced_and_lives_on)
{
	struct answer answer;
	int fd;

	start();
	fd = hold();
	atomic_store(&slot->score->slow, LONG_AGO);
	while (slot->score->to_trace == 0)
		slot_step(&pool, slot, POLICY_TICK);
	ck_assert_uint_eq(slot->score->to_trace, slot->score->generation);
	for (int i = 0; slot->score->traced != slot->score->generation; i++) {
		ck_assert_int_lt(i, CLIENT_WAIT);
		poll(NULL, 0, 1);
	}
	server_release();
	ck_assert(client_receive(fd, &answer));
	ck_assert_int_eq(answer.status, 200);
}
END_TEST

/* The ladder's end. */
START_TEST(test_killed_worker_was_unresponsive)
{
	start();
	hold();
	pool.limits.drain = pool.limits.grace = 0;
	kill(slot->pid, SIGSTOP); /* it can hear nothing but KILL */
	slot_leave(&pool, slot, LEDGER_END_STOPPED);
	slot_step(&pool, slot, POLICY_TICK);
	ck_assert_int_eq(slot->policy.state, POLICY_TERMINATING);
	slot_step(&pool, slot, POLICY_TICK);
	ck_assert_int_eq(slot->policy.state, POLICY_KILLED);
	ck_assert_int_eq(WTERMSIG(end()), SIGKILL);
	ck_assert_uint_eq(family.board->ledger.pools[pool.row]
	                      .ends[LEDGER_END_UNRESPONSIVE],
	                  1);
}
END_TEST

/* What a worker writes. */

static void
speak(const void *context, const struct mr_request *request,
      struct mr_reply *reply, struct mr_arena *pieces)
{
	fprintf(stderr, "words of a function\n");
	server_handle(context, request, reply, pieces);
}

static int
listen_to_it(void *context)
{
	struct epoll_event event;

	(void)context;
	pool.handle = speak;
	start();
	client_call(SOCKET, &(struct ask){ .path = "/x" });
	if (epoll_wait(family.epoll, &event, 1, CLIENT_WAIT) != 1 ||
	    event.data.u64 != POOL_EVENT(POOL_OUTPUT, pool.number, 0))
		return 100;
	slot_listen(&pool, slot);
	slot_leave(&pool, slot, LEDGER_END_STOPPED);
	end();
	return 0;
}

START_TEST(test_what_it_writes_is_logged_with_its_name)
{
	const char *log;

	ck_assert_int_eq(place_run(listen_to_it, NULL), 0);
	log = place_read("stderr").data;
	ck_assert_msg(strstr(log, "Worker said. worker=p/0 pid=") != NULL, "%s",
	              log);
	ck_assert_msg(strstr(log, "text=\"words of a function\"") != NULL, "%s",
	              log);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, family_setup, family_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_name_is_that_of_the_pool_and_the_slot);
	tcase_add_test(tc, test_worker_is_counted_while_it_lives);
	tcase_add_test(tc, test_start_without_a_score_touches_no_other);
	tcase_add_test(tc, test_first_reason_holds);
	tcase_add_loop_test(tc, test_worker_knows_whether_it_has_heirs, 0, 2);
	tcase_add_loop_test(tc, test_order_to_condemn_names_the_request, 0, 3);
	tcase_add_test(tc, test_slow_request_is_traced_and_lives_on);
	tcase_add_test(tc, test_killed_worker_was_unresponsive);
	tcase_add_test(tc, test_what_it_writes_is_logged_with_its_name);
}

UNIT_MAIN("slot", add_tests)
