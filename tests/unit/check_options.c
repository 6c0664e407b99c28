/*
 * check_options.c: command lines, good and bad.
 */
#include "fcgi/config/options.h"

#include "place.h"
#include "unit.h"

static struct options options;

/* A command line of words with a blank between them, in the test's arena. */
static char **
split(const char *line, int *count)
{
	char **words = mr_arena_alloc(arena, 100 * sizeof(*words));
	char *rest = mr_arena_copy(arena, line, strlen(line));

	*count = 0;
	while (rest != NULL && *line != '\0')
		words[(*count)++] = strsep(&rest, " ");
	return words;
}

static int
parse(void *line)
{
	int count;
	char **words = split(line, &count);

	return options_parse(&options, count, words) ? 0 : 1;
}

static void
parse_good(const char *line)
{
	int count;
	char **words = split(line, &count);

	ck_assert(options_parse(&options, count, words));
}

static const struct {
	const char *line;
	const char *config, *state, *sockets, *group, *module;
	const char *argument; /* the first */
	size_t arguments;
	bool help;
} lines[] = {
	{ "", .arguments = 0 },
	{ "a", .argument = "a", .arguments = 1 },
	{ "a b -c -", .argument = "a", .arguments = 4 },
	{ "--config x", .config = "x" },
	{ "--config=x", .config = "x" },
	{ "--config=x=y", .config = "x=y" },
	{ "--config --state", .config = "--state" },
	{ "--config x --config y", .config = "y" },
	{ "--state s --sockets t --socket-group g", .state = "s",
	  .sockets = "t", .group = "g" },
	{ "--module=m.so a", .module = "m.so", .argument = "a",
	  .arguments = 1 },
	{ "a --module m.so b", .module = "m.so", .argument = "a",
	  .arguments = 2 },
	{ "--help", .help = true },
	{ "a --help", .help = true, .argument = "a", .arguments = 1 },
	{ "-- --help --config", .argument = "--help", .arguments = 2 },
	{ "a -- --config", .argument = "a", .arguments = 2 },
	{ "--config x --", .config = "x" },
	{ "-- --", .argument = "--", .arguments = 1 },
	{ "-help", .argument = "-help", .arguments = 1 },
};

static void
expect_text(const char *got, const char *expected)
{
	ck_assert_pstr_eq(got, expected);
}

START_TEST(test_line_is_taken_apart)
{
	parse_good(lines[_i].line);
	expect_text(options.config, lines[_i].config);
	expect_text(options.state, lines[_i].state);
	expect_text(options.sockets, lines[_i].sockets);
	expect_text(options.socket_group, lines[_i].group);
	ck_assert_uint_eq(options.module_count, lines[_i].module != NULL);
	if (lines[_i].module != NULL)
		ck_assert_str_eq(options.modules[0], lines[_i].module);
	ck_assert(options.help == lines[_i].help);
	ck_assert_uint_eq(options.argument_count, lines[_i].arguments);
	if (lines[_i].arguments > 0)
		ck_assert_str_eq(options.arguments[0], lines[_i].argument);
}
END_TEST

START_TEST(test_arguments_keep_their_order)
{
	static const char *const expected[] = { "a", "b", "--c", "d" };

	parse_good("a --state s b --help -- --c d");
	ck_assert_uint_eq(options.argument_count, 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_str_eq(options.arguments[i], expected[i]);
}
END_TEST

static const struct {
	const char *line, *words;
} faults[] = {
	{ "--confg x", "there is no option --confg; did you mean --config?" },
	{ "--modul=x", "did you mean --module?" },
	{ "--socketgroup g", "did you mean --socket-group?" },
	{ "--xyzzy", "there is no option --xyzzy\n" },
	{ "--=x", "there is no option --" },
	{ "--config", "--config needs FILE" },
	{ "--config=", "--config needs FILE" },
	{ "--state", "--state needs DIR" },
	{ "--socket-group", "--socket-group needs GROUP" },
	{ "a --module", "--module needs FILE" },
	{ "--CONFIG x", "there is no option --CONFIG" },
	{ "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "there is no option --aaaa" },
};

START_TEST(test_fault_is_told)
{
	int status = place_run(parse, (void *)(uintptr_t)faults[_i].line);
	const char *told = place_read("stderr").data;

	ck_assert_int_eq(WEXITSTATUS(status), 1);
	ck_assert_msg(strstr(told, faults[_i].words) != NULL, "%s", told);
	ck_assert_msg(strncmp(told, "millrace: ", 10) == 0, "%s", told);
	ck_assert_ptr_eq(strchr(told, '\n'), told + strlen(told) - 1);
}
END_TEST

START_TEST(test_modules_up_to_the_most)
{
	char line[OPTIONS_MODULES * 20] = "--module=0";
	int status;

	for (int i = 1; i < OPTIONS_MODULES; i++)
		sprintf(line + strlen(line), " --module=%d", i);
	parse_good(line);
	ck_assert_uint_eq(options.module_count, OPTIONS_MODULES);
	ck_assert_str_eq(options.modules[OPTIONS_MODULES - 1], "31");
	strcat(line, " --module=32");
	status = place_run(parse, line);
	ck_assert_int_eq(WEXITSTATUS(status), 1);
	ck_assert_ptr_nonnull(
	    strstr(place_read("stderr").data, "at most 32 modules"));
}
END_TEST

static int
print(void *context)
{
	(void)context;
	options_print();
	return 0;
}

START_TEST(test_every_option_is_explained)
{
	static const char *const left[] = {
		"  --config FILE ",  "  --module FILE ", "  --state DIR ",
		"  --sockets DIR ", "  --socket-group GROUP ", "  --help ",
	};

	place_run(print, NULL);
	for (size_t i = 0; i < N(left); i++)
		ck_assert_ptr_nonnull(
		    strstr(place_read("stdout").data, left[i]));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_line_is_taken_apart, 0, N(lines));
	tcase_add_test(tc, test_arguments_keep_their_order);
	tcase_add_loop_test(tc, test_fault_is_told, 0, N(faults));
	tcase_add_test(tc, test_modules_up_to_the_most);
	tcase_add_test(tc, test_every_option_is_explained);
}

UNIT_MAIN("options", add_tests)
