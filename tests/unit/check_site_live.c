/*
 * check_site_live.c: what nginx is told of pool live.
 */
#include "fcgi/site/site_live.h"

#include "fcgi/site/site.h"
#include "fcgi/site/site_upstreams.h"
#include "site.h"

#include <stdio.h>

#define WAIT "location = /_millrace/wait {"
#define EVENTS "location ~ \"^/jobs/"

/* More than one death can be survived: each socket is there more than once. */
START_TEST(test_live_is_reached_again_and_again)
{
	const char *text = block(site_upstreams, "upstream millrace_live {");
	const char *first = strstr(text, "unix:/run/m/live.sock\" max_fails=0;");

	ck_assert_ptr_nonnull(first);
	ck_assert_has(first + 1, "unix:/run/m/live.sock\" max_fails=0;");
	ck_assert_has(text, "unix:/run/m/live.sock.4\" max_fails=0;");
	ck_assert_has_not(text, "live.sock.5");
}
END_TEST

START_TEST(test_no_other_pool_of_the_jobs_is_reached)
{
	const char *text = text_of(site_upstreams);

	ck_assert_has_not(text, "upstream millrace_broker");
	ck_assert_has_not(text, "upstream millrace_runner");
	ck_assert_has_not(text_of(site_locations), "@millrace_live_try");
}
END_TEST

static const struct {
	const char *opening, *line;
} lines[] = {
	{ WAIT, "\tinternal;\n" },
	{ WAIT, "\tproxy_next_upstream error timeout invalid_header "
	        "non_idempotent;\n" },
	{ WAIT, "\tproxy_hide_header X-Millrace-Worker;\n" },
	{ WAIT, "\tgzip on;\n" },
	{ WAIT, "\tproxy_read_timeout 360s;\n" },
	{ WAIT, "\tproxy_method GET;\n" },
	{ WAIT, "\terror_page 502 = /_millrace/502;\n" },
	{ EVENTS, "\tproxy_buffering off;\n" },
	{ EVENTS, "\tgzip off;\n" },
	{ EVENTS, "\tset $millrace_pool live;\n" },
	{ EVENTS, "\tproxy_set_header Upgrade $millrace_upgrade;\n" },
};

START_TEST(test_location_has_the_line)
{
	ck_assert_has(block(site_locations, lines[_i].opening), lines[_i].line);
}
END_TEST

START_TEST(test_events_are_not_internal)
{
	ck_assert_has_not(block(site_locations, EVENTS), "internal;");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, site_load, site_unload);
	tcase_add_test(tc, test_live_is_reached_again_and_again);
	tcase_add_test(tc, test_no_other_pool_of_the_jobs_is_reached);
	tcase_add_loop_test(tc, test_location_has_the_line, 0, N(lines));
	tcase_add_test(tc, test_events_are_not_internal);
}

UNIT_MAIN("site_live", add_tests)
