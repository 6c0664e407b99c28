/*
 * guard.h: the answer to a request whose function does not return.
 *
 * While a request is armed, a fault signal, an order of the master or a call
 * of exit() ends the worker, but first sends the client a complete problem.
 * The signal handlers use memory that was made ready before, and only calls
 * that are async-signal-safe: those of POSIX, and on this system also
 * writev(2), clock_gettime(2) and, once it has been called, backtrace(3).
 */
#ifndef FCGI_GUARD_H
#define FCGI_GUARD_H

#include "fcgi/board/scoreboard.h"
#include "fcgi/config/config.h"

/*
 * The signal by which the master asks to look at score->condemned, to_watch
 * and to_trace.
 */
#define GUARD_SIGNAL_ORDER SIGUSR1

/* How a worker that was ended by its guard exits. */
enum guard_exit {
	GUARD_EXIT_CRASH = 90,
	GUARD_EXIT_DEADLINE,
	GUARD_EXIT_MEMORY,
	GUARD_EXIT_TERMINATED,
	GUARD_EXIT_CALLED, /* the function called exit() */
	GUARD_EXIT_ABANDONED,
	GUARD_EXIT_END
};

/*
 * What takes time: once in a process that forks those that serve; else
 * guard_install does it.  False when there is no memory.
 */
bool guard_prepare(void);

/* Once in each process that serves.  False when there is no memory. */
bool guard_install(const struct pool_config *pool, struct score *score);

/* How the request at hand ends. */
struct guard_ending {
	enum guard_exit status;
	int signal;                  /* of a crash; or 0 */
	const char *before, *detail; /* one behind the other: a sentence */
};

/* The request whose reply goes to fd. */
struct guard_request {
	int fd, id;             /* connection, FastCGI request; id 0: CGI */
	const char *request_id; /* plain */
	const char *instance;   /* for a problem, escaped */
	const char *worker;     /* as in head.h; or NULL */
	uint64_t queue;         /* ns that it waited */
	uint64_t start;         /* clock_now() */
	uint64_t received;      /* bytes of its body */
	struct ledger_counts *counts; /* what it counts for; NULL: nothing */
	bool pure;              /* may be ended when its client has left */
	/*
	 * In place of the reply, when it is not FastCGI that we speak: with
	 * the backtrace, whose depth may be 0.  To be async-signal-safe.
	 */
	void (*tell)(const struct guard_ending *ending,
	             const struct backtrace *trace);
};

/*
 * From here on the guard answers, if it must.  The request stays until
 * guard_disarm; the last two members may change meanwhile.
 */
void guard_arm(const struct guard_request *request);

/*
 * Before the reply is sent, so that no second one can follow it; an order to
 * terminate then waits for guard_sent.
 */
void guard_disarm(void);
void guard_sent(void);

/*
 * Memory was denied: a crash that follows is put down to that.  Serves as
 * mr_request.deny; the context is not looked at.
 */
void guard_note_denied(void *context);

/* Sends the armed request's reply for want of memory, and lives on. */
bool guard_answer_memory(void);

#endif
