/*
 * ledger.h: what is counted, in shared memory: by endpoint and by pool.
 *
 * Rows are found by name and never removed, so that counters outlive workers
 * and reloads.  Workers count in shards, by relaxed atomics; readers add up.
 */
#ifndef FCGI_LEDGER_H
#define FCGI_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_POOLS 32
#define LEDGER_ROWS 256
#define LEDGER_SHARDS 8

/* Bytes of names, with their NUL. */
#define LEDGER_POOL_NAME 32
#define LEDGER_ENDPOINT_NAME 64

/* How a worker ended. */
#define LEDGER_ENDS(X)                                                         \
	X(CRASH, "crash")               /* a fault signal in the function */   \
	X(EXITED, "exit")               /* the function called exit() */       \
	X(DEADLINE, "deadline")                                                \
	X(MEMORY, "memory")                                                    \
	X(ABANDONED, "abandoned")       /* its client had left */              \
	X(KILLED, "killed")             /* by a signal that was not ours */    \
	X(UNRESPONSIVE, "unresponsive") /* killed by us at the ladder's end */ \
	X(FAILED, "failed")             /* it could not serve */               \
	X(RECYCLED, "recycled")         /* max_requests, max_rss */            \
	X(SURPLUS, "surplus")           /* more were idle than are wanted */   \
	X(RELOADED, "reloaded")                                                \
	X(STOPPED, "stopped")

enum ledger_end {
#define LEDGER_END_SYMBOL(symbol, name) LEDGER_END_##symbol,
	LEDGER_ENDS(LEDGER_END_SYMBOL)
#undef LEDGER_END_SYMBOL
	LEDGER_END_COUNT
};

/* "crash" and so on. */
const char *ledger_end_name(enum ledger_end end);

/* What the time of a request is spent on; all but the first are mr_phases. */
enum ledger_part {
	LEDGER_QUEUE,
	LEDGER_DECODE,
	LEDGER_COMPUTE,
	LEDGER_ENCODE,
	LEDGER_PART_COUNT
};

/* That of an enum mr_phase, of which MR_PHASE_DONE is none. */
#define LEDGER_PART_OF(phase) ((enum ledger_part)((phase) + LEDGER_DECODE))

/* "queue" and so on.  Async-signal-safe. */
const char *ledger_part_name(enum ledger_part part);

/* Upper bounds of the buckets in ns; one more bucket has what is above. */
#define LEDGER_BUCKETS 20
extern const uint64_t ledger_bounds[LEDGER_BUCKETS - 1];

#define LEDGER_CLASSES 6 /* of status / 100, of which there are 2 to 5 */
#define LEDGER_SIGNALS 65

struct ledger_counts {
	_Alignas(64) _Atomic uint64_t statuses[LEDGER_CLASSES];
	_Atomic uint64_t refused; /* waited longer than the queue limit */
	_Atomic uint64_t slow;
	_Atomic uint64_t received, sent; /* bytes of bodies */
	_Atomic uint64_t nanoseconds[LEDGER_PART_COUNT];
	_Atomic uint64_t buckets[LEDGER_PART_COUNT][LEDGER_BUCKETS];
};

/* An endpoint; "" is what a pool refuses without having found one. */
struct ledger_row {
	char endpoint[LEDGER_ENDPOINT_NAME], pool[LEDGER_POOL_NAME];
	struct ledger_counts shards[LEDGER_SHARDS];
};

/* Workers of a pool; written by the master. */
struct ledger_pool {
	char name[LEDGER_POOL_NAME];
	_Atomic uint64_t started;
	_Atomic uint64_t ends[LEDGER_END_COUNT];
	_Atomic uint64_t crashes[LEDGER_SIGNALS]; /* by signal */
	_Atomic uint64_t kills[LEDGER_SIGNALS];   /* likewise */
	_Atomic uint64_t full; /* times that it came to have all its workers */
};

struct ledger {
	_Atomic uint32_t pool_count, row_count;
	struct ledger_pool pools[LEDGER_POOLS];
	struct ledger_row rows[LEDGER_ROWS];
};

/*
 * The index of a row, which is made if it is missing; the last row when there
 * is no room.  For the master only.
 */
size_t ledger_pool(struct ledger *ledger, const char *name);
size_t ledger_row(struct ledger *ledger, const char *endpoint,
                  const char *pool);

/*
 * The names in a row, wherever it is said to be: "" when there is no such row,
 * or when its name has lost its end to a stray write.
 */
const char *ledger_pool_name(const struct ledger *ledger, size_t pool);
const char *ledger_endpoint_name(const struct ledger *ledger, size_t row);
const char *ledger_endpoint_pool(const struct ledger *ledger, size_t row);

/* What one request is to be counted as. */
struct ledger_entry {
	int status;
	bool refused, slow;
	uint64_t received, sent;                  /* bytes */
	uint64_t nanoseconds[LEDGER_PART_COUNT];
	bool reached[LEDGER_PART_COUNT];
};

/* Async-signal-safe. */
void ledger_count(struct ledger_counts *counts,
                  const struct ledger_entry *entry);

/* The sum of a row's shards; plain numbers in the same struct. */
void ledger_sum(const struct ledger_row *row, struct ledger_counts *sum);

#endif
