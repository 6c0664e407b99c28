/*
 * check_runner.c: a runner in a process of its own, with the test in the
 * places of its broker and its master.
 */
#include "fcgi/runner/runner.h"

#include "broker_double.h"
#include "fcgi/base/listener.h"
#include "fcgi/board/progress.h"
#include "fcgi/wire/broker_client.h"
#include "fcgi/worker/guard.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#include <sys/eventfd.h>

#define JOB "01890a5d-ac96-774b-bcce-b302099a8057"
#define ATTEMPT 3
#define PLACE 2
#define PATIENCE 20000 /* ms */

/* What jobs do. */

#define ACT(name)                                                              \
	MR_NOTHING(name##_in);                                                 \
	MR_NOTHING(name##_out);                                                \
	static enum mr_err name(mr_call *call, const struct name##_in *in,     \
	                        struct name##_out *out)                        \
	{                                                                      \
		(void)in;                                                      \
		(void)out;                                                     \
		return do_##name(call);                                        \
	}                                                                      \
	MR_ENDPOINT(name, MR_POST, "/" #name, "S")

static enum mr_err
do_succeed(mr_call *call)
{
	return strcmp(mr_job_id(call), JOB) == 0 &&
	               strcmp(mr_restored(call).data, "half") == 0
	           ? MR_OK
	           : mr_refuse(call, "another job");
}
ACT(succeed);

static enum mr_err
do_refuse(mr_call *call)
{
	return mr_refuse(call, "no");
}
ACT(refuse);

static enum mr_err
do_crash(mr_call *call)
{
	volatile int *nowhere = NULL;

	(void)call;
	*nowhere = 1;
	return MR_OK;
}
ACT(crash);

static enum mr_err
do_leave(mr_call *call)
{
	(void)call;
	exit(EXIT_SUCCESS);
}
ACT(leave);

static enum mr_err
do_hoard(mr_call *call)
{
	return mr_alloc(call, SIZE_MAX / 4) == NULL ? MR_MEMORY : MR_OK;
}
ACT(hoard);

/* Until it is cancelled, or ended. */
static enum mr_err
do_loop(mr_call *call)
{
	mr_progress(call, 1, 4, "loop");
	mr_figure(call, "error", 0.5);
	while (!mr_cancelled(call))
		poll(NULL, 0, 1);
	return MR_CANCELLED;
}
ACT(loop);

static enum mr_err
do_hang(mr_call *call)
{
	(void)call;
	for (volatile bool over = false; !over;)
		poll(NULL, 0, 1000);
	return MR_OK;
}
ACT(hang);

static enum mr_err
do_keep(mr_call *call)
{
	return mr_checkpoint(call, "state", 5);
}
ACT(keep);

static const struct mr_endpoint *const endpoints[] = {
	&mr_endpoint_succeed, &mr_endpoint_refuse, &mr_endpoint_crash,
	&mr_endpoint_leave,   &mr_endpoint_hoard,  &mr_endpoint_loop,
	&mr_endpoint_hang,    &mr_endpoint_keep,
};

/* The runner. */

static struct config config;
static struct pool_config pool = { .name = "runner",
	                           .workers = 1,
	                           .deadline = 60000 };
static struct scoreboard *board;
static struct score *score; /* of the board */
static struct mr_registry *registry;
static struct terms *terms;
static int listener, ready, peer;
static pid_t child;

static void
prepare(void)
{
	struct mr_buffer complaints = { .arena = arena };

	config_default(&config);
	strcpy(config.state, ".");
	strcpy(config.sockets, ".");
	registry = mr_registry_new();
	for (size_t i = 0; i < N(endpoints); i++)
		ck_assert(mr_registry_add(registry, endpoints[i], &complaints));
	board = new_board();
	score = &board->scores[PLACE];
	terms = terms_new(&config, registry, &board->ledger);
	ck_assert(worker_prepare());
	listener = listener_open("./broker.sock", "", 10);
	ck_assert_int_ge(listener, 0);
	ready = eventfd(0, EFD_CLOEXEC);
	peer = -1;
}

static void
clean_up(void)
{
	if (child > 0)
		kill(child, SIGKILL);
	mr_registry_free(registry);
	scoreboard_free(board);
	free(terms);
}

static void
start(void)
{
	const struct worker worker = {
		.main = runner_run,
		.config = &config,
		.pool = &pool,
		.registry = registry,
		.terms = terms,
		.listener = -1,
		.ready = ready,
		.output = -1,
		.board = board,
		.score = score,
		.place = PLACE,
		.master = getpid(),
	};

	atomic_store(&score->age, 7);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		close(listener);
		worker_run(&worker);
	}
	ck_assert_int_ge(child, 0);
}

static int
wait_for_end(void)
{
	int status = server_wait(child);

	child = 0;
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The broker. */

static void
await(int fd)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };

	ck_assert_int_eq(poll(&readable, 1, PATIENCE), 1);
}

static void
take(void)
{
	await(listener);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
}

static struct message
hear(enum message_type type)
{
	struct message message;

	ck_assert(broker_double_hear(peer, &message));
	ck_assert_int_eq(message.type, type);
	return message;
}

static void
say(const struct message *message)
{
	broker_double_say(peer, message);
}

static void
answer(enum mr_err err)
{
	say(&(struct message){ .type = MESSAGE_REPLY, .err = err });
}

static void
give(const char *path)
{
	const struct mr_job job = { .id = JOB,
		                    .endpoint = path + 1,
		                    .method = "POST",
		                    .path = path,
		                    .state = MR_JOB_RUNNING,
		                    .attempt = ATTEMPT,
		                    .digest = "d" };
	const struct message message = {
		.type = MESSAGE_REPLY,
		.jobs = &job,
		.job_count = 1,
		.input = { .method = BYTES("POST"),
		           .path = TEXT(path),
		           .content_type = BYTES("application/json"),
		           .body = BYTES("{}") },
		.checkpoint = BYTES("half"),
	};

	ck_assert_int_eq(hear(MESSAGE_CLAIM).number, PLACE);
	say(&message);
}

static void
await_job(void)
{
	struct mr_job_progress progress;

	for (int i = 0; i < PATIENCE && (atomic_load(&score->since) == 0 ||
	                                 !progress_read(&score->job, JOB,
	                                                ATTEMPT, &progress));
	     i++)
		poll(NULL, 0, 1);
	ck_assert_uint_ne(atomic_load(&score->since), 0);
}

static struct message
hear_of_job(enum message_type type)
{
	struct message message = hear(type);

	ck_assert_str_eq(message.id, JOB);
	ck_assert_int_eq(message.attempt, ATTEMPT);
	return message;
}

/* It wants another job, and no more is said of the last one. */
static void
expect_next(void)
{
	struct mr_job_progress progress;

	answer(MR_OK);
	hear(MESSAGE_CLAIM);
	ck_assert(!progress_read(&score->job, JOB, ATTEMPT, &progress));
	ck_assert_uint_eq(atomic_load(&score->since), 0);
}

START_TEST(test_result_is_told_and_the_next_job_asked_for)
{
	struct message finish;

	start();
	take();
	give("/succeed");
	finish = hear_of_job(MESSAGE_FINISH);
	ck_assert_int_eq(finish.result.status, 200);
	ck_assert_str_eq(finish.result.content_type.data, "application/json");
	ck_assert_str_eq(finish.result.body.data, "{}");
	expect_next();
	ck_assert_uint_eq(atomic_load(&score->generation), 1);
	ck_assert_str_eq(score->instance, "/succeed");
	ck_assert_str_eq(ledger_endpoint_pool(&board->ledger,
	                                      atomic_load(&score->row)),
	                 "runner");
}
END_TEST

START_TEST(test_problem_is_a_result)
{
	struct message finish;

	start();
	take();
	give("/refuse");
	finish = hear_of_job(MESSAGE_FINISH);
	ck_assert_int_eq(finish.result.status, 422);
	ck_assert_has(finish.result.body.data, "\"detail\":\"no\"");
	expect_next();
}
END_TEST

/* Another attempt has taken over: that is logged, and life goes on. */
START_TEST(test_refused_result_is_given_up)
{
	start();
	take();
	give("/succeed");
	hear_of_job(MESSAGE_FINISH);
	answer(_i == 0 ? MR_CONFLICT : MR_NOT_FOUND);
	hear(MESSAGE_CLAIM);
}
END_TEST

/* What may pass; MR_OK: the broker ends, and comes back. */
static const enum mr_err passing[] = {
	MR_STORAGE, MR_STORAGE_FULL, MR_BUSY, MR_OK,
};

START_TEST(test_result_is_told_until_it_is_heard)
{
	start();
	take();
	give("/succeed");
	hear_of_job(MESSAGE_FINISH);
	if (passing[_i] != MR_OK) {
		answer(passing[_i]);
	} else {
		close(peer);
		take();
	}
	hear_of_job(MESSAGE_FINISH);
	expect_next();
}
END_TEST

static void
cancel(void)
{
	await_job();
	atomic_store(&score->cancelled, 1);
}

static void
condemn(void)
{
	await_job();
	atomic_store(&score->condemned, 1);
	kill(child, GUARD_SIGNAL_ORDER);
}

static void
abandon(void)
{
	await_job();
	atomic_store(&score->abandoned, true);
	condemn();
}

static void
terminate(void)
{
	await_job();
	kill(child, SIGTERM);
}

static void
let_run(void)
{
}

static const struct {
	const char *path;
	void (*order)(void);
	enum mr_job_cause cause;
	const char *detail;
	int status; /* of the process; 0: it goes on */
	int signal;
	bool traced;
} endings[] = {
	{ "/crash", let_run, MR_JOB_CAUSE_CRASH,
	  "The function was stopped by SIGSEGV (invalid memory reference)",
	  GUARD_EXIT_CRASH, SIGSEGV, true },
	{ "/leave", let_run, MR_JOB_CAUSE_CRASH, "The function called exit()",
	  GUARD_EXIT_CALLED, 0, false },
	{ "/hang", condemn, MR_JOB_CAUSE_DEADLINE,
	  "The function did not finish within its 3600000 ms",
	  GUARD_EXIT_DEADLINE, 0, true },
	{ "/hang", abandon, MR_JOB_CAUSE_CANCELLED, NULL,
	  GUARD_EXIT_ABANDONED, 0, true },
	{ "/hang", terminate, MR_JOB_CAUSE_DRAINED,
	  "The server stopped before the function finished",
	  GUARD_EXIT_TERMINATED, 0, false },
	{ "/hoard", let_run, MR_JOB_CAUSE_MEMORY, NULL, 0, 0, false },
	{ "/loop", cancel, MR_JOB_CAUSE_CANCELLED, NULL, 0, 0, false },
};

START_TEST(test_other_end_is_told_with_its_cause)
{
	struct message fail;

	start();
	take();
	give(endings[_i].path);
	endings[_i].order();
	fail = hear_of_job(MESSAGE_FAIL);
	ck_assert_int_eq(fail.cause, endings[_i].cause);
	ck_assert_int_eq(fail.number, endings[_i].signal);
	ck_assert_pstr_eq(fail.detail, endings[_i].detail);
	ck_assert_int_eq(fail.frames.length > 0, endings[_i].traced);
	if (endings[_i].status == 0) {
		expect_next();
		return;
	}
	ck_assert_uint_eq(fail.age, 7);
	ck_assert_int_eq(wait_for_end(), endings[_i].status);
	ck_assert_int_eq(score->last_words.signal, endings[_i].signal);
}
END_TEST

START_TEST(test_last_words_find_a_new_broker)
{
	start();
	take();
	give("/hang");
	await_job();
	close(peer);
	terminate();
	take();
	ck_assert_int_eq(hear_of_job(MESSAGE_FAIL).cause,
	                 MR_JOB_CAUSE_DRAINED);
	ck_assert_int_eq(wait_for_end(), GUARD_EXIT_TERMINATED);
}
END_TEST

START_TEST(test_progress_is_on_the_scoreboard)
{
	struct mr_job_progress progress = { .total = 0 };

	start();
	take();
	give("/loop");
	await_job();
	for (int i = 0; i < PATIENCE && *progress.figures[0].name == '\0';
	     i++) {
		progress_read(&score->job, JOB, ATTEMPT, &progress);
		poll(NULL, 0, 1);
	}
	ck_assert_double_eq(progress.total, 4);
	ck_assert_str_eq(progress.phase, "loop");
	ck_assert_double_eq(progress.figures[0].value, 0.5);
}
END_TEST

static const struct {
	enum mr_err answer;
	int status;
} checkpoints[] = { { MR_OK, 200 },
	            { MR_CONFLICT, 409 },
	            { MR_NOT_FOUND, 409 } };

START_TEST(test_checkpoint_waits_for_its_answer)
{
	struct message keep;

	start();
	take();
	give("/keep");
	keep = hear_of_job(MESSAGE_CHECKPOINT);
	ck_assert_uint_eq(keep.checkpoint.length, 5);
	ck_assert_mem_eq(keep.checkpoint.data, "state", 5);
	answer(checkpoints[_i].answer);
	ck_assert_int_eq(hear_of_job(MESSAGE_FINISH).result.status,
	                 checkpoints[_i].status);
	expect_next();
}
END_TEST

/* Its end is told apart from the question that waits for an answer. */
START_TEST(test_end_during_a_checkpoint_is_told_beside_it)
{
	int first;

	start();
	take();
	give("/keep");
	hear_of_job(MESSAGE_CHECKPOINT);
	first = peer;
	terminate();
	take();
	ck_assert_int_eq(hear_of_job(MESSAGE_FAIL).cause,
	                 MR_JOB_CAUSE_DRAINED);
	close(first);
	ck_assert_int_eq(wait_for_end(), GUARD_EXIT_TERMINATED);
}
END_TEST

static const enum mr_err unkept[] = { MR_STORAGE_FULL, MR_STORAGE, MR_BUSY };

START_TEST(test_checkpoint_that_cannot_be_kept_is_nobodys_fault)
{
	start();
	take();
	give("/keep");
	hear_of_job(MESSAGE_CHECKPOINT);
	answer(unkept[_i]);
	ck_assert_int_eq(hear_of_job(MESSAGE_FAIL).cause, MR_JOB_CAUSE_LOST);
	expect_next();
}
END_TEST

/* While it waits for a job, at once; else when the job is over. */
START_TEST(test_order_to_quit_ends_it_between_jobs)
{
	start();
	take();
	if (_i == 0) {
		hear(MESSAGE_CLAIM);
		kill(child, SIGQUIT);
	} else {
		give("/succeed");
		hear_of_job(MESSAGE_FINISH);
		kill(child, SIGQUIT);
		answer(MR_OK);
	}
	ck_assert_int_eq(wait_for_end(), EXIT_SUCCESS);
}
END_TEST

START_TEST(test_runner_waits_for_a_broker_to_come)
{
	listener_close(listener, "./broker.sock");
	start();
	await(ready);
	listener = listener_open("./broker.sock", "", 10);
	take();
	hear(MESSAGE_CLAIM);
	ck_assert(atomic_load(&score->ready));
}
END_TEST

START_TEST(test_job_counts_in_its_wear)
{
	pool.max_requests = 1;
	start();
	take();
	give("/succeed");
	hear_of_job(MESSAGE_FINISH);
	expect_next();
	ck_assert_uint_eq(atomic_load(&score->spent), SCORE_SPENT_REQUESTS);
}
END_TEST

/* What cannot be run is not, and does not end the runner. */
START_TEST(test_reply_without_a_job_is_passed_over)
{
	start();
	take();
	hear(MESSAGE_CLAIM);
	answer(_i == 0 ? MR_OK : MR_STORAGE);
	give("/succeed");
	hear_of_job(MESSAGE_FINISH);
	expect_next();
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_result_is_told_and_the_next_job_asked_for);
	tcase_add_test(tc, test_problem_is_a_result);
	tcase_add_loop_test(tc, test_refused_result_is_given_up, 0, 2);
	tcase_add_loop_test(tc, test_result_is_told_until_it_is_heard, 0,
	                    N(passing));
	tcase_add_loop_test(tc, test_other_end_is_told_with_its_cause, 0,
	                    N(endings));
	tcase_add_test(tc, test_last_words_find_a_new_broker);
	tcase_add_test(tc, test_progress_is_on_the_scoreboard);
	tcase_add_loop_test(tc, test_checkpoint_waits_for_its_answer, 0,
	                    N(checkpoints));
	tcase_add_test(tc, test_end_during_a_checkpoint_is_told_beside_it);
	tcase_add_loop_test(
	    tc, test_checkpoint_that_cannot_be_kept_is_nobodys_fault, 0,
	    N(unkept));
	tcase_add_loop_test(tc, test_order_to_quit_ends_it_between_jobs, 0, 2);
	tcase_add_test(tc, test_runner_waits_for_a_broker_to_come);
	tcase_add_test(tc, test_job_counts_in_its_wear);
	tcase_add_loop_test(tc, test_reply_without_a_job_is_passed_over, 0, 2);
}

UNIT_MAIN("runner", add_tests)
