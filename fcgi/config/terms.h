/*
 * terms.h: what holds for the requests of each endpoint, worked out from
 * configuration and declaration before any worker is forked.
 */
#ifndef FCGI_TERMS_H
#define FCGI_TERMS_H

#include "api/registry.h"
#include "fcgi/board/ledger.h"
#include "fcgi/config/config.h"

struct terms {
	uint64_t deadline; /* ns */
	uint64_t slow;     /* ns; 0: never */
	uint64_t job_deadline; /* ns, where it runs as a job */
	uint32_t row;      /* of the ledger */
	uint32_t job_row;  /* likewise, where it runs as a job */
	bool pure;         /* may be ended when its client leaves */
};

/* Of one endpoint, whose pool is configured; without rows. */
struct terms terms_of(const struct config *config,
                      const struct mr_endpoint *endpoint);

/*
 * One for each endpoint, in the order of mr_registry_endpoints.  To be freed;
 * NULL without memory.
 */
struct terms *terms_new(const struct config *config,
                        const struct mr_registry *registry,
                        struct ledger *ledger);

/*
 * The longest deadline of a pool and of its endpoints: ms.  Those of the pool
 * that runs jobs are all endpoints, with their other deadline.
 */
uint64_t terms_longest(const struct terms *terms,
                       const struct mr_registry *registry,
                       const struct pool_config *pool);

#endif
