/*
 * broker_upkeep.c: a few steps in one transaction, and when they are due.
 */
#include "fcgi/broker/broker_upkeep.h"

#include "fcgi/base/clock.h"
#include "fcgi/board/progress.h"
#include "fcgi/broker/broker_ending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEASE 30000 /* ms */
#define PAGE 100    /* running jobs that are looked at at a time */
#define SWEEP 200   /* jobs that go at a time */

/* ns */
#define CENSUS (10 * CLOCK_NS_PER_S)
#define CENSUS_AT_FIRST CLOCK_NS_PER_S /* while there may be another broker */
#define AT_FIRST (5 * CLOCK_NS_PER_S)
#define SWEEP_AGAIN (CLOCK_NS_PER_S / 4)
#define SWEEP_NEXT (10 * CLOCK_NS_PER_S)
#define LOOK (CLOCK_NS_PER_S / 10)
#define PAUSE CLOCK_NS_PER_S

#define OWNER (MR_JOB_ID + 16) /* "INSTANCE/PID" */

void
broker_upkeep_init(struct broker_upkeep *upkeep, const struct config *config,
                   struct broker_runs *runs)
{
	*upkeep = (struct broker_upkeep){ .config = config,
		                          .runs = runs,
		                          .queued = true,
		                          .started = clock_now() };
	TAILQ_INIT(&upkeep->claims);
	STAILQ_INIT(&upkeep->given);
}

void
broker_upkeep_wait(struct broker_upkeep *upkeep, struct broker_claim *claim)
{
	if (claim->waits)
		return;
	claim->waits = true;
	TAILQ_INSERT_TAIL(&upkeep->claims, claim, entry);
}

void
broker_upkeep_leave(struct broker_upkeep *upkeep, struct broker_claim *claim)
{
	if (!claim->waits)
		return;
	claim->waits = false;
	TAILQ_REMOVE(&upkeep->claims, claim, entry);
}

/* When. */

static bool
is_scheduled(const struct broker_upkeep *upkeep)
{
	return upkeep->next_due != 0 &&
	       upkeep->moment.unix_ms >= upkeep->next_due;
}

bool
broker_upkeep_is_due(struct broker_upkeep *upkeep, struct broker_moment moment,
                     bool writing)
{
	uint64_t now = moment.now;

	upkeep->moment = moment;
	if (now < upkeep->pause)
		return false;
	if (upkeep->runs->orphans > 0 && now >= upkeep->next_look) {
		broker_runs_look(upkeep->runs, now);
		upkeep->next_look = now + LOOK;
	}
	upkeep->census = now >= upkeep->next_census;
	upkeep->sweep = now >= upkeep->next_sweep;
	return upkeep->census || upkeep->sweep || upkeep->runs->lost > 0 ||
	       is_scheduled(upkeep) ||
	       (!TAILQ_EMPTY(&upkeep->claims) && (upkeep->queued || writing));
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What is further away than any census is looked for by one. */
static uint64_t
next_due(const struct broker_upkeep *upkeep, struct broker_moment moment)
{
	int64_t ms = upkeep->next_due - moment.unix_ms;

	if (upkeep->next_due == 0 || ms > (int64_t)(CENSUS / CLOCK_NS_PER_MS))
		return UINT64_MAX;
	return ms <= 0 ? 0 : moment.now + (uint64_t)ms * CLOCK_NS_PER_MS;
}

int
broker_upkeep_timeout(const struct broker_upkeep *upkeep,
                      struct broker_moment moment)
{
	uint64_t next = earlier(upkeep->next_census, upkeep->next_sweep);
	uint64_t now = moment.now;

	if (upkeep->runs->orphans > 0)
		next = earlier(next, upkeep->next_look);
	next = earlier(next, next_due(upkeep, moment));
	if (upkeep->runs->lost > 0 ||
	    (upkeep->queued && !TAILQ_EMPTY(&upkeep->claims)))
		next = 0;
	if (next < upkeep->pause)
		next = upkeep->pause;
	if (next <= now)
		return 0;
	return (int)((next - now + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS);
}

/* Steps.  That a job is elsewhere by now is no failure. */

static enum mr_err
forgive(enum mr_err err)
{
	return err == MR_NOT_FOUND || err == MR_CONFLICT ? MR_OK : err;
}

static enum mr_err
lose(struct mr_queue *queue, struct mr_job *job, enum mr_job_cause cause)
{
	struct mr_ending ending;

	if (!broker_ending_unheard(job, cause, queue->arena, &ending))
		return MR_MEMORY;
	return forgive(mr_queue_fail(queue, job, &ending));
}

static enum mr_err
lose_run(struct mr_queue *queue, const struct broker_run *run)
{
	struct mr_store *store = queue->store;
	struct mr_job job;
	enum mr_err err =
	    store->functions->find(store, run->id, queue->arena, &job);

	if (err != MR_OK)
		return forgive(err);
	if (job.state != MR_JOB_RUNNING || job.attempt != run->attempt)
		return MR_OK;
	return lose(queue, &job,
	            run->unread ? MR_JOB_CAUSE_DRAINED : MR_JOB_CAUSE_LOST);
}

static enum mr_err
lose_all(struct mr_queue *queue, struct broker_upkeep *upkeep)
{
	const struct broker_run *run;
	enum mr_err err = MR_OK;

	if (upkeep->runs->lost == 0)
		return MR_OK;
	TAILQ_FOREACH(run, &upkeep->runs->list, entry)
		if (run->lost && err == MR_OK)
			err = lose_run(queue, run);
	return err;
}

/* Others may have scheduled something, or this clock have been set. */
static enum mr_err
wake(struct mr_queue *queue, struct broker_upkeep *upkeep)
{
	if (!upkeep->census && !is_scheduled(upkeep))
		return MR_OK;
	return mr_queue_wake(queue, &upkeep->next_due);
}

/* The process of an owner that is of this server; 0: it is not. */
static pid_t
find_process(const struct broker_runs *runs, const char *owner)
{
	const char *instance = runs->board->instance;
	size_t length = strlen(instance);

	if (owner == NULL || strncmp(owner, instance, length) != 0 ||
	    owner[length] != '/')
		return 0;
	return (pid_t)atol(owner + length + 1);
}

static enum mr_err
renew(struct mr_queue *queue, const struct scoreboard *board, size_t place,
      struct mr_job *job)
{
	const struct mr_lease lease = { .owner = job->owner,
		                        .now = queue->now,
		                        .duration = LEASE };
	struct mr_buffer text = { .arena = queue->arena };
	struct mr_job_progress progress;

	if (place < SCOREBOARD_SLOTS &&
	    progress_read(&board->scores[place].job, job->id, job->attempt,
	                  &progress)) {
		mr_progress_write(&progress, &text);
		job->progress = mr_buffer_text(&text);
	}
	return forgive(
	    queue->store->functions->renew(queue->store, job, &lease));
}

/*
 * One that is not known to run is an orphan of a broker before this one, or
 * beside it; if it was another server's, that one has ended, as no two have one
 * store.
 */
static enum mr_err
count_one(struct mr_queue *queue, struct broker_runs *runs, struct mr_job *job)
{
	struct broker_run new = { .attempt = job->attempt,
		                  .pid = find_process(runs, job->owner) };
	struct broker_run *run = broker_runs_find(runs, job->id);

	if (run != NULL && run->attempt == job->attempt)
		return renew(queue, runs->board, run->place, job);
	if (new.pid <= 0)
		return lose(queue, job, MR_JOB_CAUSE_LOST);
	mr_job_copy_id(new.id, job->id);
	new.place = progress_find(runs->board, job->id, job->attempt);
	if (!broker_runs_begin(runs, &new))
		return MR_MEMORY;
	if (job->cancelling)
		broker_runs_cancel(runs, job->id);
	return renew(queue, runs->board, new.place, job);
}

static enum mr_err
take_census(struct mr_queue *queue, struct broker_upkeep *upkeep)
{
	struct mr_store *store = queue->store;
	struct mr_running which = { .limit = PAGE };
	struct mr_jobs jobs = { .length = PAGE };
	enum mr_err err = MR_OK;

	if (!upkeep->census)
		return MR_OK;
	while (err == MR_OK && jobs.length == PAGE) {
		err = store->functions->running(store, &which, queue->arena,
		                                &jobs);
		for (size_t i = 0; err == MR_OK && i < jobs.length; i++) {
			which.after = jobs.data[i].id;
			err = count_one(queue, upkeep->runs, &jobs.data[i]);
		}
	}
	return err;
}

static enum mr_err
sweep(struct mr_queue *queue, struct broker_upkeep *upkeep)
{
	const struct mr_sweep which = {
		.before = queue->now - (int64_t)upkeep->config->job_retention,
		.keep = (int64_t)upkeep->config->job_keep,
		.finished = upkeep->finished,
		.limit = SWEEP,
	};

	upkeep->swept = 0;
	return upkeep->sweep ? queue->store->functions->sweep(
	                           queue->store, &which, &upkeep->swept)
	                     : MR_OK;
}

/* Giving jobs out. */

static enum mr_err
give(struct mr_queue *queue, struct broker_upkeep *upkeep,
     struct broker_claim *claim)
{
	char owner[OWNER];
	const struct mr_lease lease = { .owner = owner,
		                        .now = queue->now,
		                        .duration = LEASE };
	struct broker_given *given =
	    mr_arena_alloc(queue->arena, sizeof(*given));
	enum mr_err err;

	if (given == NULL)
		return MR_MEMORY;
	snprintf(owner, sizeof(owner), "%s/%d", upkeep->runs->board->instance,
	         (int)claim->pid);
	err = mr_queue_claim(queue, &lease, &given->claimed);
	if (err != MR_OK)
		return err;
	given->claim = claim;
	given->reply = (struct message){
		.type = MESSAGE_REPLY,
		.jobs = &given->claimed.job,
		.job_count = 1,
		.input = given->claimed.input,
		.checkpoint = {
			(const char *)given->claimed.checkpoint.data,
			given->claimed.checkpoint.length,
		},
	};
	STAILQ_INSERT_TAIL(&upkeep->given, given, entry);
	return MR_OK;
}

static enum mr_err
give_all(struct mr_queue *queue, struct broker_upkeep *upkeep)
{
	struct broker_claim *claim;
	enum mr_err err = MR_OK;

	STAILQ_INIT(&upkeep->given);
	TAILQ_FOREACH(claim, &upkeep->claims, entry) {
		err = give(queue, upkeep, claim);
		if (err != MR_OK)
			break;
	}
	upkeep->exhausted = err == MR_NOT_FOUND;
	return forgive(err);
}

static enum mr_err (*const steps[])(struct mr_queue *queue,
                                    struct broker_upkeep *upkeep) = {
	lose_all, wake, take_census, sweep, give_all,
};

enum mr_err
broker_upkeep_run(struct mr_queue *queue, void *context)
{
	enum mr_err err = MR_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (err == MR_OK)
			err = steps[i](queue, context);
	return err;
}

/* Afterwards. */

void
broker_upkeep_note(struct broker_upkeep *upkeep, const struct mr_job *job,
                   int64_t before)
{
	if (before == MR_JOB_RUNNING)
		broker_runs_end(upkeep->runs, job->id);
	upkeep->finished += mr_job_is_final(job->state) -
	                    (before >= 0 && mr_job_is_final(before));
	if (job->state == MR_JOB_QUEUED)
		upkeep->queued = true;
	if (job->state == MR_JOB_SCHEDULED &&
	    (upkeep->next_due == 0 || job->due < upkeep->next_due))
		upkeep->next_due = job->due;
}

static void
plan(struct broker_upkeep *upkeep)
{
	uint64_t now = upkeep->moment.now;

	if (upkeep->census)
		upkeep->next_census =
		    now + (now < upkeep->started + AT_FIRST ? CENSUS_AT_FIRST
		                                            : CENSUS);
	if (!upkeep->sweep)
		return;
	upkeep->finished -= (int64_t)upkeep->swept;
	upkeep->next_sweep =
	    now + (upkeep->swept == SWEEP ? SWEEP_AGAIN : SWEEP_NEXT);
}

void
broker_upkeep_settle(struct broker_upkeep *upkeep, bool committed)
{
	struct broker_given *given;

	if (!committed) {
		STAILQ_INIT(&upkeep->given);
		upkeep->queued = true;
		upkeep->next_census = 0;
		upkeep->pause = upkeep->moment.now + PAUSE;
		return;
	}
	plan(upkeep);
	if (upkeep->exhausted)
		upkeep->queued = false;
	broker_runs_end_lost(upkeep->runs);
	STAILQ_FOREACH(given, &upkeep->given, entry)
		broker_upkeep_leave(upkeep, given->claim);
}
