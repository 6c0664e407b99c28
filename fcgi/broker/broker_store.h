/*
 * broker_store.h: the store in the state directory, once it can be opened.
 */
#ifndef FCGI_BROKER_STORE_H
#define FCGI_BROKER_STORE_H

#include "fcgi/config/config.h"
#include "jobs/store.h"

#define BROKER_STORE_FILE "jobs.db" /* in the state directory */

/* What clients are told while it is closed. */
#define BROKER_STORE_CLOSED                                                    \
	"The jobs cannot be opened; the log of the server says why"

struct broker_store {
	char file[CONFIG_TEXT + sizeof(BROKER_STORE_FILE)];
	struct mr_store *store; /* NULL: it is not open */
	char reason[512];       /* why not; what was logged, with its path */
	uint64_t again;         /* when to try once more; clock_now */
};

void broker_store_init(struct broker_store *store, const struct config *config);

/*
 * Opens it, if it is not open and was not tried just now.  What is wrong is
 * logged once, and so is that it is right again.
 */
void broker_store_open(struct broker_store *store);

/* ms until it is worth trying; -1: it is open. */
int broker_store_timeout(const struct broker_store *store);

void broker_store_close(struct broker_store *store);

#endif
