/*
 * conflict.c: rules for pairs of options.
 */
#include "fcgi/config/conflict.h"

#include "fcgi/base/address.h"
#include "fcgi/config/catalog.h"
#include "fcgi/config/machine.h"

struct search {
	const struct config *config;
	const struct complaint *complaint;
};

/* "FILE:LINE: pool NAME: ", of the later line of two members. */
static struct mr_buffer *
about(const struct search *search, const struct pool_config *pool,
      const void *a, const void *b)
{
	int first = complaint_line(search->complaint, search->config, a);
	int second = complaint_line(search->complaint, search->config, b);
	struct mr_buffer *text = complaint_begin(
	    search->complaint, first > second ? first : second);

	mr_buffer_printf(text, "pool %s: ", pool->name);
	return text;
}

#define NUMBER(value) ((unsigned long long)(value))

/* Options of one manager, in a pool that has another. */
static void
find_manager(const struct search *search, const struct pool_config *pool)
{
	const struct {
		const char *name;
		const uint64_t *value;
		enum pool_manager of;
	} rows[] = {
		{ "start", &pool->start, POOL_DYNAMIC },
		{ "min_spare", &pool->min_spare, POOL_DYNAMIC },
		{ "max_spare", &pool->max_spare, POOL_DYNAMIC },
		{ "idle_timeout", &pool->idle_timeout, POOL_ONDEMAND },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (*rows[i].value != 0 && pool->manager != rows[i].of)
			mr_buffer_printf(
			    about(search, pool, rows[i].value, &pool->manager),
			    "%s is for manager = %s, and this is %s; leave it "
			    "out, or change the manager\n",
			    rows[i].name, catalog_managers[rows[i].of],
			    catalog_managers[pool->manager]);
}

static void
find_spare(const struct search *search, const struct pool_config *pool)
{
	if (pool->manager != POOL_DYNAMIC)
		return;
	if (pool->min_spare > pool->workers)
		mr_buffer_printf(
		    about(search, pool, &pool->min_spare, &pool->workers),
		    "min_spare = %llu is more than workers = %llu; lower it, "
		    "or have more workers\n",
		    NUMBER(pool->min_spare), NUMBER(pool->workers));
	else if (pool->max_spare > pool->workers)
		mr_buffer_printf(
		    about(search, pool, &pool->max_spare, &pool->workers),
		    "max_spare = %llu is more than workers = %llu; lower it, "
		    "or have more workers\n",
		    NUMBER(pool->max_spare), NUMBER(pool->workers));
	else if (pool->min_spare > pool->max_spare)
		mr_buffer_printf(
		    about(search, pool, &pool->min_spare, &pool->max_spare),
		    "min_spare = %llu is more than max_spare = %llu; lower it, "
		    "or raise max_spare\n",
		    NUMBER(pool->min_spare), NUMBER(pool->max_spare));
	else if (pool->start < pool->min_spare || pool->start > pool->max_spare)
		mr_buffer_printf(
		    about(search, pool, &pool->start,
		          pool->start < pool->min_spare ? &pool->min_spare
		                                        : &pool->max_spare),
		    "start = %llu is not from min_spare = %llu to max_spare = "
		    "%llu; leave it out, or choose one of these\n",
		    NUMBER(pool->start), NUMBER(pool->min_spare),
		    NUMBER(pool->max_spare));
}

static void
find_limits(const struct search *search, const struct pool_config *pool)
{
	if (pool->keep_alive && pool->manager == POOL_ONDEMAND)
		mr_buffer_puts(
		    about(search, pool, &pool->keep_alive, &pool->manager),
		    "with keep_alive = yes connections are held by workers, "
		    "which then never are idle; manager = ondemand needs "
		    "keep_alive = no\n");
	if (pool->memory > 0 && pool->max_rss > pool->memory)
		mr_buffer_puts(
		    about(search, pool, &pool->max_rss, &pool->memory),
		    "max_rss is more than memory, where a worker fails "
		    "before it is replaced; lower it, or raise memory\n");
	if (pool->slow > 0 && pool->slow >= pool->deadline)
		mr_buffer_puts(
		    about(search, pool, &pool->slow, &pool->deadline),
		    "slow is not below deadline, where a request ends "
		    "before it is slow; lower it, or raise deadline\n");
	if (strcmp(pool->name, CONTROL_POOL) == 0 && pool->manager != POOL_STATIC)
		mr_buffer_puts(
		    about(search, pool, &pool->manager, &pool->manager),
		    "it has to answer at once, and is manager = static only\n");
}

static bool
is_one_of_jobs(const struct pool_config *pool)
{
	return strcmp(pool->name, BROKER_POOL) == 0 ||
	       strcmp(pool->name, RUNNER_POOL) == 0 ||
	       strcmp(pool->name, LIVE_POOL) == 0;
}

/* Each rule for the pools of jobs, and whether it is broken. */
static void
find_jobs(const struct search *search, const struct pool_config *pool)
{
	const bool runs = strcmp(pool->name, RUNNER_POOL) == 0;
	const bool waits = strcmp(pool->name, LIVE_POOL) == 0;
	const struct {
		bool broken;
		const void *value;
		const char *words;
	} rows[] = {
		{ !runs && pool->workers != 1, &pool->workers,
		  "it is one process: workers = 1 only" },
		{ !runs && pool->manager != POOL_STATIC, &pool->manager,
		  "it is one process, and is manager = static only" },
		{ runs && pool->manager == POOL_ONDEMAND, &pool->manager,
		  "a job is given to a runner that waits for one; choose "
		  "manager = static or dynamic" },
		{ pool->keep_alive, &pool->keep_alive,
		  "it does not serve FastCGI; leave keep_alive out" },
		{ pool->listen[0] != '\0', pool->listen,
		  "only this server's own processes may ask it; leave listen "
		  "out" },
		{ !waits && pool->listeners != 1, &pool->listeners,
		  "nothing waits for it at more than one socket; leave "
		  "listeners out" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_one_of_jobs(pool) && rows[i].broken)
			mr_buffer_printf(about(search, pool, rows[i].value,
			                       rows[i].value),
			                 "%s\n", rows[i].words);
}

static void
find_listen(const struct search *search, const struct pool_config *pool)
{
	const struct pool_config *other = search->config->pools;

	if (pool->listen[0] != '\0' && pool->allowed_clients[0] == '\0')
		mr_buffer_puts(
		    about(search, pool, pool->listen, pool->allowed_clients),
		    "listen needs allowed_clients, such as 127.0.0.1, so that "
		    "not everyone may send requests\n");
	if (pool->listen[0] == '\0' && pool->allowed_clients[0] != '\0')
		mr_buffer_puts(
		    about(search, pool, pool->allowed_clients, pool->listen),
		    "allowed_clients is for listen = ADDRESS:PORT; who may "
		    "use a socket is said by socket_group in [server]\n");
	for (; other < pool; other++)
		if (address_same(other->listen, pool->listen))
			mr_buffer_printf(
			    about(search, pool, pool->listen, other->listen),
			    "pool %s listens on %s already; choose another "
			    "port\n",
			    other->name, pool->listen);
}

static void
find_endpoint(const struct search *search,
              const struct endpoint_config *endpoint)
{
	const struct complaint *complaint = search->complaint;
	int slow = complaint_line(complaint, search->config, &endpoint->slow);
	int end = complaint_line(complaint, search->config, &endpoint->deadline);

	if (endpoint->slow == 0 || endpoint->deadline == 0 ||
	    endpoint->slow < endpoint->deadline)
		return;
	mr_buffer_printf(complaint_begin(complaint, slow > end ? slow : end),
	                 "endpoint %s: slow is not below deadline, where a "
	                 "request ends before it is slow; lower it, or raise "
	                 "deadline\n",
	                 endpoint->name);
}

void
conflict_find(const struct config *config, const struct complaint *complaint)
{
	const struct search search = { config, complaint };

	for (size_t i = 0; i < config->pool_count; i++) {
		find_manager(&search, &config->pools[i]);
		find_spare(&search, &config->pools[i]);
		find_limits(&search, &config->pools[i]);
		find_listen(&search, &config->pools[i]);
		find_jobs(&search, &config->pools[i]);
	}
	for (size_t i = 0; i < config->endpoint_count; i++)
		find_endpoint(&search, &config->endpoints[i]);
}

/* A request of a connection waits for those of the others of its worker: ms. */
#define LONG_DEADLINE 10000

/* So many processes are a mistake where they are all there from the start. */
#define MANY_STATIC 1000

static void
warn_pool(const struct pool_config *pool, struct mr_buffer *text)
{
	if (pool->keep_alive && pool->deadline > LONG_DEADLINE)
		mr_buffer_printf(text,
		                 "pool %s: with keep_alive = yes a request "
		                 "waits for another one up to the deadline of "
		                 "%llu s, with idle workers beside it\n",
		                 pool->name, NUMBER(pool->deadline / 1000));
	if (pool->memory == 0)
		mr_buffer_printf(text,
		                 "pool %s: with memory = 0 one request can "
		                 "take all memory of this machine\n",
		                 pool->name);
	if (pool->manager == POOL_STATIC && pool->workers > MANY_STATIC)
		mr_buffer_printf(text,
		                 "pool %s: with manager = static all of its "
		                 "%llu workers are started at once\n",
		                 pool->name, NUMBER(pool->workers));
	if (pool->listen[0] != '\0' && strstr(pool->allowed_clients, "all"))
		mr_buffer_printf(text,
		                 "pool %s: everyone who reaches %s may send "
		                 "requests, past nginx\n",
		                 pool->name, pool->listen);
}

void
conflict_warn(const struct config *config, struct mr_buffer *text)
{
	uint64_t most = machine_backlog(), largest = 0;

	for (size_t i = 0; i < config->pool_count; i++) {
		warn_pool(&config->pools[i], text);
		if (config->pools[i].backlog > largest)
			largest = config->pools[i].backlog;
	}
	if (largest > most)
		mr_buffer_printf(text,
		                 "backlog = %llu becomes %llu, which is "
		                 "net.core.somaxconn of this machine\n",
		                 NUMBER(largest), NUMBER(most));
}
