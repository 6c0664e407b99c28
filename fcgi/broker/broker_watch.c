/*
 * broker_watch.c: a hash of ids, and a list for each watcher.
 */
#include "fcgi/broker/broker_watch.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 64

static size_t
bucket_of(const char *id, size_t bucket_count)
{
	return (size_t)mr_job_hash(id) & (bucket_count - 1);
}

static void
enter(struct broker_watches *watches, struct broker_watch *watch)
{
	size_t bucket = bucket_of(watch->id, watches->bucket_count);

	LIST_INSERT_HEAD(&watches->buckets[bucket], watch, by_id);
}

/* Twice as many buckets, a power of two. */
static bool
grow(struct broker_watches *watches)
{
	struct broker_watches more = { .bucket_count = FIRST_BUCKETS };
	struct broker_watch *watch;

	if (watches->bucket_count > 0)
		more.bucket_count = 2 * watches->bucket_count;
	more.buckets = calloc(more.bucket_count, sizeof(*more.buckets));
	if (more.buckets == NULL)
		return false;
	for (size_t i = 0; i < watches->bucket_count; i++)
		while ((watch = LIST_FIRST(&watches->buckets[i])) != NULL) {
			LIST_REMOVE(watch, by_id);
			enter(&more, watch);
		}
	free(watches->buckets);
	watches->buckets = more.buckets;
	watches->bucket_count = more.bucket_count;
	return true;
}

static struct broker_watch *
same_id(struct broker_watch *watch, const char *id)
{
	while (watch != NULL && strcmp(watch->id, id) != 0)
		watch = LIST_NEXT(watch, by_id);
	return watch;
}

struct broker_watch *
broker_watch_first(const struct broker_watches *watches, const char *id)
{
	size_t count = watches->bucket_count;

	if (count == 0)
		return NULL;
	return same_id(LIST_FIRST(&watches->buckets[bucket_of(id, count)]), id);
}

struct broker_watch *
broker_watch_next(const struct broker_watch *watch)
{
	return same_id(LIST_NEXT(watch, by_id), watch->id);
}

static struct broker_watch *
find(const struct broker_watches *watches, const struct broker_watcher *watcher,
     const char *id)
{
	struct broker_watch *watch = broker_watch_first(watches, id);

	while (watch != NULL && watch->watcher != watcher)
		watch = broker_watch_next(watch);
	return watch;
}

bool
broker_watch_add(struct broker_watches *watches, struct broker_watcher *watcher,
                 const char *id)
{
	struct broker_watch *watch;

	if (find(watches, watcher, id) != NULL)
		return true;
	if (watches->count == watches->bucket_count && !grow(watches))
		return false;
	watch = calloc(1, sizeof(*watch));
	if (watch == NULL)
		return false;
	mr_job_copy_id(watch->id, id);
	watch->watcher = watcher;
	enter(watches, watch);
	LIST_INSERT_HEAD(&watcher->watches, watch, by_watcher);
	watches->count++;
	return true;
}

/* Accepts NULL. */
static void
forget(struct broker_watches *watches, struct broker_watch *watch)
{
	if (watch == NULL)
		return;
	LIST_REMOVE(watch, by_id);
	LIST_REMOVE(watch, by_watcher);
	watches->count--;
	free(watch);
}

void
broker_watch_remove(struct broker_watches *watches,
                    struct broker_watcher *watcher, const char *id)
{
	forget(watches, find(watches, watcher, id));
}

void
broker_watch_leave(struct broker_watches *watches,
                   struct broker_watcher *watcher)
{
	struct broker_watch *watch;

	while ((watch = LIST_FIRST(&watcher->watches)) != NULL)
		forget(watches, watch);
}

void
broker_watch_end(struct broker_watches *watches, const char *id)
{
	struct broker_watch *watch;

	while ((watch = broker_watch_first(watches, id)) != NULL)
		forget(watches, watch);
}

void
broker_watch_free(struct broker_watches *watches)
{
	for (size_t i = 0; i < watches->bucket_count; i++)
		while (!LIST_EMPTY(&watches->buckets[i]))
			forget(watches, LIST_FIRST(&watches->buckets[i]));
	free(watches->buckets);
	*watches = (struct broker_watches){ .count = 0 };
}
