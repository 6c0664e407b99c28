/*
 * memory.h: a store that forgets all when it is closed; for tests.
 *
 * Every search looks at every job.
 */
#ifndef MR_JOBS_MEMORY_H
#define MR_JOBS_MEMORY_H

#include "jobs/store.h"

struct mr_store *mr_store_memory(struct mr_buffer *complaint);

#endif
