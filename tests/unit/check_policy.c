/*
 * check_policy.c: every cell of the table, long before and long after all
 * limits; each limit to the millisecond; and the orders about a request.
 */
#include "fcgi/master/policy.h"

#include "unit.h"

#define NOW UINT64_C(1000000)
#define AGES UINT64_C(100000) /* more than any limit */

static const struct policy_limits limits = { .start = 300,
	                                     .grace = 70,
	                                     .drain = 900 };

struct cell {
	bool stated;
	enum policy_action action;
	enum policy_state next;
};

#define C(action, next) { true, POLICY_##action, POLICY_##next }
#define STAYS(state) C(NOTHING, state)
#define GOES C(NOTHING, EMPTY)
#define QUITS C(QUIT, DRAINING)

#define ROW(state, start, ready, end, spend, leave)                            \
	[POLICY_##state] = {                                                   \
		[POLICY_START] = start,  [POLICY_TICK] = STAYS(state),         \
		[POLICY_READY] = ready,  [POLICY_EXIT] = end,                  \
		[POLICY_SPEND] = spend,  [POLICY_LEAVE] = leave,               \
	}

/* The worker has just come into its state; it has a request of 10 ms. */
static const struct cell early[POLICY_STATE_COUNT][POLICY_EVENT_COUNT] = {
	ROW(EMPTY, C(FORK, STARTING), STAYS(EMPTY), STAYS(EMPTY), STAYS(EMPTY),
	    STAYS(EMPTY)),
	ROW(STARTING, STAYS(STARTING), C(NOTHING, SERVING), GOES,
	    STAYS(STARTING), QUITS),
	ROW(SERVING, STAYS(SERVING), STAYS(SERVING), GOES, C(NOTHING, SPENT),
	    QUITS),
	ROW(SPENT, STAYS(SPENT), STAYS(SPENT), GOES, STAYS(SPENT), QUITS),
	ROW(CONDEMNED, STAYS(CONDEMNED), STAYS(CONDEMNED), GOES,
	    STAYS(CONDEMNED), QUITS),
	ROW(DRAINING, STAYS(DRAINING), STAYS(DRAINING), GOES, STAYS(DRAINING),
	    QUITS),
	ROW(TERMINATING, STAYS(TERMINATING), STAYS(TERMINATING), GOES,
	    STAYS(TERMINATING), STAYS(TERMINATING)),
	ROW(KILLED, STAYS(KILLED), STAYS(KILLED), GOES, STAYS(KILLED),
	    STAYS(KILLED)),
};

/* All limits have passed long since; only time makes a difference. */
static const struct cell late[POLICY_STATE_COUNT] = {
	[POLICY_EMPTY] = STAYS(EMPTY),
	[POLICY_STARTING] = C(KILL, KILLED),
	[POLICY_SERVING] = C(CONDEMN, CONDEMNED),
	[POLICY_SPENT] = C(CONDEMN, CONDEMNED),
	[POLICY_CONDEMNED] = C(KILL, KILLED),
	[POLICY_DRAINING] = C(TERMINATE, TERMINATING),
	[POLICY_TERMINATING] = C(KILL, KILLED),
	[POLICY_KILLED] = STAYS(KILLED),
};

/* A worker in this state, which it came into so many ms ago. */
static struct policy_slot
slot_in(enum policy_state state, uint64_t age)
{
	return (struct policy_slot){
		.state = state,
		.entered = NOW - age,
		.started = NOW - age,
		.limit = limits.drain,
		.generation = state == POLICY_CONDEMNED ? 3 : 0,
		.condemned = NOW - age,
	};
}

/* Its third request, which began so many ms ago. */
static struct policy_facts
facts_of(uint64_t busy)
{
	return (struct policy_facts){ .now = NOW,
		                      .generation = 3,
		                      .since = NOW - busy,
		                      .due = NOW - busy + 500,
		                      .limits = &limits };
}

static struct policy_facts
idle_facts(void)
{
	return (struct policy_facts){ .now = NOW,
		                      .generation = 3,
		                      .limits = &limits };
}

/* One step does as the cell says, and notes when the state has changed. */
static void
expect(struct policy_slot *slot, enum policy_event event,
       const struct policy_facts *facts, const struct cell *cell)
{
	struct policy_slot before = *slot;

	ck_assert(cell->stated);
	ck_assert_int_eq(policy_step(slot, event, facts), cell->action);
	ck_assert_str_eq(policy_state_name(slot->state),
	                 policy_state_name(cell->next));
	if (cell->next == before.state && cell->action == POLICY_NOTHING)
		ck_assert_uint_eq(slot->entered, before.entered);
	if (cell->next != before.state)
		ck_assert_uint_eq(slot->entered, facts->now);
	if (cell->action == POLICY_CONDEMN)
		ck_assert_uint_eq(slot->generation, facts->generation);
	if (cell->action == POLICY_FORK)
		ck_assert_uint_eq(slot->started, facts->now);
}

START_TEST(test_cell_acts_and_moves_as_stated)
{
	enum policy_state state = (enum policy_state)_i / POLICY_EVENT_COUNT;
	enum policy_event event = (enum policy_event)_i % POLICY_EVENT_COUNT;
	struct policy_slot slot = slot_in(state, 10);
	struct policy_facts facts = facts_of(10);

	expect(&slot, event, &facts, &early[state][event]);
}
END_TEST

START_TEST(test_cell_acts_as_ever_when_limits_have_passed)
{
	enum policy_state state = (enum policy_state)_i / POLICY_EVENT_COUNT;
	enum policy_event event = (enum policy_event)_i % POLICY_EVENT_COUNT;
	struct policy_slot slot = slot_in(state, AGES);
	struct policy_facts facts = facts_of(AGES);

	expect(&slot, event, &facts,
	       event == POLICY_TICK ? &late[state] : &early[state][event]);
}
END_TEST

/* A worker without a request has nothing that could be late. */
static const struct cell late_idle[POLICY_STATE_COUNT] = {
	[POLICY_EMPTY] = STAYS(EMPTY),
	[POLICY_STARTING] = C(KILL, KILLED),
	[POLICY_SERVING] = STAYS(SERVING),
	[POLICY_SPENT] = STAYS(SPENT),
	[POLICY_CONDEMNED] = C(NOTHING, SERVING),
	[POLICY_DRAINING] = C(TERMINATE, TERMINATING),
	[POLICY_TERMINATING] = C(KILL, KILLED),
	[POLICY_KILLED] = STAYS(KILLED),
};

START_TEST(test_tick_of_an_idle_worker)
{
	struct policy_slot slot = slot_in((enum policy_state)_i, AGES);
	struct policy_facts facts = idle_facts();

	expect(&slot, POLICY_TICK, &facts, &late_idle[_i]);
}
END_TEST

/* Each limit of a state: one ms before it nothing happens. */
static const struct {
	enum policy_state state;
	uint64_t limit;
	enum policy_action action;
} bounds[] = {
	{ POLICY_STARTING, 300, POLICY_KILL },
	{ POLICY_CONDEMNED, 70, POLICY_KILL },
	{ POLICY_DRAINING, 900, POLICY_TERMINATE },
	{ POLICY_TERMINATING, 70, POLICY_KILL },
};

START_TEST(test_limit_of_a_state_is_kept_to_the_millisecond)
{
	struct policy_facts facts = facts_of(10);
	struct policy_slot slot =
	    slot_in(bounds[_i].state, bounds[_i].limit - 1);

	expect(&slot, POLICY_TICK, &facts,
	       &(struct cell){ true, POLICY_NOTHING, bounds[_i].state });
	slot = slot_in(bounds[_i].state, bounds[_i].limit);
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 bounds[_i].action);
	ck_assert_int_ne(slot.state, bounds[_i].state);
}
END_TEST

/* Requests: what is done about one in each state that has any. */

static const enum policy_state at_work[] = { POLICY_SERVING, POLICY_SPENT,
	                                     POLICY_DRAINING };

/* Ages of the request, of its being slow, and since its client left. */
static const struct request {
	uint64_t busy, slow, left;
	enum policy_action action;
	bool abandoned;
	uint64_t cancelled; /* likewise */
} requests[] = {
	{ .busy = 49, .action = POLICY_NOTHING },
	{ .busy = 50, .action = POLICY_WATCH },
	{ .busy = 499, .action = POLICY_WATCH },
	{ .busy = 500, .action = POLICY_CONDEMN },
	{ .busy = 501, .action = POLICY_CONDEMN },
	{ .busy = 40, .slow = 40, .action = POLICY_TRACE },
	{ .busy = 40, .slow = 1, .action = POLICY_TRACE },
	{ .busy = 60, .slow = 1, .action = POLICY_TRACE },
	{ .busy = 500, .slow = 1, .action = POLICY_CONDEMN },
	{ .busy = 499, .left = 499, .action = POLICY_WATCH },
	{ .busy = 40, .left = 500, .action = POLICY_CONDEMN, true },
	{ .busy = 499, .left = 500, .action = POLICY_CONDEMN, true },
	{ .busy = 499, .slow = 1, .left = 500, .action = POLICY_CONDEMN, true },
	{ .busy = 500, .left = 500, .action = POLICY_CONDEMN, false },
	{ .busy = 40, .cancelled = 1, .action = POLICY_WAKE },
	{ .busy = 60, .cancelled = 499, .action = POLICY_WAKE },
	{ .busy = 40, .slow = 1, .cancelled = 499, .action = POLICY_WAKE },
	{ .busy = 40, .cancelled = 500, .action = POLICY_CONDEMN, true },
	{ .busy = 40, .left = 1, .cancelled = 500, .action = POLICY_CONDEMN,
	  true },
	{ .busy = 500, .cancelled = 500, .action = POLICY_CONDEMN, false },
};

START_TEST(test_request_meets_the_order_that_is_due)
{
	const struct request *request = &requests[_i / (int)N(at_work)];
	enum policy_state state = at_work[_i % (int)N(at_work)];
	struct policy_slot slot = slot_in(state, 10);
	struct policy_facts facts = facts_of(request->busy);

	facts.slow = request->slow == 0 ? 0 : NOW - request->slow + 1;
	facts.left = request->left == 0 ? 0 : NOW - request->left;
	facts.cancelled =
	    request->cancelled == 0 ? 0 : NOW - request->cancelled;
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 request->action);
	ck_assert_int_eq(slot.abandoned, request->abandoned);
	ck_assert_int_eq(slot.state,
	                 request->action == POLICY_CONDEMN &&
	                         state != POLICY_DRAINING
	                     ? POLICY_CONDEMNED
	                     : state);
}
END_TEST

/* A slow request is not traced before its time. */
START_TEST(test_slow_threshold_is_kept_to_the_millisecond)
{
	struct policy_slot slot = slot_in(POLICY_SERVING, 10);
	struct policy_facts facts = facts_of(10);

	facts.slow = NOW + 1;
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 POLICY_NOTHING);
	facts.now++;
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts), POLICY_TRACE);
}
END_TEST

/* The orders of one request over its life, tick by tick. */
static void
live_through(struct policy_slot *slot, struct policy_facts *facts)
{
	unsigned counts[POLICY_KILL + 1] = { 0 };

	facts->slow = NOW + 100;
	facts->cancelled = NOW - 10;
	facts->since = NOW;
	facts->due = NOW + 200;
	for (facts->now = NOW; facts->now < NOW + 200; facts->now++)
		counts[policy_step(slot, POLICY_TICK, facts)]++;
	ck_assert_uint_eq(counts[POLICY_WATCH], 1);
	ck_assert_uint_eq(counts[POLICY_TRACE], 1);
	ck_assert_uint_eq(counts[POLICY_WAKE], 1);
	ck_assert_uint_eq(counts[POLICY_NOTHING], 197);
}

START_TEST(test_each_order_is_given_once_for_a_request)
{
	struct policy_slot slot = slot_in(at_work[_i], 0);
	struct policy_facts facts = facts_of(0);

	for (facts.generation = 3; facts.generation < 6; facts.generation++)
		live_through(&slot, &facts);
	ck_assert_int_eq(slot.state, at_work[_i]);
}
END_TEST

/* While it drains, a condemned request is not told again, nor killed early. */
START_TEST(test_condemned_request_that_drains_is_told_once_then_killed)
{
	struct policy_slot slot = slot_in(POLICY_DRAINING, 0);
	struct policy_facts facts = facts_of(500);

	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 POLICY_CONDEMN);
	for (uint64_t i = 1; i < limits.grace; i++) {
		facts.now = NOW + i;
		expect(&slot, POLICY_TICK, &facts,
		       &(struct cell)STAYS(DRAINING));
	}
	facts.now++;
	expect(&slot, POLICY_TICK, &facts, &(struct cell)C(KILL, KILLED));
}
END_TEST

START_TEST(test_condemned_worker_that_leaves_is_not_told_again)
{
	struct policy_slot slot = slot_in(POLICY_SERVING, 0);
	struct policy_facts facts = facts_of(500);

	expect(&slot, POLICY_TICK, &facts, &(struct cell)C(CONDEMN, CONDEMNED));
	expect(&slot, POLICY_LEAVE, &facts, &(struct cell)C(QUIT, DRAINING));
	facts.now += limits.grace - 1;
	expect(&slot, POLICY_TICK, &facts, &(struct cell)STAYS(DRAINING));
	facts.now++;
	expect(&slot, POLICY_TICK, &facts, &(struct cell)C(KILL, KILLED));
}
END_TEST

/* The condemned request may end by itself, and another one begin. */
static const struct {
	bool spent, idle;
	enum policy_state next;
} pardons[] = {
	{ false, true, POLICY_SERVING },
	{ false, false, POLICY_SERVING },
	{ true, true, POLICY_SPENT },
	{ true, false, POLICY_SPENT },
};

START_TEST(test_worker_outlives_a_condemned_request)
{
	struct policy_slot slot = slot_in(POLICY_CONDEMNED, AGES);
	struct policy_facts facts =
	    pardons[_i].idle ? idle_facts() : facts_of(AGES);

	facts.generation = pardons[_i].idle ? 3 : 4;
	slot.spent = pardons[_i].spent;
	expect(&slot, POLICY_TICK, &facts,
	       &(struct cell){ true, POLICY_NOTHING, pardons[_i].next });
	facts = facts_of(500);
	facts.generation = 4;
	expect(&slot, POLICY_TICK, &facts, &(struct cell)C(CONDEMN, CONDEMNED));
}
END_TEST

/* A worker that has no longer a client is not said to have been left twice. */
START_TEST(test_cause_of_an_earlier_request_is_forgotten)
{
	struct policy_slot slot = slot_in(POLICY_SERVING, 0);
	struct policy_facts facts = facts_of(100);

	facts.left = NOW - POLICY_ABANDON_AFTER;
	policy_step(&slot, POLICY_TICK, &facts);
	ck_assert(slot.abandoned);
	facts = idle_facts();
	policy_step(&slot, POLICY_TICK, &facts);
	facts = facts_of(500);
	facts.generation = 4;
	policy_step(&slot, POLICY_TICK, &facts);
	ck_assert_int_eq(slot.state, POLICY_CONDEMNED);
	ck_assert(!slot.abandoned);
}
END_TEST

/* Leaving. */

START_TEST(test_spent_is_remembered_until_it_serves)
{
	struct policy_slot slot = slot_in(_i == 0 ? POLICY_STARTING
	                                          : POLICY_CONDEMNED,
	                                  0);
	struct policy_facts facts = idle_facts();

	ck_assert_int_eq(policy_step(&slot, POLICY_SPEND, &facts),
	                 POLICY_NOTHING);
	policy_step(&slot, _i == 0 ? POLICY_READY : POLICY_TICK, &facts);
	ck_assert_int_eq(slot.state, POLICY_SPENT);
}
END_TEST

/* What holds is the limit of the last order, from then on. */
START_TEST(test_order_to_leave_again_sets_the_limit_anew)
{
	static const uint64_t drains[] = { 0, 5, 5000 };
	struct policy_limits other = { .grace = 70, .drain = drains[_i] };
	struct policy_slot slot = slot_in(POLICY_SERVING, 0);
	struct policy_facts facts = facts_of(10);

	policy_step(&slot, POLICY_LEAVE, &facts);
	facts.now += 899;
	facts.limits = &other;
	facts.due = UINT64_MAX;
	slot.watched = facts.generation;
	expect(&slot, POLICY_TICK, &facts, &(struct cell)STAYS(DRAINING));
	expect(&slot, POLICY_LEAVE, &facts, &(struct cell)C(QUIT, DRAINING));
	facts.now += drains[_i];
	facts.now--;
	if (drains[_i] > 0)
		expect(&slot, POLICY_TICK, &facts,
		       &(struct cell)STAYS(DRAINING));
	facts.now++;
	expect(&slot, POLICY_TICK, &facts,
	       &(struct cell)C(TERMINATE, TERMINATING));
}
END_TEST

START_TEST(test_new_worker_inherits_nothing)
{
	struct policy_slot slot;
	struct policy_facts facts = facts_of(10);

	memset(&slot, 0xff, sizeof(slot));
	slot.state = POLICY_EMPTY;
	slot.abandoned = slot.spent = true;
	policy_step(&slot, POLICY_START, &facts);
	ck_assert_uint_eq(slot.generation, 0);
	ck_assert_uint_eq(slot.traced, 0);
	ck_assert_uint_eq(slot.watched, 0);
	ck_assert(!slot.abandoned);
	ck_assert(!slot.spent);
	policy_step(&slot, POLICY_READY, &facts);
	ck_assert_int_eq(slot.state, POLICY_SERVING);
}
END_TEST

/* A worker that ignores all is dead within the sum of the limits. */
START_TEST(test_stubborn_worker_meets_every_rung_once)
{
	static const enum policy_action rungs[] = { POLICY_QUIT,
		                                    POLICY_TERMINATE,
		                                    POLICY_KILL };
	struct policy_slot slot = slot_in((enum policy_state)_i, 0);
	struct policy_facts facts = facts_of(0);
	enum policy_action action;
	size_t rung = 0;

	slot.watched = facts.generation;
	facts.due = UINT64_MAX;
	action = policy_step(&slot, POLICY_LEAVE, &facts);
	while (rung < N(rungs)) {
		if (action != POLICY_NOTHING)
			ck_assert_int_eq(action, rungs[rung++]);
		facts.now++;
		action = policy_step(&slot, POLICY_TICK, &facts);
	}
	ck_assert_uint_eq(facts.now - NOW, limits.drain + limits.grace + 1);
	facts.now += AGES;
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 POLICY_NOTHING);
	policy_step(&slot, POLICY_EXIT, &facts);
	ck_assert_int_eq(slot.state, POLICY_EMPTY);
}
END_TEST

START_TEST(test_adopted_worker_is_to_be_replaced_or_drains)
{
	struct policy_slot slot = slot_in(POLICY_SERVING, AGES);
	struct policy_facts facts = idle_facts();

	slot.generation = slot.watched = 3;
	policy_adopt(&slot, _i == 1, NOW, &limits);
	ck_assert_int_eq(slot.state, _i == 1 ? POLICY_DRAINING : POLICY_SPENT);
	ck_assert(slot.spent);
	ck_assert_uint_eq(slot.entered, NOW);
	ck_assert_uint_eq(slot.generation, 0);
	ck_assert_uint_eq(slot.watched, 0);
	facts.now += limits.drain - 1;
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 POLICY_NOTHING);
	facts.now++;
	ck_assert_int_eq(policy_step(&slot, POLICY_TICK, &facts),
	                 _i == 1 ? POLICY_TERMINATE : POLICY_NOTHING);
}
END_TEST

/* Who dies at once is a failure to start; a crash in a request is not. */
static const struct {
	enum policy_state state;
	uint64_t lived, generation;
	bool young;
} deaths[] = {
	{ POLICY_STARTING, 0, 0, true },
	{ POLICY_STARTING, 999, 0, true },
	{ POLICY_STARTING, 1000, 0, false },
	{ POLICY_STARTING, 0, 1, false }, /* it was ready before we knew */
	{ POLICY_SERVING, 0, 0, true },
	{ POLICY_SERVING, 999, 0, true },
	{ POLICY_SERVING, 1000, 0, false },
	{ POLICY_SERVING, 1, 1, false },
	{ POLICY_SPENT, 999, 0, true },
	{ POLICY_SPENT, 999, 1, false },
	{ POLICY_CONDEMNED, 999, 1, false },
	{ POLICY_DRAINING, 0, 0, false },
	{ POLICY_TERMINATING, 0, 0, false },
	{ POLICY_KILLED, 0, 0, false },
};

START_TEST(test_death_is_young_or_not)
{
	struct policy_slot slot = slot_in(deaths[_i].state, deaths[_i].lived);
	struct policy_facts facts = idle_facts();

	facts.generation = deaths[_i].generation;
	ck_assert_int_eq(policy_died_young(&slot, &facts), deaths[_i].young);
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

START_TEST(test_worker_that_is_up_and_not_leaving_serves)
{
	bool serves = _i == POLICY_SERVING || _i == POLICY_SPENT ||
	              _i == POLICY_CONDEMNED;

	ck_assert_int_eq(policy_serves((enum policy_state)_i), serves);
}
END_TEST

static void
add_table_tests(TCase *tc)
{
	const int cells = POLICY_STATE_COUNT * POLICY_EVENT_COUNT;

	tcase_add_loop_test(tc, test_cell_acts_and_moves_as_stated, 0, cells);
	tcase_add_loop_test(tc, test_cell_acts_as_ever_when_limits_have_passed,
	                    0, cells);
	tcase_add_loop_test(tc, test_tick_of_an_idle_worker, 0,
	                    POLICY_STATE_COUNT);
	tcase_add_loop_test(tc,
	                    test_limit_of_a_state_is_kept_to_the_millisecond, 0,
	                    N(bounds));
	tcase_add_loop_test(tc, test_death_is_young_or_not, 0, N(deaths));
	tcase_add_loop_test(tc, test_worker_that_is_up_and_not_leaving_serves,
	                    0, POLICY_STATE_COUNT);
	tcase_add_loop_test(tc, test_state_has_a_name_of_its_own, 0,
	                    POLICY_STATE_COUNT);
}

static void
add_tests(TCase *tc)
{
	add_table_tests(tc);
	tcase_add_loop_test(tc, test_request_meets_the_order_that_is_due, 0,
	                    N(requests) * N(at_work));
	tcase_add_test(tc, test_slow_threshold_is_kept_to_the_millisecond);
	tcase_add_loop_test(tc, test_each_order_is_given_once_for_a_request, 0,
	                    N(at_work));
	tcase_add_test(tc,
	               test_condemned_request_that_drains_is_told_once_then_killed);
	tcase_add_test(tc, test_condemned_worker_that_leaves_is_not_told_again);
	tcase_add_loop_test(tc, test_worker_outlives_a_condemned_request, 0,
	                    N(pardons));
	tcase_add_test(tc, test_cause_of_an_earlier_request_is_forgotten);
	tcase_add_loop_test(tc, test_spent_is_remembered_until_it_serves, 0, 2);
	tcase_add_loop_test(tc, test_order_to_leave_again_sets_the_limit_anew,
	                    0, 3);
	tcase_add_test(tc, test_new_worker_inherits_nothing);
	tcase_add_loop_test(tc, test_stubborn_worker_meets_every_rung_once,
	                    POLICY_STARTING, POLICY_CONDEMNED);
	tcase_add_loop_test(tc, test_adopted_worker_is_to_be_replaced_or_drains,
	                    0, 2);
}

UNIT_MAIN("policy", add_tests)
