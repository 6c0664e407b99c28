/*
 * loop_ceiling.c: the product's own master, workers and loop, with a fixed
 * reply in place of mr_handle: what routing, decoding and encoding add.
 */
#include "fcgi/config.h"
#include "fcgi/listener.h"
#include "fcgi/master.h"

#include <stdio.h>
#include <stdlib.h>

static const char body[] = "{\"a\":3,\"b\":4,\"sum_of_squares\":25}";

static void
answer(const struct mr_registry *registry, const struct mr_request *request,
       struct mr_reply *reply, struct mr_arena *arena)
{
	(void)registry;
	(void)request;
	(void)arena;
	*reply = (struct mr_reply){
		.status = 200,
		.content_type = "application/json",
		.body = { body, sizeof(body) - 1 },
	};
}

int
main(int count, char **arguments)
{
	struct config config;
	struct master_pool pool;
	struct master_setup setup = {
		.config = &config,
		.registry = mr_registry_new(),
		.handle = answer,
		.pools = &pool,
		.pool_count = 1,
	};

	if (count != 3 || setup.registry == NULL) {
		fprintf(stderr, "usage: %s SOCKET GROUP\n", arguments[0]);
		return 2;
	}
	config_default(&config);
	config_resolve(&config);
	pool.config = config_pool(&config, "fast");
	pool.listener = listener_open(arguments[1], arguments[2],
	                              (int)pool.config->backlog);
	return pool.listener < 0 ? EXIT_FAILURE : master_run(&setup);
}
