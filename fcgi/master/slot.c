/*
 * slot.c: forks, signals and buries a worker.
 */
#include "fcgi/master/slot.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/base/notify.h"
#include "fcgi/master/obituary.h"
#include "fcgi/master/pool.h"
#include "fcgi/master/slow.h"
#include "fcgi/worker/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define OWN_DESCRIPTORS 6 /* that each worker is given */

_Static_assert(OWN_DESCRIPTORS + LISTENER_SPARES <= DESCRIPTORS_GIVEN,
               "DESCRIPTORS_GIVEN is too small");

static size_t
index_of(const struct pool *pool, const struct slot *slot)
{
	return (size_t)(slot - pool->slots);
}

void
slot_name(const struct pool *pool, const struct slot *slot, char *name,
          size_t size)
{
	const struct ledger *ledger = &pool->family->board->ledger;
	const char *whose = pool->config->name;

	/* The pool of an adopted worker may be gone. */
	if (index_of(pool, slot) >= pool->own)
		whose = ledger_pool_name(ledger,
		                         atomic_load(&slot->score->pool));
	snprintf(name, size, "%s/%zu", whose, index_of(pool, slot));
}

/* Processes. */

void
slot_hear(const struct pool *pool, const struct slot *slot)
{
	struct epoll_event event = {
		.events = EPOLLIN,
		.data.u64 = POOL_EVENT(POOL_OUTPUT, pool->number,
		                       index_of(pool, slot)),
	};

	if (slot->output.fd >= 0 &&
	    epoll_ctl(pool->family->epoll, EPOLL_CTL_ADD, slot->output.fd,
	              &event) < 0)
		log_error("Cannot hear a worker. pool=%s pid=%d error=\"%s\"",
		          pool->config->name, slot->pid, strerror(errno));
}

/* False when the scoreboard is full. */
static bool
claim_score(const struct pool *pool, struct slot *slot)
{
	struct scoreboard *board = pool->family->board;
	size_t place = pool->range > 0
	                   ? pool->first + index_of(pool, slot)
	                   : scoreboard_claim(board, pool->first);

	if (place == SCOREBOARD_SLOTS) {
		log_error("The scoreboard is full. pool=%s workers=%d",
		          pool->config->name, SCOREBOARD_SLOTS);
		return false;
	}
	slot->place = place;
	slot->score = &board->scores[place];
	return true;
}

static void
describe(const struct pool *pool, const struct slot *slot)
{
	struct score *score = slot->score;
	const struct scoreboard *board = pool->family->board;

	score_reset(score);
	atomic_store(&score->pool, (uint32_t)pool->row);
	atomic_store(&score->number, (uint32_t)index_of(pool, slot));
	atomic_store(&score->started, clock_now());
	atomic_store(&score->idle, clock_now());
	atomic_store(&score->age, atomic_load(&board->age));
}

static _Noreturn void
run_worker(const struct pool *pool, const struct slot *slot, int output,
           pid_t master)
{
	const struct pool_family *family = pool->family;
	const struct worker worker = {
		.main = pool->main,
		.config = family->config,
		.pool = pool->config,
		.registry = family->registry,
		.handle = pool->handle,
		.context = pool->context,
		.terms = family->terms,
		.listener = pool->listener,
		.spares = pool->spares,
		.handoff = pool->handoff,
		.parking = family->parking,
		.ready = family->ready,
		.output = output,
		.board = family->board,
		.row = (uint32_t)pool->unrouted,
		.score = slot->score,
		.place = slot->place,
		.siblings = pool->range == 0
		                ? NULL
		                : &family->board->scores[pool->first],
		.sibling_count = pool->range,
		.master = master,
	};
	int given[DESCRIPTORS_GIVEN] = { pool->listener, pool->handoff[0],
		                         pool->handoff[1], family->parking,
		                         family->ready, output };

	memcpy(given + OWN_DESCRIPTORS, pool->spares.fds,
	       pool->spares.count * sizeof(*given));
	descriptors_close_others(family->kept, given,
	                         OWN_DESCRIPTORS + pool->spares.count);
	notify_forget();
	worker_run(&worker);
}

/* Without a pipe for its output, a worker writes where we do. */
static void
start_worker(struct pool *pool, struct slot *slot)
{
	pid_t master = getpid();
	int output = -1;

	slot->pid = 0;
	if (!claim_score(pool, slot))
		return;
	describe(pool, slot);
	slot->reason = LEDGER_END_RECYCLED;
	slot->told = 0;
	capture_open(&slot->output, &output);
	slot->pid = fork();
	if (slot->pid == 0)
		run_worker(pool, slot, output, master);
	if (output >= 0)
		close(output);
	if (slot->pid < 0) {
		log_error("Cannot fork. pool=%s error=\"%s\"",
		          pool->config->name, strerror(errno));
		capture_close(&slot->output, pool->config->name, 0);
		slot->pid = 0;
		return;
	}
	atomic_store(&slot->score->pid, slot->pid);
	atomic_fetch_add(&pool->family->board->ledger.pools[pool->row].started,
	                 1);
	slot_hear(pool, slot);
}

static void
give_order(struct slot *slot, _Atomic uint64_t *order)
{
	atomic_store(order, atomic_load(&slot->score->generation));
	kill(slot->pid, GUARD_SIGNAL_ORDER);
}

static void
condemn(struct slot *slot)
{
	atomic_store(&slot->score->abandoned, slot->policy.abandoned);
	atomic_store(&slot->score->condemned, slot->policy.generation);
	kill(slot->pid, GUARD_SIGNAL_ORDER);
}

static void
quit(struct pool *pool, struct slot *slot)
{
	atomic_store(&slot->score->heirs, !pool->stopping);
	kill(slot->pid, SIGQUIT);
}

static void
act(struct pool *pool, struct slot *slot, enum policy_action action)
{
	switch (action) {
	case POLICY_NOTHING:
		break;
	case POLICY_FORK:
		start_worker(pool, slot);
		break;
	case POLICY_CONDEMN:
		condemn(slot);
		break;
	case POLICY_WATCH:
		give_order(slot, &slot->score->to_watch);
		break;
	case POLICY_TRACE:
		give_order(slot, &slot->score->to_trace);
		break;
	case POLICY_WAKE:
		kill(slot->pid, GUARD_SIGNAL_ORDER);
		break;
	case POLICY_QUIT:
		quit(pool, slot);
		break;
	case POLICY_TERMINATE:
		kill(slot->pid, SIGTERM);
		break;
	case POLICY_KILL:
		kill(slot->pid, SIGKILL);
		break;
	}
}

/* The one door of a worker's state. */

static void
enter(struct pool *pool, struct slot *slot, enum policy_state before)
{
	enum policy_state state = slot->policy.state;
	char name[SCORE_WORKER];

	if (state == before)
		return;
	pool->starting += (state == POLICY_STARTING) -
	                  (size_t)(before == POLICY_STARTING);
	pool->live += (before == POLICY_EMPTY) - (size_t)(state == POLICY_EMPTY);
	if (slot->pid != 0) /* else the score may be another worker's */
		atomic_store(&slot->score->state, state);
	slot_name(pool, slot, name, sizeof(name));
	log_notice("worker %s: %s -> %s pid=%d", name,
	           policy_state_name(before), policy_state_name(state),
	           slot->pid);
}

static void
look(const struct pool *pool, const struct slot *slot,
     struct policy_facts *facts)
{
	const struct score *score = slot->score;

	facts->generation = atomic_load(&score->generation);
	facts->since = atomic_load(&score->since) / CLOCK_NS_PER_MS;
	facts->due = atomic_load(&score->due) / CLOCK_NS_PER_MS;
	facts->slow = atomic_load(&score->slow) / CLOCK_NS_PER_MS;
	facts->left = atomic_load(&score->left) / CLOCK_NS_PER_MS;
	facts->cancelled = atomic_load(&score->cancelled) / CLOCK_NS_PER_MS;
	facts->now = clock_now() / CLOCK_NS_PER_MS;
	facts->limits = &pool->limits;
}

void
slot_step(struct pool *pool, struct slot *slot, enum policy_event event)
{
	enum policy_state before = slot->policy.state;
	struct policy_facts facts;

	look(pool, slot, &facts);
	act(pool, slot, policy_step(&slot->policy, event, &facts));
	enter(pool, slot, before);
	/* A fork that failed is a worker that died at once. */
	if (slot->policy.state == POLICY_STARTING && slot->pid == 0) {
		slot_step(pool, slot, POLICY_EXIT);
		scale_ended(&pool->scale, true, facts.now);
	}
}

void
slot_tick(struct pool *pool, struct slot *slot)
{
	char name[SCORE_WORKER];

	if (slot->policy.traced != slot->told) {
		slot_name(pool, slot, name, sizeof(name));
		slot->told = slow_tell(slot->score, slot->told, name,
		                       &pool->family->board->ledger);
	}
	slot_step(pool, slot, POLICY_TICK);
}

void
slot_leave(struct pool *pool, struct slot *slot, enum ledger_end reason)
{
	if (slot->policy.state < POLICY_DRAINING)
		slot->reason = reason;
	slot_step(pool, slot, POLICY_LEAVE);
}

/* Ends. */

static void
write_obituary(const struct pool *pool, const struct slot *slot, int status,
               struct obituary *obituary)
{
	const struct score *score = slot->score;

	*obituary = (struct obituary){
		.row = index_of(pool, slot) < pool->own
		           ? pool->row
		           : atomic_load(&score->pool),
		.pid = slot->pid,
		.status = status,
		.asked = slot->policy.state >= POLICY_DRAINING,
		.killed = slot->policy.state == POLICY_KILLED,
		.reason = slot->reason,
		.busy = atomic_load(&score->since) != 0,
		.words = score->last_words,
	};
	score_copy_text(obituary->request_id, score->request_id,
	                sizeof(obituary->request_id));
	score_copy_text(obituary->instance, score->instance,
	                sizeof(obituary->instance));
}

/*
 * Somebody may wait for the next worker: it comes first, then what is to be
 * said of the last one, which takes time.  One that was asked to leave is not
 * missed, and there may be thousands of them.
 */
void
slot_end(struct pool *pool, struct slot *slot, int status)
{
	struct capture output = slot->output;
	struct obituary obituary;
	struct policy_facts facts;
	char name[SCORE_WORKER];

	slot_name(pool, slot, name, sizeof(name));
	look(pool, slot, &facts);
	write_obituary(pool, slot, status, &obituary);
	scale_ended(&pool->scale, policy_died_young(&slot->policy, &facts),
	            facts.now);
	slot->output = (struct capture){ .fd = -1 };
	slot_step(pool, slot, POLICY_EXIT);
	slot->pid = 0;
	scoreboard_release(pool->family->board, slot->place);
	if (!obituary.asked)
		pool_scale(pool);
	capture_close(&output, name, obituary.pid);
	obituary_publish(&obituary, pool->family->board);
}

void
slot_listen(const struct pool *pool, struct slot *slot)
{
	char name[SCORE_WORKER];

	slot_name(pool, slot, name, sizeof(name));
	if (slot->output.fd >= 0 &&
	    !capture_read(&slot->output, name, slot->pid))
		epoll_ctl(pool->family->epoll, EPOLL_CTL_DEL, slot->output.fd,
		          NULL);
}

void
slot_flush(const struct pool *pool, struct slot *slot)
{
	char name[SCORE_WORKER];

	slot_name(pool, slot, name, sizeof(name));
	capture_flush(&slot->output, name, slot->pid);
}
