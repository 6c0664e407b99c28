/*
 * check_broker_runs.c: runs that are held, orphans, and those that are lost.
 */
#include "fcgi/broker/broker_runs.h"

#include "broker.h"
#include "fcgi/board/progress.h"
#include "new_board.h"

#include <sys/wait.h>

#define PLACE 2

static struct scoreboard *board;
static struct broker_runs runs;
static const char one, two; /* holders */

static void
begin(void)
{
	board = new_board();
	atomic_store(&board->used, PLACE + 1);
	atomic_store(&board->scores[PLACE].pid, getpid());
	broker_runs_init(&runs, board);
}

static void
end(void)
{
	broker_runs_free(&runs);
	ck_assert_uint_eq(runs.orphans + runs.lost, 0);
	scoreboard_free(board);
}

static void
begin_run(int number, const void *holder, pid_t pid)
{
	struct broker_run run = { .attempt = 1,
		                  .holder = holder,
		                  .pid = pid,
		                  .place = PLACE };

	strcpy(run.id, broker_id(number));
	ck_assert(broker_runs_begin(&runs, &run));
}

static struct broker_run *
run_of(int number)
{
	return broker_runs_find(&runs, broker_id(number));
}

static void
look_later(void)
{
	broker_runs_look(&runs, run_of(1)->seen + 2 * BROKER_RUN_GRACE);
}

START_TEST(test_run_is_known_until_its_end)
{
	begin_run(1, &one, getpid());
	begin_run(2, &two, getpid());
	ck_assert_ptr_eq(run_of(1)->holder, &one);
	broker_runs_end(&runs, broker_id(1));
	ck_assert_ptr_null(run_of(1));
	ck_assert_ptr_nonnull(run_of(2));
	broker_runs_end(&runs, broker_id(1));
}
END_TEST

/* Another runner has it: there is one run of a job. */
START_TEST(test_run_takes_the_place_of_another)
{
	begin_run(1, NULL, getpid());
	begin_run(1, &two, getpid());
	ck_assert_ptr_eq(run_of(1)->holder, &two);
	ck_assert_uint_eq(runs.orphans, 0);
	broker_runs_end(&runs, broker_id(1));
	ck_assert_ptr_null(run_of(1));
}
END_TEST

START_TEST(test_orphan_that_is_on_the_scoreboard_is_not_lost)
{
	begin_run(1, &one, getpid());
	progress_begin(&board->scores[PLACE].job, broker_id(1), 1);
	broker_runs_leave(&runs, &one);
	ck_assert_uint_eq(runs.orphans, 1);
	look_later();
	ck_assert_uint_eq(runs.lost, 0);
}
END_TEST

/* It runs nothing, another attempt, or elsewhere, which is no loss. */
static const struct {
	int place, attempt;
	bool lost;
} elsewhere[] = {
	{ PLACE, 0, true }, { PLACE, 2, true }, { PLACE - 1, 1, false },
};

START_TEST(test_orphan_is_looked_for)
{
	int place = elsewhere[_i].place;

	begin_run(1, &one, getpid());
	atomic_store(&board->scores[place].pid, getpid());
	progress_begin(&board->scores[place].job, broker_id(1),
	               elsewhere[_i].attempt);
	broker_runs_leave(&runs, &one);
	broker_runs_look(&runs, run_of(1)->seen);
	ck_assert_uint_eq(runs.lost, 0);
	look_later();
	ck_assert_uint_eq(runs.lost, elsewhere[_i].lost);
	broker_runs_end_lost(&runs);
	ck_assert_int_eq(run_of(1) == NULL, elsewhere[_i].lost);
}
END_TEST

/* At once, whatever the scoreboard says. */
START_TEST(test_orphan_whose_process_has_ended_is_lost)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	begin_run(1, &one, child);
	progress_begin(&board->scores[PLACE].job, broker_id(1), 1);
	if (_i == 0)
		waitpid(child, NULL, 0);
	else
		waitid(P_PID, (id_t)child, &(siginfo_t){ 0 },
		       WEXITED | WNOWAIT);
	broker_runs_leave(&runs, &one);
	broker_runs_look(&runs, run_of(1)->seen);
	ck_assert_uint_eq(runs.lost, 1);
	ck_assert_uint_eq(runs.orphans, 0);
}
END_TEST

START_TEST(test_who_holds_is_not_looked_after)
{
	begin_run(1, &one, getpid());
	look_later();
	ck_assert_uint_eq(runs.lost, 0);
}
END_TEST

/* Lost or not: it speaks. */
START_TEST(test_orphan_that_speaks_has_a_holder)
{
	begin_run(1, &one, getpid());
	broker_runs_leave(&runs, &one);
	if (_i == 1)
		look_later();
	broker_runs_speak(&runs, broker_id(1), 2, &two);
	ck_assert_ptr_null(run_of(1)->holder);
	broker_runs_speak(&runs, broker_id(1), 1, &two);
	ck_assert_ptr_eq(run_of(1)->holder, &two);
	ck_assert_uint_eq(runs.orphans + runs.lost, 0);
}
END_TEST

/* It never read of its job, unless it has told something of it. */
START_TEST(test_run_that_never_began_is_given_back)
{
	begin_run(1, &one, getpid());
	begin_run(2, &two, getpid());
	if (_i == 1)
		broker_runs_speak(&runs, broker_id(1), 1, &one);
	broker_runs_return(&runs, &one);
	broker_runs_leave(&runs, &one);
	ck_assert_int_eq(run_of(1)->unread, _i == 0);
	ck_assert_int_eq(run_of(1)->lost, _i == 0);
	ck_assert_uint_eq(runs.orphans, _i == 0 ? 0 : 1);
	ck_assert(!run_of(2)->lost);
	broker_runs_end_lost(&runs);
}
END_TEST

START_TEST(test_runner_that_wants_another_job_has_lost_its_own)
{
	begin_run(1, &one, getpid());
	begin_run(2, &two, getpid());
	broker_runs_drop(&runs, &one);
	ck_assert(run_of(1)->lost);
	ck_assert(!run_of(2)->lost);
	ck_assert_uint_eq(runs.lost, 1);
}
END_TEST

START_TEST(test_cancelling_is_told_to_one_runner)
{
	begin_run(1, &one, getpid());
	broker_runs_cancel(&runs, broker_id(2));
	ck_assert_uint_eq(atomic_load(&board->scores[PLACE].cancelled), 0);
	broker_runs_cancel(&runs, broker_id(1));
	ck_assert_uint_ne(atomic_load(&board->scores[PLACE].cancelled), 0);
	begin_run(2, &one, getpid());
	ck_assert_uint_eq(atomic_load(&board->scores[PLACE].cancelled), 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_run_is_known_until_its_end);
	tcase_add_test(tc, test_run_takes_the_place_of_another);
	tcase_add_test(tc, test_orphan_that_is_on_the_scoreboard_is_not_lost);
	tcase_add_loop_test(tc, test_orphan_is_looked_for, 0, N(elsewhere));
	tcase_add_loop_test(tc, test_orphan_whose_process_has_ended_is_lost, 0,
	                    2);
	tcase_add_test(tc, test_who_holds_is_not_looked_after);
	tcase_add_loop_test(tc, test_orphan_that_speaks_has_a_holder, 0, 2);
	tcase_add_loop_test(tc, test_run_that_never_began_is_given_back, 0, 2);
	tcase_add_test(tc, test_runner_that_wants_another_job_has_lost_its_own);
	tcase_add_test(tc, test_cancelling_is_told_to_one_runner);
}

UNIT_MAIN("broker_runs", add_tests)
