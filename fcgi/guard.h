/*
 * guard.h: the answer to a request whose function does not return.
 *
 * While a request is armed, a fault signal, an order of the master or a call
 * of exit() ends the worker, but first sends the client a complete problem.
 * The signal handlers use only async-signal-safe calls on memory that was
 * made ready before (backtrace(3) is such once it has been called).
 */
#ifndef FCGI_GUARD_H
#define FCGI_GUARD_H

#include "fcgi/config.h"
#include "fcgi/scoreboard.h"

/* The signal by which the master asks to look at score->condemned. */
#define GUARD_SIGNAL_ORDER SIGUSR1

/* How a worker that was ended by its guard exits. */
enum guard_exit {
	GUARD_EXIT_CRASH = 90,
	GUARD_EXIT_DEADLINE,
	GUARD_EXIT_MEMORY,
	GUARD_EXIT_TERMINATED,
	GUARD_EXIT_CALLED /* the function called exit() */
};

/* NULL when status is not one of the above. */
const char *guard_exit_name(int status);

/* Once in each worker.  False when there is no memory. */
bool guard_install(const struct pool_config *pool, struct score *score);

/* The request whose reply goes to fd; strings stay until guard_disarm. */
struct guard_request {
	int fd, id;             /* connection, and FastCGI request on it */
	const char *request_id; /* plain */
	const char *instance;   /* for a problem, escaped */
};

void guard_arm(const struct guard_request *request);

/* Before the reply is sent, so that no second one can follow it. */
void guard_disarm(void);

/* Memory was denied: a crash that follows is put down to that. */
void guard_note_denied(void);

#endif
