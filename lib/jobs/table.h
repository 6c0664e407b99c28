/*
 * table.h: jobs with their blobs in memory, sorted by id.
 *
 * What is there is never changed but replaced; what was replaced within a
 * transaction is kept until its end, for a rollback.
 */
#ifndef MR_JOBS_TABLE_H
#define MR_JOBS_TABLE_H

#include "jobs/store.h"

/* One allocation: the bytes of texts and blobs follow, each with a NUL. */
struct mr_entry {
	struct mr_job job;
	struct mr_bytes blobs[MR_BLOB_COUNT];
	char bytes[];
};

/* An entry that took the place of another; NULL: there was, or is, none. */
struct mr_change {
	struct mr_entry *before, *after;
};

/* All zero: an empty one. */
struct mr_table {
	struct mr_entry **entries;
	size_t count, room;
	struct mr_change *changes;
	size_t change_count, change_room;
	bool keeps; /* in a transaction */
};

/* NULL: there is none.  Entries are alive until they are replaced. */
const struct mr_entry *mr_table_find(const struct mr_table *table,
                                     const char *id);

/*
 * Adds a copy of a job, or replaces the one of its id; blobs NULL: none.  They
 * may be those of the entry that is replaced.  false, and nothing has changed,
 * when there is no memory; so for the next.
 */
bool mr_table_put(struct mr_table *table, const struct mr_job *job,
                  const struct mr_bytes blobs[MR_BLOB_COUNT]);

/* The entry at a place of table->entries. */
bool mr_table_remove(struct mr_table *table, size_t place);

void mr_table_begin(struct mr_table *table);
void mr_table_commit(struct mr_table *table);
void mr_table_rollback(struct mr_table *table);

/* Frees all that is in it. */
void mr_table_clear(struct mr_table *table);

#endif
