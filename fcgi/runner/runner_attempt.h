/*
 * runner_attempt.h: one attempt of a runner at a job.
 */
#ifndef FCGI_RUNNER_ATTEMPT_H
#define FCGI_RUNNER_ATTEMPT_H

#include "fcgi/runner/runner.h"
#include "fcgi/wire/message.h"

/*
 * Runs the job of a reply to MESSAGE_CLAIM, which lies in the service's arena,
 * with the guard armed, and tells the broker how it ended; that is logged when
 * it was not heard or not believed.
 */
void runner_attempt_run(struct runner *runner, const struct message *claim);

#endif
