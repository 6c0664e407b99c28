/*
 * terms.c: the configuration of an endpoint over that of its pool.
 */
#include "fcgi/config/terms.h"

#include "fcgi/base/clock.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(CONFIG_NAME <= LEDGER_POOL_NAME &&
                   CONFIG_ENDPOINT_NAME <= LEDGER_ENDPOINT_NAME,
               "a name does not fit into the ledger");

static const struct endpoint_config *
find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->endpoint_count; i++)
		if (strcmp(config->endpoints[i].name, name) == 0)
			return &config->endpoints[i];
	return NULL;
}

/* A configuration made by hand may do without the pool of jobs. */
static const struct pool_config *
runner_of(const struct config *config, const struct pool_config *pool)
{
	const struct pool_config *runner = config_pool(config, RUNNER_POOL);

	return runner == NULL ? pool : runner;
}

struct terms
terms_of(const struct config *config, const struct mr_endpoint *endpoint)
{
	const struct pool_config *pool =
	    config_pool(config, mr_endpoint_pool(endpoint));
	const struct endpoint_config *own = find(config, endpoint->name);
	uint64_t deadline = pool->deadline, slow = pool->slow;
	uint64_t job_deadline = runner_of(config, pool)->deadline;

	if (own != NULL && own->deadline > 0)
		deadline = own->deadline;
	if (own != NULL && own->slow > 0)
		slow = own->slow;
	if (own != NULL && own->job_deadline > 0)
		job_deadline = own->job_deadline;
	return (struct terms){
		.deadline = deadline * CLOCK_NS_PER_MS,
		.slow = slow * CLOCK_NS_PER_MS,
		.job_deadline = job_deadline * CLOCK_NS_PER_MS,
		.pure = !endpoint->impure,
	};
}

static void
add_rows(struct terms *terms, const struct config *config,
         const struct mr_endpoint *endpoint, struct ledger *ledger)
{
	const char *pool = mr_endpoint_pool(endpoint);

	terms->row = terms->job_row =
	    (uint32_t)ledger_row(ledger, endpoint->name, pool);
	if (config_pool(config, RUNNER_POOL) != NULL)
		terms->job_row = (uint32_t)ledger_row(ledger, endpoint->name,
		                                      RUNNER_POOL);
}

struct terms *
terms_new(const struct config *config, const struct mr_registry *registry,
          struct ledger *ledger)
{
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(registry, &count);
	struct terms *terms = calloc(count + 1, sizeof(*terms));

	for (size_t i = 0; terms != NULL && i < count; i++) {
		terms[i] = terms_of(config, endpoints[i]);
		add_rows(&terms[i], config, endpoints[i], ledger);
	}
	return terms;
}

uint64_t
terms_longest(const struct terms *terms, const struct mr_registry *registry,
              const struct pool_config *pool)
{
	uint64_t longest = pool->deadline * CLOCK_NS_PER_MS;
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(registry, &count);

	for (size_t i = 0; i < count; i++) {
		uint64_t deadline = 0;

		if (strcmp(pool->name, RUNNER_POOL) == 0)
			deadline = terms[i].job_deadline;
		else if (strcmp(pool->name, SUBMIT_POOL) == 0 ||
		         strcmp(mr_endpoint_pool(endpoints[i]), pool->name) ==
		             0)
			deadline = terms[i].deadline;
		if (deadline > longest)
			longest = deadline;
	}
	return longest / CLOCK_NS_PER_MS;
}
