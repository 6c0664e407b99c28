/*
 * catalog.c: one row for each option: kind, limits, default and help, of
 * which reading, checking, printing and documentation are made.
 */
#include "fcgi/config/catalog.h"

#include "fcgi/base/address.h"
#include "fcgi/base/allow.h"
#include "fcgi/base/listener.h"
#include "fcgi/config/config.h"
#include "fcgi/config/cpus.h"

#define SERVER(member) offsetof(struct config, member)
#define POOL(member) offsetof(struct pool_config, member)
#define ENDPOINT(member) offsetof(struct endpoint_config, member)

#define ROOM(record, member) (sizeof(((struct record *)0)->member) - 1)
#define DAY 86400000
#define MEMORY (UINT64_C(1) << 46)

const char *const catalog_managers[] = {
	[POOL_STATIC] = "static",
	[POOL_DYNAMIC] = "dynamic",
	[POOL_ONDEMAND] = "ondemand",
	NULL,
};

static bool
is_cpus(const char *text)
{
	cpu_set_t set;

	return *text == '\0' || cpus_parse(text, &set);
}

static bool
is_address(const char *text)
{
	struct sockaddr_storage address;
	socklen_t size;

	return *text == '\0' || address_parse(text, &address, &size);
}

#define ADDRESSES "addresses, networks such as 10.0.0.0/8, or all"

static const struct setting server[] = {
	{ "state", SETTING_TEXT, SERVER(state), 1, ROOM(config, state), "millrace-state",
	  .help = "directory of everything that is kept; made if it is missing" },
	{ "sockets", SETTING_TEXT, SERVER(sockets), 0, ROOM(config, sockets), "",
	  .help = "directory of the pools' sockets; empty: the state directory" },
	{ "socket_group", SETTING_TEXT, SERVER(socket_group), 0,
	  ROOM(config, socket_group), "",
	  .help = "group that may connect, such as nginx's; empty: our own" },
	{ "log", SETTING_TEXT, SERVER(log), 0, ROOM(config, log), "",
	  .help = "file of the log; empty: standard error" },
	{ "status_allow", SETTING_TEXT, SERVER(status_allow), 0,
	  ROOM(config, status_allow), "127.0.0.1 ::1",
	  .help = "clients that nginx lets see /status and /metrics; empty: none",
	  .check = allow_check, .domain = ADDRESSES },
	{ "stop_timeout", SETTING_DURATION, SERVER(stop_timeout), 0, 3600000, "10s",
	  .help = "how long running requests may take to end on a stop" },
	{ "stop_delay", SETTING_DURATION, SERVER(stop_delay), 0, 3600000, "0s",
	  .help = "how long /readyz is false before a stop begins, for load balancers" },
	{ "body_memory", SETTING_SIZE, SERVER(body_memory), 16 << 10,
	  UINT64_C(1) << 32, "16M",
	  .help = "nginx keeps bodies up to this size in memory, not on disk" },
	{ "job_attempts", SETTING_COUNT, SERVER(job_attempts), 1, 100, "3",
	  .help = "times that a job may crash or pass its deadline before it is given "
	  "up; with its memory limit 2 at most" },
	{ "job_wait", SETTING_DURATION, SERVER(job_wait), 1, DAY, "5m",
	  .help = "the longest that a client may wait for a job (Prefer: wait)" },
	{ "job_retention", SETTING_DURATION, SERVER(job_retention), 1000,
	  UINT64_C(366) * DAY, "168h",
	  .help = "how long a finished job is kept, with its result" },
	{ "job_keep", SETTING_COUNT, SERVER(job_keep), 0, 1000000000, "1000000",
	  .help = "finished jobs that are kept, the newest" },
};

static const struct setting pool[] = {
	{ "manager", SETTING_CHOICE, POOL(manager), 0, 0, "static",
	  .help = "static: always all workers; dynamic: as requests come, some idle; "
	  "ondemand: as requests come, none without",
	  .choices = catalog_managers },
	{ "workers", SETTING_COUNT, POOL(workers), 0, 10000, "0",
	  .help = "worker processes, at most; 0: one for each processor" },
	{ "start", SETTING_COUNT, POOL(start), 0, 10000, "0",
	  .help = "dynamic: workers at the start; 0: halfway from min_spare to "
	  "max_spare" },
	{ "min_spare", SETTING_COUNT, POOL(min_spare), 0, 10000, "0",
	  .help = "dynamic: with fewer idle workers, more are started; 0: 1" },
	{ "max_spare", SETTING_COUNT, POOL(max_spare), 0, 10000, "0",
	  .help = "dynamic: with more idle workers, some are ended; 0: half of workers" },
	{ "idle_timeout", SETTING_DURATION, POOL(idle_timeout), 0, DAY, "0s",
	  .help = "ondemand: a worker that is idle for so long is ended; 0s: 10s" },
	{ "max_requests", SETTING_COUNT, POOL(max_requests), 0, 1000000000, "0",
	  .help = "a worker is replaced after about so many requests; 0: never" },
	{ "max_rss", SETTING_SIZE, POOL(max_rss), 0, MEMORY, "0",
	  .help = "a worker that holds more memory than this between requests is "
	  "replaced; 0: never" },
	{ "listen", SETTING_TEXT, POOL(listen), 0, ROOM(pool_config, listen), "",
	  .help = "where to listen on TCP, in place of the socket: ADDRESS:PORT or "
	  "[ADDRESS]:PORT",
	  .check = is_address,
	  .domain = "ADDRESS:PORT in digits, [ADDRESS]:PORT for IPv6, or empty" },
	{ "allowed_clients", SETTING_TEXT, POOL(allowed_clients), 0,
	  ROOM(pool_config, allowed_clients), "",
	  .help = "with listen: who may connect, such as 127.0.0.1 10.0.0.0/8",
	  .check = allow_check, .domain = ADDRESSES },
	{ "keep_alive", SETTING_BOOL, POOL(keep_alive), 0, 1, "no",
	  .help = "yes: a worker holds many connections, for calls of microseconds; "
	  "no: an idle worker takes one request, for calls that compute" },
	{ "listeners", SETTING_COUNT, POOL(listeners), 1, 1 + LISTENER_SPARES, "1",
	  .help = "unix sockets, each with its backlog: where more may wait than the "
	  "system lets one hold" },
	{ "backlog", SETTING_COUNT, POOL(backlog), 1, 65535, "4096",
	  .help = "connections that may wait for a worker" },
	{ "queue_limit", SETTING_DURATION, POOL(queue_limit), 1, DAY, "30s",
	  .help = "a request that waited longer for a worker is answered with 503" },
	{ "deadline", SETTING_DURATION, POOL(deadline), 1, DAY, "30s",
	  .help = "a request that takes longer is ended with 504" },
	{ "slow", SETTING_DURATION, POOL(slow), 0, DAY, "0s",
	  .help = "a request that takes longer is logged with a backtrace; 0s: none" },
	{ "memory", SETTING_SIZE, POOL(memory), 0, MEMORY, "2G",
	  .help = "data that a worker may have; beyond it 507; 0: no limit" },
	{ "files", SETTING_COUNT, POOL(files), 0, 1 << 30, "0",
	  .help = "descriptors that a worker may have; 0: as many as we may" },
	{ "core", SETTING_SIZE, POOL(core), 0, MEMORY, "0",
	  .help = "size of a core dump of a worker that crashed; 0: none" },
	{ "nice", SETTING_COUNT, POOL(nice), 0, 19, "0",
	  .help = "priority given up, as nice(1)" },
	{ "cpus", SETTING_TEXT, POOL(cpus), 0, ROOM(pool_config, cpus), "",
	  .help = "processors that the workers run on, such as 0-3,6; empty: all",
	  .check = is_cpus,
	  .domain = "processors such as 0-3,6" },
	{ "user", SETTING_TEXT, POOL(user), 0, ROOM(pool_config, user), "",
	  .help = "user that the workers are; empty: our own" },
	{ "group", SETTING_TEXT, POOL(group), 0, ROOM(pool_config, group), "",
	  .help = "group that the workers are of; empty: that of the user" },
	{ "umask", SETTING_OCTAL, POOL(umask), 0, 0777, "022",
	  .help = "bits that files made by a worker do not get, in octal" },
	{ "env", SETTING_LIST, POOL(env), 0, ROOM(pool_config, env), "",
	  .help = "NAME=VALUE for the environment of the workers; may be given again" },
};

static const struct setting endpoint[] = {
	{ "deadline", SETTING_DURATION, ENDPOINT(deadline), 0, DAY, "0s",
	  .help = "a request that takes longer is ended with 504; 0s: as in its pool" },
	{ "slow", SETTING_DURATION, ENDPOINT(slow), 0, DAY, "0s",
	  .help = "a request that takes longer is logged with a backtrace; 0s: as in "
	  "its pool" },
	{ "job_deadline", SETTING_DURATION, ENDPOINT(job_deadline), 0, DAY, "0s",
	  .help = "a job that takes longer is ended; 0s: as in pool runner" },
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

_Static_assert(N(server) + N(pool) + N(endpoint) <= CATALOG_MOST,
               "CATALOG_MOST is too small");

const struct catalog catalog_server = { server, N(server) };
const struct catalog catalog_pool = { pool, N(pool) };
const struct catalog catalog_endpoint = { endpoint, N(endpoint) };

const char catalog_built_in[] =
    "[pool fast]\nkeep_alive = yes\nlisteners = 4\ndeadline = 1s\n"
    "queue_limit = 5s\nmemory = 256M\n"
    "[pool heavy]\nnice = 10\n"
    "[pool io]\nmanager = ondemand\nworkers = 10000\nlisteners = 4\n"
    "deadline = 60s\nmemory = 64M\n"
    "[pool submit]\nmanager = dynamic\nworkers = 32\nlisteners = 4\nqueue_limit = 5s\nmemory = 2G\n"
    "[pool runner]\nnice = 10\ndeadline = 1h\nkeep_alive = no\n"
    "[pool live]\nworkers = 1\nlisteners = 4\nmemory = 1G\n"
    "[pool broker]\nworkers = 1\nmemory = 1G\n"
    "[pool control]\nworkers = 1\nkeep_alive = yes\ndeadline = 5s\n"
    "queue_limit = 5s\nmemory = 128M\n";

static const struct {
	const char *pool, *purpose;
} purposes[] = {
	{ "fast", "for calls of microseconds" },
	{ "heavy", "for calls that compute" },
	{ "io", "for calls that wait: a worker for each, and none when idle" },
	{ SUBMIT_POOL, "takes requests that become jobs, and waits for the disk; no "
	               "endpoint is in it" },
	{ RUNNER_POOL, "runs jobs: a runner for each; no endpoint is in it" },
	{ LIVE_POOL, "holds clients that wait or watch, and answers until they "
	             "are due, in one process; no endpoint is in it" },
	{ BROKER_POOL, "keeps the jobs, in one process; no endpoint is in it" },
	{ CONTROL_POOL, "answers /livez, /readyz, /status, /metrics and /jobs, "
	                "whatever the other pools do; no endpoint is in it" },
};

const char *
catalog_purpose(const char *name)
{
	for (size_t i = 0; i < N(purposes); i++)
		if (strcmp(purposes[i].pool, name) == 0)
			return purposes[i].purpose;
	return NULL;
}
