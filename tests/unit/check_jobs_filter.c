/*
 * check_jobs_filter.c: parameters of a list of jobs, and what is wrong with
 * them.
 */
#include "fcgi/command/jobs_filter.h"

#include "unit.h"

#define ID "019dbb3e-5a4c-7c11-9e0c-6f2b8d9a1e57"

static struct mr_job_filter filter;

static const char *
read_argument(const char *argument)
{
	struct mr_buffer complaint = { .arena = arena };

	filter = (struct mr_job_filter){ .state = -1, .limit = 20 };
	if (jobs_filter_read(&filter, argument, &complaint))
		return NULL;
	return mr_buffer_text(&complaint);
}

START_TEST(test_parameters_are_read)
{
	ck_assert_ptr_null(read_argument("state=dead"));
	ck_assert_int_eq(filter.state, MR_JOB_DEAD);
	ck_assert_ptr_null(read_argument("endpoint=a=b"));
	ck_assert_str_eq(filter.endpoint, "a=b");
	ck_assert_int_eq(filter.state, -1);
	ck_assert_ptr_null(read_argument("limit=1000"));
	ck_assert_uint_eq(filter.limit, 1000);
	ck_assert_ptr_null(read_argument("after=" ID));
	ck_assert_str_eq(filter.after, ID);
}
END_TEST

static const struct {
	const char *argument, *complaint;
} refusals[] = {
	{ "state=ded", "there is no state 'ded'; did you mean 'dead'?" },
	{ "state=", "there is no state ''" },
	{ "stat=dead", "there is no parameter 'stat'; did you mean 'state'?" },
	{ "x=1", "there is no parameter 'x'" },
	{ "limit=0", "limit is a number from 1 to 1000, not '0'" },
	{ "limit=1001", "limit is a number from 1 to 1000, not '1001'" },
	{ "limit=1x", "limit is a number from 1 to 1000, not '1x'" },
	{ "limit=", "limit is a number from 1 to 1000, not ''" },
	{ "after=1", "'1' is no id of a job" },
	{ "dead", "'dead' is not of the form NAME=VALUE" },
};

START_TEST(test_bad_parameter_is_refused)
{
	ck_assert_str_eq(read_argument(refusals[_i].argument),
	                 refusals[_i].complaint);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_parameters_are_read);
	tcase_add_loop_test(tc, test_bad_parameter_is_refused, 0, N(refusals));
}

UNIT_MAIN("jobs_filter", add_tests)
