/*
 * broker_turn.c: take, write, tell, read, answer.
 */
#include "fcgi/broker_turn.h"

#include "fcgi/broker_board.h"
#include "fcgi/clock.h"
#include "fcgi/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Of one turn, so that no one waits for all the others. */
#define QUESTIONS 4096
#define BYTES ((size_t)32 << 20)

#define COMPLAIN (10 * CLOCK_NS_PER_S) /* at most so often */

void
broker_desk_init(struct broker_desk *desk, const struct config *config,
                 struct scoreboard *board)
{
	*desk = (struct broker_desk){ .store = NULL };
	TAILQ_INIT(&desk->ready);
	broker_runs_init(&desk->runs, board);
	broker_upkeep_init(&desk->upkeep, config, &desk->runs);
}

void
broker_desk_free(struct broker_desk *desk)
{
	broker_runs_free(&desk->runs);
	broker_watch_free(&desk->watches);
}

void
broker_desk_leave(struct broker_desk *desk,
                  struct broker_connection *connection)
{
	broker_watch_leave(&desk->watches, &connection->watcher);
	broker_upkeep_leave(&desk->upkeep, &connection->claim);
	if (connection->unread)
		broker_runs_return(&desk->runs, connection);
	broker_runs_leave(&desk->runs, connection);
	if (connection->is_ready)
		TAILQ_REMOVE(&desk->ready, connection, ready);
	connection->is_ready = false;
}

/* Taking. */

/* All of a connection, until the turn is full; false: it is. */
static bool
take_from(struct broker_batch *batch, struct broker_connection *connection,
          size_t *count, size_t *sum)
{
	struct message message;
	size_t length;

	while (*count < QUESTIONS && *sum < BYTES) {
		if (!broker_connection_take(connection, batch->arena, &message,
		                            &length))
			return true;
		if (!broker_batch_add(batch, &message, connection)) {
			connection->dropped = true;
			return true;
		}
		++*count;
		*sum += length;
	}
	return false;
}

static void
take(struct broker_desk *desk, struct broker_batch *batch)
{
	struct broker_connection *connection;
	size_t count = 0, sum = 0;

	TAILQ_FOREACH(connection, &desk->ready, ready)
		if (!take_from(batch, connection, &count, &sum))
			break;
}

/* Who still has messages goes behind those who have not had a turn. */
static void
settle(struct broker_desk *desk)
{
	struct broker_connection *connection, *next;
	struct broker_connections again = TAILQ_HEAD_INITIALIZER(again);

	for (connection = TAILQ_FIRST(&desk->ready); connection != NULL;
	     connection = next) {
		bool was_heard = connection->held > 0;

		next = TAILQ_NEXT(connection, ready);
		if (was_heard) {
			connection->turn = desk->turn;
			desk->askers++;
		}
		broker_connection_settle(connection);
		if (!was_heard && !connection->dropped)
			continue;
		TAILQ_REMOVE(&desk->ready, connection, ready);
		connection->is_ready = !connection->dropped &&
		                       broker_connection_has(connection);
		if (connection->is_ready)
			TAILQ_INSERT_TAIL(&again, connection, ready);
	}
	TAILQ_CONCAT(&desk->ready, &again, ready);
}

/* Telling. */

static struct mr_string
written(const struct message *message, struct mr_arena *arena)
{
	struct mr_buffer bytes = { .arena = arena };

	message_write(message, &bytes);
	if (bytes.failed)
		return (struct mr_string){ NULL, 0 };
	return (struct mr_string){ bytes.data, bytes.length };
}

/* Who cannot be told the truth is told nothing, and asks again. */
static void
tell(struct broker_desk *desk, struct broker_connection *connection,
     const struct message *message)
{
	struct mr_string bytes = written(message, desk->arena);

	if (bytes.data == NULL || bytes.length > MESSAGE_MOST)
		connection->dropped = true;
	else
		broker_connection_write(connection, bytes);
}

static struct broker_connection *
connection_of(struct broker_watcher *watcher)
{
	return (struct broker_connection *)(void *)((char *)watcher -
	                                            offsetof(
	                                                struct broker_connection,
	                                                watcher));
}

static void
tell_watchers(struct broker_desk *desk, const struct mr_job *job)
{
	const struct message changed = { .type = MESSAGE_CHANGED,
		                         .id = job->id,
		                         .jobs = job,
		                         .job_count = 1 };
	struct broker_watch *watch =
	    broker_watch_first(&desk->watches, job->id);
	struct mr_string bytes;

	if (watch == NULL)
		return;
	bytes = written(&changed, desk->arena);
	for (; watch != NULL; watch = broker_watch_next(watch))
		if (bytes.data == NULL)
			connection_of(watch->watcher)->dropped = true;
		else
			broker_connection_write(connection_of(watch->watcher),
			                        bytes);
	if (mr_job_is_final(job->state))
		broker_watch_end(&desk->watches, job->id);
}

static void
log_change(const struct mr_job *job, int64_t before)
{
	bool has_ended = before == MR_JOB_RUNNING &&
	                 job->cause != MR_JOB_CAUSE_NONE;

	log_notice("job %s: %s -> %s attempt=%lld%s%s", job->id,
	           before < 0 ? "new" : mr_job_state_name(before),
	           mr_job_state_name(job->state), (long long)job->attempt,
	           has_ended ? " cause=" : "",
	           has_ended ? mr_job_cause_name(job->cause) : "");
}

static void
follow_changes(struct broker_desk *desk, const struct broker_batch *batch)
{
	const struct broker_change *change;

	STAILQ_FOREACH(change, &batch->changes, entry) {
		log_change(&change->job, change->before);
		broker_board_note(desk->runs.board, &change->job,
		                  change->before);
		broker_upkeep_note(&desk->upkeep, &change->job, change->before);
		tell_watchers(desk, &change->job);
	}
}

/* Without memory for a run, its runner goes: then its job runs again. */
static void
give(struct broker_desk *desk, const struct broker_given *given)
{
	struct broker_connection *connection = given->claim->holder;
	struct broker_run run = { .attempt = given->claimed.job.attempt,
		                  .holder = connection,
		                  .pid = given->claim->pid,
		                  .place = given->claim->place };

	mr_job_copy_id(run.id, given->claimed.job.id);
	if (broker_runs_begin(&desk->runs, &run))
		tell(desk, connection, &given->reply);
	else
		connection->dropped = true;
}

static void
follow_upkeep(struct broker_desk *desk, const struct broker_batch *batch)
{
	const struct broker_given *given;

	if (batch->upkeep == NULL)
		return;
	broker_upkeep_settle(&desk->upkeep, batch->kept_up);
	STAILQ_FOREACH(given, &desk->upkeep.given, entry)
		give(desk, given);
	STAILQ_INIT(&desk->upkeep.given);
}

/* What a question does to the broker itself, by its type. */

static void
follow_cancel(struct broker_desk *desk, const struct broker_question *question)
{
	const struct mr_job *job = broker_answer_job(&question->reply);

	if (question->reply.err != MR_OK || job == NULL ||
	    job->state != MR_JOB_RUNNING)
		return;
	broker_runs_cancel(&desk->runs, job->id);
	tell_watchers(desk, job);
}

static void
follow_claim(struct broker_desk *desk, const struct broker_question *question)
{
	struct broker_connection *connection = question->asker;
	int64_t place = question->message.number;

	connection->claim.place = place >= 0 && place < SCOREBOARD_SLOTS
	                              ? (size_t)place
	                              : SCOREBOARD_SLOTS;
	connection->runs = true;
	broker_runs_drop(&desk->runs, connection);
	broker_upkeep_wait(&desk->upkeep, &connection->claim);
}

static void
follow_watch(struct broker_desk *desk, const struct broker_question *question)
{
	const struct mr_job *job = broker_answer_job(&question->reply);
	struct broker_connection *connection = question->asker;

	if (job != NULL && !mr_job_is_final(job->state) &&
	    !broker_watch_add(&desk->watches, &connection->watcher, job->id))
		connection->dropped = true;
}

static void
follow_unwatch(struct broker_desk *desk, const struct broker_question *question)
{
	struct broker_connection *connection = question->asker;

	if (question->message.id != NULL)
		broker_watch_remove(&desk->watches, &connection->watcher,
		                    question->message.id);
}

static void (*const follow[MESSAGE_TYPE_COUNT])(
    struct broker_desk *desk, const struct broker_question *question) = {
	[MESSAGE_CANCEL] = follow_cancel,
	[MESSAGE_CLAIM] = follow_claim,
	[MESSAGE_WATCH] = follow_watch,
	[MESSAGE_UNWATCH] = follow_unwatch,
};

static void
answer(struct broker_desk *desk, const struct broker_batch *batch)
{
	struct broker_question *question;

	STAILQ_FOREACH(question, &batch->questions, entry) {
		enum message_type type = question->message.type;
		const struct mr_job *job = broker_answer_job(&question->reply);

		if (type == MESSAGE_FIND && job != NULL)
			question->reply.jobs = broker_board_refresh(
			    desk->runs.board, job, desk->arena);
		if (broker_answer_is_due(type))
			tell(desk, question->asker, &question->reply);
		if (follow[type] != NULL)
			follow[type](desk, question);
	}
}

/* A runner that speaks of its job is there, whoever lost it. */
static void
hear_runners(struct broker_desk *desk, const struct broker_batch *batch)
{
	const struct broker_question *question;

	STAILQ_FOREACH(question, &batch->questions, entry) {
		const struct message *message = &question->message;

		if (message->id != NULL &&
		    (message->type == MESSAGE_CHECKPOINT ||
		     message->type == MESSAGE_FINISH ||
		     message->type == MESSAGE_FAIL))
			broker_runs_speak(&desk->runs, message->id,
			                  message->attempt, question->asker);
	}
}

bool
broker_may_complain(uint64_t *logged)
{
	uint64_t now = clock_now();

	if (*logged != 0 && now < *logged + COMPLAIN)
		return false;
	*logged = now;
	return true;
}

static void
complain(struct broker_desk *desk, const struct broker_batch *batch)
{
	if (batch->err == MR_OK || desk->store == NULL ||
	    !broker_may_complain(&desk->complained))
		return;
	log_error("Cannot store jobs. error=\"%s\"",
	          batch->err == MR_MEMORY ? strerror(ENOMEM)
	                                  : desk->store->reason);
}

static bool
has_writing(const struct broker_batch *batch)
{
	const struct broker_question *question;

	STAILQ_FOREACH(question, &batch->questions, entry)
		if (broker_answer_need(question->message.type) ==
		    BROKER_NEEDS_WRITING)
			return true;
	return false;
}

static void
plan_upkeep(struct broker_desk *desk, struct broker_batch *batch)
{
	const struct broker_moment moment = { clock_now(), batch->now };

	if (desk->store == NULL ||
	    !broker_upkeep_is_due(&desk->upkeep, moment, desk->wrote))
		return;
	batch->upkeep = broker_upkeep_run;
	batch->context = &desk->upkeep;
}

void
broker_turn(struct broker_desk *desk, bool last)
{
	struct broker_batch batch = { .store = desk->store,
		                      .reason = desk->reason,
		                      .arena = desk->arena,
		                      .age = desk->age,
		                      .now = (int64_t)clock_unix_ms() };

	desk->turn++;
	desk->askers = 0;
	broker_batch_init(&batch);
	if (getrandom(&batch.jitter, sizeof(batch.jitter), GRND_NONBLOCK) < 0)
		batch.jitter = (uint32_t)clock_now();
	take(desk, &batch);
	hear_runners(desk, &batch);
	desk->wrote = has_writing(&batch);
	if (!last)
		plan_upkeep(desk, &batch);
	broker_batch_write(&batch);
	follow_changes(desk, &batch);
	follow_upkeep(desk, &batch);
	broker_batch_read(&batch);
	answer(desk, &batch);
	complain(desk, &batch);
	settle(desk);
	mr_arena_reset(desk->arena);
}
