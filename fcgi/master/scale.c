/*
 * scale.c: wanted, replaced, let go.
 */
#include "fcgi/master/scale.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* a - b, or 0 where b is more. */
static size_t
beyond(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

/* Nobody asks for anything. */
static bool
is_asleep(const struct scale_facts *facts)
{
	return facts->busy + facts->spent_busy + facts->queued == 0;
}

/* Workers that are lacking to take what waits and to keep some in reserve. */
static size_t
lacking(const struct scale_state *state, const struct pool_config *config,
        const struct scale_facts *facts)
{
	size_t coming = facts->starting + facts->idle;
	size_t queue = beyond(facts->queued, coming);
	size_t replacements =
	    beyond(facts->spent, facts->starting + state->credit);

	switch ((enum pool_manager)config->manager) {
	case POOL_STATIC:
		return config->workers;
	case POOL_DYNAMIC:
		if (!state->begun)
			return beyond(config->start, coming + facts->busy);
		return most(most(queue, replacements),
		            beyond(config->min_spare, coming));
	case POOL_ONDEMAND:
		return is_asleep(facts) ? 0 : most(queue, replacements);
	}
	return 0;
}

/*
 * A pool that fills up does so twice as fast with each step, so that a few
 * calls start a few workers and a burst is met all the same.
 */
static size_t
grow(struct scale_state *state, const struct pool_config *config,
     const struct scale_facts *facts, size_t room)
{
	size_t need = least(lacking(state, config, facts), room), count;

	if (need == 0) {
		state->rate = 1;
		state->begun = true;
		return 0;
	}
	if (config->manager == POOL_STATIC || !state->begun)
		state->rate = SCALE_MOST_STARTING;
	if (facts->now < state->until)
		return 0;
	count = least(need, beyond(most(state->rate, 1), facts->starting));
	if (count > 0)
		state->rate =
		    least(2 * most(state->rate, 1), SCALE_MOST_STARTING);
	state->begun |= count == need;
	return count;
}

/*
 * A spent worker goes when another one serves, or there is none to come, or
 * else when no other can come for want of a slot.
 */
static size_t
release(struct scale_state *state, const struct pool_config *config,
        const struct scale_facts *facts, size_t room)
{
	size_t count;

	/* With all of them gone, nobody serves in the place of one. */
	if (facts->spent == 0 ||
	    (config->manager == POOL_ONDEMAND && is_asleep(facts)) ||
	    (room == 0 && facts->starting == 0)) {
		state->credit = 0;
		return facts->spent;
	}
	count = least(state->credit, facts->spent);
	state->credit -= count;
	if (facts->vacant + facts->starting + facts->leaving == 0)
		return most(count, 1);
	return count;
}

/*
 * A worker that has just taken a call looks idle for a moment still, so that
 * only what is too many for a while is let go.
 */
static size_t
shrink(struct scale_state *state, const struct pool_config *config,
       const struct scale_facts *facts)
{
	size_t excess = beyond(facts->idle, config->max_spare);

	if (config->manager == POOL_ONDEMAND)
		return facts->queued == 0 ? facts->expired : 0;
	if (config->manager == POOL_STATIC || excess == 0) {
		state->fitting = facts->now;
		return 0;
	}
	if (facts->now < state->fitting + SCALE_SHRINK_EVERY)
		return 0;
	state->fitting = facts->now;
	return 1 + excess / 8;
}

struct scale_plan
scale_step(struct scale_state *state, const struct pool_config *config,
           const struct scale_facts *facts)
{
	size_t room = beyond(config->workers,
	                     facts->starting + facts->idle + facts->busy);
	struct scale_plan plan = { 0 };

	if (facts->stopping)
		return plan;
	plan.start = grow(state, config, facts, least(room, facts->vacant));
	plan.release = release(state, config, facts, room);
	plan.shrink = plan.start > 0 ? 0 : shrink(state, config, facts);
	return plan;
}

void
scale_ready(struct scale_state *state)
{
	state->credit++;
}

/* Many that die together are one failure: the delay grows once. */
void
scale_ended(struct scale_state *state, bool young, uint64_t now)
{
	if (!young) {
		state->delay = 0;
	} else if (now >= state->until) {
		state->delay =
		    least(state->delay == 0 ? SCALE_FIRST_DELAY
		                            : 2 * state->delay,
		          SCALE_LAST_DELAY);
		state->until = now + state->delay;
	}
}
