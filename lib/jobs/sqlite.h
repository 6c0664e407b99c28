/*
 * sqlite.h: jobs in a file of SQLite: the default.
 *
 * A commit is on disk when it returns: a write-ahead log with synchronous=FULL.
 * Leases count by the clock of the machine since it was started, which nobody
 * sets; an owner's name tells whether that was before a restart.
 */
#ifndef MR_JOBS_SQLITE_H
#define MR_JOBS_SQLITE_H

#include "jobs/store.h"

/*
 * Opens a file, or makes it, readable for its owner only.  Never looks through
 * all of it: damage is noticed where it is met.
 */
struct mr_store *mr_store_sqlite(const char *file, struct mr_buffer *complaint);

#endif
