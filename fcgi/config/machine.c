/*
 * machine.c: compares a configuration with the system that it is to run on.
 */
#include "fcgi/config/machine.h"

#include "fcgi/config/cpus.h"

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

struct look {
	const struct config *config;
	const struct complaint *complaint;
	const struct pool_config *pool;
};

static struct mr_buffer *
about(const struct look *look, const void *member)
{
	struct mr_buffer *text = complaint_begin(
	    look->complaint,
	    complaint_line(look->complaint, look->config, member));

	mr_buffer_printf(text, "pool %s: ", look->pool->name);
	return text;
}

/*
 * The processors that we may use: only the kernel knows them, and says so to
 * who asks for all.  Whatever comes of it, we then use what we did.
 */
static bool
find_processors(cpu_set_t *set)
{
	cpu_set_t before;
	bool found;

	if (sched_getaffinity(0, sizeof(before), &before) < 0)
		return false;
	memset(set, 0xFF, sizeof(*set));
	if (sched_setaffinity(0, sizeof(*set), set) < 0)
		return false;
	found = sched_getaffinity(0, sizeof(*set), set) == 0;
	return sched_setaffinity(0, sizeof(before), &before) == 0 && found;
}

static void
check_cpus(const struct look *look)
{
	const char *text = look->pool->cpus;
	cpu_set_t wanted, there;
	int cpu = 0;

	if (*text == '\0' || !cpus_parse(text, &wanted) ||
	    !find_processors(&there))
		return;
	while (cpu < CPU_SETSIZE &&
	       (!CPU_ISSET(cpu, &wanted) || CPU_ISSET(cpu, &there)))
		cpu++;
	if (cpu < CPU_SETSIZE)
		mr_buffer_printf(about(look, text),
		                 "there is no processor %d for cpus = %s; "
		                 "there are %d, see nproc(1) and taskset(1)\n",
		                 cpu, text, CPU_COUNT(&there));
}

static void
check_user(const struct look *look)
{
	const char *name = look->pool->user;
	const struct passwd *user = *name == '\0' ? NULL : getpwnam(name);

	if (*name != '\0' && user == NULL)
		mr_buffer_printf(about(look, name),
		                 "there is no user %s on this machine\n", name);
	else if (user != NULL && geteuid() != 0 && user->pw_uid != geteuid())
		mr_buffer_printf(about(look, name),
		                 "only root can have workers of user %s; leave "
		                 "it out, or start as root or as %s\n",
		                 name, name);
}

static void
check_group(const struct look *look)
{
	const char *name = look->pool->group;
	const struct group *group = *name == '\0' ? NULL : getgrnam(name);

	if (*name != '\0' && group == NULL)
		mr_buffer_printf(about(look, name),
		                 "there is no group %s on this machine\n",
		                 name);
	else if (group != NULL && geteuid() != 0 && group->gr_gid != getegid())
		mr_buffer_printf(about(look, name),
		                 "only root can have workers of group %s; leave "
		                 "it out, or start as root or in that group\n",
		                 name);
}

static uint64_t
read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	uint64_t number = UINT64_MAX;

	if (file != NULL && fscanf(file, "%" SCNu64, &number) != 1)
		number = UINT64_MAX;
	if (file != NULL)
		fclose(file);
	return number;
}

/* Root may go above the hard limit, but no one above that of the kernel. */
static void
check_limit(const struct look *look, int resource, const char *name,
            const uint64_t *value)
{
	struct rlimit limit;
	uint64_t most = UINT64_MAX;

	if (geteuid() == 0 && resource == RLIMIT_NOFILE)
		most = read_number("/proc/sys/fs/nr_open");
	else if (geteuid() != 0 && getrlimit(resource, &limit) == 0)
		most = limit.rlim_max;
	if (*value > most)
		mr_buffer_printf(about(look, value),
		                 "%s = %" PRIu64 " is above the hard limit of "
		                 "%" PRIu64 "; lower it, or raise that (ulimit "
		                 "-H, Limit... of a systemd unit, fs.nr_open)\n",
		                 name, *value, most);
}

void
machine_check(const struct config *config, const struct complaint *complaint)
{
	for (size_t i = 0; i < config->pool_count; i++) {
		const struct pool_config *pool = &config->pools[i];
		const struct look look = { config, complaint, pool };

		check_cpus(&look);
		check_user(&look);
		check_group(&look);
		check_limit(&look, RLIMIT_NOFILE, "files", &pool->files);
		check_limit(&look, RLIMIT_CORE, "core", &pool->core);
	}
}

uint64_t
machine_backlog(void)
{
	return read_number("/proc/sys/net/core/somaxconn");
}
