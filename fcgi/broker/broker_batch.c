/*
 * broker_batch.c: group commit.
 */
#include "fcgi/broker/broker_batch.h"

/* What is done in one transaction: some questions, and the upkeep or not. */
struct unit {
	struct broker_question *first, *end; /* end is not of it; NULL: all */
	bool upkeep;
	bool spoiled; /* the store failed at a part of it, not as a whole */
};

void
broker_batch_init(struct broker_batch *batch)
{
	STAILQ_INIT(&batch->questions);
	STAILQ_INIT(&batch->changes);
}

bool
broker_batch_add(struct broker_batch *batch, const struct message *message,
                 void *asker)
{
	struct broker_question *question =
	    mr_arena_alloc(batch->arena, sizeof(*question));

	if (question == NULL)
		return false;
	question->message = *message;
	question->asker = asker;
	STAILQ_INSERT_TAIL(&batch->questions, question, entry);
	return true;
}

/* A change of a transaction that goes on. */
struct entering {
	struct broker_batch *batch;
	struct broker_changes changes;
	bool failed;
};

static void
note_change(void *context, const struct mr_job *job, int64_t before)
{
	struct entering *entering = context;
	struct broker_change *change =
	    mr_arena_alloc(entering->batch->arena, sizeof(*change));

	if (change == NULL) {
		entering->failed = true;
		return;
	}
	change->job = *job;
	change->before = before;
	STAILQ_INSERT_TAIL(&entering->changes, change, entry);
}

static bool
writes(const struct broker_question *question)
{
	return broker_answer_need(question->message.type) ==
	       BROKER_NEEDS_WRITING;
}

static bool
has_work(const struct unit *unit)
{
	const struct broker_question *question = unit->first;

	while (question != unit->end && !writes(question))
		question = STAILQ_NEXT(question, entry);
	return unit->upkeep || question != unit->end;
}

static struct mr_queue
make_queue(const struct broker_batch *batch)
{
	return (struct mr_queue){
		.store = batch->store,
		.arena = batch->arena,
		.now = batch->now,
		.jitter = batch->jitter,
	};
}

/* A question for which the store fails ends the transaction. */
static enum mr_err
answer_all(struct broker_batch *batch, struct mr_queue *queue,
           const struct unit *unit)
{
	for (struct broker_question *question = unit->first;
	     question != unit->end; question = STAILQ_NEXT(question, entry)) {
		if (!writes(question))
			continue;
		broker_answer(queue, &question->message, batch->age,
		              &question->reply);
		if (broker_answer_is_failure(question->reply.err))
			return question->reply.err;
	}
	return unit->upkeep ? batch->upkeep(queue, batch->context) : MR_OK;
}

static enum mr_err
transact(struct broker_batch *batch, struct unit *unit)
{
	struct mr_store *store = batch->store;
	struct entering entering = { .batch = batch };
	struct mr_queue queue = make_queue(batch);
	enum mr_err err = store->functions->begin(store);

	if (err != MR_OK)
		return err;
	STAILQ_INIT(&entering.changes);
	queue.entered = note_change;
	queue.context = &entering;
	err = answer_all(batch, &queue, unit);
	if (err == MR_OK && entering.failed)
		err = MR_MEMORY;
	if (err != MR_OK) {
		store->functions->rollback(store);
		unit->spoiled = true;
		return err;
	}
	err = store->functions->commit(store);
	if (err == MR_OK)
		STAILQ_CONCAT(&batch->changes, &entering.changes);
	return err;
}

/* A copy, to be told: the store's own changes with its next failure. */
static const char *
reason_of(const struct broker_batch *batch)
{
	const char *reason =
	    batch->store == NULL ? batch->reason : batch->store->reason;

	return mr_arena_copy(batch->arena, reason, strlen(reason));
}

static void
refuse(struct broker_batch *batch, const struct unit *unit, enum mr_err err)
{
	const char *reason = err == MR_MEMORY ? NULL : reason_of(batch);

	batch->err = err;
	for (struct broker_question *question = unit->first;
	     question != unit->end; question = STAILQ_NEXT(question, entry))
		if (writes(question))
			question->reply =
			    (struct message){ .type = MESSAGE_REPLY,
				              .err = err,
				              .detail = reason };
}

static enum mr_err
try(struct broker_batch *batch, struct unit *unit)
{
	enum mr_err err = MR_STORAGE;

	if (!has_work(unit))
		return MR_OK;
	if (batch->store != NULL)
		err = transact(batch, unit);
	if (err != MR_OK)
		refuse(batch, unit, err);
	else
		batch->kept_up |= unit->upkeep;
	return err;
}

/* Whether what one has failed for is in the way of all others too. */
static bool
will_repeat(const struct unit *unit, enum mr_err err)
{
	return err == MR_STORAGE_FULL || (err != MR_OK && !unit->spoiled);
}

/* Each question for itself, and then the upkeep. */
static void
try_each(struct broker_batch *batch, bool upkeep)
{
	struct unit one = { .first = STAILQ_FIRST(&batch->questions) };
	enum mr_err err = MR_OK;

	for (; one.first != NULL; one.first = one.end) {
		one.end = STAILQ_NEXT(one.first, entry);
		one.spoiled = false;
		err = try(batch, &one);
		if (will_repeat(&one, err))
			break;
	}
	if (one.first != NULL) {
		one.end = NULL;
		refuse(batch, &one, err);
		return;
	}
	one = (struct unit){ .upkeep = upkeep };
	try(batch, &one);
}

void
broker_batch_write(struct broker_batch *batch)
{
	struct unit all = { .first = STAILQ_FIRST(&batch->questions),
		            .upkeep = batch->upkeep != NULL };

	try(batch, &all);
	if (all.spoiled)
		try_each(batch, all.upkeep);
}

static void
read_one(struct broker_batch *batch, struct broker_question *question)
{
	struct mr_queue queue = make_queue(batch);
	struct message *reply = &question->reply;

	broker_answer(&queue, &question->message, batch->age, reply);
	if (reply->err == MR_STORAGE || reply->err == MR_STORAGE_FULL) {
		reply->detail = reason_of(batch);
		batch->err = reply->err;
	}
}

void
broker_batch_read(struct broker_batch *batch)
{
	struct broker_question *question;

	STAILQ_FOREACH(question, &batch->questions, entry)
		if (!writes(question))
			read_one(batch, question);
}
