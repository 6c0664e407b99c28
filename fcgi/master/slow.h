/*
 * slow.h: a request that is slow, and where in its function it is.
 */
#ifndef FCGI_SLOW_H
#define FCGI_SLOW_H

#include "fcgi/board/scoreboard.h"

#include <sys/types.h>

/*
 * Logs the request whose backtrace the worker has left, unless that is of
 * `told`.  Returns the generation that has been told of now.
 */
uint64_t slow_tell(const struct score *score, uint64_t told,
                   const char *worker, const struct ledger *ledger);

#endif
