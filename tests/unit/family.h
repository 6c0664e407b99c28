/*
 * family.h: what pools have in common, with the test in the master's place:
 * nothing happens to their workers but what it says.
 */
#ifndef MR_TESTS_FAMILY_H
#define MR_TESTS_FAMILY_H

#include "fcgi/master/pool.h"
#include "fcgi/master/queue.h"
#include "fcgi/worker/handoff.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define SOCKET "s"

static struct config config;
static struct descriptors kept;
static struct pool_family family;

/* A pool of the configuration. */
static inline struct pool_config *
family_config(const char *name, size_t workers)
{
	struct pool_config *made = &config.pools[config.pool_count++];

	*made = (struct pool_config){ .workers = workers,
		                      .queue_limit = 5000,
		                      .deadline = 60000 };
	snprintf(made->name, sizeof(made->name), "%s", name);
	return made;
}

/* A pool that listens at SOCKET, to be opened. */
static inline struct pool
family_pool(const struct pool_config *configured)
{
	struct pool made = { .family = &family,
		             .config = configured,
		             .main = worker_serve,
		             .handle = server_handle };

	made.listener = listener_open(SOCKET, "", 100);
	ck_assert(handoff_open(made.handoff));
	return made;
}

static void
family_setup(void)
{
	server_pipes();
	ck_assert(worker_prepare());
	descriptors_note(&kept);
	family = (struct pool_family){
		.config = &config,
		.registry = mr_registry_new(),
		.kept = &kept,
		.board = new_board(),
		.ready = eventfd(0, EFD_CLOEXEC),
		.diag = queue_open(),
		.epoll = epoll_create1(EPOLL_CLOEXEC),
	};
}

/* Workers that are still there go with the process of the test. */
static void
family_teardown(void)
{
	mr_registry_free((struct mr_registry *)(uintptr_t)family.registry);
	scoreboard_free(family.board);
}

#endif
