/*
 * role.c: the pools that are not for endpoints; all others are alike.
 */
#include "fcgi/role.h"

#include "fcgi/broker.h"
#include "fcgi/live.h"
#include "fcgi/runner.h"

#include <string.h>

/*
 * A stop takes them in stages: who computes, who holds the clients that were
 * left to it, and who tells and keeps what became of all.
 */
static const struct role roles[] = {
	{ CONTROL_POOL, "/status and the like", .main = worker_serve,
	  .stage = 2 },
	{ BROKER_POOL, "keeping jobs", .main = broker_run, .stage = 2,
	  .alone = true },
	{ RUNNER_POOL, "jobs, which come from other pools",
	  .main = runner_run, .deaf = true },
	{ LIVE_POOL, "clients that wait", .main = live_run, .stage = 1 },
	{ .main = worker_serve },
};

const struct role *
role_of(const char *pool)
{
	const struct role *role = roles;

	while (role->pool != NULL && strcmp(role->pool, pool) != 0)
		role++;
	return role;
}
