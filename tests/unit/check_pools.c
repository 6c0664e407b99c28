/*
 * check_pools.c: how pools divide the scoreboard, and whose the workers of an
 * earlier master are.
 */
#include "fcgi/master/pools.h"

#include "family.h"

#define POOLS 3
#define FULL SCOREBOARD_SLOTS

static struct pools pools, heirs;
static struct pools_entry entries[POOLS];

static void
add_pool(const char *name, size_t workers, bool keep_alive)
{
	struct pool_config *made = family_config(name, workers);

	made->keep_alive = keep_alive;
	entries[pools.count++] = (struct pools_entry){
		.config = made,
		.listener = -1,
		.handoff = { -1, -1 },
		.main = worker_serve,
		.handle = server_handle,
	};
}

static void
prepare(void)
{
	pools = (struct pools){ .family = &family, .entries = entries };
}

static void
add_three(void)
{
	add_pool("fast", 2, true);
	add_pool("heavy", 2, false);
	add_pool("io", 2, true);
}

/* The scoreboard.  A pool of 2 workers has 4 slots, one of 8 has 11. */

static const struct {
	size_t taken_from, taken_to; /* slots, by workers of an earlier master */
	struct {
		size_t workers;
		bool keep_alive;
		size_t first, range;
	} pools[POOLS];
} divisions[] = {
	{ 0, 0, { { 2, true, 0, 4 }, { 8, true, 4, 11 }, { 2, true, 15, 4 } } },
	{ 0, 0, { { 2, true, 0, 4 }, { 8, false, 8, 0 }, { 2, true, 4, 4 } } },
	{ 0, 0, { { 2, false, 4, 0 }, { 8, false, 4, 0 }, { 2, true, 0, 4 } } },
	{ 0, 0, { { 2, false, 0, 0 }, { 8, false, 0, 0 }, { 2, false, 0, 0 } } },
	{ 3, 6, { { 2, true, 6, 4 }, { 8, false, 14, 0 }, { 2, true, 10, 4 } } },
	{ 4, 6, { { 2, true, 0, 4 }, { 8, false, 10, 0 }, { 2, true, 6, 4 } } },
	/* What does not fit is given single slots. */
	{ 4, FULL, { { 2, true, 0, 4 }, { 8, true, 4, 0 }, { 2, true, 4, 0 } } },
	{ 4, FULL - 4, { { 8, true, FULL, 0 }, { 2, true, 0, 4 },
	                 { 2, true, FULL - 4, 4 } } },
	{ 0, FULL, { { 2, true, 0, 0 }, { 8, true, 0, 0 }, { 2, false, 0, 0 } } },
};

START_TEST(test_ranges_lie_side_by_side_and_single_slots_behind)
{
	const struct handover none = { .worker_count = 0 };
	static const char *const names[POOLS] = { "a", "b", "c" };

	for (size_t i = 0; i < POOLS; i++)
		add_pool(names[i], divisions[_i].pools[i].workers,
		         divisions[_i].pools[i].keep_alive);
	for (size_t i = divisions[_i].taken_from; i < divisions[_i].taken_to; i++)
		family.board->scores[i].pid = 1;
	family.board->vacant = 7;
	ck_assert(pools_open(&pools, &none));
	for (size_t i = 0; i < POOLS; i++) {
		ck_assert_uint_eq(pools.list[i].first,
		                  divisions[_i].pools[i].first);
		ck_assert_uint_eq(pools.list[i].range,
		                  divisions[_i].pools[i].range);
	}
	ck_assert_uint_eq(family.board->vacant, 0);
	pools_close(&pools);
}
END_TEST

/* Workers of an earlier master. */

/* It ends when it is told to. */
static struct pool_heirloom
worker_of(const char *name, size_t slot)
{
	struct pool_heirloom made = { .slot = slot, .output = -1 };

	made.pid = fork();
	ck_assert_int_ge(made.pid, 0);
	if (made.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	if (slot < SCOREBOARD_SLOTS) {
		struct score *score = &family.board->scores[slot];

		score->pid = made.pid;
		score->pool = (uint32_t)ledger_pool(&family.board->ledger, name);
	}
	return made;
}

static void
expect_end(struct pools *of, size_t stage)
{
	int status;
	pid_t pid;

	pools_stop(of, stage, 60000);
	while (!pools_are_over(of, stage)) {
		pid = waitpid(-1, &status, 0);
		ck_assert_int_gt(pid, 0);
		pools_reap(of, pid, status);
	}
}

static const struct {
	const char *pool;
	size_t slot;
	bool lost, drains; /* the row of the ledger is none; it leaves already */
	size_t home;
	enum policy_state state;
} homes[] = {
	{ "fast", 0, false, false, 0, POLICY_SPENT },
	{ "heavy", 1, false, false, 1, POLICY_SPENT },
	{ "io", SCOREBOARD_SLOTS - 1, false, false, 2, POLICY_SPENT },
	{ "io", 1, false, true, 2, POLICY_DRAINING },
	/* Those of nobody are let go. */
	{ "old", 1, false, false, 0, POLICY_DRAINING },
	{ "fas", 1, false, false, 0, POLICY_DRAINING },
	{ "io", 1, true, false, 0, POLICY_DRAINING },
	{ "io", SCOREBOARD_SLOTS, false, false, 0, POLICY_DRAINING },
};

START_TEST(test_worker_comes_home_or_is_let_go)
{
	struct pool_heirloom worker = worker_of(homes[_i].pool, homes[_i].slot);
	const struct handover from = { .workers = &worker, .worker_count = 1 };

	add_three();
	worker.drains = homes[_i].drains;
	if (homes[_i].lost)
		family.board->scores[worker.slot].pool = LEDGER_POOLS;
	ck_assert(pools_open(&pools, &from));
	for (size_t i = 0; i < POOLS; i++) {
		const struct pool *pool = &pools.list[i];
		const struct slot *slot = &pool->slots[pool->own];

		ck_assert_uint_eq(pool->live, i == homes[_i].home);
		ck_assert_uint_eq(pool->count, pool->own + pool->live);
		if (i != homes[_i].home)
			continue;
		ck_assert_int_eq(slot->pid, worker.pid);
		ck_assert_str_eq(policy_state_name(slot->policy.state),
		                 policy_state_name(homes[_i].state));
	}
	expect_end(&pools, 0);
	pools_close(&pools);
}
END_TEST

/* From one master to the next, and on to a third. */
START_TEST(test_workers_are_handed_on)
{
	struct pool_heirloom workers[] = {
		worker_of("io", 0),
		worker_of("fast", 9),
		worker_of("io", SCOREBOARD_SLOTS),
		worker_of("heavy", 2),
	};
	/* Pool by pool; the one that cannot be known is now of the first. */
	static const size_t order[N(workers)] = { 1, 2, 3, 0 };
	struct handover handover = { .workers = workers,
		                     .worker_count = N(workers) };

	add_three();
	heirs = pools;
	workers[1].drains = true;
	ck_assert(pools_open(&pools, &handover));
	ck_assert(pools_bequeath(&pools, &handover));
	ck_assert_uint_eq(handover.worker_count, N(workers));
	for (size_t i = 0; i < N(workers); i++) {
		const struct pool_heirloom *worker = &handover.workers[i];

		ck_assert_int_eq(worker->pid, workers[order[i]].pid);
		ck_assert_uint_eq(worker->slot, workers[order[i]].slot);
		ck_assert_int_eq(worker->output, -1);
		ck_assert_int_eq(worker->drains, i < 2);
	}
	ck_assert(pools_open(&heirs, &handover));
	free(handover.workers);
	for (size_t i = 0; i < POOLS; i++)
		ck_assert_uint_eq(heirs.list[i].live, pools.list[i].live);
	expect_end(&heirs, 0);
	ck_assert(pools_bequeath(&heirs, &handover));
	ck_assert_uint_eq(handover.worker_count, 0);
	free(handover.workers);
	pools_close(&heirs);
	pools_close(&pools);
}
END_TEST

/* Of a pool whose next worker waits for the last one to end. */
START_TEST(test_worker_of_a_pool_that_is_alone_leaves_at_once)
{
	struct pool_heirloom workers[] = { worker_of("heavy", 0) };
	const struct handover from = { .workers = workers, .worker_count = 1 };

	add_three();
	entries[1].alone = _i == 1;
	ck_assert(pools_open(&pools, &from));
	ck_assert_int_eq(pools.list[1].slots[pools.list[1].own].policy.state,
	                 _i == 1 ? POLICY_DRAINING : POLICY_SPENT);
	kill(workers[0].pid, SIGKILL);
	pools_close(&pools);
}
END_TEST

START_TEST(test_last_ones_stop_when_told)
{
	struct pool_heirloom workers[] = { worker_of("fast", 0),
		                           worker_of("io", 1) };
	const struct handover from = { .workers = workers, .worker_count = 2 };

	add_three();
	entries[2].stage = 1;
	ck_assert(pools_open(&pools, &from));
	ck_assert(!pools_are_over(&pools, 0));
	expect_end(&pools, 0);
	ck_assert(!pools_are_over(&pools, 1));
	ck_assert_int_eq(kill(workers[1].pid, 0), 0);
	expect_end(&pools, 1);
	pools_close(&pools);
}
END_TEST

START_TEST(test_one_may_outlast_its_stage)
{
	struct pool_heirloom workers[] = { worker_of("fast", 0),
		                           worker_of("io", 1) };
	const struct handover from = { .workers = workers, .worker_count = 2 };

	add_three();
	entries[2].longer = 1;
	ck_assert(pools_open(&pools, &from));
	ck_assert(!pools_are_over(&pools, 1));
	expect_end(&pools, 0);
	expect_end(&pools, 1);
	pools_close(&pools);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, family_setup, family_teardown);
	tcase_add_checked_fixture(tc, prepare, NULL);
	tcase_add_loop_test(tc,
	                    test_ranges_lie_side_by_side_and_single_slots_behind,
	                    0, N(divisions));
	tcase_add_loop_test(tc, test_worker_comes_home_or_is_let_go, 0, N(homes));
	tcase_add_test(tc, test_workers_are_handed_on);
	tcase_add_loop_test(
	    tc, test_worker_of_a_pool_that_is_alone_leaves_at_once, 0, 2);
	tcase_add_test(tc, test_last_ones_stop_when_told);
	tcase_add_test(tc, test_one_may_outlast_its_stage);
}

UNIT_MAIN("pools", add_tests)
