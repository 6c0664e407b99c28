/*
 * check_model.c: policy and scale together, in a world that does what it
 * likes: a million events against what must hold whatever happens.  The pool
 * here does what pool.c and slot.c do, with no process and no clock.
 */
#include "fcgi/master/policy.h"
#include "fcgi/master/scale.h"

#include "unit.h"

#include <stdio.h>

#define SEED 17
#define EVENTS 1000000
#define MOST 600            /* slots */
#define STEP UINT64_C(50)   /* ms between two ticks */
#define JUMP UINT64_C(1200) /* the longest that the master is held up */

struct worker {
	struct policy_slot slot;
	bool alive, ready, serves; /* it is ready; it was welcomed */
	bool gone;                 /* dead, not yet reaped */
	bool hangs;                /* it never becomes ready */
	bool stubborn, deaf;       /* to CONDEMN and QUIT; to TERM */
	bool worn, told;           /* it judges itself spent; QUIT was sent */
	uint64_t forked, ordered;  /* when it was told to leave */
	uint64_t drain;            /* within so many ms */
	uint64_t generation, since, due, slow, left, idle;
	uint64_t condemned, traced, watched; /* generations */
};

static struct world {
	uint64_t seed, now;
	size_t events, starts, deaths;
	struct pool_config config;
	struct policy_limits limits;
	struct scale_state scale;
	struct worker workers[MOST];
	size_t own, count;
	size_t queued;
	bool stopping, calm;
	unsigned weights[10]; /* of what happens */
} world;

#define HOLD(truth)                                                            \
	do {                                                                   \
		if (!(truth))                                                  \
			ck_abort_msg("seed %d event %zu now %llu: %s", SEED,   \
			             world.events,                             \
			             (unsigned long long)world.now, #truth);   \
	} while (0)

static uint64_t
draw(uint64_t below)
{
	return random_bits(&world.seed) % below;
}

/* What the master is told to do. */

static void
be_forked(struct worker *worker)
{
	struct policy_slot slot = worker->slot;

	HOLD(!worker->alive && !world.stopping);
	HOLD(world.now >= world.scale.until);
	*worker = (struct worker){ .slot = slot,
		                   .alive = true,
		                   .forked = world.now,
		                   .idle = world.now,
		                   .hangs = draw(50) == 0,
		                   .stubborn = draw(10) == 0,
		                   .deaf = draw(20) == 0 };
	world.starts++;
}

static void
be_condemned(struct worker *worker)
{
	HOLD(worker->since != 0 && worker->condemned != worker->generation);
	HOLD(worker->slot.generation == worker->generation);
	if (worker->slot.abandoned)
		HOLD(worker->left != 0 &&
		     world.now >= worker->left + POLICY_ABANDON_AFTER);
	else
		HOLD(world.now >= worker->due);
	worker->condemned = worker->generation;
	worker->gone = !worker->stubborn;
}

/* Nobody is killed who does as he is told. */
static void
be_killed(struct worker *worker)
{
	bool late = !worker->serves &&
	            world.now - worker->forked >= world.limits.start;
	bool overdue = worker->since != 0 &&
	               worker->condemned == worker->generation;

	HOLD(worker->told || late || overdue);
	worker->gone = true;
}

static void
act(struct worker *worker, enum policy_action action)
{
	HOLD(worker->alive || action <= POLICY_FORK);
	switch (action) {
	case POLICY_NOTHING:
		break;
	case POLICY_FORK:
		be_forked(worker);
		break;
	case POLICY_CONDEMN:
		be_condemned(worker);
		break;
	case POLICY_WATCH:
		HOLD(worker->since != 0);
		HOLD(worker->watched != worker->generation);
		HOLD(world.now >= worker->since + POLICY_WATCH_AFTER);
		worker->watched = worker->generation;
		break;
	case POLICY_TRACE:
		HOLD(worker->since != 0 && worker->slow != 0);
		HOLD(worker->traced != worker->generation);
		HOLD(world.now >= worker->slow);
		worker->traced = worker->generation;
		break;
	case POLICY_WAKE:
		HOLD(worker->since != 0);
		break;
	case POLICY_QUIT:
		worker->told = true;
		worker->gone |= worker->since == 0 && !worker->stubborn;
		break;
	case POLICY_TERMINATE:
		HOLD(worker->told);
		HOLD(world.now >= worker->ordered + worker->drain);
		worker->gone |= !worker->deaf;
		break;
	case POLICY_KILL:
		be_killed(worker);
		break;
	}
}

static struct policy_facts
facts_of(const struct worker *worker)
{
	return (struct policy_facts){ .now = world.now,
		                      .generation = worker->generation,
		                      .since = worker->since,
		                      .due = worker->due,
		                      .slow = worker->slow,
		                      .left = worker->left,
		                      .limits = &world.limits };
}

static void
step(struct worker *worker, enum policy_event event)
{
	struct policy_facts facts = facts_of(worker);

	act(worker, policy_step(&worker->slot, event, &facts));
	HOLD(worker->slot.state < POLICY_STATE_COUNT);
	HOLD(worker->alive == (worker->slot.state != POLICY_EMPTY) ||
	     event == POLICY_EXIT);
}

static void
leave(struct worker *worker)
{
	enum policy_state state = worker->slot.state;

	if (state <= POLICY_DRAINING) {
		worker->ordered = world.now;
		worker->drain = world.limits.drain;
	}
	step(worker, POLICY_LEAVE);
}

static void
reap(struct worker *worker)
{
	struct policy_facts facts = facts_of(worker);
	uint64_t until = world.scale.until;
	bool young = policy_died_young(&worker->slot, &facts);

	HOLD(!young || (worker->generation == 0 && !worker->told));
	scale_ended(&world.scale, young, world.now);
	HOLD(world.scale.until >= until);
	HOLD(!young || world.scale.until > world.now);
	step(worker, POLICY_EXIT);
	HOLD(worker->slot.state == POLICY_EMPTY);
	worker->alive = false;
	world.deaths++;
}

/* How many. */

static bool
is_idle(const struct worker *worker)
{
	return worker->slot.state == POLICY_SERVING && worker->since == 0;
}

static bool
has_expired(const struct worker *worker)
{
	return world.now >= worker->idle + world.config.idle_timeout;
}

static struct scale_facts
count(void)
{
	struct scale_facts facts = { .now = world.now,
		                     .queued = world.queued,
		                     .stopping = world.stopping };

	for (size_t i = 0; i < world.count; i++) {
		const struct worker *worker = &world.workers[i];
		enum policy_state state = worker->slot.state;
		bool spent = worker->slot.spent;
		bool serves = state == POLICY_SERVING ||
		              state == POLICY_CONDEMNED;

		facts.vacant += state == POLICY_EMPTY && i < world.own;
		facts.starting += state == POLICY_STARTING;
		facts.leaving += state >= POLICY_DRAINING;
		facts.spent += state == POLICY_SPENT ||
		               (spent && state == POLICY_CONDEMNED);
		facts.busy += serves && !spent && worker->since != 0;
		facts.idle += serves && !spent && worker->since == 0;
		facts.expired += serves && !spent && worker->since == 0 &&
		                 has_expired(worker);
	}
	return facts;
}

static void
start(size_t wanted)
{
	for (size_t i = 0; i < world.own && wanted > 0; i++)
		if (world.workers[i].slot.state == POLICY_EMPTY) {
			step(&world.workers[i], POLICY_START);
			wanted--;
		}
}

static void
release(size_t wanted)
{
	for (int busy = 0; busy < 2; busy++)
		for (size_t i = world.count; i-- > 0 && wanted > 0;) {
			struct worker *worker = &world.workers[i];

			if (worker->slot.state != POLICY_SPENT ||
			    (!busy && worker->since != 0))
				continue;
			leave(worker);
			wanted--;
		}
}

static void
shrink(size_t wanted)
{
	bool ondemand = world.config.manager == POOL_ONDEMAND;

	for (size_t i = 0; i < world.own && wanted > 0; i++)
		if (is_idle(&world.workers[i]) &&
		    (!ondemand || has_expired(&world.workers[i]))) {
			leave(&world.workers[i]);
			wanted--;
		}
}

static void
hold_limits(void)
{
	struct scale_facts facts = count();

	HOLD(facts.starting + facts.idle + facts.busy <= world.config.workers);
	HOLD(facts.starting <= SCALE_MOST_STARTING);
}

static void
scale(void)
{
	struct scale_facts facts;
	struct scale_plan plan;

	for (size_t i = 0; i < world.own; i++)
		if (world.workers[i].worn &&
		    world.workers[i].slot.state == POLICY_SERVING)
			step(&world.workers[i], POLICY_SPEND);
	facts = count();
	plan = scale_step(&world.scale, &world.config, &facts);
	HOLD(plan.start == 0 || world.now >= world.scale.until);
	HOLD(plan.start <= facts.vacant);
	HOLD(plan.release <= facts.spent);
	HOLD(plan.shrink <= facts.idle);
	start(plan.start);
	release(plan.release);
	shrink(plan.shrink);
	hold_limits();
}

/* What happens. */

static void
tick(void)
{
	for (size_t i = 0; i < world.count; i++) {
		struct worker *worker = &world.workers[i];

		if (worker->slot.state == POLICY_EMPTY)
			continue;
		step(worker, POLICY_TICK);
		HOLD(!worker->told || worker->gone ||
		     world.now - worker->ordered <=
		         worker->drain + 2 * world.limits.grace + 3 * JUMP);
	}
}

static void
welcome(void)
{
	for (size_t i = 0; i < world.own; i++) {
		struct worker *worker = &world.workers[i];

		if (worker->slot.state != POLICY_STARTING || !worker->ready)
			continue;
		step(worker, POLICY_READY);
		scale_ready(&world.scale);
		worker->serves = true;
	}
}

static void
reap_all(void)
{
	for (size_t i = 0; i < world.count; i++)
		if (world.workers[i].alive && world.workers[i].gone)
			reap(&world.workers[i]);
}

static void
begin_request(struct worker *worker)
{
	if (!worker->ready || worker->since != 0 || worker->told)
		return;
	worker->generation++;
	worker->since = world.now;
	worker->due = world.now + 1 + draw(3000);
	worker->slow = draw(2) == 0 ? 0 : world.now + draw(2000);
	worker->left = 0;
	world.queued -= world.queued > 0;
}

static void
end_request(struct worker *worker)
{
	if (worker->since == 0)
		return;
	worker->since = 0;
	worker->idle = world.now;
	worker->gone |= worker->told && !worker->stubborn;
}

static void
befall(struct worker *worker)
{
	if (!worker->alive || worker->gone)
		return;
	worker->ready |= !worker->hangs && draw(3) > 0;
	for (size_t i = 0; i < 5; i++) {
		if (draw(100) >= world.weights[i])
			continue;
		if (i == 0)
			begin_request(worker);
		else if (i == 1)
			end_request(worker);
		else if (i == 2 && worker->since != 0 && worker->left == 0)
			worker->left = world.now;
		else if (i == 3)
			worker->worn = worker->ready;
		else if (i == 4)
			worker->gone = true; /* a crash, of any age */
	}
}

/* An exec of the master: the workers are there, and all is decided anew. */

static void
configure(void)
{
	struct pool_config *config = &world.config;
	static const size_t sizes[] = { 2, 4, 12, 12, 150 };
	size_t workers = 1 + draw(sizes[draw(N(sizes))]);

	*config = (struct pool_config){ .manager = draw(3),
		                        .workers = workers,
		                        .idle_timeout = draw(20000) };
	config->max_spare = 1 + draw(workers);
	config->min_spare = 1 + draw(config->max_spare);
	config->start = config->min_spare +
	                draw(config->max_spare - config->min_spare + 1);
	world.limits = (struct policy_limits){ .start = 1000 + draw(10000),
		                               .grace = 1 + draw(1000),
		                               .drain = draw(5000) };
	world.own = workers + workers / 8 + 2;
	world.scale = (struct scale_state){ 0 };
}

static void
adopt(struct worker *worker)
{
	bool drains = worker->slot.state >= POLICY_DRAINING;

	policy_adopt(&worker->slot, drains, world.now, &world.limits);
	worker->condemned = worker->traced = worker->watched = 0;
	worker->ordered = world.now;
	worker->drain = world.limits.drain;
	worker->told = drains;
	worker->serves = true;
	if (draw(10) == 0)
		leave(worker); /* its pool is no more */
}

static void
reload(void)
{
	static struct worker old[MOST];
	size_t before = world.count;

	memcpy(old, world.workers, before * sizeof(*old));
	configure();
	memset(world.workers, 0, sizeof(world.workers));
	world.count = world.own;
	for (size_t i = 0; i < before; i++) {
		if (!old[i].alive)
			continue;
		HOLD(world.count < MOST);
		world.workers[world.count] = old[i];
		adopt(&world.workers[world.count++]);
	}
}

static void
set_weather(void)
{
	static const unsigned rare[] = { 0, 0, 1, 5, 30, 100 };

	world.weights[0] = (unsigned)draw(80);
	world.weights[1] = (unsigned)draw(80);
	for (size_t i = 2; i < 5; i++)
		world.weights[i] = rare[draw(i == 4 ? 6 : 5)];
}

static size_t
living(void)
{
	size_t found = 0;

	for (size_t i = 0; i < world.count; i++)
		found += world.workers[i].alive;
	return found;
}

static void
happen(void)
{
	world.events++;
	world.now += draw(30) == 0 ? draw(JUMP) : draw(STEP);
	befall(&world.workers[draw(world.count)]);
	switch (draw(8)) {
	case 0:
		welcome();
		break;
	case 1:
	case 2:
		tick();
		break;
	case 3:
		reap_all();
		break;
	case 4:
		world.queued = draw(3) == 0 ? draw(200) : 0;
		break;
	case 5:
		if (draw(100) == 0)
			set_weather();
		if (draw(40) == 0 && !world.stopping && living() < 300)
			reload();
		break;
	}
	scale();
}

/* Events cease: requests end, clients stay, nobody dies unless told. */
static void
rest(uint64_t ms)
{
	world.calm = true;
	for (uint64_t end = world.now + ms; world.now < end;) {
		world.now += STEP;
		world.queued = 0;
		for (size_t i = 0; i < world.count; i++) {
			struct worker *worker = &world.workers[i];

			worker->ready |= worker->alive && !worker->hangs;
			if (!worker->stubborn)
				end_request(worker);
		}
		reap_all();
		welcome();
		tick();
		scale();
	}
}

/* It may have to wait for a delay, a start that fails, and one idle at a time. */
static void
hold_convergence(void)
{
	uint64_t patience = SCALE_LAST_DELAY + world.limits.start +
	                    world.limits.drain + 2 * world.limits.grace +
	                    world.config.idle_timeout + 10000 +
	                    SCALE_SHRINK_EVERY * world.config.workers;
	struct scale_facts facts;

	rest(patience);
	facts = count();
	HOLD(facts.starting == 0);
	HOLD(facts.spent == 0);
	HOLD(facts.leaving == 0);
	HOLD(facts.busy == 0);
	switch ((enum pool_manager)world.config.manager) {
	case POOL_STATIC:
		HOLD(facts.idle == world.config.workers);
		break;
	case POOL_DYNAMIC:
		HOLD(facts.idle >= world.config.min_spare);
		HOLD(facts.idle <= world.config.max_spare);
		break;
	case POOL_ONDEMAND:
		HOLD(facts.idle == 0);
		break;
	}
}

/* Even if nobody obeys: empty within the sum of the limits. */
static void
hold_stop(void)
{
	uint64_t timeout = draw(3000), begun = world.now;

	world.stopping = true;
	world.limits.drain = timeout;
	for (size_t i = 0; i < world.count; i++)
		if (world.workers[i].slot.state != POLICY_EMPTY)
			leave(&world.workers[i]);
	while (living() > 0) {
		HOLD(world.now - begun <=
		     timeout + 2 * world.limits.grace + 4 * STEP);
		world.now += 1 + draw(STEP);
		if (draw(10) == 0 && timeout > 0) {
			befall(&world.workers[draw(world.count)]);
			world.queued = draw(100);
		}
		tick();
		reap_all();
		welcome();
		scale();
	}
	for (size_t i = 0; i < world.count; i++)
		HOLD(world.workers[i].slot.state == POLICY_EMPTY);
}

static void
live_once(void)
{
	size_t length = 1 + draw(1000);

	world.now = 1000 + draw(1000000);
	world.count = 0;
	world.queued = 0;
	world.stopping = world.calm = false;
	set_weather();
	reload();
	for (size_t i = 0; i < length; i++)
		happen();
	if (draw(2) == 0)
		hold_convergence();
	hold_stop();
}

START_TEST(test_million_events_break_no_rule)
{
	world.seed = SEED;
	printf("seed=%d\n", SEED);
	while (world.events < EVENTS)
		live_once();
	/* The world was as wild as was meant. */
	ck_assert_uint_gt(world.starts, EVENTS / 20);
	ck_assert_uint_eq(world.starts, world.deaths);
}
END_TEST

/* Storms: every worker dies at once, in many ways. */

static const struct storm {
	enum pool_manager manager;
	size_t workers;
	uint64_t life; /* ms from the fork to its end */
	bool serves;   /* it is ready before */
} storms[] = {
	{ POOL_STATIC, 1, 0, false },      { POOL_STATIC, 8, 0, false },
	{ POOL_STATIC, 8, 30, true },      { POOL_STATIC, 200, 0, false },
	{ POOL_STATIC, 200, 500, true },   { POOL_STATIC, 200, 900, false },
	{ POOL_DYNAMIC, 8, 0, false },     { POOL_DYNAMIC, 200, 30, true },
	{ POOL_DYNAMIC, 200, 900, true },  { POOL_ONDEMAND, 8, 0, false },
	{ POOL_ONDEMAND, 200, 30, true },  { POOL_ONDEMAND, 200, 900, false },
};

/* Delays that can have begun in so many ms, of 0.1, 0.2 ... 10, 10 s. */
static size_t
delays_within(uint64_t ms)
{
	uint64_t delay = SCALE_FIRST_DELAY, sum = 0;
	size_t delays = 1;

	while ((sum += delay) <= ms) {
		delays++;
		delay = delay * 2 < SCALE_LAST_DELAY ? delay * 2
		                                     : SCALE_LAST_DELAY;
	}
	return delays;
}

static void
rage(const struct storm *storm)
{
	for (size_t i = 0; i < world.own; i++) {
		struct worker *worker = &world.workers[i];

		if (!worker->alive)
			continue;
		worker->ready = storm->serves;
		worker->gone = world.now - worker->forked >= storm->life;
	}
	welcome();
	reap_all();
	tick();
	scale();
}

START_TEST(test_workers_that_die_at_once_make_no_storm)
{
	const struct storm *storm = &storms[_i];
	uint64_t begun = 1000;

	world.seed = SEED;
	configure();
	world.limits.start = 10000;
	world.config = (struct pool_config){ .manager = storm->manager,
		                             .workers = storm->workers,
		                             .start = 1 + storm->workers / 4,
		                             .min_spare = 1,
		                             .max_spare = storm->workers };
	world.own = world.count = storm->workers + storm->workers / 8 + 2;
	world.queued = 1000;
	for (world.now = begun; world.now < begun + 120000; world.now++) {
		rage(storm);
		HOLD(world.starts <=
		     storm->workers * delays_within(world.now - begun));
	}
	/* It does not give up either. */
	ck_assert_uint_ge(world.starts, delays_within(60000));
}
END_TEST

/* What was down comes up, once the reason for it is gone. */
START_TEST(test_pool_recovers_from_a_storm)
{
	const struct storm *storm = &storms[_i];

	world.seed = SEED;
	configure();
	world.config = (struct pool_config){ .manager = storm->manager,
		                             .workers = storm->workers,
		                             .start = 1,
		                             .min_spare = 1,
		                             .max_spare = storm->workers };
	world.own = world.count = storm->workers + storm->workers / 8 + 2;
	world.queued = 1000;
	for (world.now = 1000; world.now < 60000; world.now++)
		rage(storm);
	hold_convergence();
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_million_events_break_no_rule);
	tcase_add_loop_test(tc, test_workers_that_die_at_once_make_no_storm, 0,
	                    N(storms));
	tcase_add_loop_test(tc, test_pool_recovers_from_a_storm, 0, N(storms));
}

UNIT_MAIN("model", add_tests)
