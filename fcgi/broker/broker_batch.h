/*
 * broker_batch.h: all questions of one turn, in one transaction.
 *
 * Nothing is true before it is committed: only then are there answers, and
 * changes to tell of.  When the store fails at one question, each has a
 * transaction of its own, so that one does not spoil the others; when it fails
 * for what concerns all, such as a disk that is full, the rest is refused.
 */
#ifndef FCGI_BROKER_BATCH_H
#define FCGI_BROKER_BATCH_H

#include "fcgi/broker/broker_answer.h"

#include <sys/queue.h>

struct broker_question {
	struct message message, reply;
	void *asker;
	STAILQ_ENTRY(broker_question) entry;
};

/* A state that was entered. */
struct broker_change {
	struct mr_job job;
	int64_t before;
	STAILQ_ENTRY(broker_change) entry;
};

STAILQ_HEAD(broker_questions, broker_question);
STAILQ_HEAD(broker_changes, broker_change);

struct broker_batch {
	struct mr_store *store; /* NULL: it could not be opened */
	const char *reason;     /* why not */
	struct mr_arena *arena;
	int64_t now;  /* ms of Unix time */
	uint64_t age; /* of this process's score */
	uint32_t jitter;
	struct broker_questions questions;

	/*
	 * What else there is to be done in a transaction, behind the questions.
	 * NULL: nothing.
	 */
	enum mr_err (*upkeep)(struct mr_queue *queue, void *context);
	void *context;

	/* What came of it. */
	bool kept_up; /* the upkeep is committed */
	enum mr_err err; /* the last failure of the store; MR_OK: none */
	struct broker_changes changes; /* that are committed */
};

void broker_batch_init(struct broker_batch *batch);

/*
 * Adds a question, whose message lies in the batch's arena or stays as long.
 * False when there is no memory.
 */
bool broker_batch_add(struct broker_batch *batch, const struct message *message,
                      void *asker);

/* Does all that writes. */
void broker_batch_write(struct broker_batch *batch);

/* Answers all that only read: they see what was written. */
void broker_batch_read(struct broker_batch *batch);

#endif
