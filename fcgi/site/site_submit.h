/*
 * site_submit.h: where nginx passes requests that become jobs.
 *
 * Who submits a job waits for the disk, and nobody else shall wait behind it:
 * these go to pool submit, if there is one, and all else to the endpoint's own.
 */
#ifndef FCGI_SITE_SUBMIT_H
#define FCGI_SITE_SUBMIT_H

#include "fcgi/config/config.h"
#include "millrace.h"

#include <stddef.h>

enum site_way {
	SITE_TO_POOL,
	SITE_TO_CHOSEN, /* by the client's Prefer */
	SITE_TO_SUBMIT
};

/* For the http block: the choice, for each pool that endpoints may be in. */
void site_submit_maps(const struct config *config, struct mr_buffer *text);

/* The way of all endpoints of a path. */
enum site_way site_submit_way(const struct config *config,
                              const struct mr_endpoint *const *endpoints,
                              size_t count);

/* ms: the longest that a request of a pool may be queued on that way. */
uint64_t site_submit_queue_limit(const struct config *config,
                                 const struct pool_config *pool,
                                 enum site_way way);

/* The line of a location that passes requests of a pool on. */
void site_submit_pass(const struct pool_config *pool, enum site_way way,
                      struct mr_buffer *text);

#endif
