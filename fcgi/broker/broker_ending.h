/*
 * broker_ending.h: what is kept of an attempt that ended without an answer.
 */
#ifndef FCGI_BROKER_ENDING_H
#define FCGI_BROKER_ENDING_H

#include "fcgi/wire/message.h"
#include "jobs/queue.h"

/*
 * Fills ending, in arena, by a MESSAGE_FAIL about a job, with the problem that
 * a synchronous call would have got.  Its frames are named: they must be of a
 * process like this one; see trace.h.  False when there is no memory.
 */
bool broker_ending_read(const struct message *message,
                        const struct mr_job *job, struct mr_arena *arena,
                        struct mr_ending *ending);

/* Likewise, of a runner of whom nobody has heard. */
bool broker_ending_unheard(const struct mr_job *job, enum mr_job_cause cause,
                           struct mr_arena *arena, struct mr_ending *ending);

#endif
