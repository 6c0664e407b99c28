/*
 * check_jobs_progress.c: what is left is judged, and progress comes back from
 * its text.
 */
#include "jobs/progress.h"

#include "unit.h"

#include <math.h>

static const struct {
	struct mr_job_progress progress;
	double fraction, left;
} rows[] = {
	{ { .done = 0, .total = 0 }, NAN, NAN },
	{ { .done = 5, .total = 10, .elapsed = 3 }, 0.5, 3 },
	{ { .done = 6, .total = 10, .first = 0.2, .elapsed = 4 }, 0.6, 4 },
	{ { .done = 5, .total = 10, .first = 0.5, .elapsed = 4 }, 0.5, NAN },
	{ { .done = 4, .total = 10, .first = 0.5, .elapsed = 4 }, 0.4, NAN },
	{ { .done = 5, .total = 10, .elapsed = 0 }, 0.5, NAN },
	{ { .done = 10, .total = 10 }, 1, 0 },
	{ { .done = 12, .total = 10, .elapsed = 1 }, 1, 0 },
	{ { .done = -1, .total = 10, .elapsed = 1 }, 0, NAN },
	{ { .done = 1, .total = -10, .elapsed = 1 }, NAN, NAN },
	{ { .done = NAN, .total = 10, .elapsed = 1 }, NAN, NAN },
	{ { .done = 1, .total = NAN, .elapsed = 1 }, NAN, NAN },
	{ { .done = 1, .total = INFINITY, .elapsed = 1 }, NAN, NAN },
	{ { .done = 5, .total = 10, .first = NAN, .elapsed = 1 }, 0.5, NAN },
};

static void
assert_number(double number, double expected)
{
	if (isnan(expected))
		ck_assert_double_nan(number);
	else
		ck_assert_double_eq_tol(number, expected, 1e-12);
}

START_TEST(test_fraction_and_what_is_left)
{
	assert_number(mr_progress_fraction(&rows[_i].progress),
	              rows[_i].fraction);
	assert_number(mr_progress_left(&rows[_i].progress), rows[_i].left);
}
END_TEST

START_TEST(test_text_comes_back)
{
	struct mr_job_progress progress = {
		.done = 0.1,
		.total = 1e300,
		.phase = "\"paths\" \\ \n \xC3\xA9",
		.figures = { { "standard error", 1.0 / 3 }, { "", 0 },
		             { "not finite", INFINITY } },
		.first = 0.05,
		.elapsed = 12.25,
	};
	struct mr_buffer text = { .arena = arena };
	struct mr_job_progress read;

	mr_progress_write(&progress, &text);
	ck_assert(mr_progress_read(mr_buffer_text(&text), &read));
	ck_assert_double_eq(read.done, progress.done);
	ck_assert_double_eq(read.total, progress.total);
	ck_assert_double_eq(read.first, progress.first);
	ck_assert_double_eq(read.elapsed, progress.elapsed);
	ck_assert_str_eq(read.phase, progress.phase);
	ck_assert_str_eq(read.figures[0].name, "standard error");
	ck_assert_double_eq(read.figures[0].value, 1.0 / 3);
	ck_assert_str_eq(read.figures[1].name, "not finite");
	ck_assert_double_nan(read.figures[1].value);
	ck_assert_str_eq(read.figures[2].name, "");
}
END_TEST

static const char *const others[] = { NULL, "", "{}", "[]", "3", "{\"done\":" };

START_TEST(test_other_texts_are_none)
{
	struct mr_job_progress read;

	ck_assert(!mr_progress_read(others[_i], &read));
	ck_assert_double_nan(mr_progress_fraction(&read));
	ck_assert_str_eq(read.phase, "");
}
END_TEST

START_TEST(test_long_names_are_cut)
{
	struct mr_job_progress read;

	ck_assert(mr_progress_read(
	    "{\"done\":1,\"phase\":"
	    "\"0123456789012345678901234567890123456789012345678901234\","
	    "\"figures\":[{},1,{\"name\":3},{\"name\":\"a\"},{\"name\":\"b\"}]}",
	    &read));
	ck_assert_uint_eq(strlen(read.phase), MR_PROGRESS_NAME - 1);
	ck_assert_str_eq(read.figures[MR_FIGURES - 1].name, "a");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_fraction_and_what_is_left, 0, N(rows));
	tcase_add_test(tc, test_text_comes_back);
	tcase_add_loop_test(tc, test_other_texts_are_none, 0, N(others));
	tcase_add_test(tc, test_long_names_are_cut);
}

UNIT_MAIN("jobs_progress", add_tests)
