/*
 * background.h: the endpoints that a function has run by mr_start, which comes
 * after its answer.
 */
#ifndef MR_API_BACKGROUND_H
#define MR_API_BACKGROUND_H

#include "api/call.h"
#include "api/exchange.h"

/* A job to be, of those that a call started. */
struct mr_started {
	const struct mr_endpoint *endpoint;
	struct mr_string body; /* JSON */
	struct mr_started *next;
};

/*
 * Once the answer is encoded: stores the jobs that the call started, in order.
 * Where nobody takes jobs, such as in `millrace call`, they run here, one after
 * the other, until one fails.
 * MR_OK; what stopped a job from being stored, or from doing well here.
 */
enum mr_err mr_background_start(struct mr_exchange *exchange,
                                const struct mr_call *call);

#endif
