/*
 * site.c: upstreams, locations and problem documents for nginx.
 *
 * Nothing is written at the level of a server that would change its other
 * locations, so that all of it can be included in a site that exists.
 */
#include "fcgi/site.h"

#include "api/problem.h"
#include "base/err.h"
#include "fcgi/environment.h"

#include <stdio.h>

/* Where nginx finds its problem documents; never seen by a client. */
#define INTERNAL "/_millrace/"

#define BUFFER_SIZE (UINT64_C(64) << 10)

/* What nginx may have to say by itself; 494 is its own name for 431. */
static const struct {
	int status;
	enum mr_err err;
	const char *detail;
} answers[] = {
	{ 400, MR_SYNTAX, "The request is not well-formed HTTP" },
	{ 403, MR_FORBIDDEN, "The server may not answer this" },
	{ 404, MR_NOT_FOUND, "No endpoint has this path" },
	{ 405, MR_METHOD, "This path does not answer to this method" },
	{ 408, MR_SLOW_CLIENT, "The request did not arrive in time" },
	{ 411, MR_LENGTH_REQUIRED, "The body needs a length" },
	{ 413, MR_BODY_TOO_LARGE, "This path takes no body of that size" },
	{ 414, MR_URI_TOO_LONG, "The request line is too long" },
	{ 416, MR_UNSATISFIABLE, "There is no such range" },
	{ 421, MR_MISDIRECTED, "This server is not for that host" },
	{ 429, MR_TOO_MANY, "Requests come faster than they may" },
	{ 494, MR_HEADERS_TOO_LARGE, "A header line is too long" },
	{ 500, MR_INTERNAL, "nginx could not go on" },
	{ 501, MR_UNSUPPORTED, "This coding is not spoken here" },
	{ 502, MR_GATEWAY, "The worker was killed, or could not answer" },
	{ 503, MR_BUSY, "No worker can be reached now" },
	{ 504, MR_DEADLINE, "No worker answered in time" },
	{ 505, MR_HTTP_VERSION, "This version is not spoken here" },
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The http block. */

static void
print_upstream(const struct config *config, const struct pool_config *pool,
               struct mr_buffer *text)
{
	char path[CONFIG_SOCKET_PATH];

	config_socket(config, pool, path);
	mr_buffer_printf(text,
	                 "upstream millrace_%s {\n"
	                 "\tserver \"unix:%s\" max_fails=0;\n",
	                 pool->name, path);
	if (pool->keep_alive)
		mr_buffer_puts(text, "\tkeepalive 64;\n");
	mr_buffer_puts(text, "}\n");
}

/* For the 405 that nginx gives by itself. */
static void
print_allow(const struct mr_registry *registry, struct mr_buffer *text)
{
	size_t count, same;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(registry, &count);

	mr_buffer_puts(text, "\n# What each path answers to; files are nginx's.\n"
	                     "map $millrace_instance $millrace_allow {\n"
	                     "\tdefault \"GET, HEAD\";\n");
	for (size_t i = 0; i < count; i += same) {
		mr_registry_find(registry, endpoints[i]->path, &same);
		mr_buffer_printf(text, "\t%s \"", endpoints[i]->path);
		mr_endpoints_allow(&endpoints[i], same, text);
		mr_buffer_puts(text, "\";\n");
	}
	mr_buffer_puts(text, "}\n");
}

static const char maps[] =
    "\n# The client's request id where it is well-formed; a worker makes one\n"
    "# where there is none, and nginx for what no worker answers.\n"
    "map $http_x_request_id $millrace_client_id {\n"
    "\tdefault \"\";\n"
    "\t\"~^" REQUEST_ID_PATTERN "$\" $http_x_request_id;\n"
    "}\n"
    "map $millrace_client_id $millrace_request_id {\n"
    "\tdefault $millrace_client_id;\n"
    "\t\"\" $request_id;\n"
    "}\n"
    "map $upstream_http_x_request_id $millrace_logged_id {\n"
    "\tdefault $upstream_http_x_request_id;\n"
    "\t\"\" $millrace_request_id;\n"
    "}\n"
    "\n# The path as it came, as far as it can stand in a document.\n"
    "map $request_uri $millrace_instance {\n"
    "\tdefault /;\n"
    "\t\"~^(?<millrace_path>/[A-Za-z0-9/._~%!&'()*+,;=:@-]*)\" "
    "$millrace_path;\n"
    "}\n"
    "\n# Whether the last try reached a worker: tells 502 from 503.\n"
    "map $upstream_connect_time $millrace_unreached {\n"
    "\tdefault 0;\n"
    "\t\"~-$\" 1;\n"
    "}\n"
    "\n# For Server-Timing, which counts milliseconds.\n"
    "map $request_time $millrace_milliseconds {\n"
    "\tdefault 0;\n"
    "\t\"~^0*(?<millrace_s>\\d*)\\.(?<millrace_ms>\\d+)$\" "
    "$millrace_s$millrace_ms;\n"
    "}\n"
    "\nlog_format millrace escape=json '{\"time\":\"$time_iso8601\","
    "\"request_id\":\"$millrace_logged_id\",'\n"
    "\t'\"traceparent\":\"$http_traceparent\","
    "\"client\":\"$remote_addr\",\"method\":\"$request_method\",'\n"
    "\t'\"uri\":\"$request_uri\",\"status\":$status,"
    "\"bytes\":$body_bytes_sent,'\n"
    "\t'\"seconds\":$request_time,\"upstream\":\"$upstream_addr\","
    "\"upstream_seconds\":\"$upstream_response_time\"}';\n";

void
site_upstreams(struct program *program, struct mr_buffer *text)
{
	mr_buffer_puts(text, "# Made by `millrace nginx upstreams`, for the "
	                     "http block.\n\n");
	for (size_t i = 0; i < program->config.pool_count; i++)
		print_upstream(&program->config, &program->config.pools[i],
		               text);
	mr_buffer_puts(text, maps);
	print_allow(program->registry, text);
}

/* Problem documents. */

/* The document with nginx's variables where a request's own words go. */
static void
print_return(struct program *program, size_t i, struct mr_buffer *text)
{
	const struct mr_problem problem = {
		.err = answers[i].err,
		.detail = answers[i].detail,
		.instance = "$millrace_instance",
		.request_id = "$millrace_request_id",
	};
	char *document = mr_problem_print(&problem, program->arena);

	mr_buffer_printf(text, "\treturn %d '%s';\n",
	                 mr_err_status(answers[i].err),
	                 document == NULL ? "" : document);
}

static void
print_document(struct program *program, size_t i, struct mr_buffer *text)
{
	mr_buffer_printf(text,
	                 "location = " INTERNAL "%d {\n"
	                 "\tinternal;\n"
	                 "\tclient_max_body_size 0;\n"
	                 "\tdefault_type " MR_PROBLEM_TYPE ";\n"
	                 "\tadd_header X-Request-Id $millrace_request_id "
	                 "always;\n"
	                 "\tadd_header Server-Timing "
	                 "\"nginx;dur=$millrace_milliseconds\" always;\n",
	                 answers[i].status);
	if (answers[i].err == MR_METHOD)
		mr_buffer_puts(text,
		               "\tadd_header Allow $millrace_allow always;\n");
	if (answers[i].err == MR_BUSY)
		mr_buffer_puts(text, "\tadd_header Retry-After " MR_RETRY_AFTER
		                     " always;\n");
	if (answers[i].err == MR_GATEWAY)
		mr_buffer_puts(text,
		               "\tif ($millrace_unreached) {\n"
		               "\t\trewrite ^ " INTERNAL "503 last;\n"
		               "\t}\n");
	print_return(program, i, text);
	mr_buffer_puts(text, "}\n");
}

static void
print_error_pages(const char *indent, struct mr_buffer *text)
{
	/* With '=' the document decides on the status: 502 or 503, and 431. */
	mr_buffer_printf(text,
	                 "%serror_page 494 = " INTERNAL "494;\n"
	                 "%serror_page 502 = " INTERNAL "502;\n"
	                 "%serror_page",
	                 indent, indent, indent);
	for (size_t i = 0; i < N(answers); i++)
		if (answers[i].status != 494 && answers[i].status != 502)
			mr_buffer_printf(text, " %d", answers[i].status);
	mr_buffer_puts(text, " " INTERNAL "$status;\n");
}

void
site_errors(struct program *program, struct mr_buffer *text)
{
	(void)program;
	mr_buffer_puts(text, "# Made by `millrace nginx errors`, for a server "
	                     "block that is all Millrace's.\n\n");
	print_error_pages("", text);
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
    "\tfastcgi_param HTTP_X_REQUEST_ID $millrace_client_id;\n"
    "\tfastcgi_param MILLRACE_ARRIVAL $msec;\n";

/*
 * Whoever asks for gzip gets it, behind another proxy too.  A megabyte of
 * doubles in JSON takes 10 ms at level 1 and shrinks to 49 %; at level 6, 65 ms
 * and 46 %.  A worker of nginx serves nobody else meanwhile.  What is binary
 * hardly shrinks.
 */
static const char gzip[] =
    "\tgzip on;\n"
    "\tgzip_types application/json " MR_PROBLEM_TYPE ";\n"
    "\tgzip_min_length 1k;\n"
    "\tgzip_comp_level 1;\n"
    "\tgzip_proxied any;\n"
    "\tgzip_vary on;\n";

/* How a request is passed to a pool: by a location, and by its second try. */
static void
print_pass(const struct config *config, const struct pool_config *pool,
           bool pure, struct mr_buffer *text)
{
	unsigned long long seconds =
	    (pool->deadline + pool->queue_limit + 5000) / 1000;

	mr_buffer_printf(text,
	                 "\tfastcgi_pass millrace_%s;\n"
	                 "\tfastcgi_intercept_errors off;\n"
	                 "\tfastcgi_keep_conn %s;\n"
	                 "\tfastcgi_next_upstream %s;\n"
	                 "\tfastcgi_read_timeout %llus;\n"
	                 "\tfastcgi_buffer_size 16k;\n"
	                 "\tfastcgi_buffers %llu %lluk;\n%s%s",
	                 pool->name, pool->keep_alive ? "on" : "off",
	                 pure ? "error non_idempotent" : "off", seconds,
	                 (unsigned long long)(config->body_memory /
	                                          BUFFER_SIZE +
	                                      4),
	                 (unsigned long long)(BUFFER_SIZE >> 10), gzip,
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

/* The location of the endpoints of one path. */
static void
print_location(const struct config *config,
               const struct mr_endpoint *const *endpoints, size_t count,
               struct mr_buffer *text)
{
	const struct pool_config *pool =
	    config_pool(config, mr_endpoint_pool(endpoints[0]));
	unsigned long long limit = 0;
	bool pure = true;

	for (size_t i = 0; i < count; i++) {
		pure &= !endpoints[i]->impure;
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
	if (pure)
		print_next(pool, 2, text);
	print_error_pages("\t", text);
	print_pass(config, pool, pure, text);
	mr_buffer_puts(text, "}\n");
}

static void
print_try(const struct config *config, const struct pool_config *pool,
          int try, struct mr_buffer *text)
{
	mr_buffer_printf(text,
	                 "\n# Try %d of %d of what pool %s lost.\n"
	                 "location @millrace_%s_try%d {\n",
	                 try, TRIES, pool->name, pool->name, try);
	print_next(pool, try + 1, text);
	print_error_pages("\t", text);
	print_pass(config, pool, true, text);
	mr_buffer_puts(text, "}\n");
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
		print_location(config, &endpoints[i], same, text);
	}
	for (size_t i = 0; i < config->pool_count; i++)
		for (int try = 2; try <= TRIES; try++)
			print_try(config, &config->pools[i], try, text);
	mr_buffer_puts(text, "\n# Problems that nginx has to tell of itself.\n");
	for (size_t i = 0; i < N(answers); i++)
		print_document(program, i, text);
}
