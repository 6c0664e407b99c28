/*
 * submission.h: the way of a job from a worker to the broker.
 */
#ifndef FCGI_SUBMISSION_H
#define FCGI_SUBMISSION_H

#include "api/handle.h"
#include "fcgi/config/config.h"
#include "fcgi/wire/broker_client.h"

/* How long one can take, in ms: the patience with the broker, and some. */
#define SUBMISSION_LONGEST UINT64_C(10000)

/* One for each process; its connection is opened by the first job. */
struct submission {
	struct broker_client client;
	int64_t attempts; /* of a job that does not say how many */
	const char *ticket; /* of the request at hand; see below */
	uint32_t number;    /* jobs that it has submitted */
};

/* False where there is no broker: then nothing can be submitted. */
bool submission_begin(struct submission *submission,
                      const struct config *config);

/*
 * A request begins.  Its ticket, "DIGITS SECONDS.MMM" with 32 random hexadecimal
 * digits and a time, stays until the next; it is the same when nginx passes the
 * request once more since its worker ended: its jobs then get the ids that they
 * had, and are the same jobs.  Without one, NULL, ids are random.
 */
void submission_expect(struct submission *submission, const char *ticket);

/*
 * As mr_request.submit: the job gets a new id, and the digest of its input.
 * What the broker cannot have meant becomes MR_INTERNAL.
 */
enum mr_err submission_send(struct submission *submission,
                            const struct mr_submission *wanted,
                            struct mr_arena *arena, struct mr_job *job);

#endif
