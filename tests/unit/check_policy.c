/*
 * check_policy.c: every cell of the table, at and before each limit; and a
 * million events against what must hold whatever happens.
 */
#include "fcgi/policy.h"

#include "unit.h"

#define NOW UINT64_C(1000000)
static const struct policy_limits limits = {
	.start = 300, .deadline = 500, .grace = 70, .stop = 900
};

static const struct cell {
	enum policy_state state;
	enum policy_event event;
	uint64_t age, lived;            /* of the state, of the worker */
	uint64_t generation, busy;      /* of its request; 0: idle */
	uint64_t condemned, delay;
	enum policy_action action;
	enum policy_state next;
	uint64_t next_delay;
} cells[] = {
	{ POLICY_EMPTY, POLICY_TICK, .action = POLICY_FORK, POLICY_STARTING },
	{ POLICY_EMPTY, POLICY_TICK, .age = 99, .delay = 100, .next = POLICY_EMPTY, 100 },
	{ POLICY_EMPTY, POLICY_TICK, .age = 100, .delay = 100, .action = POLICY_FORK,
	  POLICY_STARTING, 100 },
	{ POLICY_EMPTY, POLICY_TICK, .age = 9999, .delay = 10000, .next = POLICY_EMPTY,
	  10000 },
	{ POLICY_EMPTY, POLICY_TICK, .age = 10000, .delay = 10000, .action = POLICY_FORK,
	  POLICY_STARTING, 10000 },
	{ POLICY_EMPTY, POLICY_READY, .next = POLICY_EMPTY },
	{ POLICY_EMPTY, POLICY_EXIT, .next = POLICY_EMPTY },
	{ POLICY_EMPTY, POLICY_STOP, .next = POLICY_RETIRED },

	{ POLICY_STARTING, POLICY_TICK, .age = 299, .next = POLICY_STARTING },
	{ POLICY_STARTING, POLICY_TICK, .age = 300, .action = POLICY_KILL, POLICY_KILLED },
	{ POLICY_STARTING, POLICY_READY, .next = POLICY_SERVING },
	{ POLICY_STARTING, POLICY_EXIT, .next = POLICY_EMPTY, 100 },
	{ POLICY_STARTING, POLICY_EXIT, .lived = 999, .next = POLICY_EMPTY, 100 },
	{ POLICY_STARTING, POLICY_EXIT, .lived = 1000, .delay = 400,
	  .next = POLICY_EMPTY, 0 },
	/* It served before we heard that it does. */
	{ POLICY_STARTING, POLICY_EXIT, .generation = 1, .delay = 400,
	  .next = POLICY_EMPTY, 0 },
	{ POLICY_STARTING, POLICY_EXIT, .delay = 100, .next = POLICY_EMPTY, 200 },
	{ POLICY_STARTING, POLICY_EXIT, .delay = 6400, .next = POLICY_EMPTY,
	  10000 },
	{ POLICY_STARTING, POLICY_EXIT, .delay = 10000, .next = POLICY_EMPTY,
	  10000 },
	{ POLICY_STARTING, POLICY_STOP, .action = POLICY_QUIT, POLICY_DRAINING },

	{ POLICY_SERVING, POLICY_TICK, .age = 100000, .next = POLICY_SERVING },
	{ POLICY_SERVING, POLICY_TICK, .age = 499, .generation = 1, .busy = 499,
	  .next = POLICY_SERVING },
	{ POLICY_SERVING, POLICY_TICK, .age = 500, .generation = 1, .busy = 500,
	  .action = POLICY_CONDEMN, POLICY_OVERDUE },
	{ POLICY_SERVING, POLICY_READY, .next = POLICY_SERVING },
	{ POLICY_SERVING, POLICY_EXIT, .lived = 999, .next = POLICY_EMPTY, 100 },
	{ POLICY_SERVING, POLICY_EXIT, .lived = 999, .delay = 400, .next = POLICY_EMPTY, 800 },
	{ POLICY_SERVING, POLICY_EXIT, .lived = 1000, .delay = 400, .next = POLICY_EMPTY, 0 },
	{ POLICY_SERVING, POLICY_EXIT, .generation = 1, .delay = 400,
	  .next = POLICY_EMPTY, 0 },
	{ POLICY_SERVING, POLICY_STOP, .action = POLICY_QUIT, POLICY_DRAINING },

	{ POLICY_OVERDUE, POLICY_TICK, .generation = 3, .condemned = 3,
	  .next = POLICY_SERVING }, /* it is idle again */
	{ POLICY_OVERDUE, POLICY_TICK, .age = 70, .generation = 4, .busy = 1,
	  .condemned = 3, .next = POLICY_SERVING },
	{ POLICY_OVERDUE, POLICY_TICK, .age = 69, .generation = 3, .busy = 569,
	  .condemned = 3, .next = POLICY_OVERDUE },
	{ POLICY_OVERDUE, POLICY_TICK, .age = 70, .generation = 3, .busy = 570,
	  .condemned = 3, .action = POLICY_KILL, POLICY_KILLED },
	{ POLICY_OVERDUE, POLICY_READY, .next = POLICY_OVERDUE },
	{ POLICY_OVERDUE, POLICY_EXIT, .lived = 600, .generation = 3, .condemned = 3,
	  .delay = 100, .next = POLICY_EMPTY, 0 },
	{ POLICY_OVERDUE, POLICY_STOP, .action = POLICY_QUIT, POLICY_DRAINING },

	{ POLICY_DRAINING, POLICY_TICK, .age = 899, .next = POLICY_DRAINING },
	{ POLICY_DRAINING, POLICY_TICK, .age = 900, .action = POLICY_TERMINATE,
	  POLICY_TERMINATING },
	{ POLICY_DRAINING, POLICY_READY, .next = POLICY_DRAINING },
	{ POLICY_DRAINING, POLICY_EXIT, .lived = 5, .next = POLICY_RETIRED },
	{ POLICY_DRAINING, POLICY_STOP, .next = POLICY_DRAINING },

	{ POLICY_TERMINATING, POLICY_TICK, .age = 69, .next = POLICY_TERMINATING },
	{ POLICY_TERMINATING, POLICY_TICK, .age = 70, .action = POLICY_KILL,
	  POLICY_KILLED },
	{ POLICY_TERMINATING, POLICY_READY, .next = POLICY_TERMINATING },
	{ POLICY_TERMINATING, POLICY_EXIT, .lived = 5, .next = POLICY_RETIRED },
	{ POLICY_TERMINATING, POLICY_STOP, .next = POLICY_TERMINATING },

	{ POLICY_KILLED, POLICY_TICK, .age = 100000, .next = POLICY_KILLED },
	{ POLICY_KILLED, POLICY_READY, .next = POLICY_KILLED },
	{ POLICY_KILLED, POLICY_EXIT, .lived = 2000, .delay = 100, .next = POLICY_EMPTY, 0 },
	{ POLICY_KILLED, POLICY_EXIT, .lived = 999, .next = POLICY_EMPTY, 100 },
	{ POLICY_KILLED, POLICY_STOP, .next = POLICY_KILLED },

	{ POLICY_RETIRED, POLICY_TICK, .age = 100000, .next = POLICY_RETIRED },
	{ POLICY_RETIRED, POLICY_READY, .next = POLICY_RETIRED },
	{ POLICY_RETIRED, POLICY_EXIT, .lived = 5, .next = POLICY_RETIRED },
	{ POLICY_RETIRED, POLICY_STOP, .next = POLICY_RETIRED },
};

static struct policy_slot
slot_of(const struct cell *cell)
{
	return (struct policy_slot){
		.state = cell->state,
		.entered = NOW - cell->age,
		.started = NOW - cell->lived,
		.generation = cell->condemned,
		.delay = cell->delay,
	};
}

static struct policy_facts
facts_of(const struct cell *cell)
{
	return (struct policy_facts){
		.now = NOW,
		.generation = cell->generation,
		.since = cell->busy == 0 ? 0 : NOW - cell->busy,
		.limits = &limits,
	};
}

START_TEST(test_cell_acts_and_moves_as_stated)
{
	const struct cell *cell = &cells[_i];
	struct policy_slot slot = slot_of(cell);
	struct policy_facts facts = facts_of(cell);

	ck_assert_int_eq(policy_step(&slot, cell->event, &facts), cell->action);
	ck_assert_str_eq(policy_state_name(slot.state),
	                 policy_state_name(cell->next));
	if (cell->event == POLICY_EXIT || cell->state == POLICY_EMPTY)
		ck_assert_uint_eq(slot.delay, cell->next_delay);
	ck_assert_uint_eq(slot.entered,
	                  cell->next == cell->state ? NOW - cell->age : NOW);
	if (cell->action == POLICY_FORK)
		ck_assert_uint_eq(slot.started, NOW);
	if (cell->action == POLICY_CONDEMN)
		ck_assert_uint_eq(slot.generation, cell->generation);
}
END_TEST

START_TEST(test_cell_has_a_row)
{
	enum policy_state state = (enum policy_state)_i / POLICY_EVENT_COUNT;
	enum policy_event event = (enum policy_event)_i % POLICY_EVENT_COUNT;
	size_t rows = 0;

	for (size_t i = 0; i < N(cells); i++)
		rows += cells[i].state == state && cells[i].event == event;
	ck_assert_uint_gt(rows, 0);
}
END_TEST

/* Once stopped, a slot that loses its worker is through, from every state. */
START_TEST(test_stopped_slot_retires_on_exit)
{
	struct policy_slot slot = { .state = (enum policy_state)_i,
		                    .entered = NOW, .started = NOW };
	struct policy_facts facts = { .now = NOW, .limits = &limits };

	policy_step(&slot, POLICY_STOP, &facts);
	policy_step(&slot, POLICY_EXIT, &facts);
	ck_assert_int_eq(slot.state, POLICY_RETIRED);
	facts.now += 100000;
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 POLICY_NOTHING);
}
END_TEST

START_TEST(test_slot_of_zeroes_is_due_at_once)
{
	struct policy_slot slot = { 0 };
	struct policy_facts facts = { .now = 0, .limits = &limits };

	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts), POLICY_FORK);
}
END_TEST

START_TEST(test_fast_deaths_double_the_delay_up_to_the_last)
{
	static const uint64_t delays[] = { 100,  200,  400,  800,   1600, 3200,
		                           6400, 10000, 10000, 10000 };
	struct policy_slot slot = { 0 };
	struct policy_facts facts = { .now = NOW, .limits = &limits };

	for (size_t i = 0; i < N(delays); i++) {
		ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
		                 POLICY_FORK);
		policy_step(&slot, POLICY_EXIT, &facts);
		facts.now += delays[i] - 1;
		ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
		                 POLICY_NOTHING);
		facts.now++;
	}
}
END_TEST

START_TEST(test_state_has_a_name_of_its_own)
{
	const char *name = policy_state_name((enum policy_state)_i);

	ck_assert_uint_gt(strlen(name), 0);
	for (int i = 0; i < _i; i++)
		ck_assert_str_ne(name,
		                 policy_state_name((enum policy_state)i));
}
END_TEST

/* The model: one slot and a world that does what it likes. */

#define HOLD(truth)                                                            \
	do {                                                                   \
		if (!(truth))                                                  \
			ck_abort_msg("event %zu in state %s: %s", world.events, \
			             policy_state_name(world.slot.state),      \
			             #truth);                                  \
	} while (0)

static struct {
	uint64_t seed, now;
	size_t events;
	struct policy_slot slot;
	bool alive, ready, told, stopped, killed;
	size_t forks, exits;
	unsigned fast_deaths; /* in a row */
	uint64_t forked, died, generation, since;
} world;

static uint64_t
draw(uint64_t below)
{
	return random_bits(&world.seed) % below;
}

static uint64_t
expected_delay(void)
{
	uint64_t delay = POLICY_FIRST_DELAY;

	if (world.fast_deaths == 0)
		return 0;
	for (unsigned i = 1; i < world.fast_deaths && delay < POLICY_LAST_DELAY;
	     i++)
		delay *= 2;
	return delay < POLICY_LAST_DELAY ? delay : POLICY_LAST_DELAY;
}

static void
hold_action(enum policy_action action)
{
	HOLD((action == POLICY_FORK) <= !world.alive);
	HOLD((action == POLICY_NOTHING || action == POLICY_FORK) ||
	     world.alive);
	HOLD(!(world.stopped && (action == POLICY_FORK ||
	                         action == POLICY_CONDEMN)));
	if (action == POLICY_CONDEMN) {
		HOLD(world.since != 0);
		HOLD(world.now - world.since >= limits.deadline);
		HOLD(world.slot.generation == world.generation);
	}
	if (action == POLICY_FORK) {
		HOLD(world.exits == 0 ||
		     world.now - world.died >= expected_delay());
		world.alive = true;
		world.ready = world.told = world.killed = false;
		world.forked = world.now;
		world.forks++;
	}
	if (action == POLICY_TERMINATE || action == POLICY_KILL)
		HOLD(world.ready || world.stopped ||
		     world.now - world.forked >= limits.start);
	world.killed |= action == POLICY_KILL;
}

static void
tell(enum policy_event event)
{
	struct policy_facts facts = { world.now, world.generation, world.since,
		                      &limits };
	enum policy_action action = policy_step(&world.slot, event, &facts);

	world.events++;
	hold_action(action);
	HOLD(world.forks <= world.exits + 1);
	HOLD(world.forks == world.exits + world.alive);
	HOLD(world.slot.delay <= POLICY_LAST_DELAY);
	HOLD(world.slot.state < POLICY_STATE_COUNT);
	if (!world.alive)
		HOLD(world.slot.state == (world.stopped ? POLICY_RETIRED
		                                        : POLICY_EMPTY));
	else
		HOLD(world.slot.state != POLICY_EMPTY &&
		     world.slot.state != POLICY_RETIRED);
}

/* The worker is gone; the master keeps its score until it has told. */
static void
die(void)
{
	bool fast = world.generation == 0 &&
	            world.now - world.forked < POLICY_SHORT_LIFE;

	world.alive = false;
	world.died = world.now;
	world.exits++;
	world.fast_deaths = fast ? world.fast_deaths + 1 : 0;
	tell(POLICY_EXIT);
	world.generation = world.since = 0;
}

static void
work(void)
{
	if (!world.alive || !world.ready)
		return;
	if (world.since != 0) {
		world.since = 0;
	} else {
		world.generation++;
		world.since = world.now;
	}
}

static void
happen(void)
{
	world.now += draw(4) == 0 ? draw(1200) : draw(60);
	switch (draw(16)) {
	case 0:
	case 1:
		work();
		break;
	case 2:
		if (world.alive && draw(3) == 0)
			die();
		break;
	case 3:
	case 4:
		if (world.alive && world.ready && !world.told)
			tell(POLICY_READY);
		world.told = world.ready;
		world.ready = world.alive;
		break;
	default:
		tell(POLICY_TICK);
	}
	if (world.killed && world.alive)
		die();
}

/* A worker that does not care is killed within the sum of the limits. */
static void
stop_stubborn(void)
{
	uint64_t end = world.now + limits.stop + limits.grace + 2;

	world.stopped = true;
	tell(POLICY_STOP);
	while (world.alive && !world.killed) {
		HOLD(world.now <= end);
		world.now++;
		tell(POLICY_TICK);
	}
	if (world.alive)
		die();
	HOLD(world.slot.state == POLICY_RETIRED);
}

static void
stop_anyhow(void)
{
	world.stopped = true;
	tell(POLICY_STOP);
	for (int i = 0; i < 40; i++)
		happen();
	if (world.alive)
		die();
	HOLD(world.slot.state == POLICY_RETIRED);
	for (int i = 0; i < 5; i++) {
		world.now += draw(20000);
		tell((enum policy_event)draw(POLICY_EVENT_COUNT));
		HOLD(world.slot.state == POLICY_RETIRED);
	}
}

static void
live_once(void)
{
	uint64_t seed = world.seed;
	size_t events = world.events, length = 1 + draw(400);

	memset(&world, 0, sizeof(world));
	world.seed = seed;
	world.events = events;
	world.now = 1 + draw(1000000);
	for (size_t i = 0; i < length; i++)
		happen();
	if (draw(2) == 0)
		stop_stubborn();
	else
		stop_anyhow();
}

START_TEST(test_million_events_break_no_rule)
{
	world.seed = 17;
	while (world.events < 1000000)
		live_once();
}
END_TEST

/* A worker that never serves, or a request that never ends, meets KILL. */
START_TEST(test_worker_that_ignores_everything_is_killed)
{
	static const uint64_t most[] = { 300 + 1, 500 + 70 + 2 };

	memset(&world, 0, sizeof(world));
	world.now = NOW;
	tell(POLICY_TICK);
	if (_i == 1) {
		world.ready = true;
		tell(POLICY_READY);
		work();
	}
	while (!world.killed) {
		world.now++;
		ck_assert_uint_le(world.now - NOW, most[_i]);
		tell(POLICY_TICK);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_cell_acts_and_moves_as_stated, 0,
	                    N(cells));
	tcase_add_loop_test(tc, test_cell_has_a_row, 0,
	                    POLICY_STATE_COUNT * POLICY_EVENT_COUNT);
	tcase_add_loop_test(tc, test_stopped_slot_retires_on_exit, 0,
	                    POLICY_STATE_COUNT);
	tcase_add_test(tc, test_slot_of_zeroes_is_due_at_once);
	tcase_add_test(tc, test_fast_deaths_double_the_delay_up_to_the_last);
	tcase_add_loop_test(tc, test_state_has_a_name_of_its_own, 0,
	                    POLICY_STATE_COUNT);
	tcase_add_test(tc, test_million_events_break_no_rule);
	tcase_add_loop_test(tc, test_worker_that_ignores_everything_is_killed,
	                    0, 2);
}

UNIT_MAIN("policy", add_tests)
