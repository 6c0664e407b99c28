/*
 * check_job_query.c: the query string of GET /jobs.
 */
#include "api/job_query.h"

#include "base/buffer.h"
#include "schema/declaration.h"
#include "schema/decode.h"
#include "unit.h"

#define ID "0190b6a5-31a1-7cc4-8bf5-2fb1a3b0c9d4"

static struct mr_job_query query;

static enum mr_err
decode(const char *text)
{
	struct mr_decoding decoding = { .shape = &mr_job_query_shape,
		                        .record = &query,
		                        .query_only = true,
		                        .arena = arena };
	enum mr_err err;

	mr_decode_begin(&decoding);
	err = mr_decode_query(&decoding, TEXT(text));
	return err == MR_OK ? mr_decode_finish(&decoding) : err;
}

START_TEST(test_nothing_asks_for_the_newest)
{
	struct mr_job_filter filter;

	ck_assert_int_eq(decode(""), MR_OK);
	filter = mr_job_query_filter(&query);
	ck_assert_int_eq(filter.state, -1);
	ck_assert_ptr_null(filter.endpoint);
	ck_assert_ptr_null(filter.after);
	ck_assert_uint_eq(filter.limit, 50);
}
END_TEST

START_TEST(test_all_that_is_asked_is_in_the_filter)
{
	struct mr_job_filter filter;

	ck_assert_int_eq(
	    decode("state=dead&endpoint=annuity&limit=7&after=" ID), MR_OK);
	filter = mr_job_query_filter(&query);
	ck_assert_int_eq(filter.state, MR_JOB_DEAD);
	ck_assert_str_eq(filter.endpoint, "annuity");
	ck_assert_str_eq(filter.after, ID);
	ck_assert_uint_eq(filter.limit, 7);
}
END_TEST

START_TEST(test_each_state_can_be_asked_for)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_printf(&text, "state=%s", mr_job_state_name(_i));
	ck_assert_int_eq(decode(mr_buffer_text(&text)), MR_OK);
	ck_assert_int_eq(mr_job_query_filter(&query).state, _i);
}
END_TEST

static const char *const faults[] = {
	"state=done", "state=", "endpoint=", "limit=0", "limit=1001",
	"after=1", "before=" ID, "state=dead&state=dead",
};

START_TEST(test_fault_is_refused)
{
	ck_assert_int_eq(decode(faults[_i]), MR_INVALID);
}
END_TEST

START_TEST(test_rows_are_sound)
{
	struct mr_buffer complaints = { .arena = arena };

	ck_assert_msg(mr_declaration_check(&mr_job_query_shape, MR_ROLE_QUERY,
	                                   &complaints),
	              "%s", mr_buffer_text(&complaints));
}
END_TEST

static void
begin(void)
{
	memset(&query, 0, sizeof(query));
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_nothing_asks_for_the_newest);
	tcase_add_test(tc, test_all_that_is_asked_is_in_the_filter);
	tcase_add_loop_test(tc, test_each_state_can_be_asked_for, 0,
	                    MR_JOB_STATE_COUNT);
	tcase_add_loop_test(tc, test_fault_is_refused, 0, N(faults));
	tcase_add_test(tc, test_rows_are_sound);
}

UNIT_MAIN("job_query", add_tests)
