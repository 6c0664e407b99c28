/*
 * live_jobs.h: the jobs that clients of pool live wait for or watch.
 *
 * The broker is asked once for each, however many clients there are; nobody
 * waits for it.  While it is away, all that is known stays.
 */
#ifndef FCGI_LIVE_JOBS_H
#define FCGI_LIVE_JOBS_H

#include "fcgi/board/scoreboard.h"
#include "fcgi/live/live_link.h"
#include "jobs/progress.h"

#include <sys/queue.h>

struct live_job;

/* Of one client. */
struct live_watch {
	TAILQ_ENTRY(live_watch) entry;
	struct live_job *job;
	void *client;
	bool wants_result, wants_progress;
};
TAILQ_HEAD(live_watches, live_watch);

struct live_job {
	LIST_ENTRY(live_job) chained;
	TAILQ_ENTRY(live_job) entry;
	struct live_watches watches;
	char id[MR_JOB_ID];
	bool known;         /* the broker has told of it: the rest is set */
	enum mr_err err;    /* such as MR_NOT_FOUND: there is no more than this */
	struct mr_job job;  /* in packed */
	char *packed, *view; /* JSON, with the progress by now */
	struct mr_job_progress progress; /* of the view */
	int64_t last;       /* number of its last state */
	uint64_t told;      /* counts what was told of its progress since then */
	size_t place;       /* of its runner on the scoreboard */
	char *detail;       /* of err or result_err; NULL: the broker has none */
	bool asked;         /* for the result: the reply is still to come */
	enum mr_err result_err; /* of the last reply */
	struct mr_job_result result;
	char *result_bytes; /* NULL: not yet there */
};

#define LIVE_JOBS_BUCKETS 8192

LIST_HEAD(live_chain, live_job);

struct live_jobs {
	struct live_link link;
	const struct scoreboard *board;
	struct mr_arena *arena;
	void (*changed)(void *client);
	TAILQ_HEAD(, live_job) jobs;
	struct live_chain chains[LIVE_JOBS_BUCKETS];
	bool away; /* the broker, as far as was logged */
	size_t progress_watches;
	int64_t retry; /* when the broker is looked for again ... */
	int64_t look;  /* ... and the progress looked at: ms of Unix time */
};

/*
 * Of one that is zeroed but for changed, which is the caller's and tells a
 * client.  The arena is scratch: each function resets it, live_jobs_look
 * excepted.  Board and arena have to outlive the jobs.
 */
void live_jobs_init(struct live_jobs *jobs, const char *place,
                    const struct scoreboard *board, struct mr_arena *arena);

void live_jobs_free(struct live_jobs *jobs);

/* Begins to watch a job.  False when there is no memory. */
bool live_jobs_join(struct live_jobs *jobs, const char *id,
                    struct live_watch *watch);

/* One that has joined nothing stays so. */
void live_jobs_leave(struct live_jobs *jobs, struct live_watch *watch);

/* What the broker has sent. */
void live_jobs_hear(struct live_jobs *jobs);

/* Looks at the progress of one job now; what is in the arena stays. */
void live_jobs_look(struct live_jobs *jobs, struct live_job *job);

/*
 * Looks for the broker, and at the progress, where it is time by now, in ms of
 * Unix time; returns when it will be, 0: never.
 */
int64_t live_jobs_tick(struct live_jobs *jobs, int64_t now);

#endif
