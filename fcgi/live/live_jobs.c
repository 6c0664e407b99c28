/*
 * live_jobs.c: a table of jobs, by the broker's messages.
 */
#include "fcgi/live/live_jobs.h"

#include "api/job_view.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/board/progress.h"
#include "fcgi/live/live_timers.h"
#include "jobs/history.h"
#include "jobs/pack.h"

#include <stdlib.h>

#define RETRY 100 /* ms until a broker that is away is looked for again */
#define LOOK 100  /* ms until the progress is looked at again */

void
live_jobs_init(struct live_jobs *jobs, const char *place,
               const struct scoreboard *board, struct mr_arena *arena)
{
	jobs->board = board;
	jobs->arena = arena;
	live_link_init(&jobs->link, place);
	TAILQ_INIT(&jobs->jobs);
	for (size_t i = 0; i < LIVE_JOBS_BUCKETS; i++)
		LIST_INIT(&jobs->chains[i]);
}

/* The table. */

static struct live_chain *
chain_of(struct live_jobs *jobs, const char *id)
{
	return &jobs->chains[mr_job_hash(id) % LIVE_JOBS_BUCKETS];
}

static struct live_job *
find(struct live_jobs *jobs, const char *id)
{
	struct live_job *job;

	LIST_FOREACH(job, chain_of(jobs, id), chained)
		if (strcmp(job->id, id) == 0)
			return job;
	return NULL;
}

static void
say(struct live_jobs *jobs, enum message_type type, const char *id)
{
	const struct message message = { .type = type, .id = id };

	live_link_send(&jobs->link, &message, jobs->arena);
	mr_arena_reset(jobs->arena);
}

static struct live_job *
add(struct live_jobs *jobs, const char *id)
{
	struct live_job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	strcpy(job->id, id);
	job->place = SCOREBOARD_SLOTS;
	TAILQ_INIT(&job->watches);
	LIST_INSERT_HEAD(chain_of(jobs, id), job, chained);
	TAILQ_INSERT_TAIL(&jobs->jobs, job, entry);
	say(jobs, MESSAGE_WATCH, id);
	return job;
}

static void
drop(struct live_jobs *jobs, struct live_job *job)
{
	if (job->err == MR_OK && !mr_job_is_final(job->job.state))
		say(jobs, MESSAGE_UNWATCH, job->id);
	LIST_REMOVE(job, chained);
	TAILQ_REMOVE(&jobs->jobs, job, entry);
	free(job->packed);
	free(job->view);
	free(job->result_bytes);
	free(job->detail);
	free(job);
}

static void
tell(struct live_jobs *jobs, const struct live_job *job)
{
	struct live_watch *watch;

	TAILQ_FOREACH(watch, &job->watches, entry)
		jobs->changed(watch->client);
}

/* Results. */

/*
 * Once it is final, and if anybody wants it.  Whoever comes after an error asks
 * anew: it may have passed.
 */
static void
ask_result(struct live_jobs *jobs, struct live_job *job)
{
	struct live_watch *watch;
	bool wanted = false;

	TAILQ_FOREACH(watch, &job->watches, entry)
		wanted |= watch->wants_result;
	if (!wanted || job->asked || job->result_bytes != NULL ||
	    job->err != MR_OK || !job->known ||
	    !mr_job_is_final(job->job.state) || jobs->link.fd < 0)
		return;
	job->asked = true;
	job->result_err = MR_OK;
	say(jobs, MESSAGE_RESULT, job->id);
}

/* What the broker has said of an error; without memory nothing. */
static void
keep_detail(struct live_job *job, const struct message *message)
{
	free(job->detail);
	job->detail =
	    message->detail == NULL ? NULL : strdup(message->detail);
}

/* One copy, with status, type and body. */
static void
keep_result(struct live_job *job, const struct message *reply,
            struct mr_arena *arena)
{
	struct mr_buffer packed = { .arena = arena };
	struct mr_unpack from;

	job->result_err = reply->err;
	if (reply->err != MR_OK)
		return;
	mr_pack_result(&packed, &reply->result);
	job->result_bytes = packed.failed ? NULL : malloc(packed.length);
	if (job->result_bytes == NULL) {
		job->result_err = MR_MEMORY;
		return;
	}
	memcpy(job->result_bytes, packed.data, packed.length);
	from = (struct mr_unpack){ job->result_bytes,
		                   job->result_bytes + packed.length, false };
	mr_unpack_result(&from, &job->result);
}

/* All that is asked for by name is results. */
static void
hear_reply(struct live_jobs *jobs, const struct message *reply)
{
	struct live_job *job = reply->id == NULL ? NULL : find(jobs, reply->id);

	if (job == NULL || !job->asked)
		return;
	job->asked = false;
	keep_detail(job, reply);
	keep_result(job, reply, jobs->arena);
	tell(jobs, job);
}

/* Changes. */

static bool
write_view(struct live_job *job, const struct mr_job_progress *progress,
           struct mr_arena *arena)
{
	struct mr_buffer json = { .arena = arena };
	char *view;

	if (mr_job_view_write(&job->job, progress, &json) != MR_OK)
		return false;
	view = mr_buffer_text(&json);
	view = view == NULL ? NULL : strdup(view);
	if (view == NULL)
		return false;
	free(job->view);
	job->view = view;
	return true;
}

static bool
keep_job(struct live_job *job, const struct mr_job *told,
         struct mr_arena *arena)
{
	struct mr_buffer packed = { .arena = arena };
	struct mr_unpack from;
	char *bytes;

	mr_pack_job(&packed, told);
	bytes = packed.failed ? NULL : malloc(packed.length);
	if (bytes == NULL)
		return false;
	memcpy(bytes, packed.data, packed.length);
	free(job->packed);
	job->packed = bytes;
	from = (struct mr_unpack){ bytes, bytes + packed.length, false };
	mr_unpack_job(&from, &job->job);
	job->last = mr_history_last(job->job.history);
	job->place = SCOREBOARD_SLOTS;
	job->told = 0;
	return write_view(job, NULL, arena);
}

static void
hear_change(struct live_jobs *jobs, const struct message *change)
{
	struct live_job *job =
	    change->id == NULL ? NULL : find(jobs, change->id);

	if (job == NULL)
		return;
	job->err = change->err;
	keep_detail(job, change);
	if (job->err == MR_OK &&
	    (change->job_count != 1 ||
	     !keep_job(job, change->jobs, jobs->arena)))
		job->err = MR_MEMORY;
	job->known = true;
	mr_arena_reset(jobs->arena);
	ask_result(jobs, job);
	tell(jobs, job);
}

/*
 * It is back once it speaks: its socket is the master's, which takes connections
 * while it is away.
 */
static void
note(struct live_jobs *jobs, bool away)
{
	if (away == jobs->away)
		return;
	jobs->away = away;
	log_notice(away ? "The broker is away." : "The broker is back.");
}

void
live_jobs_hear(struct live_jobs *jobs)
{
	struct message message;

	live_link_move(&jobs->link);
	while (live_link_next(&jobs->link, jobs->arena, &message)) {
		note(jobs, false);
		if (message.type == MESSAGE_CHANGED)
			hear_change(jobs, &message);
		else if (message.type == MESSAGE_REPLY)
			hear_reply(jobs, &message);
		mr_arena_reset(jobs->arena);
	}
	if (jobs->link.fd < 0)
		note(jobs, true);
}

/* Clients. */

/* An error is for those who were there: it may have passed. */
static void
ask_again(struct live_jobs *jobs, struct live_job *job)
{
	job->known = false;
	job->err = MR_OK;
	say(jobs, MESSAGE_WATCH, job->id);
}

/* Whatever was watched may have changed meanwhile. */
static void
reconnect(struct live_jobs *jobs)
{
	struct live_job *job;

	if (!live_link_open(&jobs->link))
		return;
	TAILQ_FOREACH(job, &jobs->jobs, entry) {
		job->asked = false;
		if (job->known && job->err == MR_OK &&
		    mr_job_is_final(job->job.state))
			ask_result(jobs, job);
		else
			say(jobs, MESSAGE_WATCH, job->id);
	}
}

bool
live_jobs_join(struct live_jobs *jobs, const char *id, struct live_watch *watch)
{
	struct live_job *job;

	if (jobs->link.fd < 0)
		reconnect(jobs);
	job = find(jobs, id);
	if (job == NULL)
		job = add(jobs, id);
	else if (job->err != MR_OK)
		ask_again(jobs, job);
	if (job == NULL)
		return false;
	watch->job = job;
	TAILQ_INSERT_TAIL(&job->watches, watch, entry);
	jobs->progress_watches += watch->wants_progress;
	ask_result(jobs, job);
	return true;
}

void
live_jobs_leave(struct live_jobs *jobs, struct live_watch *watch)
{
	struct live_job *job = watch->job;

	if (job == NULL)
		return;
	watch->job = NULL;
	jobs->progress_watches -= watch->wants_progress;
	TAILQ_REMOVE(&job->watches, watch, entry);
	if (TAILQ_EMPTY(&job->watches))
		drop(jobs, job);
}

/* Time. */

static bool
is_same(const struct mr_job_progress *a, const struct mr_job_progress *b)
{
	struct mr_job_progress c = *b;

	c.elapsed = a->elapsed;
	return memcmp(a, &c, sizeof(c)) == 0;
}

void
live_jobs_look(struct live_jobs *jobs, struct live_job *job)
{
	const struct scoreboard *board = jobs->board;
	struct mr_job_progress progress;

	memset(&progress, 0, sizeof(progress));
	if (job->job.state != MR_JOB_RUNNING || job->err != MR_OK)
		return;
	if (job->place >= SCOREBOARD_SLOTS)
		job->place = progress_find(board, job->id, job->job.attempt);
	if (job->place >= SCOREBOARD_SLOTS ||
	    !progress_read(&board->scores[job->place].job, job->id,
	                   job->job.attempt, &progress) ||
	    is_same(&progress, &job->progress) ||
	    !write_view(job, &progress, jobs->arena))
		return;
	job->progress = progress;
	job->told++;
	tell(jobs, job);
}

static void
look_at_all(struct live_jobs *jobs)
{
	struct live_job *job;

	TAILQ_FOREACH(job, &jobs->jobs, entry) {
		if (job->known)
			live_jobs_look(jobs, job);
		mr_arena_reset(jobs->arena);
	}
}

int64_t
live_jobs_tick(struct live_jobs *jobs, int64_t now)
{
	bool away = jobs->link.fd < 0 && !TAILQ_EMPTY(&jobs->jobs);
	int64_t next = 0;

	if (away && (now >= jobs->retry || jobs->retry > now + RETRY)) {
		note(jobs, true);
		jobs->retry = now + RETRY;
		reconnect(jobs);
		away = jobs->link.fd < 0;
	}
	if (away)
		next = jobs->retry;
	if (jobs->progress_watches == 0)
		return next;
	if (now >= jobs->look || jobs->look > now + LOOK) {
		jobs->look = now + LOOK;
		look_at_all(jobs);
	}
	return live_timers_sooner(next, jobs->look);
}

void
live_jobs_free(struct live_jobs *jobs)
{
	live_link_close(&jobs->link);
}
