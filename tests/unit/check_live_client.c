/*
 * check_live_client.c: what clients are sent, beside a broker that says what
 * the test wants it to.
 */
#include "fcgi/live/live_client.h"

#include "fcgi/board/progress.h"
#include "live_broker.h"

#define LATE INT64_C(4000000000000)

static struct live_crowd crowd;
static int woken[4]; /* of connections */

static void
wake(void *connection)
{
	++*(int *)connection;
}

static void
set_up(void)
{
	open_beside_broker();
	live_crowd_init(&crowd, wake);
	crowd.jobs.changed = live_client_changed;
	live_jobs_init(&crowd.jobs, SOCKET, board, scratch);
}

static void
send_message(const struct message *message)
{
	tell(message);
	live_jobs_hear(&crowd.jobs);
}

static void
send_change(const char *id, enum mr_job_state state, const char *history)
{
	tell_change(id, state, history);
	live_jobs_hear(&crowd.jobs);
}

/* The clients' side. */

static struct live_client *
come(enum live_kind kind, int64_t time, int connection, bool websocket)
{
	const struct live_request request = {
		.kind = kind, .time = time, .job = ID, .request_id = "id-1",
		.instance = "/x",
	};
	const struct live_asker asker = { &woken[connection], websocket };
	struct live_client *client = live_client_new(&crowd, &request, &asker);

	ck_assert_ptr_nonnull(client);
	return client;
}

static struct live_client *
come_first(enum live_kind kind, int64_t time, bool websocket)
{
	struct live_client *client = come(kind, time, 0, websocket);

	accept_live();
	expect_question(MESSAGE_WATCH, ID);
	return client;
}

/* What is sent next, in arena. */
static const char *
next(struct live_client *client, enum live_step expected)
{
	struct mr_buffer piece = { .arena = arena };

	ck_assert_int_eq(live_client_next(client, &piece), expected);
	ck_assert(!piece.failed);
	return piece.length == 0 ? "" : mr_buffer_text(&piece);
}

/* Two clients, one question. */
START_TEST(test_result_is_fetched_once_and_shared)
{
	const struct mr_job_result result = { 201, BYTES("x/y"),
		                              BYTES("body") };
	struct live_client *first = come_first(LIVE_WAIT, LATE, false);
	struct live_client *second = come(LIVE_WAIT, LATE, 1, false);
	const char *text;

	send_change(ID, MR_JOB_RUNNING, RUNNING);
	next(first, LIVE_REST);
	expect_no_question();
	send_change(ID, MR_JOB_SUCCEEDED, SUCCEEDED);
	expect_question(MESSAGE_RESULT, ID);
	next(first, LIVE_REST);
	send_message(&(struct message){ .type = MESSAGE_REPLY, .id = ID,
	                                .result = result });
	text = next(first, LIVE_LAST);
	ck_assert_has(text, "HTTP/1.1 201 ");
	ck_assert_has(text, "\r\nContent-Type: x/y\r\nContent-Length: 4\r\n");
	ck_assert_has(text, "\r\nX-Request-Id: id-1\r\n");
	ck_assert_has(text, "\r\n\r\nbody");
	live_client_free(first);
	ck_assert_has(next(second, LIVE_LAST), "\r\n\r\nbody");
	expect_no_question();
	live_client_free(second);
	ck_assert(TAILQ_EMPTY(&crowd.jobs.jobs));
}
END_TEST

START_TEST(test_long_result_is_sent_in_pieces)
{
	static char body[100000];
	const struct mr_job_result result = { 200, BYTES("x/y"),
		                              { body, sizeof(body) } };
	struct live_client *client = come_first(LIVE_WAIT, LATE, false);
	size_t sent;

	memset(body, 'b', sizeof(body));
	send_change(ID, MR_JOB_SUCCEEDED, SUCCEEDED);
	send_message(&(struct message){ .type = MESSAGE_REPLY, .id = ID,
	                                .result = result });
	sent = strlen(strstr(next(client, LIVE_PIECE), "\r\n\r\n")) - 4;
	ck_assert_uint_lt(sent, sizeof(body));
	ck_assert_uint_eq(strlen(next(client, LIVE_LAST)), sizeof(body) - sent);
	live_client_free(client);
}
END_TEST

START_TEST(test_wait_that_is_over_is_told_where_the_job_is)
{
	struct live_client *client = come_first(LIVE_WAIT, 1000, false);
	const char *text;

	send_change(ID, MR_JOB_RUNNING, RUNNING);
	live_crowd_tick(&crowd, 1000);
	text = next(client, LIVE_LAST);
	ck_assert_has(text, "HTTP/1.1 202 ");
	ck_assert_has(text, "\r\nLocation: /jobs/" ID "\r\n");
	ck_assert_has(text, "\r\nPreference-Applied: respond-async\r\n");
	ck_assert_has(text, "\"state\":\"running\"");
	live_client_free(client);
	expect_question(MESSAGE_UNWATCH, ID);
}
END_TEST

START_TEST(test_wait_without_a_broker_is_told_so)
{
	struct live_client *client = come(LIVE_WAIT, 1000, 0, false);

	live_crowd_tick(&crowd, 1000);
	ck_assert_has(next(client, LIVE_LAST), "HTTP/1.1 503 ");
	live_client_free(client);
}
END_TEST

START_TEST(test_failure_is_told_in_the_words_of_the_broker)
{
	struct live_client *client = come_first(LIVE_WAIT, LATE, false);
	const char *text;

	send_message(&(struct message){ .type = MESSAGE_CHANGED, .id = ID,
	                                .err = MR_STORAGE_FULL,
	                                .detail = "The disk is full" });
	text = next(client, LIVE_LAST);
	ck_assert_has(text, "HTTP/1.1 507 ");
	ck_assert_has(text, "\"detail\":\"The disk is full\"");
	live_client_free(client);
}
END_TEST

START_TEST(test_unknown_job_is_not_found)
{
	struct live_client *wait = come_first(LIVE_WAIT, LATE, false);
	struct live_client *events = come(LIVE_EVENTS, 0, 1, false);
	struct live_client *socket = come(LIVE_EVENTS, 0, 2, true);

	send_message(&(struct message){ .type = MESSAGE_CHANGED, .id = ID,
	                                .err = MR_NOT_FOUND });
	ck_assert_int_eq(woken[2], 1);
	ck_assert_has(next(wait, LIVE_LAST), "HTTP/1.1 404 ");
	ck_assert_has(next(events, LIVE_LAST), "\"instance\":\"/x\"");
	ck_assert_str_eq(next(socket, LIVE_LAST), "");
	ck_assert_int_eq(live_client_reason(socket), LIVE_CLOSE_UNKNOWN);
	live_client_free(wait);
	live_client_free(events);
	live_client_free(socket);
	expect_no_question();
}
END_TEST

START_TEST(test_events_are_all_states_and_then_the_end)
{
	struct live_client *client = come_first(LIVE_EVENTS, 0, false);
	const char *text;

	next(client, LIVE_REST);
	send_change(ID, MR_JOB_RUNNING, RUNNING);
	text = next(client, LIVE_PIECE);
	ck_assert_has(text, "\r\nContent-Type: text/event-stream\r\n");
	ck_assert_has(text, "\r\n\r\nretry: 1000\nid: 1\nevent: state\ndata: {");
	ck_assert_has(text, "\"state\":\"queued\"");
	text = next(client, LIVE_PIECE);
	ck_assert_int_eq(strncmp(text, "id: 2\nevent: state\n", 19), 0);
	ck_assert_has(text, "\"state\":\"running\"");
	next(client, LIVE_REST);
	send_change(ID, MR_JOB_SUCCEEDED, SUCCEEDED);
	text = next(client, LIVE_LAST);
	ck_assert_has(text, "id: 3\nevent: state\n");
	ck_assert_int_eq(live_client_reason(client), LIVE_CLOSE_NORMAL);
	ck_assert_str_eq(next(client, LIVE_LAST), "");
	live_client_free(client);
}
END_TEST

/* A client that has seen the end is told not to come again. */
START_TEST(test_events_go_on_where_a_client_was)
{
	const struct live_asker asker = { &woken[0], false };
	struct live_request request = { .kind = LIVE_EVENTS, .job = ID,
		                        .after = 2, .request_id = "",
		                        .instance = "" };
	struct live_client *client = live_client_new(&crowd, &request, &asker);

	accept_live();
	send_change(ID, MR_JOB_SUCCEEDED, SUCCEEDED);
	ck_assert_has(next(client, LIVE_LAST), "id: 3\nevent: state\n");
	live_client_free(client);
	request.after = 3;
	client = live_client_new(&crowd, &request, &asker);
	send_change(ID, MR_JOB_SUCCEEDED, SUCCEEDED);
	ck_assert_has(next(client, LIVE_LAST), "HTTP/1.1 204 ");
	live_client_free(client);
}
END_TEST

/* What was not sent yet is passed over: only the latest is. */
START_TEST(test_progress_is_the_latest)
{
	struct live_client *client = come_first(LIVE_EVENTS, 0, true);
	struct score_job *job = &board->scores[3].job;
	const char *text;

	atomic_store(&board->used, 4);
	atomic_store(&board->scores[3].pid, 1);
	send_change(ID, MR_JOB_RUNNING, QUEUED);
	ck_assert_has(next(client, LIVE_PIECE),
	              "{\"event\":\"state\",\"id\":1,\"data\":{");
	progress_begin(job, ID, 1);
	progress_tell(job, 1, 100, "first");
	ck_assert_int_eq(live_crowd_tick(&crowd, 1000), 1100);
	progress_tell(job, 50, 100, "half");
	live_crowd_tick(&crowd, 1100);
	text = next(client, LIVE_PIECE);
	ck_assert_has(text, "{\"event\":\"progress\",\"id\":1,\"data\":{");
	ck_assert_has(text, "half");
	next(client, LIVE_REST);
	live_crowd_tick(&crowd, 1200);
	next(client, LIVE_REST);
	live_client_free(client);
}
END_TEST

START_TEST(test_silent_client_hears_that_we_are_there)
{
	struct live_client *events = come_first(LIVE_EVENTS, 0, false);
	struct live_client *socket = come(LIVE_EVENTS, 0, 1, true);

	send_change(ID, MR_JOB_QUEUED, QUEUED);
	next(events, LIVE_PIECE);
	next(socket, LIVE_PIECE);
	live_crowd_tick(&crowd, LATE);
	ck_assert_str_eq(next(events, LIVE_REST), ":\n\n");
	ck_assert_str_eq(next(socket, LIVE_PING), "");
	next(events, LIVE_REST);
	next(socket, LIVE_REST);
	live_client_free(events);
	live_client_free(socket);
}
END_TEST

/* The next broker is asked anew; for a result as well. */
START_TEST(test_broker_that_comes_back_is_asked_again)
{
	struct live_client *client = come_first(LIVE_WAIT, LATE, false);

	close_broker();
	live_jobs_hear(&crowd.jobs);
	next(client, LIVE_REST);
	ck_assert_int_eq(live_crowd_tick(&crowd, 1000), 1100);
	open_broker();
	ck_assert_int_eq(live_crowd_tick(&crowd, 1050), 1100);
	ck_assert_int_eq(live_crowd_tick(&crowd, 1100), LATE);
	accept_live();
	expect_question(MESSAGE_WATCH, ID);
	send_change(ID, MR_JOB_SUCCEEDED, SUCCEEDED);
	expect_question(MESSAGE_RESULT, ID);
	close_broker();
	live_jobs_hear(&crowd.jobs);
	open_broker();
	live_crowd_tick(&crowd, 2000);
	accept_live();
	expect_question(MESSAGE_RESULT, ID);
	live_client_free(client);
}
END_TEST

static const struct {
	enum live_stage stage;
	enum live_kind kind;
	enum live_step step;
	const char *begin;
} stages[] = {
	{ LIVE_STOPPING, LIVE_WAIT, LIVE_LAST, "HTTP/1.1 202 " },
	{ LIVE_STOPPING, LIVE_EVENTS, LIVE_LAST, "" },
	{ LIVE_REPLACED, LIVE_WAIT, LIVE_LAST, "" },
	{ LIVE_REPLACED, LIVE_EVENTS, LIVE_LAST, "" },
};

START_TEST(test_each_hears_that_we_leave)
{
	const char *begin = stages[_i].begin;
	struct live_client *watcher = come_first(LIVE_EVENTS, 0, true);
	struct live_client *client = come(stages[_i].kind, LATE, 1, false);

	send_change(ID, MR_JOB_QUEUED, QUEUED);
	woken[1] = 0;
	live_crowd_enter(&crowd, stages[_i].stage);
	ck_assert_int_eq(woken[1], 1);
	ck_assert_int_eq(strncmp(next(client, stages[_i].step), begin,
	                         strlen(begin)),
	                 0);
	if (*begin == '\0')
		ck_assert_str_eq(next(client, stages[_i].step), "");
	ck_assert_int_eq(live_client_reason(watcher),
	                 stages[_i].stage == LIVE_REPLACED
	                     ? LIVE_CLOSE_RESTART
	                     : LIVE_CLOSE_STOPPING);
	live_client_free(client);
	live_client_free(watcher);
}
END_TEST

static void
tear_down(void)
{
	live_crowd_free(&crowd);
	scoreboard_free(board);
	mr_arena_free(scratch);
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, test_result_is_fetched_once_and_shared);
	tcase_add_test(tc, test_long_result_is_sent_in_pieces);
	tcase_add_test(tc, test_wait_that_is_over_is_told_where_the_job_is);
	tcase_add_test(tc, test_wait_without_a_broker_is_told_so);
	tcase_add_test(tc, test_failure_is_told_in_the_words_of_the_broker);
	tcase_add_test(tc, test_unknown_job_is_not_found);
	tcase_add_test(tc, test_events_are_all_states_and_then_the_end);
	tcase_add_test(tc, test_events_go_on_where_a_client_was);
	tcase_add_test(tc, test_progress_is_the_latest);
	tcase_add_test(tc, test_silent_client_hears_that_we_are_there);
	tcase_add_test(tc, test_broker_that_comes_back_is_asked_again);
	tcase_add_loop_test(tc, test_each_hears_that_we_leave, 0, N(stages));
}

UNIT_MAIN("live_client", add_tests)
