/*
 * check_site_upstreams.c: how nginx reaches each pool, and what each path
 * answers to.
 */
#include "fcgi/site/site_upstreams.h"

#include "site.h"

#include <stdio.h>

START_TEST(test_pool_has_an_upstream)
{
	const char *fast = block(site_upstreams, "upstream millrace_fast {");
	const char *heavy = block(site_upstreams, "upstream millrace_heavy {");

	ck_assert_has(fast, "server \"unix:/run/m/fast.sock\" max_fails=0;");
	ck_assert_has(fast, "\tkeepalive ");
	ck_assert_has(heavy, "server \"unix:/run/m/heavy.sock\" max_fails=0;");
	ck_assert_has_not(heavy, "\tkeepalive ");
}
END_TEST

START_TEST(test_pool_is_reached_at_each_of_its_sockets)
{
	const char *text;

	program.config.pools[0].listeners = 3;
	text = block(site_upstreams, "upstream millrace_fast {");
	ck_assert_has(text, "server \"unix:/run/m/fast.sock\" max_fails=0;");
	ck_assert_has(text, "server \"unix:/run/m/fast.sock.2\" max_fails=0;");
	ck_assert_has(text, "server \"unix:/run/m/fast.sock.3\" max_fails=0;");
	ck_assert_has_not(text, "fast.sock.4");
}
END_TEST

/* An address in place of a path. */
START_TEST(test_pool_on_tcp_is_reached_there)
{
	struct pool_config *pool = &program.config.pools[0];

	strcpy(pool->listen, "[::1]:9000");
	ck_assert_has(block(site_upstreams, "upstream millrace_fast {"),
	              "server \"[::1]:9000\" max_fails=0;");
}
END_TEST

static const struct {
	const char *path, *methods;
} allowed[] = {
	{ "default", "GET, HEAD" },
	{ "/it", "GET, HEAD, POST, OPTIONS" },
	{ "/act", "POST, OPTIONS" },
	{ "/sum-squares", "GET, HEAD, OPTIONS" },
	{ "/process-numbers", "POST, OPTIONS" },
	{ "/start-task/", "POST, OPTIONS" },
};

START_TEST(test_path_has_its_methods)
{
	char line[100];
	const char *text = text_of(site_upstreams), *first;

	snprintf(line, sizeof(line), "\t%s \"%s\";\n", allowed[_i].path,
	         allowed[_i].methods);
	first = strstr(text, line);
	ck_assert_msg(first != NULL, "%s", text);
	ck_assert_ptr_null(strstr(first + 1, line));
}
END_TEST

START_TEST(test_internal_path_is_not_told)
{
	ck_assert_has_not(text_of(site_upstreams), "/log-task");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, site_load, site_unload);
	tcase_add_test(tc, test_pool_has_an_upstream);
	tcase_add_test(tc, test_pool_is_reached_at_each_of_its_sockets);
	tcase_add_test(tc, test_pool_on_tcp_is_reached_there);
	tcase_add_loop_test(tc, test_path_has_its_methods, 0, N(allowed));
	tcase_add_test(tc, test_internal_path_is_not_told);
}

UNIT_MAIN("site_upstreams", add_tests)
