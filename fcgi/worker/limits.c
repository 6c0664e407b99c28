/*
 * limits.c: from the configuration to the kernel.
 */
#include "fcgi/worker/limits.h"

#include "fcgi/base/log.h"
#include "fcgi/config/cpus.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define STACK_LIMIT ((rlim_t)8 << 20)

static bool
complain(const struct pool_config *pool, const char *what)
{
	log_error("Cannot set what a worker may have. pool=%s limit=%s "
	          "error=\"%s\"",
	          pool->name, what, strerror(errno));
	return false;
}

/* The soft limit, never above the hard one; `lower` only if it is higher. */
static bool
set_limit(int resource, rlim_t to, bool lower)
{
	struct rlimit limits;

	if (getrlimit(resource, &limits) < 0)
		return false;
	if (to > limits.rlim_max)
		to = limits.rlim_max;
	if (limits.rlim_cur == to || (lower && limits.rlim_cur < to))
		return true;
	limits.rlim_cur = to;
	return setrlimit(resource, &limits) == 0;
}

/* Each connection is a descriptor: without a limit of ours, all there are. */
static bool
set_resources(const struct pool_config *pool)
{
	rlim_t files = pool->files > 0 ? pool->files : RLIM_INFINITY;

	if (!set_limit(RLIMIT_STACK, STACK_LIMIT, true))
		return complain(pool, "stack");
	if (!set_limit(RLIMIT_NOFILE, files, false))
		return complain(pool, "files");
	if (!set_limit(RLIMIT_CORE, pool->core, false))
		return complain(pool, "core");
	if (pool->memory > 0 && !set_limit(RLIMIT_DATA, pool->memory, true))
		return complain(pool, "memory");
	return true;
}

static bool
set_processors(const struct pool_config *pool)
{
	cpu_set_t set;

	if (*pool->cpus == '\0')
		return true;
	if (!cpus_parse(pool->cpus, &set))
		errno = EINVAL;
	else if (sched_setaffinity(0, sizeof(set), &set) == 0)
		return true;
	return complain(pool, "cpus");
}

/* The values stay, as long as the configuration does. */
static bool
set_environment(const struct pool_config *pool)
{
	const char *value = pool->env;

	for (; *value != '\0'; value += strlen(value) + 1)
		if (putenv((char *)(uintptr_t)value) != 0)
			return complain(pool, "env");
	return true;
}

bool
limits_apply(const struct pool_config *pool)
{
	if (!set_resources(pool) || !set_processors(pool) ||
	    !set_environment(pool))
		return false;
	if (pool->nice > 0 && setpriority(PRIO_PROCESS, 0, (int)pool->nice) < 0)
		return complain(pool, "nice");
	umask((mode_t)pool->umask);
	return true;
}

/* User and group. */

static bool
find_group(const struct pool_config *pool, gid_t *group)
{
	const struct group *found;

	if (*pool->group == '\0')
		return true;
	found = getgrnam(pool->group);
	if (found == NULL) {
		errno = ENOENT;
		return false;
	}
	*group = found->gr_gid;
	return true;
}

static bool
become_user(const struct pool_config *pool)
{
	const struct passwd *user;
	gid_t group;

	user = getpwnam(pool->user);
	if (user == NULL) {
		errno = ENOENT;
		return complain(pool, "user");
	}
	group = user->pw_gid;
	if (!find_group(pool, &group) || initgroups(pool->user, group) < 0 ||
	    setgid(group) < 0)
		return complain(pool, "group");
	if (setuid(user->pw_uid) < 0)
		return complain(pool, "user");
	return true;
}

static bool
become_group(const struct pool_config *pool)
{
	gid_t group;

	if (!find_group(pool, &group) || setgroups(1, &group) < 0 ||
	    setgid(group) < 0)
		return complain(pool, "group");
	return true;
}

bool
limits_become(const struct pool_config *pool)
{
	if (*pool->user == '\0' && *pool->group == '\0')
		return true;
	if (*pool->user != '\0' ? !become_user(pool) : !become_group(pool))
		return false;
	/* Whoever changes its user leaves no core dumps, unless told to. */
	if (pool->core > 0 && prctl(PR_SET_DUMPABLE, 1) < 0)
		return complain(pool, "core");
	return true;
}
