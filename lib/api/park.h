/*
 * park.h: answers that are held back, as a function asks for by mr_park.
 */
#ifndef MR_API_PARK_H
#define MR_API_PARK_H

#include "api/call.h"
#include "api/exchange.h"

#define MR_PARK_LONGEST 86400 /* s */

/*
 * Once the answer is encoded: whether it may be parked, if that is asked for, and
 * reply->park.  MR_OK; MR_RESULT, with its sentence.
 */
enum mr_err mr_park_judge(struct mr_exchange *exchange,
                          const struct mr_call *call);

#endif
