/*
 * check_live_event.c: events to the byte, and which one is next.
 */
#include "fcgi/live/live_event.h"

#include "unit.h"

#define HISTORY                                                                \
	"4 queued 1000 0 none\n5 running 2000 1 none\n6 queued 3000 1 lost\n"  \
	"7 running 4000 2 none\n"

START_TEST(test_event_is_as_stated)
{
	const struct live_event event = { "state", 12, BYTES("{\"a\":1}") };
	struct mr_buffer text = { .arena = arena }, message = text;

	live_event_write(&event, &text);
	ck_assert_str_eq(mr_buffer_text(&text),
	                 "id: 12\nevent: state\ndata: {\"a\":1}\n\n");
	live_event_write_message(&event, &message);
	ck_assert_str_eq(
	    mr_buffer_text(&message),
	    "{\"event\":\"state\",\"id\":12,\"data\":{\"a\":1}}");
}
END_TEST

static const struct {
	const char *history;
	int64_t after, number; /* 0: there is none */
} finds[] = {
	{ HISTORY, 0, 4 }, { HISTORY, 3, 4 }, { HISTORY, 4, 5 },
	{ HISTORY, 6, 7 }, { HISTORY, 7, 0 }, { HISTORY, 8, 4 },
	{ "", 0, 0 },      { NULL, 0, 0 },    { "nonsense\n", 0, 0 },
};

START_TEST(test_next_line_is_found)
{
	struct mr_history_line line = { 0 };

	ck_assert_int_eq(live_event_find(finds[_i].history, finds[_i].after, &line),
	                 finds[_i].number != 0);
	if (finds[_i].number != 0)
		ck_assert_int_eq(line.number, finds[_i].number);
}
END_TEST

/* A line of the past tells nothing that came later. */
START_TEST(test_past_is_told_as_it_was)
{
	const struct mr_job job = { .state = MR_JOB_RUNNING,
		                    .history = HISTORY,
		                    .attempt = 2,
		                    .started = 4000,
		                    .owner = "o",
		                    .progress = "{}" };
	struct mr_history_line line;
	struct mr_job past;

	ck_assert(live_event_find(job.history, 5, &line));
	past = live_event_past(&job, &line);
	ck_assert_int_eq(past.state, MR_JOB_QUEUED);
	ck_assert_int_eq(past.attempt, 1);
	ck_assert_int_eq(past.cause, MR_JOB_CAUSE_LOST);
	ck_assert_ptr_null(past.progress);
	ck_assert_ptr_null(past.owner);
	ck_assert(live_event_find(job.history, 4, &line));
	past = live_event_past(&job, &line);
	ck_assert_int_eq(past.started, 2000);
	ck_assert(live_event_find(job.history, 6, &line));
	past = live_event_past(&job, &line);
	ck_assert_ptr_eq(past.progress, job.progress);
	ck_assert_int_eq(past.started, 4000);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_event_is_as_stated);
	tcase_add_loop_test(tc, test_next_line_is_found, 0, N(finds));
	tcase_add_test(tc, test_past_is_told_as_it_was);
}

UNIT_MAIN("live_event", add_tests)
