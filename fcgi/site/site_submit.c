/*
 * site_submit.c: a map for each pool: nginx knows upstreams by their names, so
 * that a variable costs no resolver and keeps connections alive.
 */
#include "fcgi/site/site_submit.h"

#include "fcgi/master/role.h"

/* What asks in other words than these is served in its endpoint's pool. */
static void
print_map(const struct pool_config *pool, struct mr_buffer *text)
{
	mr_buffer_printf(text,
	                 "map $http_prefer $millrace_to_%s {\n"
	                 "\tdefault millrace_%s;\n"
	                 "\t\"~*(^|[,\\s])(respond-async|wait\\s*=)\" "
	                 "millrace_" SUBMIT_POOL ";\n"
	                 "}\n",
	                 pool->name, pool->name);
}

void
site_submit_maps(const struct config *config, struct mr_buffer *text)
{
	if (config_pool(config, SUBMIT_POOL) == NULL)
		return;
	mr_buffer_puts(text, "\n# Who asks for a job is served elsewhere.\n");
	for (size_t i = 0; i < config->pool_count; i++)
		if (role_of(config->pools[i].name)->purpose == NULL)
			print_map(&config->pools[i], text);
}

enum site_way
site_submit_way(const struct config *config,
                const struct mr_endpoint *const *endpoints, size_t count)
{
	bool are_long = true;

	if (config_pool(config, SUBMIT_POOL) == NULL)
		return SITE_TO_POOL;
	for (size_t i = 0; i < count; i++)
		are_long &= endpoints[i]->long_running;
	return are_long ? SITE_TO_SUBMIT : SITE_TO_CHOSEN;
}

uint64_t
site_submit_queue_limit(const struct config *config,
                        const struct pool_config *pool, enum site_way way)
{
	const struct pool_config *submit = config_pool(config, SUBMIT_POOL);

	if (way == SITE_TO_POOL || submit->queue_limit < pool->queue_limit)
		return pool->queue_limit;
	return submit->queue_limit;
}

void
site_submit_pass(const struct pool_config *pool, enum site_way way,
                 struct mr_buffer *text)
{
	if (way == SITE_TO_SUBMIT)
		mr_buffer_puts(text, "\tfastcgi_pass millrace_" SUBMIT_POOL
		                     ";\n");
	else
		mr_buffer_printf(text, "\tfastcgi_pass %smillrace_%s%s;\n",
		                 way == SITE_TO_CHOSEN ? "$" : "",
		                 way == SITE_TO_CHOSEN ? "to_" : "",
		                 pool->name);
}
