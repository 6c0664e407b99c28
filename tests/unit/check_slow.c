/*
 * check_slow.c: which slow requests are told, and what of them.
 */
#include "fcgi/master/slow.h"

#include "place.h"
#include "server.h"
#include "unit.h"

static struct scoreboard *board;
static struct score *score;
static uint64_t told;

static void
prepare(void)
{
	board = new_board();
	ledger_row(&board->ledger, "", "heavy");
	score = &board->scores[3];
	score->row = (uint32_t)ledger_row(&board->ledger, "loop", "heavy");
	score->pid = 4711;
	score->generation = 7;
	score->since = 1;
	score->body = 12;
	strcpy(score->method, "POST");
	strcpy(score->instance, "/loop");
	strcpy(score->request_id, "id-1");
	score->trace.frames[0] = (void *)(uintptr_t)slow_tell;
	score->trace.depth = 1;
}

static void
clean_up(void)
{
	scoreboard_free(board);
}

static int
tell(void *context)
{
	(void)context;
	return (int)slow_tell(score, told, "heavy/3", &board->ledger);
}

static const char *
log_of(uint64_t expected)
{
	ck_assert_int_eq(WEXITSTATUS(place_run(tell, NULL)), (int)expected);
	return place_read("stderr").data;
}

START_TEST(test_request_is_told_with_its_place)
{
	const char *log;

	score->traced = 7;
	log = log_of(7);
	ck_assert_msg(strstr(log, "warning Request is slow. worker=heavy/3 "
	                          "pid=4711 endpoint=loop method=POST "
	                          "instance=/loop request_id=id-1 "
	                          "body_bytes=12 ms=") != NULL,
	              "%s", log);
	ck_assert_msg(strstr(log, "backtrace=\"slow_tell") != NULL, "%s", log);
}
END_TEST

START_TEST(test_request_is_told_once)
{
	score->traced = told = 7;
	ck_assert_str_eq(log_of(7), "");
}
END_TEST

START_TEST(test_nothing_is_told_before_a_trace)
{
	ck_assert_str_eq(log_of(0), "");
}
END_TEST

/* The words in the slot are of the next request, or of none. */
START_TEST(test_request_that_is_over_is_not_mistaken)
{
	const char *log;

	score->traced = 7;
	if (_i == 0)
		score->generation = 8;
	else
		score->since = 0;
	log = log_of(7);
	ck_assert_msg(strstr(log, "ended before it could be told. "
	                          "worker=heavy/3\n") != NULL,
	              "%s", log);
	ck_assert_ptr_null(strstr(log, "id-1"));
}
END_TEST

/* A function may write where it likes: the master reads what is there. */
START_TEST(test_spoiled_slot_is_told_within_its_bounds)
{
	const char *log;

	memset(score, 0xFF, sizeof(*score));
	log = log_of(255); /* the low byte of the generation */
	ck_assert_msg(strstr(log, "endpoint= method=") != NULL, "%s", log);
	ck_assert_uint_lt(strlen(log), 1000);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_request_is_told_with_its_place);
	tcase_add_test(tc, test_request_is_told_once);
	tcase_add_test(tc, test_nothing_is_told_before_a_trace);
	tcase_add_test(tc, test_spoiled_slot_is_told_within_its_bounds);
	tcase_add_loop_test(tc, test_request_that_is_over_is_not_mistaken, 0, 2);
}

UNIT_MAIN("slow", add_tests)
