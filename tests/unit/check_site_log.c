/*
 * check_site_log.c: what nginx's log has of pools, endpoints and workers.
 */
#include "fcgi/site/site_log.h"

#include "site.h"

static const char *
location(const char *path)
{
	struct mr_buffer text = { .arena = arena };
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_find(program.registry, path, &count);

	site_log_location(endpoints, count, &text);
	return mr_buffer_text(&text);
}

START_TEST(test_location_names_pool_and_endpoint)
{
	ck_assert_str_eq(location("/act"), "\tset $millrace_pool fast;\n"
	                                   "\tset $millrace_endpoint act;\n");
}
END_TEST

START_TEST(test_endpoint_of_two_is_found_by_method)
{
	const char *map =
	    block(site_log_format, "map $request_method $millrace_endpoint_");

	ck_assert_str_eq(location("/it"),
	                 "\tset $millrace_pool heavy;\n"
	                 "\tset $millrace_endpoint "
	                 "$millrace_endpoint_read_it;\n");
	ck_assert_str_eq(map, "map $request_method $millrace_endpoint_read_it "
	                      "{\n\tGET read_it;\n\tHEAD read_it;\n"
	                      "\tPOST write_it;\n}\n");
}
END_TEST

START_TEST(test_system_path_has_a_pool_only)
{
	struct mr_buffer text = { .arena = arena };

	site_log_system("control", &text);
	ck_assert_str_eq(mr_buffer_text(&text),
	                 "\tset $millrace_pool control;\n");
}
END_TEST

START_TEST(test_numbers_that_are_missing_are_null)
{
	ck_assert_has(block(site_log_format,
	                    "map $upstream_http_x_millrace_queue "),
	              "\t\"\" null;\n");
	ck_assert_has(block(site_log_format,
	                    "map $upstream_http_x_millrace_compute "),
	              "\t\"\" null;\n");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, site_load, site_unload);
	tcase_add_test(tc, test_location_names_pool_and_endpoint);
	tcase_add_test(tc, test_endpoint_of_two_is_found_by_method);
	tcase_add_test(tc, test_system_path_has_a_pool_only);
	tcase_add_test(tc, test_numbers_that_are_missing_are_null);
}

UNIT_MAIN("site_log", add_tests)
