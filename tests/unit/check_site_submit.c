/*
 * check_site_submit.c: which requests wait for the disk, and where.
 */
#include "fcgi/site/site_submit.h"

#include "fcgi/site/site.h"
#include "fcgi/site/site_upstreams.h"
#include "site.h"

static const struct mr_endpoint *const plain[] = { &mr_endpoint_read_it,
	                                           &mr_endpoint_write_it };
static const struct mr_endpoint *const mixed[] = { &mr_endpoint_act,
	                                           &mr_endpoint_later };

static struct pool_config *
find_submit(void)
{
	struct pool_config *pool = program.config.pools;

	while (strcmp(pool->name, SUBMIT_POOL) != 0)
		pool++;
	return pool;
}

static void
forget_submit(void)
{
	strcpy(find_submit()->name, "other");
}

START_TEST(test_only_what_is_always_a_job_needs_no_asking)
{
	const struct config *config = &program.config;

	ck_assert_int_eq(site_submit_way(config, plain, 2), SITE_TO_CHOSEN);
	ck_assert_int_eq(site_submit_way(config, mixed, 2), SITE_TO_CHOSEN);
	ck_assert_int_eq(site_submit_way(config, mixed + 1, 1), SITE_TO_SUBMIT);
	forget_submit();
	ck_assert_int_eq(site_submit_way(config, plain, 2), SITE_TO_POOL);
	ck_assert_int_eq(site_submit_way(config, mixed + 1, 1), SITE_TO_POOL);
}
END_TEST

START_TEST(test_longest_queue_counts)
{
	const struct config *config = &program.config;
	struct pool_config *submit = find_submit();
	const struct pool_config *fast = config_pool(config, "fast");

	submit->queue_limit = 3000;
	ck_assert_uint_eq(site_submit_queue_limit(config, fast, SITE_TO_POOL),
	                  2000);
	ck_assert_uint_eq(site_submit_queue_limit(config, fast, SITE_TO_CHOSEN),
	                  3000);
	ck_assert_uint_eq(site_submit_queue_limit(config, fast, SITE_TO_SUBMIT),
	                  3000);
	submit->queue_limit = 1000;
	ck_assert_uint_eq(site_submit_queue_limit(config, fast, SITE_TO_CHOSEN),
	                  2000);
}
END_TEST

static const struct {
	enum site_way way;
	const char *line;
} lines[] = {
	{ SITE_TO_POOL, "\tfastcgi_pass millrace_fast;\n" },
	{ SITE_TO_CHOSEN, "\tfastcgi_pass $millrace_to_fast;\n" },
	{ SITE_TO_SUBMIT, "\tfastcgi_pass millrace_submit;\n" },
};

START_TEST(test_way_is_one_line)
{
	struct mr_buffer text = { .arena = arena };

	site_submit_pass(config_pool(&program.config, "fast"), lines[_i].way,
	                 &text);
	ck_assert_str_eq(mr_buffer_text(&text), lines[_i].line);
}
END_TEST

static const struct {
	const char *opening, *otherwise;
} choices[] = {
	{ "map $http_prefer $millrace_to_fast {", "default millrace_fast;" },
	{ "map $http_prefer $millrace_to_heavy {", "default millrace_heavy;" },
	{ "map $http_prefer $millrace_to_io {", "default millrace_io;" },
};

START_TEST(test_pools_of_endpoints_have_a_choice)
{
	const char *text = text_of(site_upstreams);

	for (size_t i = 0; i < N(choices); i++) {
		const char *map = block(site_upstreams, choices[i].opening);

		ck_assert_has(map, choices[i].otherwise);
		ck_assert_has(map, "(respond-async|wait\\s*=)\" "
		                   "millrace_submit;");
	}
	ck_assert_has(text, "upstream millrace_submit {");
	ck_assert_has_not(text, "$millrace_to_control");
	ck_assert_has_not(text, "$millrace_to_submit");
	ck_assert_has_not(text_of(site_locations), "@millrace_submit_try");
	forget_submit();
	ck_assert_has_not(text_of(site_upstreams), "$millrace_to_");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, site_load, site_unload);
	tcase_add_test(tc, test_only_what_is_always_a_job_needs_no_asking);
	tcase_add_test(tc, test_longest_queue_counts);
	tcase_add_loop_test(tc, test_way_is_one_line, 0, N(lines));
	tcase_add_test(tc, test_pools_of_endpoints_have_a_choice);
}

UNIT_MAIN("site_submit", add_tests)
