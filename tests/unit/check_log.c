/*
 * check_log.c: one line for each call, whatever is in it.
 */
#include "fcgi/log.h"

#include "place.h"
#include "unit.h"

#include <regex.h>

#define STAMP                                                                  \
	"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "

static int
log_text(void *text)
{
	log_warning("%s", (const char *)text);
	return 0;
}

static int
log_all(void *context)
{
	(void)context;
	log_notice("One. a=%d", 1);
	log_warning("Two. b=%s", "x");
	log_error("Three.");
	log_line(LOG_LEVEL_NOTICE, "Four.");
	return 0;
}

START_TEST(test_lines_have_time_and_level)
{
	regex_t pattern;

	place_run(log_all, NULL);
	ck_assert_int_eq(regcomp(&pattern,
	                         STAMP "notice One\\. a=1\n[^ ]* "
	                               "warning Two\\. b=x\n[^ ]* "
	                               "error Three\\.\n[^ ]* "
	                               "notice Four\\.\n$",
	                         REG_EXTENDED | REG_NOSUB),
	                 0);
	ck_assert_int_eq(regexec(&pattern, place_read("stderr").data, 0, NULL,
	                         0),
	                 0);
	regfree(&pattern);
}
END_TEST

static const struct {
	const char *text, *logged;
} texts[] = {
	{ "plain", "plain" },
	{ "", "" },
	{ "two\nlines", "two lines" },
	{ "a\r\nb\tc\x01\x1B[31m", "a  b c  [31m" },
	{ "caf\xC3\xA9", "caf\xC3\xA9" },
	{ "100%", "100%" },
	{ "\n", " " },
};

START_TEST(test_text_stays_on_its_line)
{
	char expected[100];
	const char *log;

	place_run(log_text, (void *)(uintptr_t)texts[_i].text);
	snprintf(expected, sizeof(expected), "Z warning %s\n",
	         texts[_i].logged);
	log = place_read("stderr").data;
	ck_assert_ptr_nonnull(strstr(log, expected));
	ck_assert_uint_eq(strlen(log), 24 + strlen(expected) - 1);
}
END_TEST

static const size_t lengths[] = { 2000, 2014, 2015, 2016, 2100, 100000 };

START_TEST(test_long_text_is_cut)
{
	char *text = mr_arena_alloc(arena, lengths[_i] + 1);
	const char *log;

	memset(text, 'x', lengths[_i]);
	place_run(log_text, text);
	log = place_read("stderr").data;
	ck_assert_uint_le(strlen(log), 2048);
	ck_assert_uint_ge(strlen(log), 2000);
	ck_assert_ptr_eq(strchr(log, '\n'), log + strlen(log) - 1);
}
END_TEST

/* Processes that share a log do not mix their lines. */
static int
log_together(void *context)
{
	char text[1500];

	(void)context;
	for (int child = 0; child < 4; child++) {
		if (fork() != 0)
			continue;
		memset(text, 'a' + child, sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		for (int i = 0; i < 100; i++)
			log_notice("%s", text);
		_exit(0);
	}
	while (wait(NULL) > 0)
		continue;
	return 0;
}

START_TEST(test_lines_of_processes_do_not_mix)
{
	char *rest, *line;
	size_t lines = 0;

	place_run(log_together, NULL);
	rest = (char *)(uintptr_t)place_read("stderr").data;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		ck_assert_uint_eq(strlen(line), 24 + 8 + 1499);
		ck_assert_uint_eq(strspn(line + 32, (char[]){ line[32], 0 }),
		                  1499);
		lines++;
	}
	ck_assert_uint_eq(lines, 400);
}
END_TEST

static int
log_to_no_one(void *context)
{
	(void)context;
	close(STDERR_FILENO);
	log_error("Nobody hears.");
	return 3;
}

START_TEST(test_log_that_is_closed_does_no_harm)
{
	ck_assert_int_eq(WEXITSTATUS(place_run(log_to_no_one, NULL)), 3);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_lines_have_time_and_level);
	tcase_add_loop_test(tc, test_text_stays_on_its_line, 0, N(texts));
	tcase_add_loop_test(tc, test_long_text_is_cut, 0, N(lengths));
	tcase_add_test(tc, test_lines_of_processes_do_not_mix);
	tcase_add_test(tc, test_log_that_is_closed_does_no_harm);
}

UNIT_MAIN("log", add_tests)
