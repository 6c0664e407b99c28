/*
 * site.c: locations for nginx.
 *
 * Nothing is written at the level of a server that would change its other
 * locations, so that all of it can be included in a site that exists.
 */
#include "fcgi/site/site.h"

#include "api/park.h"
#include "api/problem.h"
#include "fcgi/base/allow.h"
#include "fcgi/base/clock.h"
#include "fcgi/config/terms.h"
#include "fcgi/control/control.h"
#include "fcgi/master/role.h"
#include "fcgi/site/site_live.h"
#include "fcgi/site/site_log.h"
#include "fcgi/site/site_problems.h"
#include "fcgi/site/site_submit.h"

#include <stdio.h>

#define BUFFER_SIZE (UINT64_C(64) << 10)

void
site_errors(struct program *program, struct mr_buffer *text)
{
	(void)program;
	mr_buffer_puts(text, "# Made by `millrace nginx errors`, for a server "
	                     "block that is all Millrace's.\n\n");
	site_problem_pages("", text);
}

/* Locations. */

static const char variables[] =
    "\tfastcgi_pass_request_headers off;\n"
    "\tfastcgi_param REQUEST_METHOD $request_method;\n"
    "\tfastcgi_param SCRIPT_NAME $uri;\n"
    "\tfastcgi_param QUERY_STRING $query_string;\n"
    "\tfastcgi_param CONTENT_TYPE $content_type;\n"
    "\tfastcgi_param CONTENT_LENGTH $content_length;\n"
    "\tfastcgi_param HTTP_ACCEPT $http_accept;\n"
    "\tfastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;\n"
    "\tfastcgi_param HTTP_PREFER $http_prefer if_not_empty;\n"
    "\tfastcgi_param HTTP_PRIORITY $http_priority if_not_empty;\n"
    "\tfastcgi_param HTTP_IDEMPOTENCY_KEY $http_idempotency_key "
    "if_not_empty;\n"
    "\tfastcgi_param HTTP_JOB_RUN_AT $http_job_run_at if_not_empty;\n"
    "\tfastcgi_param HTTP_JOB_ATTEMPTS $http_job_attempts if_not_empty;\n"
    "\tfastcgi_param MILLRACE_ARRIVAL $msec;\n";

/*
 * Whoever asks for gzip gets it, behind another proxy too.  A megabyte of
 * doubles in JSON takes 10 ms at level 1 and shrinks to 49 %; at level 6, 65 ms
 * and 46 %.  A worker of nginx serves nobody else meanwhile.  What is binary
 * hardly shrinks.
 */
static const char gzip[] =
    "\tgzip on;\n"
    "\tgzip_types application/json " MR_PROBLEM_TYPE " text/plain;\n"
    "\tgzip_min_length 1k;\n"
    "\tgzip_comp_level 1;\n"
    "\tgzip_proxied any;\n"
    "\tgzip_vary on;\n";

void
site_gzip(struct mr_buffer *text)
{
	mr_buffer_puts(text, gzip);
}

/* How a request is passed to a pool: by a location, and by its second try. */
struct pass {
	const struct config *config;
	const struct pool_config *pool;
	enum site_way way;
	bool pure;
	bool becomes_job;  /* also when its client does not ask for that */
	bool parks;
	uint64_t deadline; /* ms; the longest of what comes this way */
};

/* The deadline of an endpoint, if it is longer. */
static void
raise_deadline(struct pass *pass, const struct mr_endpoint *endpoint)
{
	uint64_t deadline =
	    terms_of(pass->config, endpoint).deadline / CLOCK_NS_PER_MS;

	if (deadline > pass->deadline)
		pass->deadline = deadline;
}

/* What the access log is told, and nobody else. */
static const char hidden[] =
    "\tfastcgi_hide_header X-Millrace-Worker;\n"
    "\tfastcgi_hide_header X-Millrace-Queue;\n"
    "\tfastcgi_hide_header X-Millrace-Compute;\n";

/*
 * The buffer of a reply's header stays while its client waits in pool live: it
 * is as small as the longest.  A parked reply comes on the same connection, from
 * live, which then closes it: nginx is not to keep one.  When live dies instead,
 * only a try of its own tells the worker how old the request is by then.
 */
static void
print_pass(const struct pass *pass, struct mr_buffer *text)
{
	const struct pool_config *pool = pass->pool;
	const uint64_t queue_limit =
	    site_submit_queue_limit(pass->config, pool, pass->way);
	const uint64_t seconds = (pass->deadline + queue_limit + 5000) / 1000 +
	                         (pass->parks ? MR_PARK_LONGEST : 0);

	site_submit_pass(pool, pass->way, text);
	mr_buffer_printf(text,
	                 "\tfastcgi_intercept_errors off;\n"
	                 "\tfastcgi_keep_conn %s;\n"
	                 "\tfastcgi_next_upstream %s;\n"
	                 "\tfastcgi_read_timeout %llus;\n"
	                 "\tfastcgi_buffer_size 2k;\n"
	                 "\tfastcgi_buffers %llu %lluk;\n%s%s%s",
	                 pool->keep_alive && !pass->parks ? "on" : "off",
	                 pass->pure && !pass->parks ? "error non_idempotent"
	                                            : "off",
	                 (unsigned long long)seconds,
	                 (unsigned long long)(pass->config->body_memory /
	                                          BUFFER_SIZE +
	                                      4),
	                 (unsigned long long)(BUFFER_SIZE >> 10), hidden, gzip,
	                 variables);
}

/*
 * A worker that dies takes with it what waits on its other connections; what
 * is pure is then passed once more, by error_page 502.  Beside a stream of
 * crashes on a busy machine the second worker may die as well.
 */
#define TRIES 3

static void
print_next(const struct pool_config *pool, int try, struct mr_buffer *text)
{
	if (try <= TRIES)
		mr_buffer_printf(text,
		                 "\trecursive_error_pages on;\n"
		                 "\terror_page 502 = @millrace_%s_try%d;\n",
		                 pool->name, try);
}

/*
 * What a location does once it has its limits.  A later try goes by the id that
 * the client is told of if that fails as well.
 */
static void
print_way(const struct pass *pass, int next, struct mr_buffer *text)
{
	const bool first = next == 2;

	if (pass->pure)
		print_next(pass->pool, next, text);
	site_problem_pages("\t", text);
	print_pass(pass, text);
	if (pass->parks && !first)
		mr_buffer_puts(text, "\tfastcgi_param MILLRACE_AGE "
		                     "$request_time;\n");
	mr_buffer_printf(text,
	                 "\tfastcgi_param HTTP_X_REQUEST_ID $millrace_%s_id;\n"
	                 "\tfastcgi_param MILLRACE_TICKET $millrace_%s "
	                 "if_not_empty;\n}\n",
	                 first ? "client" : "request",
	                 pass->becomes_job ? "ticket" : "wish");
}

/* The location of the endpoints of one path. */
static void
print_location(const struct config *config,
               const struct mr_endpoint *const *endpoints, size_t count,
               struct mr_buffer *text)
{
	const struct pool_config *pool =
	    config_pool(config, mr_endpoint_pool(endpoints[0]));
	struct pass pass = { .config = config,
		             .pool = pool,
		             .pure = true,
		             .deadline = pool->deadline };
	unsigned long long limit = 0;

	pass.way = site_submit_way(config, endpoints, count);
	for (size_t i = 0; i < count; i++) {
		pass.pure &= !endpoints[i]->impure;
		pass.becomes_job |= endpoints[i]->long_running;
		pass.parks |= endpoints[i]->parks;
		raise_deadline(&pass, endpoints[i]);
		if (mr_endpoint_body_limit(endpoints[i]) > limit)
			limit = mr_endpoint_body_limit(endpoints[i]);
	}
	mr_buffer_printf(text,
	                 "\n# %s\nlocation = %s {\n"
	                 "\tclient_max_body_size %llu;\n"
	                 "\tclient_body_buffer_size %llu;\n",
	                 endpoints[0]->summary, endpoints[0]->path, limit,
	                 limit < config->body_memory
	                     ? limit
	                     : (unsigned long long)config->body_memory);
	site_log_location(endpoints, count, text);
	print_way(&pass, 2, text);
}

/*
 * nginx redirects to a path that ends with a slash from the one without, by a
 * page of HTML that turns a POST into a GET: it is rather the same path.
 */
static void
print_without_slash(const struct program *program, const char *path,
                    struct mr_buffer *text)
{
	size_t length = strlen(path) - 1, count;
	const char *shorter = mr_arena_copy(program->arena, path, length);

	if (length == 0 || path[length] != '/' || shorter == NULL)
		return;
	mr_registry_find(program->registry, shorter, &count);
	if (count == 0)
		mr_buffer_printf(text,
		                 "\nlocation = %s {\n\trewrite ^ %s last;\n}\n",
		                 shorter, path);
}

static void
print_try(const struct program *program, const struct pool_config *pool,
          int try, struct mr_buffer *text)
{
	struct pass pass = { .config = &program->config,
		             .pool = pool,
		             .pure = true,
		             .becomes_job = true,
		             .deadline = pool->deadline };
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(program->registry, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(mr_endpoint_pool(endpoints[i]), pool->name) != 0)
			continue;
		pass.parks |= endpoints[i]->parks;
		raise_deadline(&pass, endpoints[i]);
	}
	mr_buffer_printf(text,
	                 "\n# Try %d of %d of what pool %s lost.\n"
	                 "location @millrace_%s_try%d {\n",
	                 try, TRIES, pool->name, pool->name, try);
	print_way(&pass, try + 1, text);
}

/* What is lost in pool submit is passed to the pool of its endpoint. */
static bool
has_tries(const struct pool_config *pool)
{
	return role_speaks_fastcgi(pool->name) &&
	       strcmp(pool->name, SUBMIT_POOL) != 0;
}

/* The paths of the site itself. */

static void
print_access(const char *list, struct mr_buffer *text)
{
	char word[ALLOW_WORD];

	while (allow_next(&list, word))
		mr_buffer_printf(text, "\tallow %s;\n", word);
	mr_buffer_puts(text, "\tdeny all;\n");
}

static void
print_system(const struct config *config, struct mr_buffer *text)
{
	const struct pool_config *pool = config_pool(config, CONTROL_POOL);
	const char *path;
	bool restricted;

	for (size_t i = 0; pool != NULL; i++) {
		const struct pass pass = { .config = config,
			                   .pool = pool,
			                   .pure = true,
			                   .deadline = pool->deadline };

		path = control_path(i, &restricted);
		if (path == NULL)
			return;
		mr_buffer_printf(text,
		                 "\n# Of the site itself.\nlocation %s%s {\n"
		                 "\tclient_max_body_size 1k;\n",
		                 path[strlen(path) - 1] == '/' ? "" : "= ",
		                 path);
		if (restricted)
			print_access(config->status_allow, text);
		site_log_system(pool->name, text);
		print_way(&pass, 2, text);
	}
}

void
site_locations(struct program *program, struct mr_buffer *text)
{
	const struct config *config = &program->config;
	size_t count, same;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(program->registry, &count);

	mr_buffer_puts(text, "# Made by `millrace nginx locations`, for a "
	                     "server block.\n");
	for (size_t i = 0; i < count; i += same) {
		mr_registry_find(program->registry, endpoints[i]->path, &same);
		if (endpoints[i]->internal)
			continue;
		print_location(config, &endpoints[i], same, text);
		print_without_slash(program, endpoints[i]->path, text);
	}
	print_system(config, text);
	site_live_locations(config, text);
	for (size_t i = 0; i < config->pool_count; i++)
		for (int try = 2; try <= TRIES; try++)
			if (has_tries(&config->pools[i]))
				print_try(program, &config->pools[i], try,
				          text);
	site_problem_locations(program, text);
}
