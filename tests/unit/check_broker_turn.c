/*
 * check_broker_turn.c: turns by hand: who is heard in which, what follows from
 * it, and who has gone.
 */
#include "fcgi/broker/broker_turn.h"

#include "broker.h"
#include "fcgi/base/clock.h"
#include "new_board.h"

#include <sys/socket.h>

#define QUESTIONS 4096               /* of one turn, and ... */
#define BYTES_OF_TURN ((size_t)32 << 20) /* ... bytes, after which it ends */
#define PEERS 2

static struct scoreboard *board;
static struct config config;
static struct broker_state state;
static struct broker_connection *connections[PEERS];
static int ends[PEERS];

static struct broker_connection *
connect_peer(int *end)
{
	struct broker_connection *connection = calloc(1, sizeof(*connection));
	int fds[2];

	ck_assert_ptr_nonnull(connection);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	                            fds),
	                 0);
	connection->fd = fds[0];
	connection->claim.holder = connection;
	connection->claim.pid = connection->pid = getpid();
	*end = fds[1];
	return connection;
}

static void
begin(void)
{
	flaky_setup();
	board = new_board();
	snprintf(board->instance, sizeof(board->instance), "%s", broker_id(0));
	config_default(&config);
	broker_state_init(&state, &config, board);
	state.store = &flaky.store;
	state.arena = mr_arena_new();
	for (int i = 0; i < PEERS; i++)
		connections[i] = connect_peer(&ends[i]);
}

static void
leave(int peer)
{
	broker_state_leave(&state, connections[peer]);
	broker_connection_free(connections[peer]);
	connections[peer] = NULL;
}

static void
end(void)
{
	for (int i = 0; i < PEERS; i++) {
		if (connections[i] != NULL)
			leave(i);
		close(ends[i]);
	}
	broker_state_free(&state);
	mr_arena_free(state.arena);
	scoreboard_free(board);
	flaky_teardown();
}

/* As if it had been read; who has messages is ready. */
static void
say(int peer, struct message message)
{
	struct broker_connection *connection = connections[peer];
	struct mr_buffer bytes = { .arena = arena };

	message_write(&message, &bytes);
	ck_assert(!bytes.failed);
	ck_assert(byte_queue_add(&connection->in, bytes.data, bytes.length));
	if (!connection->is_ready)
		TAILQ_INSERT_TAIL(&state.ready, connection, ready);
	connection->is_ready = true;
}

/* The next answer; false: there is none. */
static bool
hear(int peer, struct message *message)
{
	struct byte_queue *out = &connections[peer]->out;
	size_t length = byte_queue_length(out);
	const char *bytes;

	if (length == 0)
		return false;
	length = message_length(out->data + out->begin, length);
	bytes = mr_arena_copy(arena, out->data + out->begin, length);
	ck_assert(message_read(bytes, length, arena, message));
	byte_queue_drop(out, length);
	return true;
}

static size_t
answers(int peer)
{
	struct message message;
	size_t count = 0;

	while (hear(peer, &message))
		count++;
	return count;
}

static void
turn(void)
{
	broker_turn(&state, false);
}

/* Who was not heard in a full turn is the first of the next. */
START_TEST(test_many_questions_do_not_keep_others_waiting)
{
	for (int i = 0; i < QUESTIONS + 10; i++)
		say(0, broker_about(MESSAGE_FIND, i));
	say(1, broker_about(MESSAGE_FIND, 1));
	turn();
	ck_assert_uint_eq(answers(0), QUESTIONS);
	ck_assert_uint_eq(answers(1), 0);
	ck_assert_ptr_eq(TAILQ_FIRST(&state.ready), connections[1]);
	turn();
	ck_assert_uint_eq(answers(0), 10);
	ck_assert_uint_eq(answers(1), 1);
	ck_assert(TAILQ_EMPTY(&state.ready));
}
END_TEST

START_TEST(test_large_questions_do_not_keep_others_waiting)
{
	struct message large = broker_about(MESSAGE_CHECKPOINT, 1);

	large.checkpoint.length = BYTES_OF_TURN / 2;
	large.checkpoint.data = mr_arena_alloc(arena, BYTES_OF_TURN);
	for (int i = 0; i < 3; i++)
		say(0, large);
	say(1, broker_about(MESSAGE_FIND, 1));
	turn();
	ck_assert_uint_eq(answers(0), 2);
	ck_assert_uint_eq(answers(1), 0);
	turn();
	ck_assert_uint_eq(answers(0), 1);
	ck_assert_uint_eq(answers(1), 1);
}
END_TEST

/* A claim that was there before there was a job. */
START_TEST(test_idle_runner_is_given_a_job_that_comes)
{
	struct message reply;

	say(0, (struct message){ .type = MESSAGE_CLAIM });
	turn();
	ck_assert_uint_eq(answers(0), 0);
	say(1, broker_submit(1));
	turn();
	ck_assert_uint_eq(answers(1), 1);
	ck_assert(hear(0, &reply));
	ck_assert_int_eq(reply.err, MR_OK);
	ck_assert_str_eq(reply.jobs->id, broker_id(1));
	ck_assert_ptr_eq(broker_runs_find(&state.runs, broker_id(1))->holder,
	                 connections[0]);
}
END_TEST

/* Neither costs a second transaction. */
START_TEST(test_runner_that_claims_is_given_a_job_that_comes_with_it)
{
	struct message reply;

	say(0, (struct message){ .type = MESSAGE_CLAIM });
	say(1, broker_submit(1));
	turn();
	ck_assert_uint_eq(answers(1), 1);
	ck_assert(hear(0, &reply));
	ck_assert_str_eq(reply.jobs->id, broker_id(1));
}
END_TEST

/* For others no turn waits: a job may take long. */
START_TEST(test_who_was_answered_is_counted_once)
{
	say(0, (struct message){ .type = MESSAGE_CLAIM });
	say(1, broker_submit(1));
	say(1, broker_about(MESSAGE_FIND, 1));
	turn();
	ck_assert_uint_eq(answers(0), 1);
	ck_assert_uint_eq(answers(1), 2);
	ck_assert_uint_eq(state.answered, 1);
	ck_assert_uint_eq(connections[1]->turn, state.turn);
	ck_assert_uint_ne(connections[0]->turn, state.turn);
	turn();
	ck_assert_uint_eq(state.answered, 0);
}
END_TEST

/* It has claimed, watches, and still has a question. */
START_TEST(test_who_has_ended_is_forgotten)
{
	int64_t counts[MR_JOB_STATE_COUNT];

	say(0, broker_submit(1));
	say(0, broker_about(MESSAGE_WATCH, 1));
	turn();
	say(0, (struct message){ .type = MESSAGE_CLAIM });
	turn();
	turn();
	say(0, broker_finish(1, 1, 200));
	say(0, (struct message){ .type = MESSAGE_CLAIM });
	say(0, broker_submit(2));
	say(0, broker_about(MESSAGE_WATCH, 2));
	state.upkeep.pause = UINT64_MAX;
	turn();
	say(0, broker_about(MESSAGE_FIND, 2));
	leave(0);
	ck_assert(TAILQ_EMPTY(&state.ready));
	ck_assert(TAILQ_EMPTY(&state.upkeep.claims));
	ck_assert_uint_eq(state.watches.count, 0);
	state.upkeep.pause = 0;
	say(1, broker_about(MESSAGE_CANCEL, 2));
	turn();
	ck_assert_uint_eq(answers(1), 1);
	ck_assert_int_eq(flaky.real->functions->count(flaky.real, counts),
	                 MR_OK);
	ck_assert_int_eq(counts[MR_JOB_SUCCEEDED], 1);
	ck_assert_int_eq(counts[MR_JOB_CANCELLED], 1);
}
END_TEST

/* A runner has gone: with its job unread, or before it has said a word. */
START_TEST(test_job_of_who_has_ended_runs_again)
{
	struct message reply;

	say(0, broker_submit(1));
	say(0, (struct message){ .type = MESSAGE_CLAIM });
	turn();
	turn();
	ck_assert_ptr_nonnull(broker_runs_find(&state.runs, broker_id(1)));
	connections[0]->unread = _i == 0;
	leave(0);
	if (_i != 0)
		broker_runs_look(&state.runs, UINT64_MAX);
	turn();
	say(1, broker_about(MESSAGE_FIND, 1));
	turn();
	ck_assert(hear(1, &reply));
	ck_assert_int_eq(reply.jobs->state, MR_JOB_QUEUED);
	ck_assert_int_eq(reply.jobs->cause,
	                 _i == 0 ? MR_JOB_CAUSE_DRAINED : MR_JOB_CAUSE_LOST);
	ck_assert_int_eq(reply.jobs->losses, _i);
}
END_TEST

START_TEST(test_last_turn_gives_no_job)
{
	say(0, (struct message){ .type = MESSAGE_CLAIM });
	say(1, broker_submit(1));
	broker_turn(&state, true);
	ck_assert_uint_eq(answers(0), 0);
	ck_assert_uint_eq(answers(1), 1);
}
END_TEST

START_TEST(test_failure_that_lasts_is_logged_now_and_then)
{
	uint64_t logged = 0;

	ck_assert(broker_may_complain(&logged));
	ck_assert_uint_gt(logged, 0);
	logged = clock_now() + 3600 * CLOCK_NS_PER_S;
	ck_assert(!broker_may_complain(&logged));
	logged = 1;
	ck_assert(clock_now() < 60 * CLOCK_NS_PER_S ||
	          broker_may_complain(&logged));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_many_questions_do_not_keep_others_waiting);
	tcase_add_test(tc, test_large_questions_do_not_keep_others_waiting);
	tcase_add_test(tc, test_idle_runner_is_given_a_job_that_comes);
	tcase_add_test(tc, test_runner_that_claims_is_given_a_job_that_comes_with_it);
	tcase_add_test(tc, test_who_was_answered_is_counted_once);
	tcase_add_test(tc, test_who_has_ended_is_forgotten);
	tcase_add_loop_test(tc, test_job_of_who_has_ended_runs_again, 0, 2);
	tcase_add_test(tc, test_last_turn_gives_no_job);
	tcase_add_test(tc, test_failure_that_lasts_is_logged_now_and_then);
}

UNIT_MAIN("broker_turn", add_tests)
