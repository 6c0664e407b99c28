/*
 * check_catalog.c: the tables of options agree with themselves.
 */
#include "fcgi/config/catalog.h"

#include "fcgi/config/config.h"
#include "unit.h"

#include <stdio.h>

static const struct {
	const struct catalog *catalog;
	size_t size; /* of what it sets */
} tables[] = {
	{ &catalog_server, sizeof(struct config) },
	{ &catalog_pool, sizeof(struct pool_config) },
	{ &catalog_endpoint, sizeof(struct endpoint_config) },
};

/* What a member has room for, by its kind. */
static size_t
size_of(const struct setting *setting)
{
	switch (setting->kind) {
	case SETTING_TEXT:
	case SETTING_LIST:
		return setting->max + 1;
	case SETTING_BOOL:
		return sizeof(bool);
	default:
		return sizeof(uint64_t);
	}
}

START_TEST(test_members_are_in_the_struct_and_apart)
{
	const struct setting *settings = tables[_i].catalog->settings;
	char *taken = mr_arena_alloc(arena, tables[_i].size);

	memset(taken, 0, tables[_i].size);
	for (size_t i = 0; i < tables[_i].catalog->count; i++) {
		size_t end = settings[i].offset + size_of(&settings[i]);

		ck_assert_msg(end <= tables[_i].size, "%s", settings[i].name);
		for (size_t j = settings[i].offset; j < end; j++)
			ck_assert_msg(taken[j]++ == 0, "%s", settings[i].name);
	}
}
END_TEST

START_TEST(test_default_is_in_the_domain)
{
	const struct catalog *catalog = tables[_i].catalog;
	char *record = mr_arena_alloc(arena, tables[_i].size);

	memset(record, 0, tables[_i].size);
	for (size_t i = 0; i < catalog->count; i++)
		ck_assert_msg(setting_set(&catalog->settings[i], record,
		                          catalog->settings[i].standard),
		              "%s", catalog->settings[i].name);
}
END_TEST

/* A line of a file has 198 bytes; help stands in one with the default. */
START_TEST(test_help_is_there_and_fits_on_a_line)
{
	const struct catalog *catalog = tables[_i].catalog;
	const struct setting *setting = catalog->settings;

	for (size_t i = 0; i < catalog->count; i++, setting++) {
		ck_assert_uint_gt(strlen(setting->help), 10);
		ck_assert_uint_le(strlen("; (default empty)") +
		                      strlen(setting->help) +
		                      strlen(setting->standard),
		                  198);
		ck_assert_ptr_null(strchr(setting->help, '\n'));
		if (setting->kind == SETTING_TEXT)
			ck_assert_uint_le(strlen(setting->name) + 3 +
			                      setting->max,
			                  198);
	}
}
END_TEST

START_TEST(test_purpose_is_that_of_a_built_in_pool)
{
	char title[64];
	static const char *const pools[] = { "fast", "heavy", "io", "submit",
		                             "control" };

	for (size_t i = 0; i < N(pools); i++) {
		snprintf(title, sizeof(title), "[pool %s]\n", pools[i]);
		ck_assert_ptr_nonnull(strstr(catalog_built_in, title));
		ck_assert_ptr_nonnull(catalog_purpose(pools[i]));
	}
	ck_assert_ptr_null(catalog_purpose("mine"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_members_are_in_the_struct_and_apart, 0,
	                    N(tables));
	tcase_add_loop_test(tc, test_default_is_in_the_domain, 0, N(tables));
	tcase_add_loop_test(tc, test_help_is_there_and_fits_on_a_line, 0,
	                    N(tables));
	tcase_add_test(tc, test_purpose_is_that_of_a_built_in_pool);
}

UNIT_MAIN("catalog", add_tests)
