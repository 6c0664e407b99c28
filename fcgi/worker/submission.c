/*
 * submission.c: a job's id and digest, and one question to the broker.
 */
#include "fcgi/worker/submission.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/worker/arrival.h"
#include "jobs/digest.h"
#include "jobs/pack.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

bool
submission_begin(struct submission *submission, const struct config *config)
{
	if (!broker_client_find(&submission->client, config))
		return false;
	submission->attempts = (int64_t)config->job_attempts;
	return true;
}

void
submission_expect(struct submission *submission, const char *ticket)
{
	submission->ticket = ticket;
	submission->number = 0;
}

#define RANDOM 10        /* bytes of an id */
#define TICKET_DIGITS 32 /* in front of the time */
#define NUMBERED 4       /* last bytes of an id, in which jobs of a request differ */

/* The time of a ticket, in ms of Unix time; 0: it is none. */
static uint64_t
read_ticket(const char *ticket, unsigned char random[RANDOM])
{
	if (ticket == NULL || strspn(ticket, "0123456789abcdef") != TICKET_DIGITS ||
	    ticket[TICKET_DIGITS] != ' ')
		return 0;
	for (int i = 0; i < RANDOM; i++)
		sscanf(ticket + 2 * i, "%2hhx", &random[i]);
	return arrival_time(ticket + TICKET_DIGITS + 1);
}

/* No two numbers make the same of the same bytes. */
static void
mix_number(uint32_t number, unsigned char random[RANDOM])
{
	for (int i = 1; i <= NUMBERED; i++, number >>= 8)
		random[RANDOM - i] ^= (unsigned char)number;
}

/* The id is ours, so that to ask the broker twice is to ask once. */
static bool
make_id(struct submission *submission, char id[MR_JOB_ID])
{
	unsigned char random[RANDOM];
	uint64_t time = read_ticket(submission->ticket, random);

	if (time == 0) {
		time = clock_unix_ms();
		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return false;
	}
	mix_number(submission->number++, random);
	mr_job_make_id(time, random, id);
	return true;
}

/* A client that asks again is the same, whatever form it wants it in. */
static bool
digest(const struct mr_job_input *input, struct mr_arena *arena,
       char text[MR_DIGEST])
{
	struct mr_buffer packed = { .arena = arena };
	struct mr_job_input alike = *input;

	alike.accept = (struct mr_string){ NULL, 0 };
	mr_pack_input(&packed, &alike);
	if (packed.failed)
		return false;
	mr_digest((struct mr_string){ packed.data, packed.length }, text);
	mr_arena_release(arena, packed.data, packed.capacity);
	return true;
}

/* What the broker answered, as the core may hear it. */
static enum mr_err
judge(const struct message *question, const struct message *reply,
      struct mr_job *job)
{
	switch (reply->err) {
	case MR_OK:
	case MR_CONFLICT:
		if (reply->job_count != 1)
			return MR_INTERNAL;
		*job = reply->jobs[0];
		return reply->err;
	case MR_INVALID: /* of the id, which is ours, it is no fault of theirs */
		return question->jobs[0].key == NULL ? MR_INTERNAL : MR_INVALID;
	case MR_STORAGE:
	case MR_STORAGE_FULL:
	case MR_BUSY:
	case MR_MEMORY:
		return reply->err;
	default:
		return MR_INTERNAL;
	}
}

static enum mr_err
ask(struct submission *submission, const struct message *question,
    struct mr_arena *arena, struct mr_job *job)
{
	struct message reply = { .type = MESSAGE_REPLY };
	enum mr_err err = broker_client_ask(&submission->client, question,
	                                    arena, &reply);

	if (err == MR_OK)
		return judge(question, &reply, job);
	if (err == MR_BUSY)
		log_error("No broker takes a job. request=%s",
		          question->jobs[0].request_id == NULL
		              ? "-"
		              : question->jobs[0].request_id);
	return err;
}

enum mr_err
submission_send(struct submission *submission,
                const struct mr_submission *wanted, struct mr_arena *arena,
                struct mr_job *job)
{
	char id[MR_JOB_ID], sum[MR_DIGEST];
	const struct mr_job own = {
		.id = id,
		.endpoint = wanted->endpoint->name,
		.method = mr_method_name(wanted->endpoint->method),
		.path = wanted->endpoint->path,
		.priority = wanted->priority,
		.due = wanted->due,
		.attempts = wanted->attempts != 0 ? wanted->attempts
		                                  : submission->attempts,
		.digest = sum,
		.key = wanted->key,
		.request_id = wanted->request_id,
	};
	const struct message question = {
		.type = MESSAGE_SUBMIT,
		.id = id,
		.input = wanted->input,
		.jobs = &own,
		.job_count = 1,
	};

	if (!make_id(submission, id))
		return MR_INTERNAL;
	if (!digest(&wanted->input, arena, sum))
		return MR_MEMORY;
	return ask(submission, &question, arena, job);
}
