/*
 * runner_words.h: what the broker is told by a runner that ends with its job.
 */
#ifndef FCGI_RUNNER_WORDS_H
#define FCGI_RUNNER_WORDS_H

#include "fcgi/wire/broker_client.h"
#include "fcgi/worker/guard.h"

/*
 * Before the guard is armed: the attempt it is about, and the scoreboard's age
 * of this process.  The client stays.
 */
void runner_words_begin(const struct broker_client *client,
                        const struct mr_job *job, uint64_t age);

/*
 * Whether a question is being put to the client's broker just now: then its
 * connection may hold half of it, and another one is used.
 */
void runner_words_asking(bool asking);

/*
 * For guard_request.tell: one MESSAGE_FAIL, whose reply is not waited for; a
 * broker that is not there, or does not read, is tried for half a second in
 * all.  Async-signal-safe.
 */
void runner_words_tell(const struct guard_ending *ending,
                       const struct backtrace *trace);

#endif
