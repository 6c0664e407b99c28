/*
 * broker_answer.h: one question, one answer, on the queue of a store.
 */
#ifndef FCGI_BROKER_ANSWER_H
#define FCGI_BROKER_ANSWER_H

#include "fcgi/wire/message.h"
#include "jobs/queue.h"

/* What an answer takes. */
enum broker_need {
	BROKER_NEEDS_NOTHING, /* such as CLAIM, which is answered later */
	BROKER_NEEDS_READING,
	BROKER_NEEDS_WRITING  /* a transaction */
};

enum broker_need broker_answer_need(enum message_type type);

/* Whether it is answered by a message at once. */
bool broker_answer_is_due(enum message_type type);

/*
 * Fills the answer, which lies in queue->arena or points into the question; an
 * error is in reply->err.  age is the score's of this process.
 */
void broker_answer(struct mr_queue *queue, const struct message *question,
                   uint64_t age, struct message *reply);

/* The job of a reply; NULL: there is none. */
const struct mr_job *broker_answer_job(const struct message *reply);

/* Whether the store, and not the question, is to blame for an error. */
bool broker_answer_is_failure(enum mr_err err);

#endif
