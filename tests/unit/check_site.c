/*
 * check_site.c: what nginx is told of each pool and each path; and, where
 * nginx is installed, that it understands all of it.
 */
#include "fcgi/site/site.h"
#include "fcgi/site/site_upstreams.h"

#include "site.h"

static part *const parts[] = { site_upstreams, site_locations, site_errors };

static const struct {
	const char *endpoint;
	uint64_t deadline;
	const char *opening, *timeout;
} deadlines[] = {
	{ "act", 61000, "location = /act {", "fastcgi_read_timeout 71s;" },
	{ "act", 10, "location = /act {", "fastcgi_read_timeout 11s;" },
	{ "act", 61000, "location = /it {", "fastcgi_read_timeout 65s;" },
	/* With the day that an answer may be parked. */
	{ "act", 61000, "location @millrace_fast_try2 {",
	  "fastcgi_read_timeout 86468s;" },
	{ "act", 61000, "location @millrace_heavy_try2 {",
	  "fastcgi_read_timeout 65s;" },
	{ "write_it", 61000, "location = /it {", "fastcgi_read_timeout 96s;" },
};

START_TEST(test_nginx_waits_for_the_longest_deadline)
{
	struct config *config = &program.config;
	struct endpoint_config *endpoint =
	    &config->endpoints[config->endpoint_count++];

	strcpy(endpoint->name, deadlines[_i].endpoint);
	endpoint->deadline = deadlines[_i].deadline;
	ck_assert_has(block(site_locations, deadlines[_i].opening),
	              deadlines[_i].timeout);
}
END_TEST

/* The paths of the site itself. */

static void
set_allowed(const char *list)
{
	struct config *config = &program.config;

	snprintf(config->status_allow, sizeof(config->status_allow), "%s",
	         list);
	if (config_pool(config, "control") == NULL)
		config->pools[config->pool_count++] =
		    (struct pool_config){ .name = "control" };
}

static const struct {
	const char *list, *rules;
} allowances[] = {
	{ "127.0.0.1", "\tallow 127.0.0.1;\n\tdeny all;\n" },
	{ " 127.0.0.1, 10.0.0.0/8 ,::1 ",
	  "\tallow 127.0.0.1;\n\tallow 10.0.0.0/8;\n\tallow ::1;\n"
	  "\tdeny all;\n" },
	{ "all", "\tallow all;\n\tdeny all;\n" },
	{ "", "\n\tclient_max_body_size 1k;\n\tdeny all;\n" },
};

START_TEST(test_status_is_for_those_who_may)
{
	static const char *const restricted[] = { "location = /status {",
		                                  "location = /metrics {" };
	static const char *const open[] = { "location = /livez {",
		                            "location = /readyz {" };

	set_allowed(allowances[_i].list);
	for (size_t i = 0; i < 2; i++) {
		const char *text = block(site_locations, restricted[i]);

		ck_assert_has(text, allowances[_i].rules);
		ck_assert_has(text, "fastcgi_pass millrace_control;");
		ck_assert_has(text, "error_page 502 = @millrace_control_try2;");
		text = block(site_locations, open[i]);
		ck_assert_has(text, "fastcgi_pass millrace_control;");
		ck_assert_has_not(text, "allow ");
		ck_assert_has_not(text, "deny ");
	}
}
END_TEST

START_TEST(test_jobs_are_passed_to_control)
{
	static const char *const locations[] = { "location = /jobs {",
		                                 "location /jobs/ {" };

	for (size_t i = 0; i < 2; i++) {
		const char *text = block(site_locations, locations[i]);

		ck_assert_has(text, "fastcgi_pass millrace_control;");
		ck_assert_has_not(text, "deny ");
	}
}
END_TEST

START_TEST(test_slash_at_the_end_may_be_left_out)
{
	ck_assert_has(block(site_locations, "location = /start-task {"),
	              "rewrite ^ /start-task/ last;");
	ck_assert_has_not(text_of(site_locations), "location =  {");
}
END_TEST

START_TEST(test_without_their_pool_there_are_no_system_paths)
{
	struct config *config = &program.config;

	for (size_t i = 0; i < config->pool_count; i++)
		if (strcmp(config->pools[i].name, "control") == 0)
			strcpy(config->pools[i].name, "other");
	ck_assert_has_not(text_of(site_locations), "location = /livez");
}
END_TEST

static const struct {
	const char *path;
	const char *has[6], *not[2];
} locations[] = {
	{ "location = /it {",
	  { "client_max_body_size 5000;", "client_body_buffer_size 5000;",
	    "fastcgi_pass $millrace_to_heavy;", "fastcgi_keep_conn off;",
	    "error_page 502 = @millrace_heavy_try2;",
	    "fastcgi_next_upstream error non_idempotent;" },
	  { "fastcgi_keep_conn on" } },
	{ "location = /act {",
	  { "client_max_body_size 70000;", "client_body_buffer_size 65536;",
	    "fastcgi_pass $millrace_to_fast;", "fastcgi_keep_conn on;",
	    "fastcgi_next_upstream off;", "fastcgi_read_timeout 11s;" },
	  { "_try", "non_idempotent" } },
	{ "location = /sum-squares {",
	  { "client_max_body_size 1048576;",
	    "fastcgi_pass $millrace_to_fast;",
	    "error_page 502 = @millrace_fast_try2;",
	    "fastcgi_param QUERY_STRING $query_string;",
	    "fastcgi_buffer_size 2k;",
	    "fastcgi_param MILLRACE_ARRIVAL $msec;" },
	  { "fastcgi_next_upstream off" } },
	{ "location = /sum-squares {",
	  { "\tset $millrace_pool fast;\n",
	    "\tset $millrace_endpoint sum_squares;\n" },
	  { NULL } },
	{ "location @millrace_fast_try2 {",
	  { "fastcgi_pass millrace_fast;", "error_page 400 ",
	    "fastcgi_keep_conn off;", "fastcgi_buffer_size 2k;",
	    "error_page 502 = @millrace_fast_try3;",
	    "fastcgi_param MILLRACE_AGE $request_time;" },
	  { NULL } },
	{ "location @millrace_fast_try3 {",
	  { "fastcgi_pass millrace_fast;", "error_page 400 " },
	  { "error_page 502 = @" } },
	{ "location @millrace_heavy_try3 {",
	  { "fastcgi_pass millrace_heavy;",
	    "fastcgi_next_upstream error non_idempotent;" },
	  { "error_page 502 = @", "MILLRACE_AGE" } },
	/* What is parked there comes from live, a day later at most. */
	{ "location = / {",
	  { "fastcgi_keep_conn off;", "fastcgi_read_timeout 86411s;",
	    "fastcgi_next_upstream off;",
	    "error_page 502 = @millrace_fast_try2;" },
	  { "MILLRACE_AGE" } },
	{ "location = /long {",
	  { "fastcgi_pass millrace_submit;", "fastcgi_keep_conn on;",
	    "error_page 502 = @millrace_fast_try2;",
	    "fastcgi_param MILLRACE_TICKET $millrace_ticket " },
	  { "$millrace_to_" } },
};

START_TEST(test_path_has_a_location)
{
	const char *text = block(site_locations, locations[_i].path);

	for (size_t i = 0; i < 6 && locations[_i].has[i] != NULL; i++)
		ck_assert_has(text, locations[_i].has[i]);
	for (size_t i = 0; i < 2 && locations[_i].not[i] != NULL; i++)
		ck_assert_has_not(text, locations[_i].not[i]);
}
END_TEST

/* Also where a second try answers. */
START_TEST(test_every_reply_in_json_may_be_gzip)
{
	const char *text = block(site_locations, locations[_i].path);

	ck_assert_has(text, "\tgzip on;\n");
	ck_assert_has(text, "\tgzip_vary on;\n");
	ck_assert_has(text, "\tgzip_proxied any;\n");
	ck_assert_has(text, "\tgzip_types application/json "
	                    "application/problem+json text/plain;\n");
}
END_TEST

/* What only the log is to see. */
START_TEST(test_what_workers_tell_the_log_is_hidden)
{
	const char *text = block(site_locations, locations[_i].path);

	ck_assert_has(text, "\tfastcgi_hide_header X-Millrace-Worker;\n");
	ck_assert_has(text, "\tfastcgi_hide_header X-Millrace-Queue;\n");
	ck_assert_has(text, "\tfastcgi_hide_header X-Millrace-Compute;\n");
}
END_TEST

START_TEST(test_path_has_one_location)
{
	const char *text = text_of(site_locations);
	const char *first = strstr(text, "location = /it {");

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_null(strstr(first + 1, "location = /it {"));
}
END_TEST

/* nginx itself reads all of it. */
START_TEST(test_nginx_understands_it)
{
	static const char site[] =
	    "pid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n"
	    "access_log off;\ninclude upstreams;\nserver {\n"
	    "listen unix:nginx.sock;\ninclude errors;\ninclude locations;\n"
	    "}\n}\n";
	static const char *const names[] = { "upstreams", "locations",
		                             "errors" };

	if (system("command -v nginx > /dev/null") != 0)
		return;
	for (size_t i = 0; i < N(parts); i++)
		place_write(names[i], TEXT(text_of(parts[i])));
	place_write("nginx.conf", (struct mr_string)BYTES(site));
	ck_assert_msg(system("nginx -t -p . -c nginx.conf -e stderr "
	                     "> nginx.log 2>&1") == 0,
	              "%s", place_read("nginx.log").data);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, site_load, site_unload);
	tcase_add_loop_test(tc, test_path_has_a_location, 0, N(locations));
	tcase_add_loop_test(tc, test_every_reply_in_json_may_be_gzip, 0,
	                    N(locations));
	tcase_add_test(tc, test_path_has_one_location);
	tcase_add_loop_test(tc, test_nginx_waits_for_the_longest_deadline, 0,
	                    N(deadlines));
	tcase_add_loop_test(tc, test_status_is_for_those_who_may, 0,
	                    N(allowances));
	tcase_add_test(tc, test_jobs_are_passed_to_control);
	tcase_add_test(tc, test_slash_at_the_end_may_be_left_out);
	tcase_add_test(tc, test_without_their_pool_there_are_no_system_paths);
	tcase_add_loop_test(tc, test_what_workers_tell_the_log_is_hidden, 0,
	                    N(locations));
	tcase_add_test(tc, test_nginx_understands_it);
}

UNIT_MAIN("site", add_tests)
