/*
 * pool.c: slots, and how many of them have a worker.
 */
#include "fcgi/master/pool.h"

#include "fcgi/base/clock.h"
#include "fcgi/master/queue.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define START_LIMIT 10000 /* ms for a worker to begin to serve */
#define GRACE 1000        /* ms from an order to the next, harder one */

/* Workers beyond those of the configuration: the ones that leave. */
static size_t
slots_for(const struct pool_config *config)
{
	return config->workers + config->workers / 8 + 2;
}

bool
pool_open(struct pool *pool, size_t adopted)
{
	/* Of a slot that has no worker yet. */
	static struct score none;
	struct ledger *ledger = &pool->family->board->ledger;

	pool->own = slots_for(pool->config);
	pool->row = ledger_pool(ledger, pool->config->name);
	pool->unrouted = ledger_row(ledger, "", pool->config->name);
	pool->limits = (struct policy_limits){
		.start = START_LIMIT,
		.grace = GRACE,
		.drain = terms_longest(pool->family->terms,
		                       pool->family->registry, pool->config) +
		         GRACE,
	};
	pool->slots = calloc(pool->own + adopted, sizeof(*pool->slots));
	if (pool->slots == NULL)
		return false;
	for (pool->count = 0; pool->count < pool->own; pool->count++) {
		pool->slots[pool->count].score = &none;
		pool->slots[pool->count].place = SCOREBOARD_SLOTS;
		pool->slots[pool->count].output.fd = -1;
	}
	return true;
}

void
pool_adopt(struct pool *pool, const struct pool_heirloom *heirloom,
           bool leaves)
{
	/* What a worker of an older scoreboard does cannot be seen. */
	static struct score unknown;
	struct slot *slot = &pool->slots[pool->count++];

	slot->pid = heirloom->pid;
	slot->place = heirloom->slot;
	slot->score = heirloom->slot == SCOREBOARD_SLOTS
	                  ? &unknown
	                  : &pool->family->board->scores[heirloom->slot];
	slot->reason = LEDGER_END_RELOADED;
	slot->output.fd = heirloom->output;
	policy_adopt(&slot->policy, heirloom->drains, clock_now() / CLOCK_NS_PER_MS,
	             &pool->limits);
	pool->live++;
	slot_hear(pool, slot);
	if (leaves)
		slot_leave(pool, slot, LEDGER_END_RELOADED);
}

bool
pool_bequeath(struct pool *pool, size_t index,
              struct pool_heirloom *heirloom)
{
	struct slot *slot = &pool->slots[index];

	slot_flush(pool, slot);
	*heirloom = (struct pool_heirloom){
		.pid = slot->pid,
		.slot = slot->place,
		.output = slot->output.fd,
		.drains = slot->policy.state >= POLICY_DRAINING,
	};
	return slot->pid != 0;
}

void
pool_close(struct pool *pool)
{
	free(pool->slots);
}

/* Events. */

void
pool_tick(struct pool *pool)
{
	for (size_t i = 0; i < pool->count && pool->live > 0; i++)
		if (pool->slots[i].policy.state != POLICY_EMPTY)
			slot_tick(pool, &pool->slots[i]);
}

void
pool_welcome(struct pool *pool)
{
	for (size_t i = 0; i < pool->own && pool->starting > 0; i++) {
		struct slot *slot = &pool->slots[i];

		if (slot->policy.state != POLICY_STARTING ||
		    !atomic_load(&slot->score->ready))
			continue;
		slot_step(pool, slot, POLICY_READY);
		scale_ready(&pool->scale);
	}
}

/* Where many end, the next one is often beside the last one. */
bool
pool_reap(struct pool *pool, pid_t pid, int status)
{
	for (size_t i = 0; i < pool->count; i++) {
		size_t at = (pool->reaped + i) % pool->count;

		if (pool->slots[at].pid == pid) {
			pool->reaped = at;
			slot_end(pool, &pool->slots[at], status);
			return true;
		}
	}
	return false;
}

void
pool_stop(struct pool *pool, uint64_t timeout)
{
	pool->stopping = true;
	pool->limits.drain = timeout;
	for (size_t i = 0; i < pool->count; i++)
		if (pool->slots[i].policy.state != POLICY_EMPTY)
			slot_leave(pool, &pool->slots[i], LEDGER_END_STOPPED);
}

/* How many. */

static bool
has_expired(const struct pool *pool, const struct slot *slot, uint64_t now)
{
	uint64_t idle = atomic_load(&slot->score->idle) / CLOCK_NS_PER_MS;

	return now >= idle + pool->config->idle_timeout;
}

static void
count_slot(const struct pool *pool, const struct slot *slot,
           struct scale_facts *facts)
{
	uint64_t since = atomic_load(&slot->score->since);
	bool spent = slot->policy.spent;

	if (slot->policy.state == POLICY_EMPTY) {
		facts->vacant += slot < &pool->slots[pool->own];
		return;
	}
	facts->starting += slot->policy.state == POLICY_STARTING;
	facts->leaving += slot->policy.state >= POLICY_DRAINING;
	if (slot->policy.state == POLICY_SPENT && since != 0)
		facts->spent_busy++;
	facts->spent += slot->policy.state == POLICY_SPENT ||
	                (spent && slot->policy.state == POLICY_CONDEMNED);
	if (spent || !policy_serves(slot->policy.state))
		return;
	facts->busy += since != 0;
	facts->idle += since == 0;
	facts->expired += since == 0 && has_expired(pool, slot, facts->now);
}

/* What a worker that left has handed over waits for the next one, too. */
static bool
has_bequest(const struct pool *pool)
{
	struct pollfd handoff = { .fd = pool->handoff[0], .events = POLLIN };

	return poll(&handoff, 1, 0) == 1 && (handoff.revents & POLLIN) != 0;
}

/* The length of the queue, at all sockets; -1: it cannot be known. */
static long
measure_queue(const struct pool *pool)
{
	int diag = pool->family->diag;
	long queued, more;

	if (pool->listener < 0)
		return 0;
	queued = queue_length(diag, pool->listener);
	for (size_t i = 0; queued >= 0 && i < pool->spares.count; i++) {
		more = queue_length(diag, pool->spares.fds[i]);
		queued = more < 0 ? -1 : queued + more;
	}
	return queued;
}

/* Returns the length of the queue; -1: it cannot be known. */
static long
count(const struct pool *pool, struct scale_facts *facts)
{
	long queued = measure_queue(pool);

	*facts = (struct scale_facts){
		.now = clock_now() / CLOCK_NS_PER_MS,
		.queued = (queued > 0 ? (size_t)queued : 0) +
		          has_bequest(pool),
		.stopping = pool->stopping,
	};
	for (size_t i = 0; i < pool->count; i++)
		count_slot(pool, &pool->slots[i], facts);
	return queued;
}

static void
raise_mark(_Atomic uint64_t *mark, uint64_t value)
{
	if (value > atomic_load(mark))
		atomic_store(mark, value);
}

/* A pool that has come to its limit, until it is no longer there. */
static void
note_full(struct pool *pool, bool full)
{
	struct ledger *ledger = &pool->family->board->ledger;

	if (full && !pool->full)
		atomic_fetch_add(&ledger->pools[pool->row].full, 1);
	pool->full = full;
}

static void
publish(struct pool *pool, const struct scale_facts *facts, long queued)
{
	struct scoreboard *board = pool->family->board;

	atomic_store(&board->queued[pool->row],
	             queued < 0 ? SCOREBOARD_UNKNOWN : (uint64_t)queued);
	raise_mark(&board->most_queued[pool->row], facts->queued);
	raise_mark(&board->most_busy[pool->row], facts->busy);
	note_full(pool, facts->busy >= pool->config->workers);
}

static void
start(struct pool *pool, size_t count)
{
	for (size_t i = 0; i < pool->own && count > 0; i++) {
		if (pool->slots[i].policy.state != POLICY_EMPTY)
			continue;
		slot_step(pool, &pool->slots[i], POLICY_START);
		if (pool->slots[i].pid == 0)
			return; /* the next one would fail as well */
		count--;
	}
}

/* The idle ones go first: they lose nobody's time. */
static void
release(struct pool *pool, size_t count)
{
	for (int busy = 0; busy < 2; busy++) {
		for (size_t i = pool->count; i-- > 0 && count > 0;) {
			struct slot *slot = &pool->slots[i];

			if (slot->policy.state != POLICY_SPENT ||
			    (!busy && atomic_load(&slot->score->since) != 0))
				continue;
			slot_leave(pool, slot, slot->reason);
			count--;
		}
	}
}

static bool
is_idle(const struct slot *slot)
{
	return slot->policy.state == POLICY_SERVING &&
	       atomic_load(&slot->score->since) == 0;
}

static struct slot *
longest_idle(const struct pool *pool)
{
	struct slot *longest = NULL;

	for (size_t i = 0; i < pool->own; i++) {
		struct slot *slot = &pool->slots[i];

		if (is_idle(slot) &&
		    (longest == NULL || atomic_load(&slot->score->idle) <
		                            atomic_load(&longest->score->idle)))
			longest = slot;
	}
	return longest;
}

/* On demand there may be thousands, which have expired all. */
static void
shrink(struct pool *pool, size_t count, uint64_t now)
{
	bool expired = pool->config->manager == POOL_ONDEMAND;
	struct slot *slot;

	for (size_t i = 0; expired && i < pool->own; i++)
		if (is_idle(&pool->slots[i]) && has_expired(pool, &pool->slots[i], now))
			slot_leave(pool, &pool->slots[i], LEDGER_END_SURPLUS);
	while (!expired && count-- > 0 && (slot = longest_idle(pool)) != NULL)
		slot_leave(pool, slot, LEDGER_END_SURPLUS);
}

/* Those that judge themselves used up. */
static void
spend(struct pool *pool)
{
	for (size_t i = 0; i < pool->own; i++)
		if (pool->slots[i].policy.state == POLICY_SERVING &&
		    atomic_load(&pool->slots[i].score->spent) != SCORE_FRESH)
			slot_step(pool, &pool->slots[i], POLICY_SPEND);
}

/* One that is not in the set yet is added. */
static void
hear_of(const struct pool *pool, int listener)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLONESHOT,
		.data.u64 = POOL_EVENT(POOL_LISTENER, pool->number, 0),
	};
	int epoll = pool->family->epoll;

	if (epoll_ctl(epoll, EPOLL_CTL_MOD, listener, &event) < 0)
		epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
}

/*
 * A pool on demand without an idle worker is told of the next connection.
 * Others are looked at with each tick, as is one that could not be heard of.
 */
static void
watch_listeners(const struct pool *pool, const struct scale_facts *facts)
{
	if (pool->config->manager != POOL_ONDEMAND || pool->listener < 0 ||
	    pool->stopping ||
	    facts->starting > 0 || facts->idle > 0 || facts->queued > 0)
		return;
	hear_of(pool, pool->listener);
	for (size_t i = 0; i < pool->spares.count; i++)
		hear_of(pool, pool->spares.fds[i]);
}

void
pool_scale(struct pool *pool)
{
	struct scale_facts facts;
	struct scale_plan plan;
	long queued;

	spend(pool);
	queued = count(pool, &facts);
	plan = scale_step(&pool->scale, pool->config, &facts);
	start(pool, plan.start);
	release(pool, plan.release);
	if (plan.shrink > 0)
		shrink(pool, plan.shrink, facts.now);
	publish(pool, &facts, queued);
	watch_listeners(pool, &facts);
}

bool
pool_serves(const struct pool *pool)
{
	if (pool->config->manager == POOL_ONDEMAND)
		return !pool->stopping;
	for (size_t i = 0; i < pool->own; i++)
		if (policy_serves(pool->slots[i].policy.state))
			return true;
	return false;
}
