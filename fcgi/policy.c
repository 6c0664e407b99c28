/*
 * policy.c: the table, and one short function for each cell of it.
 */
#include "fcgi/policy.h"

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
spawn(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (!passed(slot, facts, slot->delay))
		return POLICY_NOTHING;
	slot->started = facts->now;
	return enter(slot, POLICY_STARTING, facts, POLICY_FORK);
}

static enum policy_action
retire(struct policy_slot *slot, const struct policy_facts *facts)
{
	return enter(slot, POLICY_RETIRED, facts, POLICY_NOTHING);
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
	return enter(slot, POLICY_SERVING, facts, POLICY_NOTHING);
}

/* The next worker waits twice as long as the last one did. */
static enum policy_action
back_off(struct policy_slot *slot, const struct policy_facts *facts)
{
	slot->delay = slot->delay == 0 ? POLICY_FIRST_DELAY : 2 * slot->delay;
	if (slot->delay > POLICY_LAST_DELAY)
		slot->delay = POLICY_LAST_DELAY;
	return enter(slot, POLICY_EMPTY, facts, POLICY_NOTHING);
}

/*
 * A request that crashes its worker does not keep the next one waiting, not
 * even when it came before we heard that the worker was ready.
 */
static enum policy_action
replace(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (slot->retiring)
		return retire(slot, facts);
	if (facts->generation == 0 &&
	    facts->now - slot->started < POLICY_SHORT_LIFE)
		return back_off(slot, facts);
	slot->delay = 0;
	return enter(slot, POLICY_EMPTY, facts, POLICY_NOTHING);
}

static enum policy_action
watch(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (facts->since == 0 ||
	    facts->now < facts->since + facts->limits->deadline)
		return POLICY_NOTHING;
	slot->generation = facts->generation;
	return enter(slot, POLICY_OVERDUE, facts, POLICY_CONDEMN);
}

/* The request may have ended just before the order reached it. */
static enum policy_action
insist(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (facts->since == 0 || facts->generation != slot->generation)
		return enter(slot, POLICY_SERVING, facts, POLICY_NOTHING);
	if (!passed(slot, facts, facts->limits->grace))
		return POLICY_NOTHING;
	return enter(slot, POLICY_KILLED, facts, POLICY_KILL);
}

static enum policy_action
drain(struct policy_slot *slot, const struct policy_facts *facts)
{
	slot->retiring = true;
	return enter(slot, POLICY_DRAINING, facts, POLICY_QUIT);
}

static enum policy_action
end_drain(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (!passed(slot, facts, facts->limits->stop))
		return POLICY_NOTHING;
	return enter(slot, POLICY_TERMINATING, facts, POLICY_TERMINATE);
}

static enum policy_action
end_hard(struct policy_slot *slot, const struct policy_facts *facts)
{
	if (!passed(slot, facts, facts->limits->grace))
		return POLICY_NOTHING;
	return enter(slot, POLICY_KILLED, facts, POLICY_KILL);
}

static enum policy_action
give_up(struct policy_slot *slot, const struct policy_facts *facts)
{
	(void)facts;
	slot->retiring = true;
	return POLICY_NOTHING;
}

static cell *const table[POLICY_STATE_COUNT][POLICY_EVENT_COUNT] = {
	/*                        TICK        READY   EXIT      STOP */
	[POLICY_EMPTY] =       { spawn,      ignore, ignore,   retire },
	[POLICY_STARTING] =    { start_late, serve,  replace,  drain },
	[POLICY_SERVING] =     { watch,      ignore, replace,  drain },
	[POLICY_OVERDUE] =     { insist,     ignore, replace,  drain },
	[POLICY_DRAINING] =    { end_drain,  ignore, retire,   ignore },
	[POLICY_TERMINATING] = { end_hard,   ignore, retire,   ignore },
	[POLICY_KILLED] =      { ignore,     ignore, replace,  give_up },
	[POLICY_RETIRED] =     { ignore,     ignore, ignore,   ignore },
};

enum policy_action
policy_step(struct policy_slot *slot, enum policy_event event,
            const struct policy_facts *facts)
{
	return table[slot->state][event](slot, facts);
}

const char *
policy_state_name(enum policy_state state)
{
	static const char *const names[POLICY_STATE_COUNT] = {
		"empty",    "starting",    "serving", "overdue",
		"draining", "terminating", "killed",  "retired",
	};

	return names[state];
}
