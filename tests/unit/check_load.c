/*
 * check_load.c: configuration, command line and endpoints put together, and
 * everything that is wrong with them told.
 */
#include "fcgi/master/load.h"

#include "place.h"
#include "unit.h"

#define LONG "dddddddddddddddddddddddddddddddddddddddddddddddddd"

static int
load(void *options)
{
	struct program program;
	bool loaded = load_program(&program, options);

	if (loaded)
		load_free(&program);
	return loaded ? 0 : 1;
}

START_TEST(test_without_options_all_is_built_in)
{
	struct program program;
	const struct options options = { .config = NULL };
	size_t count;

	ck_assert(load_program(&program, &options));
	ck_assert_str_eq(program.config.state, "millrace-state");
	ck_assert_str_eq(program.config.sockets, "millrace-state");
	ck_assert_uint_gt(program.config.pools[0].workers, 0);
	mr_registry_find(program.registry, "/sum-squares", &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_nonnull(mr_arena_alloc(program.arena, 10));
	load_free(&program);
}
END_TEST

START_TEST(test_option_outweighs_the_file)
{
	struct program program;
	const struct options options = { .config = "c", .state = "b",
		                         .socket_group = "h" };

	place_write("c", TEXT("[server]\nstate = a\nsockets = /s\n"
	                      "socket_group = g\n[pool fast]\nworkers = 3\n"));
	ck_assert(load_program(&program, &options));
	ck_assert_str_eq(program.config.state, "b");
	ck_assert_str_eq(program.config.sockets, "/s");
	ck_assert_str_eq(program.config.socket_group, "h");
	ck_assert_uint_eq(program.config.pools[0].workers, 3);
	load_free(&program);
}
END_TEST

START_TEST(test_sockets_follow_the_state_of_the_option)
{
	struct program program;
	const struct options options = { .state = "/elsewhere" };

	ck_assert(load_program(&program, &options));
	ck_assert_str_eq(program.config.sockets, "/elsewhere");
	load_free(&program);
}
END_TEST

START_TEST(test_section_of_an_endpoint_that_there_is_is_good)
{
	struct program program;
	const struct options options = { .config = "c" };

	place_write("c", TEXT("[endpoint sum_squares]\nslow = 999ms\n"
	                      "[endpoint process_numbers]\ndeadline = 2m\n"
	                      "slow = 1m\n"));
	ck_assert(load_program(&program, &options));
	ck_assert_uint_eq(program.config.endpoint_count, 2);
	load_free(&program);
}
END_TEST

static const struct {
	struct options options;
	const char *words[2];
} faults[] = {
	{ { .config = "none" }, { "none: No such file" } },
	{ { .config = "bad" }, { "bad:2: nice cannot be 'x'" } },
	{ { .modules = { "./none.so" }, .module_count = 1 }, { "none.so" } },
	{ { .modules = { "./bad" }, .module_count = 1 }, { "./bad" } },
	/* The faults of all of them at once. */
	{ { .config = "bad", .modules = { "./none.so" }, .module_count = 1 },
	  { "bad:2: nice cannot be 'x'", "none.so" } },
	{ { .modules = { "./none.so", "./nor.so" }, .module_count = 2 },
	  { "none.so", "nor.so" } },
	{ { .state = LONG LONG LONG LONG LONG LONG },
	  { "command line: state cannot be 'ddd" } },
	{ { .config = "sections" },
	  { "sections:1: there is no endpoint 'sum_square'; did you mean "
	    "'sum_squares'?",
	    "sections:3: endpoint sum_squares: slow is not below the deadline "
	    "of pool fast" } },
	{ { .config = "apart" },
	  { "apart:2: pool fast: slow is not below deadline" } },
	{ { .sockets = LONG LONG LONG },
	  { "pool fast: the path of its socket is longer",
	    "pool heavy: the path of its socket is longer" } },
};

START_TEST(test_fault_is_told)
{
	const char *told;

	place_write("bad", TEXT("[pool fast]\nnice = x\n"));
	place_write("apart", TEXT("[pool fast]\nslow = 2s\n"));
	place_write("sections", TEXT("[endpoint sum_square]\nslow = 1ms\n"
	                             "[endpoint sum_squares]\nslow = 2s\n"));
	ck_assert_int_eq(
	    WEXITSTATUS(place_run(load, (void *)(uintptr_t)&faults[_i].options)),
	    1);
	told = place_read("stderr").data;
	for (size_t i = 0; i < 2; i++)
		if (faults[_i].words[i] != NULL)
			ck_assert_msg(strstr(told, faults[_i].words[i]) != NULL,
			              "%s", told);
	for (; *told != '\0'; told = strchr(told, '\n') + 1)
		ck_assert_msg(strncmp(told, "millrace: ", 10) == 0, "%s", told);
	ck_assert_str_eq(place_read("stdout").data, "");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_without_options_all_is_built_in);
	tcase_add_test(tc, test_option_outweighs_the_file);
	tcase_add_test(tc, test_sockets_follow_the_state_of_the_option);
	tcase_add_test(tc, test_section_of_an_endpoint_that_there_is_is_good);
	tcase_add_loop_test(tc, test_fault_is_told, 0, N(faults));
}

UNIT_MAIN("load", add_tests)
