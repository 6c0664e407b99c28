/*
 * loop_ceiling.c: the product's own master, workers and loop, with a fixed
 * reply in place of mr_handle: what routing, decoding and encoding add.
 */
#include "fcgi/base/listener.h"
#include "fcgi/config/config.h"
#include "fcgi/master/master.h"
#include "fcgi/worker/handoff.h"

#include <stdio.h>
#include <stdlib.h>

static const char body[] = "{\"a\":3,\"b\":4,\"sum_of_squares\":25}";

static void
answer(const void *context, const struct mr_request *request,
       struct mr_reply *reply, struct mr_arena *arena)
{
	(void)context;
	(void)request;
	(void)arena;
	*reply = (struct mr_reply){
		.status = 200,
		.content_type = "application/json",
		.body = { body, sizeof(body) - 1 },
	};
}

static int
run(struct config *config, struct pools_entry *pool)
{
	static struct descriptors kept;
	static struct handover none = { .board = -1, .program = -1, .configuration = -1 };
	int fd = -1;
	const struct master_setup setup = {
		.config = config,
		.registry = mr_registry_new(),
		.kept = &kept,
		.board = scoreboard_new(&fd),
		.pools = pool,
		.pool_count = 1,
		.from = &none,
		.next = &none,
	};

	return setup.registry == NULL || setup.board == NULL
	           ? EXIT_FAILURE
	           : master_run(&setup);
}

int
main(int count, char **arguments)
{
	static struct config config;
	struct pools_entry pool = { .main = worker_serve, .handle = answer };

	if (count != 3) {
		fprintf(stderr, "usage: %s SOCKET GROUP\n", arguments[0]);
		return 2;
	}
	config_default(&config);
	config_resolve(&config);
	pool.config = config_pool(&config, "fast");
	pool.listener = listener_open(arguments[1], arguments[2],
	                              (int)pool.config->backlog);
	return pool.listener < 0 || !handoff_open(pool.handoff)
	           ? EXIT_FAILURE
	           : run(&config, &pool);
}
