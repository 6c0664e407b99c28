/*
 * site_upstreams.c: a group of servers for each pool, and maps from what a
 * request has to what locations need of it.
 */
#include "fcgi/site/site_upstreams.h"

#include "fcgi/control/control.h"
#include "fcgi/master/role.h"
#include "fcgi/site/site_live.h"
#include "fcgi/site/site_log.h"
#include "fcgi/site/site_submit.h"
#include "fcgi/worker/environment.h"

static void
print_upstream(const struct config *config, const struct pool_config *pool,
               struct mr_buffer *text)
{
	char path[CONFIG_SOCKET_PATH];
	const bool is_local = pool->listen[0] == '\0';

	config_socket(config, pool, path);
	mr_buffer_printf(text,
	                 "upstream millrace_%s {\n"
	                 "\tserver \"%s%s\" max_fails=0;\n",
	                 pool->name, is_local ? "unix:" : "",
	                 is_local ? path : pool->listen);
	for (size_t i = 2; is_local && i <= pool->listeners; i++) {
		config_spare_socket(config, pool, i, path);
		mr_buffer_printf(text, "\tserver \"unix:%s\" max_fails=0;\n",
		                 path);
	}
	if (pool->keep_alive)
		mr_buffer_puts(text, "\tkeepalive 64;\n"
		                     "\tkeepalive_requests 10000;\n");
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
		if (endpoints[i]->internal)
			continue;
		mr_buffer_printf(text, "\t%s \"", endpoints[i]->path);
		mr_endpoints_allow(&endpoints[i], same, text);
		mr_buffer_puts(text, "\";\n");
	}
	control_map(text);
	site_live_map(text);
	mr_buffer_puts(text, "}\n");
}

static const char maps[] =
    "\n# The client's request id where it is well-formed; a worker makes one\n"
    "# where there is none, and nginx for what no worker answers.\n"
    "map $http_x_request_id $millrace_client_id {\n"
    "\tdefault \"\";\n"
    "\t\"\" \"\";\n"
    "\t\"~^" REQUEST_ID_PATTERN "$\" $http_x_request_id;\n"
    "}\n"
    "map $millrace_client_id $millrace_request_id {\n"
    "\tdefault $millrace_client_id;\n"
    "\t\"\" $request_id;\n"
    "}\n"
    "\n# The id of a job to be is made of this: once for all tries of a request.\n"
    "map $request_id $millrace_ticket {\n"
    "\tdefault \"$request_id $msec\";\n"
    "}\n"
    "map $http_prefer $millrace_wish {\n"
    "\tdefault $millrace_ticket;\n"
    "\t\"\" \"\";\n"
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
    "}\n";

void
site_upstreams(struct program *program, struct mr_buffer *text)
{
	mr_buffer_puts(text, "# Made by `millrace nginx upstreams`, for the "
	                     "http block.\n\n");
	for (size_t i = 0; i < program->config.pool_count; i++)
		if (role_speaks_fastcgi(program->config.pools[i].name))
			print_upstream(&program->config,
			               &program->config.pools[i], text);
	site_live_upstream(&program->config, text);
	site_submit_maps(&program->config, text);
	mr_buffer_puts(text, maps);
	print_allow(program->registry, text);
	site_log_format(program, text);
}
