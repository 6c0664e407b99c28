/*
 * broker_turn.c: take, write, tell, read, answer.
 */
#include "fcgi/broker/broker_turn.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/broker/broker_board.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* Of one turn, so that no one waits for all the others. */
#define QUESTIONS 4096
#define BYTES ((size_t)32 << 20)

#define COMPLAIN (10 * CLOCK_NS_PER_S) /* at most so often */

void
broker_state_init(struct broker_state *state, const struct config *config,
                 struct scoreboard *board)
{
	*state = (struct broker_state){ .store = NULL };
	TAILQ_INIT(&state->ready);
	broker_runs_init(&state->runs, board);
	broker_upkeep_init(&state->upkeep, config, &state->runs);
}

void
broker_state_free(struct broker_state *state)
{
	broker_runs_free(&state->runs);
	broker_watch_free(&state->watches);
}

void
broker_state_leave(struct broker_state *state,
                  struct broker_connection *connection)
{
	broker_watch_leave(&state->watches, &connection->watcher);
	broker_upkeep_leave(&state->upkeep, &connection->claim);
	if (connection->unread)
		broker_runs_return(&state->runs, connection);
	broker_runs_leave(&state->runs, connection);
	if (connection->is_ready)
		TAILQ_REMOVE(&state->ready, connection, ready);
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
take(struct broker_state *state, struct broker_batch *batch)
{
	struct broker_connection *connection;
	size_t count = 0, sum = 0;

	TAILQ_FOREACH(connection, &state->ready, ready)
		if (!take_from(batch, connection, &count, &sum))
			break;
}

/* Who still has messages goes behind those who have not had a turn. */
static void
settle(struct broker_state *state)
{
	struct broker_connection *connection, *next;
	struct broker_connections again = TAILQ_HEAD_INITIALIZER(again);

	for (connection = TAILQ_FIRST(&state->ready); connection != NULL;
	     connection = next) {
		bool was_heard = connection->held > 0;

		next = TAILQ_NEXT(connection, ready);
		broker_connection_settle(connection);
		if (!was_heard && !connection->dropped)
			continue;
		TAILQ_REMOVE(&state->ready, connection, ready);
		connection->is_ready = !connection->dropped &&
		                       broker_connection_has(connection);
		if (connection->is_ready)
			TAILQ_INSERT_TAIL(&again, connection, ready);
	}
	TAILQ_CONCAT(&state->ready, &again, ready);
}

/* Telling. */

static struct mr_string
written(const struct message *message, struct mr_arena *arena)
{
	struct mr_buffer bytes = { .arena = arena };

	message_write(message, &bytes);
	return bytes.failed ? (struct mr_string){ NULL, 0 }
	                    : (struct mr_string){ bytes.data, bytes.length };
}

/* Who cannot be told the truth is told nothing, and asks again. */
static void
tell(struct broker_state *state, struct broker_connection *connection,
     const struct message *message)
{
	struct mr_string bytes = written(message, state->arena);

	if (bytes.data == NULL || bytes.length > MESSAGE_MOST)
		connection->dropped = true;
	else
		broker_connection_write(connection, bytes);
}

static struct broker_connection *
connection_of(struct broker_watcher *watcher)
{
	size_t offset = offsetof(struct broker_connection, watcher);

	return (struct broker_connection *)(void *)((char *)watcher - offset);
}

static void
tell_watchers(struct broker_state *state, const struct mr_job *job)
{
	const struct message changed = { .type = MESSAGE_CHANGED,
		                         .id = job->id,
		                         .jobs = job,
		                         .job_count = 1 };
	struct broker_watch *watch =
	    broker_watch_first(&state->watches, job->id);
	struct mr_string bytes;

	if (watch == NULL)
		return;
	bytes = written(&changed, state->arena);
	for (; watch != NULL; watch = broker_watch_next(watch))
		if (bytes.data == NULL)
			connection_of(watch->watcher)->dropped = true;
		else
			broker_connection_write(connection_of(watch->watcher),
			                        bytes);
	if (mr_job_is_final(job->state))
		broker_watch_end(&state->watches, job->id);
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
follow_changes(struct broker_state *state, const struct broker_batch *batch)
{
	const struct broker_change *change;

	STAILQ_FOREACH(change, &batch->changes, entry) {
		log_change(&change->job, change->before);
		broker_board_note(state->runs.board, &change->job,
		                  change->before);
		broker_upkeep_note(&state->upkeep, &change->job, change->before);
		tell_watchers(state, &change->job);
	}
}

/* Without memory for a run, its runner goes: then its job runs again. */
static void
give(struct broker_state *state, const struct broker_given *given)
{
	struct broker_connection *connection = given->claim->holder;
	struct broker_run run = { .attempt = given->claimed.job.attempt,
		                  .holder = connection,
		                  .pid = given->claim->pid,
		                  .place = given->claim->place };

	mr_job_copy_id(run.id, given->claimed.job.id);
	if (broker_runs_begin(&state->runs, &run))
		tell(state, connection, &given->reply);
	else
		connection->dropped = true;
}

static void
follow_upkeep(struct broker_state *state, const struct broker_batch *batch)
{
	const struct broker_given *given;

	if (batch->upkeep == NULL)
		return;
	broker_upkeep_settle(&state->upkeep, batch->kept_up);
	STAILQ_FOREACH(given, &state->upkeep.given, entry)
		give(state, given);
	STAILQ_INIT(&state->upkeep.given);
}

/* What a question does to the broker itself, by its type. */

static void
follow_cancel(struct broker_state *state, const struct broker_question *question)
{
	const struct mr_job *job = broker_answer_job(&question->reply);

	if (question->reply.err != MR_OK || job == NULL ||
	    job->state != MR_JOB_RUNNING)
		return;
	broker_runs_cancel(&state->runs, job->id);
	tell_watchers(state, job);
}

static void
follow_watch(struct broker_state *state, const struct broker_question *question)
{
	const struct mr_job *job = broker_answer_job(&question->reply);
	struct broker_connection *connection = question->asker;

	if (job != NULL && !mr_job_is_final(job->state) &&
	    !broker_watch_add(&state->watches, &connection->watcher, job->id))
		connection->dropped = true;
}

static void
follow_unwatch(struct broker_state *state, const struct broker_question *question)
{
	struct broker_connection *connection = question->asker;

	if (question->message.id != NULL)
		broker_watch_remove(&state->watches, &connection->watcher,
		                    question->message.id);
}

static void (*const follow[MESSAGE_TYPE_COUNT])(
    struct broker_state *state, const struct broker_question *question) = {
	[MESSAGE_CANCEL] = follow_cancel,
	[MESSAGE_WATCH] = follow_watch,
	[MESSAGE_UNWATCH] = follow_unwatch,
};

static void
reply(struct broker_state *state, const struct broker_question *question)
{
	struct broker_connection *asker = question->asker;

	tell(state, asker, &question->reply);
	state->answered += asker->turn != state->turn;
	asker->turn = state->turn;
}

static void
answer(struct broker_state *state, const struct broker_batch *batch)
{
	struct broker_question *question;

	STAILQ_FOREACH(question, &batch->questions, entry) {
		enum message_type type = question->message.type;
		const struct mr_job *job = broker_answer_job(&question->reply);

		if (type == MESSAGE_FIND && job != NULL)
			question->reply.jobs = broker_board_refresh(
			    state->runs.board, job, state->arena);
		if (broker_answer_is_due(type))
			reply(state, question);
		if (follow[type] != NULL)
			follow[type](state, question);
	}
}

/* It may be given what is submitted in this very turn. */
static void
hear_claim(struct broker_state *state, const struct broker_question *question)
{
	struct broker_connection *connection = question->asker;

	connection->claim.place = (size_t)question->message.number;
	connection->runs = true;
	broker_runs_drop(&state->runs, connection);
	if (!connection->ended)
		broker_upkeep_wait(&state->upkeep, &connection->claim);
}

/* A runner that speaks of its job is there, whoever lost it. */
static void
hear_runners(struct broker_state *state, const struct broker_batch *batch)
{
	const struct broker_question *question;

	STAILQ_FOREACH(question, &batch->questions, entry) {
		const struct message *message = &question->message;
		enum message_type type = message->type;

		if (type == MESSAGE_CLAIM)
			hear_claim(state, question);
		else if (message->id != NULL && (type == MESSAGE_CHECKPOINT ||
		         type == MESSAGE_FINISH || type == MESSAGE_FAIL))
			broker_runs_speak(&state->runs, message->id,
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
complain(struct broker_state *state, const struct broker_batch *batch)
{
	if (batch->err == MR_OK || state->store == NULL ||
	    !broker_may_complain(&state->complained))
		return;
	log_error("Cannot store jobs. error=\"%s\"",
	          batch->err == MR_MEMORY ? strerror(ENOMEM)
	                                  : state->store->reason);
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
plan_upkeep(struct broker_state *state, struct broker_batch *batch)
{
	const struct broker_moment moment = { clock_now(), batch->now };

	if (state->store == NULL ||
	    !broker_upkeep_is_due(&state->upkeep, moment, state->wrote))
		return;
	batch->upkeep = broker_upkeep_run;
	batch->context = &state->upkeep;
}

void
broker_turn(struct broker_state *state, bool last)
{
	struct broker_batch batch = { .store = state->store,
		                      .reason = state->reason,
		                      .arena = state->arena,
		                      .age = state->age,
		                      .now = (int64_t)clock_unix_ms() };

	state->turn++;
	state->answered = 0;
	broker_batch_init(&batch);
	if (getrandom(&batch.jitter, sizeof(batch.jitter), GRND_NONBLOCK) < 0)
		batch.jitter = (uint32_t)clock_now();
	take(state, &batch);
	hear_runners(state, &batch);
	state->wrote = has_writing(&batch);
	if (!last)
		plan_upkeep(state, &batch);
	broker_batch_write(&batch);
	follow_changes(state, &batch);
	follow_upkeep(state, &batch);
	broker_batch_read(&batch);
	answer(state, &batch);
	complain(state, &batch);
	settle(state);
	mr_arena_reset(state->arena);
}
