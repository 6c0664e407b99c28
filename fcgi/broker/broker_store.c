/*
 * broker_store.c: opening, and opening again.
 */
#include "fcgi/broker/broker_store.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "jobs/sqlite.h"

#include <stdio.h>
#include <string.h>

#define AGAIN (3 * CLOCK_NS_PER_S)

void
broker_store_init(struct broker_store *store, const struct config *config)
{
	*store = (struct broker_store){ .store = NULL };
	snprintf(store->file, sizeof(store->file), "%s/" BROKER_STORE_FILE,
	         config->state);
}

/* The same reason again is no news. */
static void
complain(struct broker_store *store, struct mr_buffer *complaint)
{
	const char *reason = mr_buffer_text(complaint);

	if (reason == NULL || *reason == '\0')
		reason = "There is no memory.";
	if (strcmp(store->reason, reason) == 0)
		return;
	snprintf(store->reason, sizeof(store->reason), "%.*s",
	         (int)strcspn(reason, "\n"), reason);
	log_error("Cannot open the store of jobs. file=%s reason=\"%s\"",
	          store->file, store->reason);
}

void
broker_store_open(struct broker_store *store)
{
	struct mr_buffer complaint = { .arena = NULL };

	if (store->store != NULL || clock_now() < store->again)
		return;
	complaint.arena = mr_arena_new();
	if (complaint.arena != NULL)
		store->store = mr_store_sqlite(store->file, &complaint);
	store->again = clock_now() + AGAIN;
	if (store->store == NULL)
		complain(store, &complaint);
	else if (*store->reason != '\0')
		log_notice("Opened the store of jobs. file=%s", store->file);
	if (store->store != NULL)
		*store->reason = '\0';
	mr_arena_free(complaint.arena);
}

int
broker_store_timeout(const struct broker_store *store)
{
	uint64_t now = clock_now();

	if (store->store != NULL)
		return -1;
	if (now >= store->again)
		return 0;
	return (int)((store->again - now) / CLOCK_NS_PER_MS) + 1;
}

void
broker_store_close(struct broker_store *store)
{
	mr_store_close(store->store);
	store->store = NULL;
}
