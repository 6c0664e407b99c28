/*
 * check_scale.c: how many are started, released and let go, by table; and
 * what follows from step to step: doubling, back-off, shrinking.
 */
#include "fcgi/master/scale.h"

#include "unit.h"

#define NOW UINT64_C(1000000)
#define ROOM 5000 /* slots */

static const struct pool_config configs[] = {
	[POOL_STATIC] = { .manager = POOL_STATIC, .workers = 10 },
	[POOL_DYNAMIC] = { .manager = POOL_DYNAMIC,
	                   .workers = 10,
	                   .start = 4,
	                   .min_spare = 2,
	                   .max_spare = 5 },
	[POOL_ONDEMAND] = { .manager = POOL_ONDEMAND,
	                    .workers = 10,
	                    .idle_timeout = 1000 },
};

/* One step of a pool that has begun, with room in its rate. */
static const struct row {
	enum pool_manager manager;
	struct scale_facts facts;
	size_t credit;
	struct scale_plan plan;
} rows[] = {
	{ POOL_STATIC, { 0 }, 0, { .start = 10 } },
	{ POOL_STATIC, { .starting = 3, .idle = 2, .busy = 1 }, 0, { 4, 0, 0 } },
	{ POOL_STATIC, { .starting = 10 }, 0, { 0 } },
	{ POOL_STATIC, { .idle = 10 }, 0, { 0 } },
	{ POOL_STATIC, { .idle = 4, .busy = 6, .queued = 99 }, 0, { 0 } },
	{ POOL_STATIC, { .idle = 10, .expired = 10 }, 0, { 0 } },
	/* Beyond the limit, as when it was lowered: nothing is undone. */
	{ POOL_STATIC, { .idle = 12 }, 0, { 0 } },
	/* Those that leave are not counted. */
	{ POOL_STATIC, { .idle = 9, .leaving = 5 }, 0, { .start = 1 } },
	{ POOL_STATIC, { .leaving = 10 }, 0, { .start = 10 } },
	/* A replacement comes first. */
	{ POOL_STATIC, { .idle = 9, .spent = 1 }, 0, { .start = 1 } },
	{ POOL_STATIC, { .idle = 9, .spent = 1, .starting = 1 }, 0, { 0 } },
	{ POOL_STATIC, { .idle = 8, .spent = 2, .starting = 1 }, 1, { 1, 1, 0 } },
	{ POOL_STATIC, { .idle = 10, .spent = 1 }, 1, { .release = 1 } },
	/* With all workers there, no more are to come. */
	{ POOL_STATIC, { .idle = 10, .spent = 7 }, 0, { .release = 7 } },
	{ POOL_STATIC, { .idle = 9, .starting = 1, .spent = 7 }, 3, { .release = 3 } },
	{ POOL_STATIC, { .spent = 10 }, 0, { .start = 10 } },

	{ POOL_DYNAMIC, { .idle = 2 }, 0, { 0 } },
	{ POOL_DYNAMIC, { .idle = 5 }, 0, { 0 } },
	{ POOL_DYNAMIC, { .idle = 1, .busy = 1 }, 0, { .start = 1 } },
	{ POOL_DYNAMIC, { .busy = 3 }, 0, { .start = 2 } },
	{ POOL_DYNAMIC, { .starting = 1, .busy = 3 }, 0, { .start = 1 } },
	{ POOL_DYNAMIC, { .starting = 2, .busy = 3 }, 0, { 0 } },
	/* Up to the limit, and not beyond. */
	{ POOL_DYNAMIC, { .busy = 9 }, 0, { .start = 1 } },
	{ POOL_DYNAMIC, { .busy = 10 }, 0, { 0 } },
	{ POOL_DYNAMIC, { .busy = 11 }, 0, { 0 } },
	/* What waits has a worker each; those that come are counted. */
	{ POOL_DYNAMIC, { .busy = 3, .idle = 2, .queued = 5 }, 0, { .start = 3 } },
	{ POOL_DYNAMIC, { .starting = 5, .queued = 5 }, 0, { 0 } },
	{ POOL_DYNAMIC, { .queued = 999 }, 0, { .start = 10 } },
	{ POOL_DYNAMIC, { .idle = 6 }, 0, { .shrink = 1 } },
	{ POOL_DYNAMIC, { .idle = 10 }, 0, { .shrink = 1 } },
	{ POOL_DYNAMIC, { .idle = 13 }, 0, { .shrink = 2 } },
	/* Spent ones are replaced even where enough are idle. */
	{ POOL_DYNAMIC, { .idle = 3, .spent = 2 }, 0, { .start = 2 } },
	{ POOL_DYNAMIC, { .idle = 3, .spent = 2, .starting = 2 }, 0, { 0 } },
	{ POOL_DYNAMIC, { .idle = 4, .spent = 2, .starting = 1 }, 1, { .release = 1 } },
	{ POOL_DYNAMIC, { .busy = 10, .spent = 2 }, 0, { .release = 2 } },

	{ POOL_ONDEMAND, { 0 }, 0, { 0 } },
	{ POOL_ONDEMAND, { .queued = 1 }, 0, { .start = 1 } },
	{ POOL_ONDEMAND, { .queued = 1, .idle = 1 }, 0, { 0 } },
	{ POOL_ONDEMAND, { .queued = 1, .starting = 1 }, 0, { 0 } },
	{ POOL_ONDEMAND, { .queued = 4, .starting = 1, .busy = 7 }, 0, { .start = 2 } },
	{ POOL_ONDEMAND, { .queued = 99, .busy = 10 }, 0, { 0 } },
	{ POOL_ONDEMAND, { .idle = 3 }, 0, { 0 } },
	{ POOL_ONDEMAND, { .idle = 3, .expired = 2 }, 0, { .shrink = 2 } },
	{ POOL_ONDEMAND, { .idle = 3, .expired = 2, .queued = 1 }, 0, { 0 } },
	/* Whoever comes next starts the next. */
	{ POOL_ONDEMAND, { .spent = 3 }, 0, { .release = 3 } },
	{ POOL_ONDEMAND, { .spent = 3, .starting = 1 }, 0, { .release = 3 } },
};

static void
expect(const struct scale_plan *plan, const struct scale_plan *wanted)
{
	ck_assert_uint_eq(plan->start, wanted->start);
	ck_assert_uint_eq(plan->release, wanted->release);
	ck_assert_uint_eq(plan->shrink, wanted->shrink);
}

static struct scale_state
begun(size_t credit)
{
	return (struct scale_state){ .begun = true,
		                     .rate = SCALE_MOST_STARTING,
		                     .credit = credit };
}

START_TEST(test_plan_is_as_stated)
{
	struct scale_state state = begun(rows[_i].credit);
	struct scale_facts facts = rows[_i].facts;
	struct scale_plan plan;

	facts.now = NOW;
	facts.vacant = ROOM;
	plan = scale_step(&state, &configs[rows[_i].manager], &facts);
	expect(&plan, &rows[_i].plan);
}
END_TEST

START_TEST(test_nothing_is_done_while_it_stops)
{
	static const struct scale_plan none;
	struct scale_state state = begun(rows[_i].credit);
	struct scale_facts facts = rows[_i].facts;
	struct scale_plan plan;

	facts.now = NOW;
	facts.vacant = ROOM;
	facts.stopping = true;
	plan = scale_step(&state, &configs[rows[_i].manager], &facts);
	expect(&plan, &none);
}
END_TEST

/* During a delay nothing starts; what is to go goes. */
START_TEST(test_nothing_starts_before_the_delay_is_over)
{
	struct scale_state state = begun(rows[_i].credit);
	struct scale_facts facts = rows[_i].facts;
	struct scale_plan plan, wanted = rows[_i].plan;

	facts.now = NOW;
	facts.vacant = ROOM;
	state.until = NOW + 1;
	wanted.start = 0;
	plan = scale_step(&state, &configs[rows[_i].manager], &facts);
	expect(&plan, &wanted);
	state = begun(rows[_i].credit);
	state.until = NOW;
	plan = scale_step(&state, &configs[rows[_i].manager], &facts);
	expect(&plan, &rows[_i].plan);
}
END_TEST

/* A pool of zeroes, and how many of its workers come at first. */
static const struct {
	enum pool_manager manager;
	size_t workers, start, min_spare;
	size_t wanted;
} starts[] = {
	{ POOL_STATIC, 1, 0, 0, 1 },
	{ POOL_STATIC, 1000, 0, 0, 1000 },
	{ POOL_DYNAMIC, 10, 4, 2, 4 },
	{ POOL_DYNAMIC, 10, 1, 1, 1 },
	{ POOL_DYNAMIC, 10, 10, 1, 10 },
	{ POOL_DYNAMIC, 1000, SCALE_MOST_STARTING, 1, SCALE_MOST_STARTING },
	{ POOL_DYNAMIC, 1000, 100, 50, 100 },
	{ POOL_DYNAMIC, 1000, 500, 50, 500 },
	{ POOL_ONDEMAND, 1000, 0, 0, 0 },
};

/* All that start serve before the next step; a hundred steps. */
static size_t
settle(struct scale_state *state, const struct pool_config *config)
{
	struct scale_facts facts = { .now = NOW, .vacant = ROOM };

	for (int i = 0; i < 100; i++) {
		struct scale_plan plan = scale_step(state, config, &facts);

		ck_assert_uint_le(plan.start, SCALE_MOST_STARTING);
		ck_assert_uint_eq(plan.release, 0);
		ck_assert_uint_eq(plan.shrink, 0);
		for (size_t j = 0; j < plan.start; j++)
			scale_ready(state);
		facts.idle += plan.start;
	}
	return facts.idle;
}

START_TEST(test_pool_begins_with_as_many_as_asked)
{
	struct scale_state state = { 0 };
	struct pool_config config = { .manager = starts[_i].manager,
		                      .workers = starts[_i].workers,
		                      .start = starts[_i].start,
		                      .min_spare = starts[_i].min_spare,
		                      .max_spare = starts[_i].workers };

	ck_assert_uint_eq(settle(&state, &config), starts[_i].wanted);
}
END_TEST

/* Not even when its first workers die before the others are started. */
START_TEST(test_begin_is_made_up_for_after_a_delay)
{
	struct scale_state state = { 0 };
	struct pool_config config = configs[POOL_DYNAMIC];
	struct scale_facts facts = { .now = NOW, .vacant = ROOM };

	ck_assert_uint_eq(scale_step(&state, &config, &facts).start, 4);
	for (int i = 0; i < 4; i++)
		scale_ended(&state, true, NOW);
	ck_assert_uint_eq(scale_step(&state, &config, &facts).start, 0);
	facts.now += SCALE_FIRST_DELAY;
	ck_assert_uint_ge(scale_step(&state, &config, &facts).start, 1);
}
END_TEST

/* Nobody is ready: starting ones count against the rate. */
START_TEST(test_starts_double_while_workers_lack)
{
	static const size_t wanted[] = { 1, 1, 2, 4, 8, 16, 32, 0, 0 };
	struct scale_state state = { .begun = true };
	struct pool_config config = { .manager = _i == 0 ? POOL_DYNAMIC
		                                         : POOL_ONDEMAND,
		                      .workers = 1000 };
	struct scale_facts facts = { .now = NOW, .vacant = ROOM, .queued = 1000 };

	for (size_t i = 0; i < N(wanted); i++) {
		size_t count = scale_step(&state, &config, &facts).start;

		ck_assert_uint_eq(count, wanted[i]);
		facts.starting += count;
	}
	ck_assert_uint_eq(facts.starting, SCALE_MOST_STARTING);
	/* What was wanted is there: the next growth begins with one. */
	facts.idle = 1000;
	facts.starting = 0;
	scale_step(&state, &config, &facts);
	facts.idle = 500;
	facts.queued = 999;
	ck_assert_uint_eq(scale_step(&state, &config, &facts).start, 1);
}
END_TEST

START_TEST(test_static_pool_does_not_start_more_than_it_may_at_once)
{
	struct scale_state state = { 0 };
	struct pool_config config = { .manager = POOL_STATIC, .workers = 500 };
	struct scale_facts facts = { .now = NOW, .vacant = ROOM };

	ck_assert_uint_eq(scale_step(&state, &config, &facts).start,
	                  SCALE_MOST_STARTING);
	facts.starting = SCALE_MOST_STARTING;
	ck_assert_uint_eq(scale_step(&state, &config, &facts).start, 0);
	facts.starting -= 5;
	ck_assert_uint_eq(scale_step(&state, &config, &facts).start, 5);
}
END_TEST

START_TEST(test_young_deaths_double_the_delay_up_to_the_last)
{
	static const uint64_t delays[] = { 100,  200,  400,   800,  1600,
		                           3200, 6400, 10000, 10000 };
	struct scale_state state = { 0 };
	struct scale_facts facts = { .now = NOW, .vacant = ROOM };
	const struct pool_config *config = &configs[POOL_STATIC];

	for (size_t i = 0; i < N(delays); i++) {
		ck_assert_uint_eq(scale_step(&state, config, &facts).start, 10);
		for (int j = 0; j < 10; j++) /* one failure */
			scale_ended(&state, true, facts.now);
		facts.now += delays[i] - 1;
		ck_assert_uint_eq(scale_step(&state, config, &facts).start, 0);
		facts.now++;
	}
	scale_ended(&state, false, facts.now);
	scale_ended(&state, true, facts.now);
	ck_assert_uint_eq(state.until, facts.now + SCALE_FIRST_DELAY);
}
END_TEST

/* One that ends well does not cut a delay short that is running. */
START_TEST(test_other_death_does_not_end_the_delay)
{
	struct scale_state state = { 0 };
	struct scale_facts facts = { .now = NOW + SCALE_FIRST_DELAY - 1,
		                     .vacant = ROOM };

	scale_ended(&state, true, NOW);
	scale_ended(&state, false, NOW + 1);
	ck_assert_uint_eq(
	    scale_step(&state, &configs[POOL_STATIC], &facts).start, 0);
	facts.now++;
	ck_assert_uint_gt(
	    scale_step(&state, &configs[POOL_STATIC], &facts).start, 0);
}
END_TEST

START_TEST(test_idle_ones_are_let_go_at_intervals)
{
	struct scale_state state = begun(0);
	struct scale_facts facts = { .now = NOW, .idle = 9 };
	const struct pool_config *config = &configs[POOL_DYNAMIC];

	for (int i = 0; i < 4; i++, facts.idle--) {
		ck_assert_uint_eq(scale_step(&state, config, &facts).shrink, 1);
		facts.now += SCALE_SHRINK_EVERY - 1;
		ck_assert_uint_eq(scale_step(&state, config, &facts).shrink, 0);
		facts.now++;
	}
	ck_assert_uint_eq(scale_step(&state, config, &facts).shrink, 0);
}
END_TEST

/* A burst's workers look idle until they have their calls. */
START_TEST(test_what_is_too_many_for_a_moment_stays)
{
	struct scale_state state = begun(0);
	struct scale_facts facts = { .now = NOW, .idle = 1 };
	const struct pool_config *config = &configs[POOL_DYNAMIC];

	scale_step(&state, config, &facts);
	for (int i = 0; i < 3; i++) {
		facts.idle = 6;
		facts.now += SCALE_SHRINK_EVERY - 1;
		ck_assert_uint_eq(scale_step(&state, config, &facts).shrink, 0);
		facts.idle = 5;
		facts.now++;
		ck_assert_uint_eq(scale_step(&state, config, &facts).shrink, 0);
	}
	facts.idle = 6;
	facts.now += SCALE_SHRINK_EVERY;
	ck_assert_uint_eq(scale_step(&state, config, &facts).shrink, 1);
}
END_TEST

/* Whoever comes in the place of a spent one frees one, and is not kept. */
START_TEST(test_credit_is_spent_once)
{
	struct scale_state state = begun(0);
	struct scale_facts facts = { .now = NOW,
		                     .idle = 7,
		                     .starting = 1,
		                     .spent = 2 };
	const struct pool_config *config = &configs[POOL_STATIC];

	scale_ready(&state);
	ck_assert_uint_eq(scale_step(&state, config, &facts).release, 1);
	ck_assert_uint_eq(scale_step(&state, config, &facts).release, 0);
	facts.spent = 0;
	scale_ready(&state);
	scale_step(&state, config, &facts);
	facts.spent = 2;
	ck_assert_uint_eq(scale_step(&state, config, &facts).release, 0);
}
END_TEST

/* What came for those that are let go all at once is no credit for the next. */
START_TEST(test_credit_ends_with_the_last_spent_one)
{
	struct scale_state state = begun(0);
	struct scale_facts facts = { .now = NOW,
		                     .idle = configs[POOL_STATIC].workers,
		                     .spent = 1 };
	const struct pool_config *config = &configs[POOL_STATIC];

	scale_ready(&state);
	ck_assert_uint_eq(scale_step(&state, config, &facts).release, 1);
	facts.idle--;
	facts.vacant = 1;
	ck_assert_uint_eq(scale_step(&state, config, &facts).release, 0);
}
END_TEST

/* What leaves will leave its slot; if nothing does, a spent one is to go. */
static const struct {
	struct scale_facts facts;
	size_t credit;
	struct scale_plan plan;
} crowds[] = {
	{ { .spent = 12, .vacant = 4 }, 0, { .start = 4 } },
	{ { .spent = 12 }, 0, { .release = 1 } },
	{ { .spent = 12 }, 3, { .release = 3 } },
	{ { .spent = 12, .leaving = 1 }, 0, { 0 } },
	{ { .spent = 12, .starting = 1 }, 0, { 0 } },
	{ { .spent = 12, .vacant = 1 }, 0, { .start = 1 } },
	{ { .idle = 3, .leaving = 9 }, 0, { 0 } },
	{ { .idle = 3, .spent = 9 }, 0, { .release = 1 } },
};

START_TEST(test_pool_without_a_slot_gives_one_up)
{
	struct scale_state state = begun(crowds[_i].credit);
	struct scale_facts facts = crowds[_i].facts;
	struct scale_plan plan;

	facts.now = NOW;
	plan = scale_step(&state, &configs[POOL_STATIC], &facts);
	expect(&plan, &crowds[_i].plan);
	state = begun(crowds[_i].credit);
	plan = scale_step(&state, &configs[POOL_DYNAMIC], &facts);
	ck_assert_uint_eq(plan.release, crowds[_i].plan.release);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_plan_is_as_stated, 0, N(rows));
	tcase_add_loop_test(tc, test_nothing_is_done_while_it_stops, 0,
	                    N(rows));
	tcase_add_loop_test(tc, test_nothing_starts_before_the_delay_is_over, 0,
	                    N(rows));
	tcase_add_loop_test(tc, test_pool_begins_with_as_many_as_asked, 0,
	                    N(starts));
	tcase_add_test(tc, test_begin_is_made_up_for_after_a_delay);
	tcase_add_loop_test(tc, test_starts_double_while_workers_lack, 0, 2);
	tcase_add_test(
	    tc, test_static_pool_does_not_start_more_than_it_may_at_once);
	tcase_add_test(tc, test_young_deaths_double_the_delay_up_to_the_last);
	tcase_add_test(tc, test_other_death_does_not_end_the_delay);
	tcase_add_test(tc, test_idle_ones_are_let_go_at_intervals);
	tcase_add_test(tc, test_what_is_too_many_for_a_moment_stays);
	tcase_add_test(tc, test_credit_is_spent_once);
	tcase_add_test(tc, test_credit_ends_with_the_last_spent_one);
	tcase_add_loop_test(tc, test_pool_without_a_slot_gives_one_up, 0,
	                    N(crowds));
}

UNIT_MAIN("scale", add_tests)
