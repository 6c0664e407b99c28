/*
 * check_outcome.c: what a subcommand prints, and the status that follows.
 */
#include "fcgi/command/outcome.h"

#include "place.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void
redirect(int fd, const char *file)
{
	int to = open(file, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ge(to, 0);
	ck_assert_int_eq(dup2(to, fd), fd);
	close(to);
}

static struct mr_buffer
text_of(const char *words)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_puts(&text, words);
	return text;
}

START_TEST(test_text_goes_to_standard_output)
{
	struct mr_buffer text = text_of("all of it\n");

	redirect(STDOUT_FILENO, "said");
	ck_assert_int_eq(outcome_print(&text), EXIT_SUCCESS);
	ck_assert_str_eq(place_read("said").data, "all of it\n");
}
END_TEST

START_TEST(test_text_that_cannot_be_written_is_a_failure)
{
	struct mr_buffer text = text_of("all of it\n");

	redirect(STDOUT_FILENO, "/dev/full");
	redirect(STDERR_FILENO, "why");
	ck_assert_int_eq(outcome_print(&text), EXIT_FAILURE);
	ck_assert_str_eq(place_read("why").data, "millrace: cannot write\n");
}
END_TEST

START_TEST(test_text_without_memory_is_a_failure)
{
	const struct mr_buffer text = { .failed = true };

	redirect(STDERR_FILENO, "why");
	ck_assert_int_eq(outcome_print(&text), EXIT_FAILURE);
	ck_assert_str_eq(place_read("why").data, "millrace: out of memory\n");
}
END_TEST

START_TEST(test_failure_is_a_line_of_standard_error)
{
	redirect(STDERR_FILENO, "why");
	ck_assert_int_eq(outcome_fail("no %s", "such"), EXIT_FAILURE);
	ck_assert_str_eq(place_read("why").data, "millrace: no such\n");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_text_goes_to_standard_output);
	tcase_add_test(tc, test_text_that_cannot_be_written_is_a_failure);
	tcase_add_test(tc, test_text_without_memory_is_a_failure);
	tcase_add_test(tc, test_failure_is_a_line_of_standard_error);
}

UNIT_MAIN("outcome", add_tests)
