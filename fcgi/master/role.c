/*
 * role.c: the pools that are not for endpoints; all others are alike.
 */
#include "fcgi/master/role.h"

#include "fcgi/broker/broker.h"
#include "fcgi/live/live.h"
#include "fcgi/runner/runner.h"

#include <string.h>

/*
 * A stop takes them in stages: who computes, who holds the clients that were
 * left to it, and who tells and keeps what became of all.  Whoever waits for a
 * job that goes on is told at once, and so before its runner has ended.
 */
static const struct role roles[] = {
	{ CONTROL_POOL, "/status and the like", .main = worker_serve,
	  .stage = 2 },
	{ SUBMIT_POOL, "requests that become jobs", .main = worker_serve },
	{ BROKER_POOL, "keeping jobs", .main = broker_run, .stage = 2,
	  .alone = true },
	{ RUNNER_POOL, "jobs, which come from other pools",
	  .main = runner_run, .longer = 1, .deaf = true },
	{ LIVE_POOL, "clients and answers that wait", .main = live_run, .stage = 1 },
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

bool
role_speaks_fastcgi(const char *pool)
{
	return role_of(pool)->main == worker_serve;
}
