/*
 * obituary.h: the end of a worker: its cause, in the log, the ledger and the
 * list of deaths.
 */
#ifndef FCGI_OBITUARY_H
#define FCGI_OBITUARY_H

#include "fcgi/board/scoreboard.h"

#include <sys/types.h>

struct obituary {
	size_t row; /* of the ledger: its pool */
	pid_t pid;
	int status;             /* as of wait(2) */
	bool asked;             /* we had told it to end ... */
	enum ledger_end reason; /* ... for this */
	bool killed;            /* by us, at the end of the ladder */
	bool busy;              /* it was in a request */
	struct last_words words;
	char request_id[SCORE_REQUEST_ID], instance[SCORE_INSTANCE];
};

enum ledger_end obituary_cause(const struct obituary *obituary);

/* Once for each worker; takes tens of milliseconds for the first backtrace. */
void obituary_publish(const struct obituary *obituary,
                      struct scoreboard *board);

#endif
