/*
 * check_live_jobs.c: what is known of jobs, whatever the broker says of them,
 * and when.
 */
#include "fcgi/live/live_jobs.h"

#include "live_broker.h"

#define OTHER "01a1fe80-a930-7ae6-8c63-4b5ba233a4e2"

static struct live_jobs jobs;
static struct live_watch first, second;
static int told[2];

static void
count(void *client)
{
	++*(int *)client;
}

static void
set_up(void)
{
	open_beside_broker();
	jobs.changed = count;
	live_jobs_init(&jobs, SOCKET, board, scratch);
	first = (struct live_watch){ .client = &told[0],
		                     .wants_result = true };
	second = (struct live_watch){ .client = &told[1],
		                      .wants_result = true };
}

static void
tear_down(void)
{
	live_jobs_leave(&jobs, &first);
	live_jobs_leave(&jobs, &second);
	ck_assert(TAILQ_EMPTY(&jobs.jobs));
	live_jobs_free(&jobs);
	scoreboard_free(board);
	mr_arena_free(scratch);
}

static void
join_first(void)
{
	ck_assert(live_jobs_join(&jobs, ID, &first));
	accept_live();
	expect_question(MESSAGE_WATCH, ID);
}

static void
succeed(void)
{
	tell_change(ID, MR_JOB_SUCCEEDED, SUCCEEDED);
	live_jobs_hear(&jobs);
	expect_question(MESSAGE_RESULT, ID);
}

static void
reply(const char *id, enum mr_err err, const char *detail)
{
	const struct message message = {
		.type = MESSAGE_REPLY, .id = id, .err = err, .detail = detail,
		.result = { 200, BYTES("x/y"), BYTES("body") },
	};

	tell(&message);
	live_jobs_hear(&jobs);
}

START_TEST(test_result_comes_to_whoever_waits)
{
	join_first();
	succeed();
	ck_assert(live_jobs_join(&jobs, ID, &second));
	expect_no_question();
	told[0] = told[1] = 0;
	reply(ID, MR_OK, NULL);
	ck_assert_int_eq(told[0], 1);
	ck_assert_int_eq(told[1], 1);
	ck_assert_ptr_nonnull(first.job->result_bytes);
	ck_assert_uint_eq(first.job->result.body.length, 4);
}
END_TEST

/* Whoever was there is told of the error; whoever comes asks anew. */
START_TEST(test_error_of_a_result_passes)
{
	join_first();
	succeed();
	reply(ID, MR_STORAGE, "The disk is full");
	ck_assert_int_eq(first.job->result_err, MR_STORAGE);
	ck_assert_str_eq(first.job->detail, "The disk is full");
	ck_assert_ptr_null(first.job->result_bytes);
	expect_no_question();
	ck_assert(live_jobs_join(&jobs, ID, &second));
	expect_question(MESSAGE_RESULT, ID);
	ck_assert_int_eq(second.job->result_err, MR_OK);
	reply(ID, MR_OK, NULL);
	ck_assert_int_eq(second.job->result_err, MR_OK);
	ck_assert_ptr_nonnull(second.job->result_bytes);
	ck_assert_ptr_null(second.job->detail);
}
END_TEST

START_TEST(test_error_of_a_job_passes)
{
	join_first();
	tell(&(struct message){ .type = MESSAGE_CHANGED, .id = ID,
	                        .err = MR_STORAGE, .detail = "It is gone" });
	live_jobs_hear(&jobs);
	ck_assert_int_eq(first.job->err, MR_STORAGE);
	ck_assert_str_eq(first.job->detail, "It is gone");
	ck_assert(live_jobs_join(&jobs, ID, &second));
	expect_question(MESSAGE_WATCH, ID);
	ck_assert(!second.job->known);
	tell_change(ID, MR_JOB_QUEUED, QUEUED);
	live_jobs_hear(&jobs);
	ck_assert(second.job->known);
	ck_assert_int_eq(second.job->err, MR_OK);
}
END_TEST

static const struct {
	enum message_type type;
	const char *id;
} strangers[] = {
	{ MESSAGE_REPLY, NULL },
	{ MESSAGE_REPLY, OTHER },
	{ MESSAGE_CLAIM, ID },
	{ MESSAGE_CHANGED, NULL },
};

START_TEST(test_stranger_is_no_answer)
{
	join_first();
	succeed();
	told[0] = 0;
	tell(&(struct message){ .type = strangers[_i].type,
	                        .id = strangers[_i].id, .err = MR_STORAGE });
	live_jobs_hear(&jobs);
	ck_assert_int_eq(told[0], 0);
	ck_assert_int_eq(first.job->result_err, MR_OK);
	reply(ID, MR_OK, NULL);
	ck_assert_ptr_nonnull(first.job->result_bytes);
}
END_TEST

/* Nobody has asked: no result. */
START_TEST(test_reply_without_a_question_is_dropped)
{
	join_first();
	tell_change(ID, MR_JOB_RUNNING, RUNNING);
	reply(ID, MR_OK, NULL);
	ck_assert_ptr_null(first.job->result_bytes);
}
END_TEST

/* The next broker hears what is open: a job that goes on, a result. */
START_TEST(test_open_questions_are_put_to_the_next_broker)
{
	join_first();
	tell_change(ID, MR_JOB_RUNNING, RUNNING);
	live_jobs_hear(&jobs);
	close_broker();
	live_jobs_hear(&jobs);
	ck_assert(jobs.away);
	ck_assert(first.job->known);
	ck_assert_int_eq(live_jobs_tick(&jobs, 1000), 1100);
	open_broker();
	ck_assert_int_eq(live_jobs_tick(&jobs, 1100), 0);
	accept_live();
	expect_question(MESSAGE_WATCH, ID);
	ck_assert(jobs.away);
	succeed();
	ck_assert(!jobs.away);
	close_broker();
	open_broker();
	live_jobs_hear(&jobs);
	live_jobs_tick(&jobs, 2000);
	accept_live();
	expect_question(MESSAGE_RESULT, ID);
	expect_no_question();
	reply(ID, MR_OK, NULL);
	ck_assert_ptr_nonnull(first.job->result_bytes);
}
END_TEST

/* A client that comes before there is a broker is one of those who wait. */
START_TEST(test_join_without_a_broker_is_asked_later)
{
	close(listener);
	unlink(SOCKET);
	ck_assert(live_jobs_join(&jobs, ID, &first));
	ck_assert(!first.job->known);
	ck_assert_int_eq(live_jobs_tick(&jobs, 1000), 1100);
	open_broker();
	ck_assert_int_eq(live_jobs_tick(&jobs, 1100), 0);
	accept_live();
	expect_question(MESSAGE_WATCH, ID);
	expect_no_question();
}
END_TEST

/* Whoever opens the connection, all are asked for. */
START_TEST(test_join_that_reconnects_asks_for_the_others)
{
	join_first();
	close_broker();
	live_jobs_hear(&jobs);
	open_broker();
	ck_assert(live_jobs_join(&jobs, OTHER, &second));
	accept_live();
	expect_question(MESSAGE_WATCH, ID);
	expect_question(MESSAGE_WATCH, OTHER);
	ck_assert_int_eq(live_jobs_tick(&jobs, 1000), 0);
	expect_no_question();
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, test_result_comes_to_whoever_waits);
	tcase_add_test(tc, test_error_of_a_result_passes);
	tcase_add_test(tc, test_error_of_a_job_passes);
	tcase_add_loop_test(tc, test_stranger_is_no_answer, 0, N(strangers));
	tcase_add_test(tc, test_reply_without_a_question_is_dropped);
	tcase_add_test(tc, test_open_questions_are_put_to_the_next_broker);
	tcase_add_test(tc, test_join_without_a_broker_is_asked_later);
	tcase_add_test(tc, test_join_that_reconnects_asks_for_the_others);
}

UNIT_MAIN("live_jobs", add_tests)
