/*
 * policy.c: the table, and one short function for each cell of it.
 */
#include "fcgi/master/policy.h"

#include <stddef.h>

typedef enum policy_action cell(struct policy_slot *slot,
                                const struct policy_facts *facts);

static enum policy_action
enter(struct policy_slot *slot, enum policy_state state,
      const struct policy_facts *facts, enum policy_action action)
{
	slot->state = state;
	slot->entered = facts->now;
	return action;
}

static bool
passed(const struct policy_slot *slot, const struct policy_facts *facts,
       uint64_t limit)
{
	return facts->now - slot->entered >= limit;
}

static enum policy_action
ignore(struct policy_slot *slot, const struct policy_facts *facts)
{
	(void)slot;
	(void)facts;
	return POLICY_NOTHING;
}

static enum policy_action
start(struct policy_slot *slot, const struct policy_facts *facts)
{
	*slot = (struct policy_slot){ .started = facts->now };
	return enter(slot, POLICY_STARTING, facts, POLICY_FORK);
}

static enum policy_action
start_late(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (!passed(slot, facts, facts->limits->start))
		return POLICY_NOTHING;
	return enter(slot, POLICY_KILLED, facts, POLICY_KILL);
}

static enum policy_action
serve(struct policy_slot *slot, const struct policy_facts *facts)
{
	return enter(slot, slot->spent ? POLICY_SPENT : POLICY_SERVING, facts,
	             POLICY_NOTHING);
}

static enum policy_action
vanish(struct policy_slot *slot, const struct policy_facts *facts)
{
	return enter(slot, POLICY_EMPTY, facts, POLICY_NOTHING);
}

/* Requests. */

static enum policy_action
condemn(struct policy_slot *slot, const struct policy_facts *facts,
        bool abandoned)
{
	slot->generation = facts->generation;
	slot->condemned = facts->now;
	slot->abandoned = abandoned;
	if (slot->state == POLICY_DRAINING)
		return POLICY_CONDEMN;
	return enter(slot, POLICY_CONDEMNED, facts, POLICY_CONDEMN);
}

/* The client of a job leaves it by cancelling it, whether it is pure or not. */
static uint64_t
left_at(const struct policy_facts *facts)
{
	return facts->cancelled != 0 ? facts->cancelled : facts->left;
}

/* Each order is given once for a request. */
static enum policy_action
watch(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (facts->since == 0 || slot->generation == facts->generation)
		return POLICY_NOTHING;
	if (facts->now >= facts->due)
		return condemn(slot, facts, false);
	if (left_at(facts) != 0 &&
	    facts->now >= left_at(facts) + POLICY_ABANDON_AFTER)
		return condemn(slot, facts, true);
	if (facts->cancelled != 0 && slot->woken != facts->generation) {
		slot->woken = facts->generation;
		return POLICY_WAKE;
	}
	if (facts->slow != 0 && facts->now >= facts->slow &&
	    slot->traced != facts->generation) {
		slot->traced = facts->generation;
		return POLICY_TRACE;
	}
	if (facts->now >= facts->since + POLICY_WATCH_AFTER &&
	    slot->watched != facts->generation) {
		slot->watched = facts->generation;
		return POLICY_WATCH;
	}
	return POLICY_NOTHING;
}

/* The request may have ended just before the order reached it. */
static bool
is_condemned(const struct policy_slot *slot, const struct policy_facts *facts)
{
	return facts->since != 0 && facts->generation == slot->generation;
}

/* It has not obeyed. */
static bool
is_deaf(const struct policy_slot *slot, const struct policy_facts *facts)
{
	return is_condemned(slot, facts) &&
	       facts->now - slot->condemned >= facts->limits->grace;
}

static enum policy_action
insist(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (!is_condemned(slot, facts))
		return serve(slot, facts);
	if (!is_deaf(slot, facts))
		return POLICY_NOTHING;
	return enter(slot, POLICY_KILLED, facts, POLICY_KILL);
}

/* Leaving. */

static enum policy_action
spend(struct policy_slot *slot, const struct policy_facts *facts)
{
	slot->spent = true;
	return slot->state == POLICY_SERVING
	           ? enter(slot, POLICY_SPENT, facts, POLICY_NOTHING)
	           : POLICY_NOTHING;
}

/* Of one that leaves already: what holds now is the limit of this order. */
static enum policy_action
drain(struct policy_slot *slot, const struct policy_facts *facts)
{
	slot->limit = facts->limits->drain;
	return enter(slot, POLICY_DRAINING, facts, POLICY_QUIT);
}

static enum policy_action
end_drain(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (is_deaf(slot, facts))
		return enter(slot, POLICY_KILLED, facts, POLICY_KILL);
	if (passed(slot, facts, slot->limit))
		return enter(slot, POLICY_TERMINATING, facts,
		             POLICY_TERMINATE);
	return watch(slot, facts);
}

static enum policy_action
end_hard(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (!passed(slot, facts, facts->limits->grace))
		return POLICY_NOTHING;
	return enter(slot, POLICY_KILLED, facts, POLICY_KILL);
}

static cell *const table[POLICY_STATE_COUNT][POLICY_EVENT_COUNT] = {
	/*                       START   TICK        READY   EXIT    SPEND   LEAVE */
	[POLICY_EMPTY] =       { start,  ignore,     ignore, ignore, ignore, ignore },
	[POLICY_STARTING] =    { ignore, start_late, serve,  vanish, spend,  drain },
	[POLICY_SERVING] =     { ignore, watch,      ignore, vanish, spend,  drain },
	[POLICY_SPENT] =       { ignore, watch,      ignore, vanish, ignore, drain },
	[POLICY_CONDEMNED] =   { ignore, insist,     ignore, vanish, spend,  drain },
	[POLICY_DRAINING] =    { ignore, end_drain,  ignore, vanish, ignore, drain },
	[POLICY_TERMINATING] = { ignore, end_hard,   ignore, vanish, ignore, ignore },
	[POLICY_KILLED] =      { ignore, ignore,     ignore, vanish, ignore, ignore },
};

enum policy_action
policy_step(struct policy_slot *slot, enum policy_event event,
            const struct policy_facts *facts)
{
	return table[slot->state][event](slot, facts);
}

void
policy_adopt(struct policy_slot *slot, bool drains, uint64_t now,
             const struct policy_limits *limits)
{
	*slot = (struct policy_slot){
		.state = drains ? POLICY_DRAINING : POLICY_SPENT,
		.entered = now,
		.started = now,
		.limit = limits->drain,
		.spent = true,
	};
}

/*
 * A request that crashes its worker does not keep the next one waiting, not
 * even when it came before we heard that the worker was ready.
 */
bool
policy_died_young(const struct policy_slot *slot,
                  const struct policy_facts *facts)
{
	return facts->generation == 0 && slot->state <= POLICY_SPENT &&
	       facts->now - slot->started < POLICY_SHORT_LIFE;
}

bool
policy_serves(enum policy_state state)
{
	return state == POLICY_SERVING || state == POLICY_SPENT ||
	       state == POLICY_CONDEMNED;
}

const char *
policy_state_name(enum policy_state state)
{
	static const char *const names[POLICY_STATE_COUNT] = {
		"empty",     "starting", "serving",     "spent",
		"condemned", "draining", "terminating", "killed",
	};

	return names[state];
}
