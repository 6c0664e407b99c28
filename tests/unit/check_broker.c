/*
 * check_broker.c: a broker in a process of its own, on a store in a file, and
 * those who ask it.
 */
#include "fcgi/broker/broker.h"

#include "broker.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/listener.h"
#include "fcgi/board/progress.h"
#include "fcgi/wire/broker_client.h"
#include "new_board.h"
#include "place.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define SOCKET "s"
#define STATE "state"
#define PATIENCE 20000 /* ms */
#define PLACE 3        /* of a runner on the scoreboard */

static struct scoreboard *board;
static struct config config;
static struct broker_client client;
static int listener, quit, ready;
static pid_t broker;

static int
serve(void)
{
	struct service service = { .arena = mr_arena_new() };
	const struct worker worker = { .config = &config,
		                       .listener = listener,
		                       .ready = ready,
		                       .board = board,
		                       .score = &board->scores[0] };
	int log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(log, STDERR_FILENO);
	return broker_run(&worker, &service, quit) ? 7 : 8;
}

static void
start_broker(void)
{
	fflush(NULL);
	broker = fork();
	ck_assert_int_ge(broker, 0);
	if (broker == 0)
		_exit(serve());
}

static void
kill_broker(void)
{
	if (broker == 0)
		return;
	kill(broker, SIGKILL);
	ck_assert_int_eq(waitpid(broker, NULL, 0), broker);
	broker = 0;
}

static void
prepare(void)
{
	board = new_board();
	snprintf(board->instance, sizeof(board->instance), "%s", broker_id(0));
	atomic_store(&board->used, PLACE + 1);
	config_default(&config);
	snprintf(config.state, sizeof(config.state), STATE);
	listener = listener_open(SOCKET, "", 64);
	quit = eventfd(0, EFD_CLOEXEC);
	ready = eventfd(0, EFD_CLOEXEC);
	ck_assert(listener >= 0 && quit >= 0 && ready >= 0);
	broker_client_init(&client, SOCKET);
}

static void
begin(void)
{
	place_setup();
	prepare();
	ck_assert_int_eq(mkdir(STATE, 0700), 0);
	start_broker();
}

static void
end(void)
{
	kill_broker();
	broker_client_close(&client);
	scoreboard_free(board);
	place_teardown();
}

/* Asking. */

static struct message
ask_by(struct broker_client *by, struct message question)
{
	struct message reply;

	by->patience = PATIENCE;
	ck_assert_int_eq(broker_client_ask(by, &question, arena, &reply),
	                 MR_OK);
	return reply;
}

static struct message
ask(struct message question)
{
	return ask_by(&client, question);
}

static int64_t
state_of(int number)
{
	struct message reply = ask(broker_about(MESSAGE_FIND, number));

	ck_assert_int_eq(reply.err, MR_OK);
	return reply.jobs->state;
}

static void
submit(int number)
{
	ck_assert_int_eq(ask(broker_submit(number)).err, MR_OK);
}

/* What other processes do is waited for, with patience. */
#define AWAIT(truth)                                                           \
	do {                                                                   \
		uint64_t end_ = clock_now() + PATIENCE * CLOCK_NS_PER_MS;      \
		while (!(truth) && clock_now() < end_)                         \
			poll(NULL, 0, 10);                                     \
		ck_assert_msg(truth, "it never was: %s", #truth);              \
	} while (0)

static void
send_to(int fd, struct message message)
{
	struct mr_buffer bytes = { .arena = arena };

	message_write(&message, &bytes);
	for (size_t sent = 0; sent < bytes.length;) {
		ssize_t got = write(fd, bytes.data + sent, bytes.length - sent);

		ck_assert_int_gt(got, 0);
		sent += (size_t)got;
	}
}

static int
connect_peer(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
		                       .sun_path = SOCKET };
	const struct timeval patience = { .tv_sec = PATIENCE / 1000 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address,
	                         sizeof(address)),
	                 0);
	return fd;
}

/* A runner in this process. */

static const struct message claim = { .type = MESSAGE_CLAIM, .number = PLACE };

static struct broker_client
new_runner(void)
{
	struct broker_client runner;

	broker_client_init(&runner, SOCKET);
	return runner;
}

/* Claims, and tells the scoreboard that it runs; its attempt. */
static int64_t
run(struct broker_client *runner, int number)
{
	struct message reply = ask_by(runner, claim);

	ck_assert_int_eq(reply.err, MR_OK);
	ck_assert_uint_eq(reply.job_count, 1);
	ck_assert_str_eq(reply.jobs->id, broker_id(number));
	ck_assert_int_eq(reply.jobs->state, MR_JOB_RUNNING);
	atomic_store(&board->scores[PLACE].pid, getpid());
	progress_begin(&board->scores[PLACE].job, reply.jobs->id,
	               reply.jobs->attempt);
	return reply.jobs->attempt;
}

/*
 * The leases of those who are known to run are renewed.  When that is done
 * twice, whoever was silent before has been silent for too long.
 */
static void
await_census(int number)
{
	for (int i = 0; i < 2; i++) {
		struct message find = broker_about(MESSAGE_FIND, number);
		int64_t lease = ask(find).jobs->lease;

		AWAIT(ask(find).jobs->lease > lease);
	}
}

static void
stop_running(struct broker_client *runner)
{
	progress_begin(&board->scores[PLACE].job, NULL, 0);
	broker_client_close(runner);
}

START_TEST(test_job_is_run_and_its_result_kept)
{
	struct broker_client runner = new_runner();
	struct message reply;

	submit(1);
	reply = ask_by(&runner, claim);
	ck_assert_str_eq(reply.input.path.data, "/spin now");
	ck_assert_str_eq(reply.input.body.data, "{}");
	ck_assert_uint_eq(reply.checkpoint.length, 0);
	ck_assert_int_eq(ask_by(&runner, broker_finish(1, 1, 200)).err, MR_OK);
	reply = ask(broker_about(MESSAGE_RESULT, 1));
	ck_assert_int_eq(reply.jobs->state, MR_JOB_SUCCEEDED);
	ck_assert_int_eq(reply.result.status, 200);
	ck_assert_str_eq(reply.result.body.data, "[1]");
	ck_assert_int_eq(ask_by(&runner, broker_finish(1, 1, 500)).err,
	                 MR_CONFLICT);
	broker_client_close(&runner);
	ck_assert_has(place_read("log").data, "0001: new -> queued attempt=0");
	ck_assert_has(place_read("log").data,
	              "0001: queued -> running attempt=1");
	ck_assert_has(place_read("log").data,
	              "0001: running -> succeeded attempt=1");
}
END_TEST

/* The runner ends without a word: the job runs again, soon. */
START_TEST(test_job_of_a_runner_that_ended_runs_again)
{
	struct broker_client runner = new_runner();
	pid_t child;
	int status;

	submit(1);
	child = fork();
	if (child == 0) {
		run(&runner, 1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	runner = new_runner();
	ck_assert_int_eq(run(&runner, 1), 2);
	stop_running(&runner);
	AWAIT(strstr(place_read("log").data, "attempt=1 cause=lost") != NULL);
}
END_TEST

/* A connection that breaks is no end of a runner that goes on. */
START_TEST(test_runner_may_connect_anew)
{
	struct broker_client runner = new_runner();

	submit(1);
	ck_assert_int_eq(run(&runner, 1), 1);
	broker_client_close(&runner);
	await_census(1);
	ck_assert_int_eq(state_of(1), MR_JOB_RUNNING);
	ck_assert_int_eq(ask_by(&runner, broker_finish(1, 1, 200)).err, MR_OK);
	stop_running(&runner);
}
END_TEST

/* It closes its connection and runs something else. */
START_TEST(test_job_that_nobody_runs_is_lost)
{
	struct broker_client runner = new_runner();

	submit(1);
	ck_assert_int_eq(run(&runner, 1), 1);
	stop_running(&runner);
	AWAIT(state_of(1) == MR_JOB_QUEUED);
}
END_TEST

/* It quits while its job is on its way: nobody has run it. */
START_TEST(test_job_that_was_never_read_is_given_back)
{
	int fd = connect_peer();

	send_to(fd, claim);
	submit(1);
	AWAIT(state_of(1) == MR_JOB_RUNNING);
	close(fd);
	AWAIT(state_of(1) == MR_JOB_QUEUED);
	ck_assert_int_eq(ask(broker_about(MESSAGE_FIND, 1)).jobs->losses, 0);
	AWAIT(strstr(place_read("log").data, "attempt=1 cause=drained") != NULL);
}
END_TEST

START_TEST(test_runner_that_claims_again_has_lost_its_job)
{
	struct broker_client runner = new_runner();

	submit(1);
	ck_assert_int_eq(run(&runner, 1), 1);
	ck_assert_int_eq(run(&runner, 1), 2);
	stop_running(&runner);
}
END_TEST

/* The runner goes on while the broker is killed, and is known to the next. */
START_TEST(test_run_outlives_a_broker)
{
	struct broker_client runner = new_runner();
	struct message kept = broker_about(MESSAGE_CHECKPOINT, 1);

	submit(1);
	kept.attempt = run(&runner, 1);
	kept.checkpoint = (struct mr_string)BYTES("half");
	ck_assert_int_eq(ask_by(&runner, kept).err, MR_OK);
	kill_broker();
	start_broker();
	await_census(1);
	ck_assert_int_eq(state_of(1), MR_JOB_RUNNING);
	ck_assert_int_eq(ask_by(&runner, kept).err, MR_OK);
	ck_assert_int_eq(ask_by(&runner, broker_finish(1, 1, 200)).err, MR_OK);
	stop_running(&runner);
	ck_assert_int_eq(state_of(1), MR_JOB_SUCCEEDED);
}
END_TEST

/* Neither the runner nor its server is there any more. */
START_TEST(test_runs_of_the_dead_are_lost_at_once)
{
	struct broker_client runner = new_runner();
	struct message reply;

	submit(1);
	ck_assert_int_eq(run(&runner, 1), 1);
	kill_broker();
	if (_i == 0)
		progress_begin(&board->scores[PLACE].job, NULL, 0);
	else
		snprintf(board->instance, sizeof(board->instance), "%s",
		         broker_id(99));
	start_broker();
	broker_client_close(&runner);
	reply = ask_by(&runner, claim);
	ck_assert_int_eq(reply.jobs->attempt, 2);
	ck_assert_int_eq(reply.jobs->losses, 1);
	broker_client_close(&runner);
}
END_TEST

START_TEST(test_retry_gets_the_checkpoint)
{
	struct broker_client runner = new_runner();
	struct message kept = broker_about(MESSAGE_CHECKPOINT, 1);
	struct message drained = broker_about(MESSAGE_FAIL, 1);
	struct message reply;

	submit(1);
	kept.attempt = drained.attempt = run(&runner, 1);
	kept.checkpoint = (struct mr_string)BYTES("half");
	drained.cause = MR_JOB_CAUSE_DRAINED;
	ck_assert_int_eq(ask_by(&runner, kept).err, MR_OK);
	ck_assert_int_eq(ask_by(&runner, drained).err, MR_OK);
	reply = ask_by(&runner, claim);
	ck_assert_int_eq(reply.jobs->attempt, 2);
	ck_assert_int_eq(reply.jobs->failures + reply.jobs->losses, 0);
	ck_assert_str_eq(reply.checkpoint.data, "half");
	stop_running(&runner);
}
END_TEST

START_TEST(test_crash_leaves_what_a_client_would_have_got)
{
	struct broker_client runner = new_runner();
	struct message crash = broker_about(MESSAGE_FAIL, 1);
	struct message reply;

	submit(1);
	crash.attempt = run(&runner, 1);
	crash.cause = MR_JOB_CAUSE_CRASH;
	crash.number = SIGSEGV;
	crash.detail = "The function was stopped by SIGSEGV";
	ck_assert_int_eq(ask_by(&runner, crash).err, MR_OK);
	reply = ask(broker_about(MESSAGE_RESULT, 1));
	ck_assert_int_eq(reply.jobs->state, MR_JOB_DEAD);
	ck_assert_int_eq(reply.jobs->signal, SIGSEGV);
	ck_assert_int_eq(reply.result.status, 500);
	ck_assert_str_eq(reply.result.content_type.data,
	                 "application/problem+json");
	ck_assert_has(reply.result.body.data, "stopped by SIGSEGV");
	ck_assert_has(reply.result.body.data, "/spin%20now");
	ck_assert_has(reply.result.body.data, "\"r\"");
	stop_running(&runner);
}
END_TEST

START_TEST(test_cancelled_job_is_told_on_the_scoreboard)
{
	struct broker_client runner = new_runner();
	struct message cancelled = broker_about(MESSAGE_FAIL, 1);

	atomic_store(&board->scores[PLACE].cancelled, 1);
	submit(1);
	cancelled.attempt = run(&runner, 1);
	ck_assert_uint_eq(atomic_load(&board->scores[PLACE].cancelled), 0);
	ck_assert_int_eq(ask(broker_about(MESSAGE_CANCEL, 1)).err, MR_OK);
	ck_assert_uint_ne(atomic_load(&board->scores[PLACE].cancelled), 0);
	cancelled.cause = MR_JOB_CAUSE_CANCELLED;
	ck_assert_int_eq(ask_by(&runner, cancelled).err, MR_OK);
	ck_assert_int_eq(state_of(1), MR_JOB_CANCELLED);
	stop_running(&runner);
}
END_TEST

START_TEST(test_job_is_queued_when_it_is_due)
{
	struct message later = broker_submit(1);
	struct mr_job job = later.jobs[0];

	job.due = (int64_t)clock_unix_ms() + 300;
	later.jobs = &job;
	ck_assert_int_eq(ask(later).jobs->state, MR_JOB_SCHEDULED);
	AWAIT(state_of(1) == MR_JOB_QUEUED);
	ck_assert_uint_ge(clock_unix_ms(), job.due);
}
END_TEST

/* Watching. */

static struct message
receive(int fd)
{
	char head[MESSAGE_HEAD], *bytes;
	struct message message;
	size_t length;

	ck_assert_int_eq(recv(fd, head, sizeof(head), MSG_WAITALL),
	                 sizeof(head));
	length = message_length(head, sizeof(head));
	bytes = mr_arena_alloc(arena, length);
	memcpy(bytes, head, sizeof(head));
	ck_assert_int_eq(recv(fd, bytes + sizeof(head), length - sizeof(head),
	                      MSG_WAITALL),
	                 length - sizeof(head));
	ck_assert(message_read(bytes, length, arena, &message));
	return message;
}

static void
expect_change(int fd, int number, int64_t state)
{
	struct message message = receive(fd);

	ck_assert_int_eq(message.type, MESSAGE_CHANGED);
	ck_assert_str_eq(message.id, broker_id(number));
	ck_assert_int_eq(message.err, MR_OK);
	ck_assert_int_eq(message.jobs->state, state);
}

START_TEST(test_watcher_is_told_of_each_change_until_the_last)
{
	struct broker_client runner = new_runner();
	int fd = connect_peer();

	submit(1);
	submit(2);
	send_to(fd, broker_about(MESSAGE_WATCH, 1));
	expect_change(fd, 1, MR_JOB_QUEUED);
	run(&runner, 1);
	expect_change(fd, 1, MR_JOB_RUNNING);
	ask_by(&runner, broker_finish(1, 1, 200));
	expect_change(fd, 1, MR_JOB_SUCCEEDED);
	ask(broker_about(MESSAGE_CANCEL, 2));
	send_to(fd, broker_about(MESSAGE_WATCH, 2));
	expect_change(fd, 2, MR_JOB_CANCELLED);
	send_to(fd, broker_about(MESSAGE_WATCH, 3));
	ck_assert_int_eq(receive(fd).err, MR_NOT_FOUND);
	stop_running(&runner);
	close(fd);
}
END_TEST

START_TEST(test_many_watches_of_one_connection)
{
	enum { MANY = 2000 };
	int fd = connect_peer();

	submit(1);
	submit(2);
	for (int i = 0; i < MANY; i++)
		send_to(fd, broker_about(i % 2 == 0 ? MESSAGE_WATCH
		                                    : MESSAGE_UNWATCH, 1));
	for (int i = 0; i < MANY / 2; i++)
		expect_change(fd, 1, MR_JOB_QUEUED);
	send_to(fd, broker_about(MESSAGE_WATCH, 2));
	expect_change(fd, 2, MR_JOB_QUEUED);
	ask(broker_about(MESSAGE_CANCEL, 1));
	ask(broker_about(MESSAGE_CANCEL, 2));
	expect_change(fd, 2, MR_JOB_CANCELLED);
	close(fd);
}
END_TEST

/* Peers. */

START_TEST(test_stranger_is_dropped)
{
	char byte;
	int fd = connect_peer();

	ck_assert_int_eq(write(fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
	ck_assert_int_eq(read(fd, &byte, 1), 0);
	close(fd);
	submit(1);
}
END_TEST

/* It asks and asks, and never reads: others are served, and it is dropped. */
START_TEST(test_who_does_not_read_is_dropped)
{
	struct message large = broker_finish(1, 1, 200);
	struct broker_client runner = new_runner();
	int fd = connect_peer();

	submit(1);
	run(&runner, 1);
	large.result.body.length = 20 << 20;
	large.result.body.data = mr_arena_alloc(arena, (20 << 20) + 1);
	ck_assert_int_eq(ask_by(&runner, large).err, MR_OK);
	for (int i = 0; i < 10; i++)
		send_to(fd, broker_about(MESSAGE_RESULT, 1));
	AWAIT(strstr(place_read("log").data, "does not read") != NULL);
	ck_assert_int_eq(state_of(1), MR_JOB_SUCCEEDED);
	close(fd);
	stop_running(&runner);
}
END_TEST

/* The store. */

START_TEST(test_store_that_cannot_be_opened_is_told_and_tried_again)
{
	struct message reply;

	kill_broker();
	place_teardown();
	ck_assert_int_eq(mkdir(place, 0700), 0);
	ck_assert_int_eq(chdir(place), 0);
	prepare();
	place_write(STATE, (struct mr_string)BYTES("a file"));
	start_broker();
	reply = ask(broker_submit(1));
	ck_assert_int_eq(reply.err, MR_STORAGE);
	ck_assert_ptr_nonnull(reply.detail);
	ck_assert_uint_gt(strlen(reply.detail), 0);
	ck_assert_has(place_read("log").data, "Cannot open the store of jobs.");
	ck_assert_int_eq(unlink(STATE), 0);
	ck_assert_int_eq(mkdir(STATE, 0700), 0);
	AWAIT(ask(broker_submit(1)).err != MR_STORAGE);
	ck_assert_int_eq(state_of(1), MR_JOB_QUEUED);
	ck_assert_has(place_read("log").data, "Opened the store of jobs.");
}
END_TEST

START_TEST(test_old_jobs_go)
{
	kill_broker();
	config.job_keep = 1;
	start_broker();
	for (int i = 1; i <= 3; i++) {
		submit(i);
		ask(broker_about(MESSAGE_CANCEL, i));
	}
	kill_broker();
	start_broker();
	AWAIT(ask(broker_about(MESSAGE_FIND, 1)).err == MR_NOT_FOUND);
	AWAIT(ask(broker_about(MESSAGE_FIND, 2)).err == MR_NOT_FOUND);
	ck_assert_int_eq(state_of(3), MR_JOB_CANCELLED);
}
END_TEST

/* The end. */

START_TEST(test_quit_answers_what_has_arrived)
{
	const uint64_t one = 1;
	int fds[50], status;

	submit(1000);
	kill(broker, SIGSTOP);
	for (size_t i = 0; i < N(fds); i++) {
		fds[i] = connect_peer();
		send_to(fds[i], broker_submit((int)i));
	}
	ck_assert_int_eq(write(quit, &one, sizeof(one)), sizeof(one));
	kill(broker, SIGCONT);
	ck_assert_int_eq(waitpid(broker, &status, 0), broker);
	ck_assert_int_eq(WEXITSTATUS(status), 7);
	broker = 0;
	/* Those whose connections were not taken are for the next. */
	ck_assert_int_eq(read(quit, &(uint64_t){ 0 }, 8), 8);
	start_broker();
	for (size_t i = 0; i < N(fds); i++) {
		ck_assert_int_eq(receive(fds[i]).err, MR_OK);
		close(fds[i]);
	}
	ck_assert_int_eq(state_of(N(fds) - 1), MR_JOB_QUEUED);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_job_is_run_and_its_result_kept);
	tcase_add_test(tc, test_job_of_a_runner_that_ended_runs_again);
	tcase_add_test(tc, test_runner_may_connect_anew);
	tcase_add_test(tc, test_job_that_nobody_runs_is_lost);
	tcase_add_test(tc, test_job_that_was_never_read_is_given_back);
	tcase_add_test(tc, test_runner_that_claims_again_has_lost_its_job);
	tcase_add_test(tc, test_run_outlives_a_broker);
	tcase_add_loop_test(tc, test_runs_of_the_dead_are_lost_at_once, 0, 2);
	tcase_add_test(tc, test_retry_gets_the_checkpoint);
	tcase_add_test(tc, test_crash_leaves_what_a_client_would_have_got);
	tcase_add_test(tc, test_cancelled_job_is_told_on_the_scoreboard);
	tcase_add_test(tc, test_job_is_queued_when_it_is_due);
	tcase_add_test(tc, test_watcher_is_told_of_each_change_until_the_last);
	tcase_add_test(tc, test_many_watches_of_one_connection);
	tcase_add_test(tc, test_stranger_is_dropped);
	tcase_add_test(tc, test_who_does_not_read_is_dropped);
	tcase_add_test(tc, test_store_that_cannot_be_opened_is_told_and_tried_again);
	tcase_add_test(tc, test_old_jobs_go);
	tcase_add_test(tc, test_quit_answers_what_has_arrived);
}

UNIT_MAIN("broker", add_tests)
