/*
 * site_live.c: the internal location of those who wait for a job, and the
 * events of jobs.
 *
 * A live that is killed costs nobody its answer: nginx asks again, at the
 * socket that the next one listens on.
 */
#include "fcgi/site/site_live.h"

#include "api/job_view.h"
#include "fcgi/site/site.h"
#include "fcgi/site/site_log.h"
#include "fcgi/site/site_problems.h"
#include "fcgi/worker/waiting.h"

/*
 * How often each socket is in the upstream: nginx asks each once, so that one
 * request may see that many deaths, times the sockets.
 */
#define REPEATS 4

#define BUFFER_SIZE (UINT64_C(64) << 10)

static const char maps[] =
    "\n# What of a client's own words goes to pool live.\n"
    "map $http_upgrade $millrace_upgrade {\n"
    "\tdefault \"\";\n"
    "\t\"~*^websocket$\" websocket;\n"
    "}\n"
    "map $millrace_upgrade $millrace_connection {\n"
    "\tdefault close;\n"
    "\twebsocket upgrade;\n"
    "}\n"
    "map $http_sec_websocket_key $millrace_websocket_key {\n"
    "\tdefault \"\";\n"
    "\t\"~^[A-Za-z0-9+/=]{1,64}$\" $http_sec_websocket_key;\n"
    "}\n"
    "map $http_sec_websocket_version $millrace_websocket_version {\n"
    "\tdefault \"\";\n"
    "\t\"~^[0-9]{1,4}$\" $http_sec_websocket_version;\n"
    "}\n"
    "map $arg_after $millrace_after {\n"
    "\tdefault \"\";\n"
    "\t\"~^[0-9]{1,18}$\" $arg_after;\n"
    "}\n"
    "map $http_last_event_id $millrace_last_event_id {\n"
    "\tdefault \"\";\n"
    "\t\"~^[0-9]{1,18}$\" $http_last_event_id;\n"
    "}\n";

void
site_live_upstream(const struct config *config, struct mr_buffer *text)
{
	const struct pool_config *pool = config_pool(config, LIVE_POOL);
	char path[CONFIG_SOCKET_PATH];

	if (pool == NULL)
		return;
	mr_buffer_puts(text, "upstream millrace_" LIVE_POOL " {\n");
	for (size_t i = 0; i < pool->listeners * REPEATS; i++) {
		size_t number = i % pool->listeners + 1;

		if (number == 1)
			config_socket(config, pool, path);
		else
			config_spare_socket(config, pool, number, path);
		mr_buffer_printf(text, "\tserver \"unix:%s\" max_fails=0;\n",
		                 path);
	}
	mr_buffer_puts(text, "}\n");
	mr_buffer_puts(text, maps);
}

/* Of all its locations. */
static void
print_pass(struct mr_buffer *text)
{
	site_problem_pages("\t", text);
	mr_buffer_puts(text,
	               "\tproxy_method GET;\n"
	               "\tproxy_http_version 1.1;\n"
	               "\tproxy_pass_request_body off;\n"
	               "\tproxy_pass_request_headers off;\n"
	               "\tproxy_set_header Content-Length \"\";\n"
	               "\tproxy_set_header Host millrace;\n"
	               "\tproxy_next_upstream error timeout invalid_header "
	               "non_idempotent;\n"
	               "\tproxy_next_upstream_tries 0;\n"
	               "\tproxy_intercept_errors off;\n"
	               "\tproxy_redirect off;\n"
	               "\tproxy_hide_header X-Millrace-Worker;\n"
	               "\tproxy_hide_header X-Millrace-Queue;\n"
	               "\tproxy_hide_header X-Millrace-Compute;\n");
}

static void
print_wait(const struct config *config, struct mr_buffer *text)
{
	mr_buffer_printf(
	    text,
	    "\n# Clients that wait for the result of a job.\n"
	    "location = " WAITING_PATH " {\n"
	    "\tinternal;\n"
	    "\tset $millrace_waiting_id $upstream_http_x_request_id;\n"
	    "\tproxy_pass http://millrace_" LIVE_POOL ";\n"
	    "\tproxy_set_header Connection close;\n"
	    "\tproxy_set_header X-Millrace-Id $millrace_waiting_id;\n"
	    "\tproxy_set_header X-Millrace-Instance $millrace_instance;\n"
	    "\tproxy_buffer_size 2k;\n"
	    "\tproxy_buffers %llu %lluk;\n"
	    "\tproxy_read_timeout %llus;\n",
	    (unsigned long long)(config->body_memory / BUFFER_SIZE + 4),
	    (unsigned long long)(BUFFER_SIZE >> 10),
	    (unsigned long long)(config->job_wait / 1000 + 60));
	print_pass(text);
	site_gzip(text);
	mr_buffer_puts(text, "}\n");
}

void
site_live_map(struct mr_buffer *text)
{
	mr_buffer_puts(text, "\t\"~^" MR_JOB_PATH "/[^/]+/events$\" "
	                     "\"GET, HEAD, OPTIONS\";\n");
}

/* Live says something each 15 s, whatever happens. */
static void
print_events(struct mr_buffer *text)
{
	mr_buffer_puts(
	    text,
	    "\n# What happens to a job, as it happens.\n"
	    "location ~ \"^" MR_JOB_PATH
	    "/(?<millrace_job>[0-9A-Za-z-]{0,64})/events$\" {\n"
	    "\tclient_max_body_size 1k;\n");
	site_log_system(LIVE_POOL, text);
	mr_buffer_puts(
	    text,
	    "\tif ($request_method = OPTIONS) {\n"
	    "\t\tadd_header Allow $millrace_allow;\n"
	    "\t\tadd_header X-Request-Id $millrace_request_id;\n"
	    "\t\treturn 204;\n"
	    "\t}\n"
	    "\tif ($request_method !~ ^(GET|HEAD)$) {\n"
	    "\t\treturn 405;\n"
	    "\t}\n"
	    "\tproxy_pass http://millrace_" LIVE_POOL MR_JOB_PATH
	    "/$millrace_job/events?after=$millrace_after;\n"
	    "\tproxy_set_header Connection $millrace_connection;\n"
	    "\tproxy_set_header Upgrade $millrace_upgrade;\n"
	    "\tproxy_set_header Sec-WebSocket-Key $millrace_websocket_key;\n"
	    "\tproxy_set_header Sec-WebSocket-Version "
	    "$millrace_websocket_version;\n"
	    "\tproxy_set_header Last-Event-ID $millrace_last_event_id;\n"
	    "\tproxy_set_header X-Millrace-Id $millrace_request_id;\n"
	    "\tproxy_set_header X-Millrace-Instance $millrace_instance;\n"
	    "\tproxy_buffering off;\n"
	    "\tproxy_buffer_size 1k;\n"
	    "\tproxy_read_timeout 60s;\n"
	    "\tgzip off;\n");
	print_pass(text);
	mr_buffer_puts(text, "}\n");
}

void
site_live_locations(const struct config *config, struct mr_buffer *text)
{
	if (config_pool(config, LIVE_POOL) == NULL)
		return;
	print_wait(config, text);
	print_events(text);
}
