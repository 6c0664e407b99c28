/*
 * check_complaint.c: lines are remembered by member, and stand in front.
 */
#include "fcgi/config/complaint.h"

#include "unit.h"

static struct config config;
static struct complaint complaint;

static void
setup(void)
{
	memset(&complaint, 0, sizeof(complaint));
	complaint.file = "a.conf";
}

START_TEST(test_line_is_that_of_the_member)
{
	complaint_note(&complaint, &config, &config.pools[1].nice, 7);
	complaint_note(&complaint, &config, &config.pools[2].nice, 9);
	complaint_note(&complaint, &config, config.state, 1);
	ck_assert_int_eq(complaint_line(&complaint, &config,
	                                &config.pools[1].nice),
	                 7);
	ck_assert_int_eq(complaint_line(&complaint, &config,
	                                &config.pools[2].nice),
	                 9);
	ck_assert_int_eq(complaint_line(&complaint, &config, config.state), 1);
	ck_assert_int_eq(complaint_line(&complaint, &config,
	                                &config.pools[0].nice),
	                 0);
}
END_TEST

START_TEST(test_last_line_counts)
{
	complaint_note(&complaint, &config, &config.stop_delay, 3);
	complaint_note(&complaint, &config, &config.stop_delay, 5);
	ck_assert_int_eq(complaint_line(&complaint, &config,
	                                &config.stop_delay),
	                 5);
	ck_assert_uint_eq(complaint.given_count, 1);
}
END_TEST

START_TEST(test_copy_of_the_configuration_has_the_same_lines)
{
	static struct config copy;

	complaint_note(&complaint, &config, &config.pools[3].memory, 4);
	ck_assert_int_eq(complaint_line(&complaint, &copy,
	                                &copy.pools[3].memory),
	                 4);
}
END_TEST

/* Every option of every section that there can be. */
START_TEST(test_there_is_room_for_all)
{
	const char *last = NULL;

	for (size_t i = 0; i < catalog_server.count; i++)
		complaint_note(&complaint, &config,
		               (char *)&config +
		                   catalog_server.settings[i].offset,
		               1);
	for (size_t i = 0; i < CONFIG_POOLS * catalog_pool.count; i++)
		complaint_note(
		    &complaint, &config,
		    (char *)&config.pools[i / catalog_pool.count] +
		        catalog_pool.settings[i % catalog_pool.count].offset,
		    2);
	for (size_t i = 0; i < CONFIG_ENDPOINTS; i++)
		for (size_t j = 0; j < catalog_endpoint.count; j++) {
			last = (char *)&config.endpoints[i] +
			       catalog_endpoint.settings[j].offset;
			complaint_note(&complaint, &config, last, 3);
		}
	ck_assert_uint_eq(complaint.given_count,
	                  catalog_server.count +
	                      CONFIG_POOLS * catalog_pool.count +
	                      CONFIG_ENDPOINTS * catalog_endpoint.count);
	ck_assert_int_eq(complaint_line(&complaint, &config, last), 3);
}
END_TEST

START_TEST(test_complaint_begins_with_file_and_line)
{
	struct mr_buffer text = { .arena = arena };

	complaint.text = &text;
	mr_buffer_puts(complaint_begin(&complaint, 12), "x\n");
	mr_buffer_puts(complaint_begin(&complaint, 0), "y\n");
	ck_assert_str_eq(mr_buffer_text(&text), "a.conf:12: x\na.conf: y\n");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, test_line_is_that_of_the_member);
	tcase_add_test(tc, test_last_line_counts);
	tcase_add_test(tc, test_copy_of_the_configuration_has_the_same_lines);
	tcase_add_test(tc, test_there_is_room_for_all);
	tcase_add_test(tc, test_complaint_begins_with_file_and_line);
}

UNIT_MAIN("complaint", add_tests)
