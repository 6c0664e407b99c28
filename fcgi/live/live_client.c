/*
 * live_client.c: results of jobs, and events.
 */
#include "fcgi/live/live_client.h"

#include "api/job_view.h"
#include "fcgi/base/clock.h"
#include "fcgi/live/live_event.h"
#include "fcgi/live/live_reply.h"
#include "fcgi/wire/jobs_problem.h"

#include <stdlib.h>

#define ALIVE 15000 /* ms of silence until a client hears that we are there */
#define PIECE ((size_t)64 << 10) /* bytes of a result at a time */

struct live_client {
	struct live_timer timer; /* first: a timer is its client */
	TAILQ_ENTRY(live_client) entry;
	struct live_watch watch;
	struct live_crowd *crowd;
	void *connection;
	char *words; /* all texts, one behind the other */
	struct live_origin origin;
	int64_t seen;  /* of events: number of the last state ... */
	uint64_t told; /* ... and of the progress since then */
	size_t sent;   /* of a result: bytes of its body */
	enum live_kind kind;
	bool websocket;
	bool begun; /* the header is sent */
};

void
live_crowd_init(struct live_crowd *crowd, void (*wake)(void *connection))
{
	crowd->wake = wake;
	TAILQ_INIT(&crowd->clients);
}

void
live_client_changed(void *client)
{
	const struct live_client *changed = client;

	changed->crowd->wake(changed->connection);
}

/* Coming and going. */

static const char *
keep_word(char **room, const char *word)
{
	const char *kept = *room;

	*room = stpcpy(*room, word) + 1;
	return kept;
}

static bool
keep_words(struct live_client *client, const struct live_request *request)
{
	char *room = client->words = malloc(strlen(request->request_id) +
	                                    strlen(request->instance) + 2);

	if (room == NULL)
		return false;
	client->origin.request_id = keep_word(&room, request->request_id);
	client->origin.instance = keep_word(&room, request->instance);
	return true;
}

static bool
settle(struct live_client *client, const struct live_request *request)
{
	struct live_crowd *crowd = client->crowd;
	int64_t due = client->kind == LIVE_EVENTS
	                  ? (int64_t)clock_unix_ms() + ALIVE
	                  : request->time;

	return keep_words(client, request) &&
	       live_timers_set(&crowd->timers, &client->timer, due) &&
	       live_jobs_join(&crowd->jobs, request->job, &client->watch);
}

struct live_client *
live_client_new(struct live_crowd *crowd, const struct live_request *request,
                const struct live_asker *asker)
{
	struct live_client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return NULL;
	client->crowd = crowd;
	client->connection = asker->connection;
	client->kind = request->kind;
	client->websocket = client->begun = asker->websocket;
	client->seen = request->after;
	client->watch.client = client;
	client->watch.wants_result = client->kind == LIVE_WAIT;
	client->watch.wants_progress = client->kind == LIVE_EVENTS;
	TAILQ_INSERT_TAIL(&crowd->clients, client, entry);
	crowd->count++;
	if (settle(client, request))
		return client;
	live_client_free(client);
	return NULL;
}

void
live_client_free(struct live_client *client)
{
	if (client == NULL)
		return;
	TAILQ_REMOVE(&client->crowd->clients, client, entry);
	client->crowd->count--;
	live_timers_cancel(&client->crowd->timers, &client->timer);
	live_jobs_leave(&client->crowd->jobs, &client->watch);
	free(client->words);
	free(client);
}

/* Problems. */

static enum live_step
refuse(struct live_client *client, enum mr_err err, struct mr_buffer *piece)
{
	const struct live_job *job = client->watch.job;
	const char *said = job->known ? job->detail : JOBS_PROBLEM_NO_BROKER;

	if (!client->begun)
		live_reply_problem(&client->origin, err,
		                   jobs_problem_detail(err, said), piece);
	return LIVE_LAST;
}

enum live_close
live_client_reason(const struct live_client *client)
{
	const struct live_job *job = client->watch.job;

	if (client->crowd->stage == LIVE_REPLACED)
		return LIVE_CLOSE_RESTART;
	if (job == NULL || !job->known)
		return LIVE_CLOSE_AGAIN;
	if (job->err == MR_NOT_FOUND)
		return LIVE_CLOSE_UNKNOWN;
	if (job->err == MR_OK && mr_job_is_final(job->job.state))
		return LIVE_CLOSE_NORMAL;
	return client->crowd->stage == LIVE_STOPPING ? LIVE_CLOSE_STOPPING
	                                             : LIVE_CLOSE_AGAIN;
}

/* Results. */

static enum live_step
send_result(struct live_client *client, struct mr_buffer *piece)
{
	const struct mr_job_result *result = &client->watch.job->result;
	size_t left = result->body.length - client->sent;

	if (!client->begun)
		live_reply_result(&client->origin, result, piece);
	client->begun = true;
	if (left > PIECE)
		left = PIECE;
	mr_buffer_append(piece, result->body.data + client->sent, left);
	client->sent += left;
	return client->sent < result->body.length ? LIVE_PIECE : LIVE_LAST;
}

static enum live_step
next_of_final(struct live_client *client, struct mr_buffer *piece)
{
	const struct live_job *job = client->watch.job;
	struct mr_buffer detail = { .arena = piece->arena };

	if (job->result_err != MR_OK)
		return refuse(client, job->result_err, piece);
	if (job->result_bytes == NULL)
		return LIVE_REST;
	if (job->result.status != 0)
		return send_result(client, piece);
	mr_buffer_printf(&detail, JOBS_PROBLEM_NO_RESULT,
	                 mr_job_state_name(job->job.state));
	live_reply_problem(&client->origin, MR_CONFLICT,
	                   mr_buffer_text(&detail), piece);
	return LIVE_LAST;
}

static enum live_step
next_of_wait(struct live_client *client, struct mr_buffer *piece)
{
	struct live_job *job = client->watch.job;
	bool late = client->timer.place == 0 ||
	            client->crowd->stage == LIVE_STOPPING;

	if (job->known && job->err != MR_OK)
		return refuse(client, job->err, piece);
	if (job->known && mr_job_is_final(job->job.state)) {
		enum live_step step = next_of_final(client, piece);

		if (step != LIVE_REST || !late)
			return step;
	}
	if (!late)
		return LIVE_REST;
	if (!job->known)
		return refuse(client, MR_BUSY, piece);
	live_jobs_look(&client->crowd->jobs, job);
	live_reply_accepted(&client->origin, job->id, job->view, piece);
	return LIVE_LAST;
}

/* Events. */

static void
send_event(const struct live_client *client, const char *name,
           const char *data, struct mr_buffer *piece)
{
	const struct live_event event = { name, client->seen,
		                         { data, strlen(data) } };

	if (client->websocket)
		live_event_write_message(&event, piece);
	else
		live_event_write(&event, piece);
}

static enum live_step
send_state(struct live_client *client, const struct mr_history_line *line,
           struct mr_buffer *piece)
{
	const struct live_job *job = client->watch.job;
	bool last = line->number == job->last;
	const struct mr_job past = live_event_past(&job->job, line);
	struct mr_buffer view = { .arena = piece->arena };
	const char *data = job->view;

	if (!last) {
		if (mr_job_view_write(&past, NULL, &view) != MR_OK ||
		    (data = mr_buffer_text(&view)) == NULL)
			piece->failed = true;
	}
	client->seen = line->number;
	client->told = job->told;
	if (!piece->failed)
		send_event(client, "state", data, piece);
	return last && mr_job_is_final(job->job.state) ? LIVE_LAST : LIVE_PIECE;
}

/* Whoever is between closes a connection that is silent for long. */
static enum live_step
stay(struct live_client *client, struct mr_buffer *piece)
{
	if (client->timer.place != 0)
		return LIVE_REST;
	if (!live_timers_set(&client->crowd->timers, &client->timer,
	                (int64_t)clock_unix_ms() + ALIVE))
		piece->failed = true;
	if (client->websocket)
		return LIVE_PING;
	mr_buffer_puts(piece, LIVE_EVENT_ALIVE);
	return LIVE_REST;
}

static void
begin_events(struct live_client *client, struct mr_buffer *piece)
{
	if (client->begun)
		return;
	client->begun = true;
	live_reply_events(&client->origin, piece);
	mr_buffer_puts(piece, LIVE_EVENT_BEGIN);
}

static enum live_step
next_of_events(struct live_client *client, struct mr_buffer *piece)
{
	const struct live_job *job = client->watch.job;
	struct mr_history_line line;

	if (!job->known)
		return client->timer.place != 0
		           ? LIVE_REST
		           : refuse(client, MR_BUSY, piece);
	if (job->err != MR_OK)
		return refuse(client, job->err, piece);
	if (live_event_find(job->job.history, client->seen, &line)) {
		begin_events(client, piece);
		return send_state(client, &line, piece);
	}
	if (mr_job_is_final(job->job.state)) {
		if (!client->begun)
			live_reply_nothing(&client->origin, piece);
		return LIVE_LAST;
	}
	begin_events(client, piece);
	if (client->told == job->told || job->job.state != MR_JOB_RUNNING)
		return stay(client, piece);
	client->told = job->told;
	send_event(client, "progress", job->view, piece);
	return LIVE_PIECE;
}

enum live_step
live_client_next(struct live_client *client, struct mr_buffer *piece)
{
	enum live_stage stage = client->crowd->stage;

	if (stage == LIVE_REPLACED ||
	    (stage == LIVE_STOPPING && client->kind == LIVE_EVENTS))
		return LIVE_LAST;
	return client->kind == LIVE_WAIT ? next_of_wait(client, piece)
	                                 : next_of_events(client, piece);
}

/* All of them. */

int64_t
live_crowd_tick(struct live_crowd *crowd, int64_t now)
{
	int64_t next = live_jobs_tick(&crowd->jobs, now);
	struct live_timer *timer;

	while ((timer = live_timers_next(&crowd->timers)) != NULL &&
	       timer->due <= now) {
		struct live_client *client = (struct live_client *)timer;

		live_timers_cancel(&crowd->timers, timer);
		crowd->wake(client->connection);
	}
	return live_timers_sooner(next, live_timers_due(&crowd->timers));
}

void
live_crowd_enter(struct live_crowd *crowd, enum live_stage stage)
{
	struct live_client *client;

	crowd->stage = stage;
	TAILQ_FOREACH(client, &crowd->clients, entry)
		crowd->wake(client->connection);
}

void
live_crowd_free(struct live_crowd *crowd)
{
	struct live_client *client;

	while ((client = TAILQ_FIRST(&crowd->clients)) != NULL)
		live_client_free(client);
	live_timers_free(&crowd->timers);
	live_jobs_free(&crowd->jobs);
}
