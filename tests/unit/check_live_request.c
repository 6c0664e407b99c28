/*
 * check_live_request.c: what is wanted, of what nginx sends.
 */
#include "fcgi/live/live_request.h"

#include "unit.h"

#define ID "01a1fe80-a930-7ae6-8c63-4b5ba233a4e1"

static const struct {
	const char *path, *arguments, *last;
	enum mr_err err;
	struct live_request request;
} cases[] = {
	{ "/_millrace/wait", "job=" ID "&until=17&", "", MR_OK,
	  { .kind = LIVE_WAIT, .time = 17, .job = ID } },
	{ "/_millrace/wait", "until=17&job=" ID, "", MR_OK,
	  { .kind = LIVE_WAIT, .time = 17, .job = ID } },
	{ "/_millrace/wait", "job=" ID, "", MR_SYNTAX, { 0 } },
	{ "/_millrace/wait", "until=17", "", MR_SYNTAX, { 0 } },
	{ "/_millrace/wait", "xjob=" ID "&until=17", "", MR_SYNTAX,
	  { 0 } },
	{ "/_millrace/wait", "job=x&until=17", "", MR_SYNTAX, { 0 } },
	{ "/jobs/" ID "/events", "", "", MR_OK,
	  { .kind = LIVE_EVENTS, .job = ID } },
	{ "/jobs/" ID "/events", "after=3", "", MR_OK,
	  { .kind = LIVE_EVENTS, .job = ID, .after = 3 } },
	{ "/jobs/" ID "/events", "after=", "5", MR_OK,
	  { .kind = LIVE_EVENTS, .job = ID, .after = 5 } },
	{ "/jobs/" ID "/events", "after=3", "5", MR_OK,
	  { .kind = LIVE_EVENTS, .job = ID, .after = 5 } },
	{ "/jobs/" ID "/events", "after=x", "y", MR_OK,
	  { .kind = LIVE_EVENTS, .job = ID } },
	{ "/jobs/" ID "/event", "", "", MR_NOT_FOUND, { 0 } },
	{ "/jobs/" ID "/events/", "", "", MR_NOT_FOUND, { 0 } },
	{ "/jobs/x/events", "", "", MR_NOT_FOUND, { 0 } },
	{ "/jobs/", "", "", MR_NOT_FOUND, { 0 } },
	{ "/jobs/01A1FE80-A930-7AE6-8C63-4B5BA233A4E1/events", "", "",
	  MR_NOT_FOUND, { 0 } },
	{ "", "", "", MR_NOT_FOUND, { 0 } },
	{ "/", "", "", MR_NOT_FOUND, { 0 } },
};

START_TEST(test_request_is_read)
{
	const struct live_headers headers = {
		.path = cases[_i].path,
		.arguments = cases[_i].arguments,
		.last_event_id = cases[_i].last,
		.request_id = "id-1",
		.instance = "/x",
	};
	struct live_request request;

	ck_assert_int_eq(live_request_read(&headers, &request), cases[_i].err);
	ck_assert_str_eq(request.request_id, "id-1");
	ck_assert_str_eq(request.instance, "/x");
	if (cases[_i].err != MR_OK)
		return;
	ck_assert_int_eq(request.kind, cases[_i].request.kind);
	ck_assert_int_eq(request.time, cases[_i].request.time);
	ck_assert_int_eq(request.after, cases[_i].request.after);
	ck_assert_str_eq(request.job, cases[_i].request.job);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_request_is_read, 0, N(cases));
}

UNIT_MAIN("live_request", add_tests)
