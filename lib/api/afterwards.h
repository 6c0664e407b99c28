/*
 * afterwards.h: what a function asks for that comes after its answer: that it
 * leaves later (mr_park), that other endpoints run (mr_start).
 */
#ifndef MR_API_AFTERWARDS_H
#define MR_API_AFTERWARDS_H

#include "api/call.h"
#include "api/exchange.h"

#define MR_PARK_LONGEST 86400 /* s */

/* A job to be, of those that a call started. */
struct mr_started {
	const struct mr_endpoint *endpoint;
	struct mr_string body; /* JSON */
	struct mr_started *next;
};

/*
 * Once the answer is encoded: whether it may be parked, the jobs that the call
 * started, and reply->park.  Where nobody takes jobs, such as in `millrace
 * call`, they run here, one after the other, and how they end is not told.
 * MR_OK; MR_RESULT; what stopped a job from being stored.
 */
enum mr_err mr_afterwards(struct mr_exchange *exchange,
                          const struct mr_call *call);

#endif
