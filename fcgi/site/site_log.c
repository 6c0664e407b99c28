/*
 * site_log.c: what nginx knows of a request, and what the worker told of it in
 * headers that no client sees.
 *
 * $upstream_http_... has the last worker's headers, where other variables list
 * those of all tries.
 */
#include "fcgi/site/site_log.h"

static const char maps[] =
    "\n# Which id the access log has: that of the reply.\n"
    "map $upstream_http_x_request_id $millrace_logged_id {\n"
    "\tdefault $upstream_http_x_request_id;\n"
    "\t\"\" $millrace_request_id;\n"
    "}\n"
    "\n# What is no UTF-8 cannot stand in JSON; a path that may has none of it.\n"
    "map $request_uri $millrace_logged_uri {\n"
    "\tdefault $request_uri;\n"
    "\t\"~[\\x80-\\xff]\" $millrace_instance;\n"
    "}\n"
    "map $http_traceparent $millrace_logged_trace {\n"
    "\tdefault $http_traceparent;\n"
    "\t\"\" \"\";\n"
    "\t\"~[\\x80-\\xff]\" \"\";\n"
    "}\n"
    "\n# Numbers of the access log where there may be none.\n"
    "map $status $millrace_logged_status {\n"
    "\tdefault $status;\n"
    "\t000 0;\n"
    "\t009 9;\n"
    "}\n"
    "map $upstream_http_x_millrace_queue $millrace_queue_seconds {\n"
    "\tdefault $upstream_http_x_millrace_queue;\n"
    "\t\"\" null;\n"
    "}\n"
    "map $upstream_http_x_millrace_compute $millrace_compute_seconds {\n"
    "\tdefault $upstream_http_x_millrace_compute;\n"
    "\t\"\" null;\n"
    "}\n"
    "\n# Where no location sets them.\n"
    "map \"\" $millrace_endpoint {\n\tdefault \"\";\n}\n"
    "map \"\" $millrace_pool {\n\tdefault \"\";\n}\n";

static const char format[] =
    "\nlog_format millrace escape=json '{\"time\":\"$time_iso8601\","
    "\"request_id\":\"$millrace_logged_id\",'\n"
    "\t'\"traceparent\":\"$millrace_logged_trace\","
    "\"client\":\"$remote_addr\",\"method\":\"$request_method\",'\n"
    "\t'\"uri\":\"$millrace_logged_uri\","
    "\"status\":$millrace_logged_status,"
    "\"bytes\":$body_bytes_sent,'\n"
    "\t'\"endpoint\":\"$millrace_endpoint\",\"pool\":\"$millrace_pool\","
    "\"worker\":\"$upstream_http_x_millrace_worker\",'\n"
    "\t'\"queue_seconds\":$millrace_queue_seconds,"
    "\"compute_seconds\":$millrace_compute_seconds,'\n"
    "\t'\"seconds\":$request_time,\"upstream\":\"$upstream_addr\","
    "\"upstream_seconds\":\"$upstream_response_time\"}';\n";

/* The endpoints of one path differ by method. */
static void
print_endpoints(const struct mr_endpoint *const *endpoints, size_t count,
                struct mr_buffer *text)
{
	mr_buffer_printf(text, "map $request_method $millrace_endpoint_%s {\n",
	                 endpoints[0]->name);
	for (size_t i = 0; i < count; i++) {
		const char *method = mr_method_name(endpoints[i]->method);

		mr_buffer_printf(text, "\t%s %s;\n", method,
		                 endpoints[i]->name);
		if (endpoints[i]->method == MR_GET)
			mr_buffer_printf(text, "\tHEAD %s;\n",
			                 endpoints[i]->name);
	}
	mr_buffer_puts(text, "}\n");
}

void
site_log_format(struct program *program, struct mr_buffer *text)
{
	size_t count, same;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(program->registry, &count);

	mr_buffer_puts(text, maps);
	for (size_t i = 0; i < count; i += same) {
		mr_registry_find(program->registry, endpoints[i]->path, &same);
		if (same > 1)
			print_endpoints(&endpoints[i], same, text);
	}
	mr_buffer_puts(text, format);
}

void
site_log_location(const struct mr_endpoint *const *endpoints, size_t count,
                  struct mr_buffer *text)
{
	mr_buffer_printf(text,
	                 "\tset $millrace_pool %s;\n"
	                 "\tset $millrace_endpoint %s%s;\n",
	                 mr_endpoint_pool(endpoints[0]),
	                 count > 1 ? "$millrace_endpoint_" : "",
	                 endpoints[0]->name);
}

void
site_log_system(const char *pool, struct mr_buffer *text)
{
	mr_buffer_printf(text, "\tset $millrace_pool %s;\n", pool);
}
