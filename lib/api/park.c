/*
 * park.c: what a function asks for, and whether it can be had.
 */
#include "api/park.h"

#include <math.h>

void
mr_park(mr_call *call, double seconds)
{
	call->parks = true;
	call->park = seconds;
}

enum mr_err
mr_park_judge(struct mr_exchange *exchange, const struct mr_call *call)
{
	struct mr_reply *reply = exchange->reply;

	if (!call->parks)
		return MR_OK;
	if (!exchange->endpoint->parks)
		return mr_exchange_fail(exchange, MR_RESULT,
		                        "The function parks its answer, but "
		                        "is not declared to");
	if (!isfinite(call->park) || call->park < 0 ||
	    call->park > MR_PARK_LONGEST)
		return mr_exchange_fail(exchange, MR_RESULT,
		                        "The function parks its answer for %g "
		                        "seconds; 0 to %d are possible",
		                        call->park, MR_PARK_LONGEST);
	if (reply->preamble.length + reply->body.length > MR_PARKED)
		return mr_exchange_fail(exchange, MR_RESULT,
		                        "An answer of more than %d bytes "
		                        "cannot be parked",
		                        MR_PARKED);
	reply->park = call->park;
	return MR_OK;
}
