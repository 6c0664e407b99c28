/*
 * broker_upkeep.h: what the broker does unasked: it gives jobs to idle
 * runners, queues what is due, keeps leases, notices lost runners, and lets
 * old jobs go.
 *
 * It is done in a transaction.  What is found out on the way is kept: which
 * jobs are orphans, and when the next is due.  If the transaction is not
 * committed, the next census finds it again.
 *
 * A census looks at all jobs that run by the store: it renews the leases of
 * those that do run, and finds those that nobody is known to run.
 */
#ifndef FCGI_BROKER_UPKEEP_H
#define FCGI_BROKER_UPKEEP_H

#include "fcgi/broker/broker_runs.h"
#include "fcgi/config/config.h"
#include "fcgi/wire/message.h"
#include "jobs/queue.h"

#include <sys/queue.h>

/* A runner that is idle; it belongs to its connection. */
struct broker_claim {
	void *holder;
	pid_t pid;
	size_t place; /* on the scoreboard */
	bool waits;
	TAILQ_ENTRY(broker_claim) entry;
};

/* A job for a runner. */
struct broker_given {
	struct broker_claim *claim;
	struct mr_claimed claimed;
	struct message reply;
	STAILQ_ENTRY(broker_given) entry;
};

struct broker_moment {
	uint64_t now; /* clock_now */
	int64_t unix_ms;
};

struct broker_upkeep {
	const struct config *config;
	struct broker_runs *runs;
	TAILQ_HEAD(, broker_claim) claims; /* who waits longest is first */
	STAILQ_HEAD(, broker_given) given; /* by the last turn */
	struct broker_moment moment; /* of this turn */
	bool queued;       /* there may be jobs for idle runners */
	bool exhausted;    /* at the end of this turn there are none */
	int64_t next_due;  /* ms of Unix time; 0: nothing is scheduled */
	uint64_t started, next_census, next_sweep, next_look; /* clock_now */
	int64_t finished;  /* jobs that are there; the broker counts at first */
	size_t swept;      /* of this turn */
	uint64_t pause;    /* after a failure: nothing before */
	bool census, sweep; /* of this turn */
};

void broker_upkeep_init(struct broker_upkeep *upkeep,
                        const struct config *config,
                        struct broker_runs *runs);

/* A runner waits for a job, or does not any more. */
void broker_upkeep_wait(struct broker_upkeep *upkeep,
                        struct broker_claim *claim);
void broker_upkeep_leave(struct broker_upkeep *upkeep,
                         struct broker_claim *claim);

/*
 * Whether there is anything to do in a turn that begins now, in which others
 * write, or not.
 */
bool broker_upkeep_is_due(struct broker_upkeep *upkeep,
                          struct broker_moment moment, bool writing);

/* ms, for epoll_wait, until there is. */
int broker_upkeep_timeout(const struct broker_upkeep *upkeep,
                          struct broker_moment moment);

/*
 * All that is due in this turn, in a transaction of the caller; the context is
 * a struct broker_upkeep.
 */
enum mr_err broker_upkeep_run(struct mr_queue *queue, void *context);

/*
 * A state was entered, and that is committed; it comes before
 * broker_upkeep_settle.
 */
void broker_upkeep_note(struct broker_upkeep *upkeep, const struct mr_job *job,
                        int64_t before);

/*
 * After a turn in which it was due: whether it is committed.  Then those in
 * `given` have their jobs and do not wait any more; else the list is empty.
 */
void broker_upkeep_settle(struct broker_upkeep *upkeep, bool committed);

#endif
