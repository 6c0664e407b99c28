/*
 * store.c: what all stores have in common.
 */
#include "jobs/store.h"

void
mr_store_close(struct mr_store *store)
{
	if (store != NULL)
		store->functions->close(store);
}
