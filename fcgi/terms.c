/*
 * terms.c: the configuration of an endpoint over that of its pool.
 */
#include "fcgi/terms.h"

#include "fcgi/clock.h"

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

struct terms
terms_of(const struct config *config, const struct mr_endpoint *endpoint)
{
	const struct pool_config *pool =
	    config_pool(config, mr_endpoint_pool(endpoint));
	const struct endpoint_config *own = find(config, endpoint->name);
	uint64_t deadline = pool->deadline, slow = pool->slow;

	if (own != NULL && own->deadline > 0)
		deadline = own->deadline;
	if (own != NULL && own->slow > 0)
		slow = own->slow;
	return (struct terms){
		.deadline = deadline * CLOCK_NS_PER_MS,
		.slow = slow * CLOCK_NS_PER_MS,
		.pure = !endpoint->impure,
	};
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
		terms[i].row = (uint32_t)ledger_row(
		    ledger, endpoints[i]->name,
		    mr_endpoint_pool(endpoints[i]));
	}
	return terms;
}
