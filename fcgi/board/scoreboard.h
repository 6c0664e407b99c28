/*
 * scoreboard.h: what the processes of one master tell each other, in shared
 * memory that outlives each of them, and a reload.
 *
 * Each word has one writer: a worker writes the first half of its slot, the
 * master the second half and all that is in no slot, but for the counters of
 * the ledger, to which every worker adds.  Nothing is locked.
 */
#ifndef FCGI_SCOREBOARD_H
#define FCGI_SCOREBOARD_H

#include "fcgi/board/ledger.h"
#include "jobs/job.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCOREBOARD_SLOTS 32768 /* workers of all pools, and of old ones */
#define SCOREBOARD_DEATHS 32   /* that are remembered */
#define SCOREBOARD_UNKNOWN UINT64_MAX /* a number that cannot be had */

/* Bytes of texts, with their NUL. */
#define SCORE_METHOD 16
#define SCORE_REQUEST_ID 132
#define SCORE_INSTANCE 128 /* the path of a request, as problems have it */
#define SCORE_DETAIL 128
#define SCORE_WORKER 48 /* "POOL/SLOT" */
#define SCORE_PHASE 48

/* A backtrace, innermost frame first; depth 0: none. */
#define BACKTRACE_FRAMES 32

struct backtrace {
	int depth;
	void *frames[BACKTRACE_FRAMES];
};

/* What a worker that ends with its request has to say; for the log. */
struct last_words {
	char detail[SCORE_DETAIL];
	int signal; /* of a crash; 0: none */
	struct backtrace backtrace;
};

/* Why a worker is to be replaced, by its own judgement. */
enum score_spent { SCORE_FRESH, SCORE_SPENT_REQUESTS, SCORE_SPENT_MEMORY };

/*
 * The job that a runner runs, and how far it is.  The generation is odd while
 * texts are being written: what is read between two looks at the same even one
 * belongs together.
 */
struct score_job {
	_Atomic uint64_t generation;
	char id[MR_JOB_ID];            /* "": none */
	_Atomic int64_t attempt;
	_Atomic double done, total;    /* total 0: nothing is known */
	_Atomic double first;          /* done / total when it was first told ... */
	_Atomic uint64_t since;        /* ... and when, in ns; 0: not yet */
	char phase[SCORE_PHASE];
	char figure_names[MR_FIGURES][SCORE_PHASE]; /* "": none */
	_Atomic double figures[MR_FIGURES];
};

/*
 * Times are CLOCK_MONOTONIC in ns.  A reader takes the generation first, then
 * `since`: what it sees is then never older than the request it thinks of.
 */
struct score {
	/* Written by the worker. */
	_Alignas(64) _Atomic uint64_t generation; /* requests begun */
	_Atomic uint64_t since;     /* start of the request; 0: idle */
	_Atomic uint64_t due;       /* when the request is to be ended */
	_Atomic uint64_t slow;      /* when its backtrace is wanted; 0: never */
	_Atomic uint64_t left;      /* when the client left a request that may
	                               be ended for it; 0: it is there */
	_Atomic uint64_t idle;      /* since when it is idle */
	_Atomic uint64_t traced;    /* generation that `trace` is of */
	_Atomic uint32_t connections; /* kept open */
	_Atomic uint32_t row;       /* of the ledger: the request's endpoint */
	_Atomic uint32_t spent;     /* enum score_spent */
	_Atomic bool ready;         /* serves */
	_Atomic uint64_t took;      /* ns of the last request ... */
	_Atomic uint64_t cpu;       /* ... and of the processor; 0: unknown */
	uint64_t body;              /* bytes of the request's body */
	char method[SCORE_METHOD];  /* of the request at hand, or the last */
	char request_id[SCORE_REQUEST_ID];
	char instance[SCORE_INSTANCE];
	struct score_job job;       /* of a runner */
	struct backtrace trace;     /* of a slow request */
	struct last_words last_words; /* read after its end */

	/* Written by the master. */
	_Alignas(64) _Atomic uint64_t condemned; /* generation to be ended */
	_Atomic uint64_t to_watch;  /* generation whose client is to be watched */
	_Atomic uint64_t to_trace;  /* generation whose backtrace is wanted */
	_Atomic bool abandoned;     /* condemned since its client left */
	_Atomic bool heirs;         /* on QUIT: others take its connections */
	_Atomic int32_t pid;        /* 0: the slot is free */
	_Atomic uint32_t state;     /* enum policy_state */
	_Atomic uint32_t pool;      /* row of the ledger */
	_Atomic uint32_t number;    /* among the slots of its pool, from 0 */
	_Atomic uint64_t started;   /* when it was forked */
	_Atomic uint64_t age;       /* generation of the configuration */

	/* Written by the broker. */
	_Alignas(64) _Atomic uint64_t cancelled; /* when the job that it runs
	                                            was cancelled; 0: it is not */
};

/* The end of a worker; `number` counts them, 0: none yet. */
struct death {
	_Atomic uint64_t number; /* written last; 0 while being written */
	uint64_t time;           /* ms of Unix time */
	uint32_t pool;           /* row of the ledger */
	int32_t pid;
	enum ledger_end cause;
	int signal; /* 0: none */
	char detail[SCORE_DETAIL], request_id[SCORE_REQUEST_ID];
	char instance[SCORE_INSTANCE];
};

struct scoreboard {
	uint64_t layout; /* SCOREBOARD_LAYOUT of who made it */
	_Atomic int32_t master;           /* pid */
	char instance[MR_JOB_ID];         /* of this server, over reloads; an id
	                                     that no other one has or had */
	_Atomic uint64_t started;         /* ms of Unix time */
	_Atomic uint64_t loaded;          /* ms; the configuration in force */
	_Atomic uint64_t age;             /* 1, and one more by each reload */
	_Atomic uint64_t reloads_failed;
	char reload_error[256];           /* of the last one; "": it went well */
	_Atomic bool draining;            /* no longer ready: about to stop */
	_Atomic uint64_t queued[LEDGER_POOLS]; /* connections in the backlog;
	                                          or SCOREBOARD_UNKNOWN */
	_Atomic uint64_t most_queued[LEDGER_POOLS];
	_Atomic uint64_t most_busy[LEDGER_POOLS]; /* workers at a time */
	_Atomic bool jobs_open; /* the broker's, as the next two: it has its store */
	_Atomic uint64_t jobs[MR_JOB_STATE_COUNT]; /* in states
	                                              that are not final ... */
	_Atomic uint64_t jobs_entered[MR_JOB_STATE_COUNT]; /* ... and how often
	                                                      each was entered */
	_Atomic uint32_t used; /* slots from here on were never given out */
	uint32_t vacant; /* no single slot before this one is free */
	_Atomic uint64_t death_count;
	struct death deaths[SCOREBOARD_DEATHS]; /* number % SCOREBOARD_DEATHS */
	struct ledger ledger;
	struct score scores[SCOREBOARD_SLOTS];
};

/* Changes with whatever changes the meaning of a byte above. */
#define SCOREBOARD_LAYOUT (UINT64_C(6) << 32 | sizeof(struct scoreboard))

/*
 * A new one, all zero but for its layout, in a memory file whose descriptor
 * (close-on-exec) goes to fd; or the one that is in fd, if it is of our layout.
 * NULL with errno: EPROTO when it is not.
 */
struct scoreboard *scoreboard_new(int *fd);
struct scoreboard *scoreboard_open(int fd);

/* Gives it its instance, unless it has one. */
void scoreboard_name(struct scoreboard *board);

/* Accepts NULL. */
void scoreboard_free(struct scoreboard *board);

/* The first of `count` free slots in a row; SCOREBOARD_SLOTS: there are none. */
size_t scoreboard_reserve(struct scoreboard *board, size_t from, size_t count);

/*
 * A free slot that is not before `from`, which is where the ranges that were
 * reserved end; SCOREBOARD_SLOTS: there is none.  It is free until its pid is
 * set.
 */
size_t scoreboard_claim(struct scoreboard *board, size_t from);

/* The slot is free again.  Accepts SCOREBOARD_SLOTS. */
void scoreboard_release(struct scoreboard *board, size_t slot);

/* For the worker: a request begins at `now`, due at `due`, or is over. */
void score_begin(struct score *score, uint64_t now, uint64_t due);
void score_end(struct score *score, uint64_t now);

/* Whether a request that ends now was slow. */
bool score_is_slow(const struct score *score, uint64_t now);

/*
 * Whether another worker that is free, of `count` siblings, has fewer
 * connections than this one.
 */
bool score_is_crowded(const struct score *score, const struct score *siblings,
                      size_t count);

/*
 * A text of shared memory, which may have lost its end to a stray write: at
 * most size - 1 bytes of it go to `to`, and an end.  `from` holds as many.
 * Async-signal-safe.
 */
void score_copy_text(char *to, const char *from, size_t size);

/* For the master: makes the slot that of a worker to come. */
void score_reset(struct score *score);

#endif
