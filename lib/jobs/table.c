/*
 * table.c: copies of jobs in an array, and what was replaced in another.
 */
#include "jobs/table.h"

#include <stdlib.h>
#include <string.h>

/* The place of id, or where it would be. */
static size_t
place_of(const struct mr_table *table, const char *id)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(table->entries[middle]->job.id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct mr_entry *
mr_table_find(const struct mr_table *table, const char *id)
{
	size_t place = place_of(table, id);

	return place < table->count &&
	               strcmp(table->entries[place]->job.id, id) == 0
	           ? table->entries[place]
	           : NULL;
}

static const char **
text_of(struct mr_job *job, size_t column)
{
	return mr_job_columns[column].kind == MR_JOB_TEXT
	           ? (const char **)(void *)((char *)job +
	                                     mr_job_columns[column].offset)
	           : NULL;
}

static size_t
size_of(struct mr_job job, const struct mr_bytes blobs[MR_BLOB_COUNT])
{
	size_t size = 0;

	for (size_t i = 0; i < mr_job_column_count; i++) {
		const char **text = text_of(&job, i);

		size += text == NULL || *text == NULL ? 0 : strlen(*text) + 1;
	}
	for (size_t i = 0; i < MR_BLOB_COUNT; i++)
		size += blobs[i].length + 1;
	return size;
}

static char *
copy_texts(struct mr_job *job, char *at)
{
	for (size_t i = 0; i < mr_job_column_count; i++) {
		const char **text = text_of(job, i);

		if (text == NULL || *text == NULL)
			continue;
		*text = strcpy(at, *text);
		at += strlen(at) + 1;
	}
	return at;
}

static struct mr_entry *
entry_new(const struct mr_job *job, const struct mr_bytes blobs[MR_BLOB_COUNT])
{
	struct mr_entry *entry = malloc(sizeof(*entry) + size_of(*job, blobs));
	char *at;

	if (entry == NULL)
		return NULL;
	entry->job = *job;
	at = copy_texts(&entry->job, entry->bytes);
	for (size_t i = 0; i < MR_BLOB_COUNT; i++) {
		size_t length = blobs[i].length;

		entry->blobs[i] =
		    (struct mr_bytes){ (unsigned char *)at, length };
		if (length > 0)
			memcpy(at, blobs[i].data, length);
		at[length] = '\0';
		at += length + 1;
	}
	return entry;
}

/* Room for one element more in an array that has count of room. */
static void *
make_room(void *array, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room == 0 ? 16 : 2 * *room;

	if (count < *room)
		return array;
	array = reallocarray(array, wanted, size);
	if (array != NULL)
		*room = wanted;
	return array;
}

static bool
make_rooms(struct mr_table *table)
{
	void *entries = make_room(table->entries, table->count, &table->room,
	                          sizeof(*table->entries));
	void *changes;

	if (entries == NULL)
		return false;
	table->entries = entries;
	changes = make_room(table->changes, table->change_count,
	                    &table->change_room, sizeof(*table->changes));
	if (changes == NULL)
		return false;
	table->changes = changes;
	return true;
}

/* There is room where before is NULL. */
static void
exchange(struct mr_table *table, struct mr_entry *before,
         struct mr_entry *after)
{
	size_t place =
	    place_of(table, before != NULL ? before->job.id : after->job.id);
	struct mr_entry **at = table->entries + place;
	size_t behind = table->count - place;

	if (before == NULL) {
		memmove(at + 1, at, behind * sizeof(*at));
		table->count++;
	}
	if (after != NULL) {
		*at = after;
	} else {
		memmove(at, at + 1, (behind - 1) * sizeof(*at));
		table->count--;
	}
}

static bool
change(struct mr_table *table, struct mr_entry *before, struct mr_entry *after)
{
	if (!make_rooms(table))
		return false;
	exchange(table, before, after);
	if (table->keeps)
		table->changes[table->change_count++] =
		    (struct mr_change){ before, after };
	else
		free(before);
	return true;
}

bool
mr_table_put(struct mr_table *table, const struct mr_job *job,
             const struct mr_bytes blobs[MR_BLOB_COUNT])
{
	static const struct mr_bytes none[MR_BLOB_COUNT];
	struct mr_entry *after = entry_new(job, blobs == NULL ? none : blobs);
	size_t place = place_of(table, job->id);

	if (after == NULL)
		return false;
	if (!change(table,
	            mr_table_find(table, job->id) == NULL
	                ? NULL
	                : table->entries[place],
	            after)) {
		free(after);
		return false;
	}
	return true;
}

bool
mr_table_remove(struct mr_table *table, size_t place)
{
	return change(table, table->entries[place], NULL);
}

void
mr_table_begin(struct mr_table *table)
{
	table->keeps = true;
}

void
mr_table_commit(struct mr_table *table)
{
	for (size_t i = 0; i < table->change_count; i++)
		free(table->changes[i].before);
	table->change_count = 0;
	table->keeps = false;
}

void
mr_table_rollback(struct mr_table *table)
{
	while (table->change_count > 0) {
		struct mr_change *last =
		    &table->changes[--table->change_count];

		exchange(table, last->after, last->before);
		free(last->after);
	}
	table->keeps = false;
}

void
mr_table_clear(struct mr_table *table)
{
	mr_table_commit(table);
	for (size_t i = 0; i < table->count; i++)
		free(table->entries[i]);
	free(table->entries);
	free(table->changes);
	*table = (struct mr_table){ .count = 0 };
}
