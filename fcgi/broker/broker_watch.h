/*
 * broker_watch.h: who watches which job; thousands of jobs for one watcher,
 * and the other way round.
 */
#ifndef FCGI_BROKER_WATCH_H
#define FCGI_BROKER_WATCH_H

#include "jobs/job.h"

#include <stdbool.h>
#include <sys/queue.h>

struct broker_watch {
	char id[MR_JOB_ID];
	struct broker_watcher *watcher;
	LIST_ENTRY(broker_watch) by_id, by_watcher;
};

LIST_HEAD(broker_watch_list, broker_watch);

/* All zero: watches nothing. */
struct broker_watcher {
	struct broker_watch_list watches;
};

/* All zero: there is no watch. */
struct broker_watches {
	struct broker_watch_list *buckets;
	size_t bucket_count, count;
};

/* Watching twice is watching once.  False when there is no memory. */
bool broker_watch_add(struct broker_watches *watches,
                      struct broker_watcher *watcher, const char *id);

void broker_watch_remove(struct broker_watches *watches,
                         struct broker_watcher *watcher, const char *id);

/* Ends all that one watches. */
void broker_watch_leave(struct broker_watches *watches,
                        struct broker_watcher *watcher);

/*
 * The first of those who watch a job, and the next one behind it; NULL: there
 * is none.
 */
struct broker_watch *broker_watch_first(const struct broker_watches *watches,
                                        const char *id);
struct broker_watch *broker_watch_next(const struct broker_watch *watch);

/* Nobody watches it any more. */
void broker_watch_end(struct broker_watches *watches, const char *id);

void broker_watch_free(struct broker_watches *watches);

#endif
