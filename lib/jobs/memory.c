/*
 * memory.c: the store over a table in memory: every search is a loop.
 */
#include "jobs/memory.h"

#include "jobs/table.h"

#include <stdlib.h>

struct memory {
	struct mr_store store;
	struct mr_table table;
};

static struct mr_table *
table_of(struct mr_store *store)
{
	return &((struct memory *)(void *)store)->table;
}

static enum mr_err
put(struct mr_store *store, const struct mr_job *job,
    const struct mr_bytes blobs[MR_BLOB_COUNT])
{
	if (mr_table_put(table_of(store), job, blobs))
		return MR_OK;
	strcpy(store->reason, "there is no memory");
	return MR_MEMORY;
}

static enum mr_err
give(const struct mr_entry *entry, struct mr_arena *arena, struct mr_job *job)
{
	return entry == NULL ? MR_NOT_FOUND
	                     : mr_job_copy(&entry->job, arena, job);
}

static enum mr_err
memory_begin(struct mr_store *store)
{
	mr_table_begin(table_of(store));
	return MR_OK;
}

static enum mr_err
memory_commit(struct mr_store *store)
{
	mr_table_commit(table_of(store));
	return MR_OK;
}

static void
memory_rollback(struct mr_store *store)
{
	mr_table_rollback(table_of(store));
}

static const struct mr_entry *
with_key(const struct mr_table *table, const char *key)
{
	for (size_t i = 0; key != NULL && i < table->count; i++)
		if (table->entries[i]->job.key != NULL &&
		    strcmp(table->entries[i]->job.key, key) == 0)
			return table->entries[i];
	return NULL;
}

static enum mr_err
memory_add(struct mr_store *store, const struct mr_job *job)
{
	if (mr_table_find(table_of(store), job->id) != NULL ||
	    with_key(table_of(store), job->key) != NULL)
		return MR_CONFLICT;
	return put(store, job, NULL);
}

static enum mr_err
memory_find(struct mr_store *store, const char *id, struct mr_arena *arena,
            struct mr_job *job)
{
	return give(mr_table_find(table_of(store), id), arena, job);
}

static enum mr_err
memory_find_key(struct mr_store *store, const char *key, struct mr_arena *arena,
                struct mr_job *job)
{
	return give(with_key(table_of(store), key), arena, job);
}

/* Of those in a state the one with the lowest number in a member. */
static const struct mr_entry *
lowest(const struct mr_table *table, enum mr_job_state state, size_t member)
{
	const struct mr_entry *found = NULL;
	int64_t least = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct mr_job *job = &table->entries[i]->job;
		int64_t number;

		memcpy(&number, (const char *)job + member, sizeof(number));
		if (job->state == (int64_t)state &&
		    (found == NULL || number < least)) {
			found = table->entries[i];
			least = number;
		}
	}
	return found;
}

static enum mr_err
memory_claim(struct mr_store *store, const struct mr_lease *lease,
             struct mr_arena *arena, struct mr_job *job)
{
	const struct mr_entry *entry = lowest(
	    table_of(store), MR_JOB_QUEUED, offsetof(struct mr_job, rank));
	struct mr_job claimed;
	enum mr_err err;

	if (entry == NULL)
		return MR_NOT_FOUND;
	claimed = entry->job;
	claimed.attempt++;
	claimed.owner = lease->owner;
	claimed.lease = mr_store_clock() + lease->duration;
	err = mr_job_copy(&claimed, arena, job);
	return err == MR_OK ? put(store, &claimed, entry->blobs) : err;
}

static enum mr_err
memory_find_due(struct mr_store *store, int64_t now, struct mr_arena *arena,
                struct mr_job *job)
{
	const struct mr_entry *entry = lowest(
	    table_of(store), MR_JOB_SCHEDULED, offsetof(struct mr_job, due));

	return give(entry == NULL || entry->job.due > now ? NULL : entry, arena,
	            job);
}

static enum mr_err
memory_next_due(struct mr_store *store, int64_t *due)
{
	const struct mr_entry *entry = lowest(
	    table_of(store), MR_JOB_SCHEDULED, offsetof(struct mr_job, due));

	*due = entry == NULL ? 0 : entry->job.due;
	return MR_OK;
}

static enum mr_err
memory_save(struct mr_store *store, const struct mr_job *job)
{
	const struct mr_entry *entry =
	    mr_table_find(table_of(store), job->id);
	struct mr_job saved = *job;

	if (entry == NULL || entry->job.attempt != job->attempt)
		return MR_CONFLICT;
	saved.endpoint = entry->job.endpoint;
	saved.method = entry->job.method;
	saved.path = entry->job.path;
	saved.created = entry->job.created;
	saved.digest = entry->job.digest;
	saved.key = entry->job.key;
	saved.request_id = entry->job.request_id;
	return put(store, &saved, entry->blobs);
}

static enum mr_err
memory_renew(struct mr_store *store, const struct mr_job *job,
             const struct mr_lease *lease)
{
	const struct mr_entry *entry =
	    mr_table_find(table_of(store), job->id);
	struct mr_job renewed;

	if (entry == NULL || entry->job.attempt != job->attempt ||
	    entry->job.state != MR_JOB_RUNNING)
		return MR_CONFLICT;
	renewed = entry->job;
	renewed.owner = lease->owner;
	renewed.lease = mr_store_clock() + lease->duration;
	renewed.progress = job->progress;
	return put(store, &renewed, entry->blobs);
}

static enum mr_err
memory_running(struct mr_store *store, const struct mr_running *which,
               struct mr_arena *arena, struct mr_jobs *jobs)
{
	const struct mr_table *table = table_of(store);
	enum mr_err err = mr_jobs_room(jobs, which->limit, arena);

	for (size_t i = 0; i < table->count && err == MR_OK &&
	                   jobs->length < which->limit; i++) {
		const struct mr_job *job = &table->entries[i]->job;

		if (job->state != MR_JOB_RUNNING ||
		    (which->after != NULL && strcmp(job->id, which->after) <= 0))
			continue;
		err = mr_job_copy(job, arena, &jobs->data[jobs->length++]);
	}
	return err;
}

static bool
passes(const struct mr_job *job, const struct mr_job_filter *filter)
{
	return (filter->state < 0 || job->state == filter->state) &&
	       (filter->endpoint == NULL ||
	        strcmp(job->endpoint, filter->endpoint) == 0) &&
	       (filter->after == NULL || strcmp(job->id, filter->after) < 0);
}

static enum mr_err
memory_list(struct mr_store *store, const struct mr_job_filter *filter,
            struct mr_arena *arena, struct mr_jobs *jobs)
{
	const struct mr_table *table = table_of(store);
	enum mr_err err = mr_jobs_room(jobs, filter->limit, arena);

	for (size_t i = table->count; i > 0 && err == MR_OK &&
	                              jobs->length < filter->limit; i--) {
		const struct mr_job *job = &table->entries[i - 1]->job;

		if (passes(job, filter))
			err = mr_job_copy(job, arena,
			                  &jobs->data[jobs->length++]);
	}
	return err;
}

static enum mr_err
memory_put(struct mr_store *store, const char *id, enum mr_blob blob,
           struct mr_bytes bytes)
{
	const struct mr_entry *entry = mr_table_find(table_of(store), id);
	struct mr_bytes blobs[MR_BLOB_COUNT];

	if (entry == NULL)
		return MR_CONFLICT;
	memcpy(blobs, entry->blobs, sizeof(blobs));
	blobs[blob] = bytes;
	return put(store, &entry->job, blobs);
}

static enum mr_err
memory_get(struct mr_store *store, const char *id, enum mr_blob blob,
           struct mr_buffer *to)
{
	const struct mr_entry *entry = mr_table_find(table_of(store), id);

	if (entry == NULL || entry->blobs[blob].length == 0)
		return MR_NOT_FOUND;
	mr_buffer_append(to, (const char *)entry->blobs[blob].data,
	                 entry->blobs[blob].length);
	return mr_buffer_text(to) == NULL ? MR_MEMORY : MR_OK;
}

/* The place of the job that finished first; SIZE_MAX: there is none. */
static size_t
oldest(const struct mr_table *table)
{
	size_t place = SIZE_MAX;

	for (size_t i = 0; i < table->count; i++) {
		const struct mr_job *job = &table->entries[i]->job;

		if (mr_job_is_final(job->state) &&
		    (place == SIZE_MAX ||
		     job->finished < table->entries[place]->job.finished))
			place = i;
	}
	return place;
}

static enum mr_err
memory_sweep(struct mr_store *store, const struct mr_sweep *sweep,
             size_t *count)
{
	struct mr_table *table = table_of(store);

	for (*count = 0; *count < sweep->limit; ++*count) {
		size_t place = oldest(table);

		if (place == SIZE_MAX ||
		    (table->entries[place]->job.finished >= sweep->before &&
		     sweep->finished - (int64_t)*count <= sweep->keep))
			break;
		if (!mr_table_remove(table, place))
			return MR_MEMORY;
	}
	return MR_OK;
}

static enum mr_err
memory_count(struct mr_store *store, int64_t counts[MR_JOB_STATE_COUNT])
{
	const struct mr_table *table = table_of(store);

	memset(counts, 0, MR_JOB_STATE_COUNT * sizeof(*counts));
	for (size_t i = 0; i < table->count; i++)
		counts[table->entries[i]->job.state]++;
	return MR_OK;
}

static void
memory_close(struct mr_store *store)
{
	mr_table_clear(table_of(store));
	free(store);
}

static const struct mr_store_functions functions = {
	.begin = memory_begin,
	.commit = memory_commit,
	.rollback = memory_rollback,
	.add = memory_add,
	.find = memory_find,
	.find_key = memory_find_key,
	.claim = memory_claim,
	.find_due = memory_find_due,
	.next_due = memory_next_due,
	.save = memory_save,
	.renew = memory_renew,
	.running = memory_running,
	.list = memory_list,
	.put = memory_put,
	.get = memory_get,
	.sweep = memory_sweep,
	.count = memory_count,
	.close = memory_close,
};

struct mr_store *
mr_store_memory(struct mr_buffer *complaint)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (memory == NULL) {
		mr_buffer_puts(complaint, "There is no memory for jobs.");
		return NULL;
	}
	memory->store.functions = &functions;
	return &memory->store;
}
