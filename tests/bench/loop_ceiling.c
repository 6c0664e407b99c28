/*
 * loop_ceiling.c: the product's own master, workers and loop, with a fixed
 * reply in place of mr_handle: what routing, decoding and encoding add.
 */
#include "fcgi/config.h"
#include "fcgi/handoff.h"
#include "fcgi/listener.h"
#include "fcgi/log.h"
#include "fcgi/master.h"

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

int
main(int count, char **arguments)
{
	static struct config config;
	static struct handover none = { .board = -1,
		                        .program = -1,
		                        .configuration = -1 };
	const struct descriptors kept = { .count = 0 };
	struct pools_entry pool = { .handle = answer };
	struct master_setup setup = {
		.config = &config,
		.registry = mr_registry_new(),
		.kept = &kept,
		.pools = &pool,
		.pool_count = 1,
		.from = &none,
		.next = &none,
	};
	int fd;

	if (count != 3 || setup.registry == NULL) {
		fprintf(stderr, "usage: %s SOCKET GROUP\n", arguments[0]);
		return 2;
	}
	log_open("");
	config_default(&config);
	config_resolve(&config);
	pool.config = config_pool(&config, "fast");
	pool.listener = listener_open(arguments[1], arguments[2],
	                              (int)pool.config->backlog);
	setup.board = scoreboard_new(&fd);
	if (pool.listener < 0 || !handoff_open(pool.handoff) ||
	    setup.board == NULL)
		return EXIT_FAILURE;
	setup.terms =
	    terms_new(&config, setup.registry, &setup.board->ledger);
	return master_run(&setup);
}
