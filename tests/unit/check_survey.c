/*
 * check_survey.c: what each slot counts as.
 */
#include "fcgi/control/survey.h"

#include "board.h"

static struct survey survey;

static const struct {
	enum policy_state state;
	bool busy;
	enum survey_state found;
	bool serves;
} states[] = {
	{ POLICY_STARTING, false, SURVEY_STARTING, false },
	{ POLICY_SERVING, false, SURVEY_IDLE, true },
	{ POLICY_SERVING, true, SURVEY_BUSY, true },
	{ POLICY_SPENT, false, SURVEY_SPENT, true },
	{ POLICY_SPENT, true, SURVEY_SPENT, true },
	{ POLICY_CONDEMNED, true, SURVEY_CONDEMNED, true },
	{ POLICY_DRAINING, true, SURVEY_LEAVING, false },
	{ POLICY_TERMINATING, true, SURVEY_LEAVING, false },
	{ POLICY_KILLED, true, SURVEY_LEAVING, false },
};

START_TEST(test_worker_counts_as_what_it_does)
{
	board_pool("a");
	board_pool("b");
	board_worker(1, states[_i].state, states[_i].busy);
	survey_take(board, &survey);
	ck_assert_uint_eq(survey.total[0], 0);
	ck_assert_uint_eq(survey.total[1], 1);
	for (enum survey_state state = 0; state < SURVEY_STATE_COUNT; state++)
		ck_assert_uint_eq(survey.workers[1][state],
		                  state == states[_i].found);
	ck_assert_uint_eq(survey.serving[1], states[_i].serves);
}
END_TEST

START_TEST(test_every_state_has_a_name)
{
	for (enum survey_state state = 0; state < SURVEY_STATE_COUNT; state++)
		ck_assert_uint_gt(strlen(survey_state_name(state)), 3);
}
END_TEST

START_TEST(test_free_slots_count_for_nothing)
{
	board_pool("a");
	board_worker(0, POLICY_SERVING, true)->pid = 0;
	survey_take(board, &survey);
	ck_assert_uint_eq(survey.total[0], 0);
	ck_assert_uint_eq(survey.in_flight[0], 0);
}
END_TEST

START_TEST(test_requests_in_flight_are_those_of_busy_workers)
{
	board_pool("a");
	board_worker(0, POLICY_SERVING, true)->row = 3;
	board_worker(0, POLICY_CONDEMNED, true)->row = 3;
	board_worker(0, POLICY_SERVING, false)->row = 3;
	board_worker(0, POLICY_SERVING, true)->row = 4;
	survey_take(board, &survey);
	ck_assert_uint_eq(survey.in_flight[3], 2);
	ck_assert_uint_eq(survey.in_flight[4], 1);
}
END_TEST

/* A slot may hold anything while its worker is being made. */
START_TEST(test_rows_beyond_the_ledger_are_passed_over)
{
	board_worker(LEDGER_POOLS, POLICY_SERVING, true);
	board_worker(0, POLICY_SERVING, true)->row = LEDGER_ROWS;
	survey_take(board, &survey);
	ck_assert_uint_eq(survey.total[0], 1);
}
END_TEST

START_TEST(test_pool_has_its_row)
{
	board_pool("a");
	board_pool("b");
	ck_assert_uint_eq(survey_row(board, "a"), 0);
	ck_assert_uint_eq(survey_row(board, "b"), 1);
	ck_assert_uint_eq(survey_row(board, "c"), LEDGER_POOLS);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, board_setup, board_teardown);
	tcase_add_loop_test(tc, test_worker_counts_as_what_it_does, 0,
	                    N(states));
	tcase_add_test(tc, test_every_state_has_a_name);
	tcase_add_test(tc, test_free_slots_count_for_nothing);
	tcase_add_test(tc, test_requests_in_flight_are_those_of_busy_workers);
	tcase_add_test(tc, test_rows_beyond_the_ledger_are_passed_over);
	tcase_add_test(tc, test_pool_has_its_row);
}

UNIT_MAIN("survey", add_tests)
