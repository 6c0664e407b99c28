/*
 * check_obituary.c: what is made of a worker's end: cause, counters, the list
 * of deaths and the line in the log.
 */
#include "fcgi/master/obituary.h"

#include "fcgi/worker/guard.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#include <time.h>

#define EXIT(code) ((code) << 8) /* as of wait(2) */
#define CORE 0x80

static struct scoreboard *board;

static void
prepare(void)
{
	board = new_board();
	ledger_pool(&board->ledger, "fast");
	ledger_pool(&board->ledger, "heavy");
}

static void
clean_up(void)
{
	scoreboard_free(board);
}

/* How it ended, and what had been asked of it: LEDGER_END_COUNT: nothing. */
static const struct row {
	int status;
	enum ledger_end asked;
	bool killed;
	int said; /* signal of its last words */
	enum ledger_end cause;
} rows[] = {
#define NOT LEDGER_END_COUNT
	{ EXIT(GUARD_EXIT_CRASH), NOT, false, SIGSEGV, LEDGER_END_CRASH },
	{ EXIT(GUARD_EXIT_CALLED), NOT, false, 0, LEDGER_END_EXITED },
	{ EXIT(GUARD_EXIT_MEMORY), NOT, false, 0, LEDGER_END_MEMORY },
	{ EXIT(GUARD_EXIT_ABANDONED), NOT, false, 0, LEDGER_END_ABANDONED },
	{ EXIT(GUARD_EXIT_DEADLINE), NOT, false, 0, LEDGER_END_DEADLINE },
	{ EXIT(GUARD_EXIT_TERMINATED), NOT, false, 0, LEDGER_END_KILLED },
	{ EXIT(0), NOT, false, 0, LEDGER_END_KILLED },
	{ EXIT(1), NOT, false, 0, LEDGER_END_FAILED },
	{ EXIT(78), NOT, false, 0, LEDGER_END_FAILED },
	{ EXIT(89), NOT, false, 0, LEDGER_END_FAILED },
	{ EXIT(GUARD_EXIT_END), NOT, false, 0, LEDGER_END_FAILED },
	{ EXIT(255), NOT, false, 0, LEDGER_END_FAILED },
	{ SIGKILL, NOT, false, 0, LEDGER_END_KILLED },
	{ SIGTERM, NOT, false, 0, LEDGER_END_KILLED },
	{ SIGSEGV, NOT, false, 0, LEDGER_END_KILLED },
	{ SIGSEGV | CORE, NOT, false, SIGSEGV, LEDGER_END_CRASH },
	{ SIGABRT, NOT, false, SIGABRT, LEDGER_END_CRASH },
	{ SIGKILL, NOT, true, 0, LEDGER_END_UNRESPONSIVE },
	/* What it was asked for is why it ended, unless it ended worse. */
	{ EXIT(0), LEDGER_END_STOPPED, false, 0, LEDGER_END_STOPPED },
	{ EXIT(0), LEDGER_END_RELOADED, false, 0, LEDGER_END_RELOADED },
	{ EXIT(0), LEDGER_END_SURPLUS, false, 0, LEDGER_END_SURPLUS },
	{ EXIT(0), LEDGER_END_RECYCLED, false, 0, LEDGER_END_RECYCLED },
	{ EXIT(GUARD_EXIT_TERMINATED), LEDGER_END_STOPPED, false, 0,
	  LEDGER_END_STOPPED },
	{ EXIT(1), LEDGER_END_STOPPED, false, 0, LEDGER_END_STOPPED },
	{ EXIT(GUARD_EXIT_CRASH), LEDGER_END_STOPPED, false, SIGBUS,
	  LEDGER_END_CRASH },
	{ EXIT(GUARD_EXIT_DEADLINE), LEDGER_END_RECYCLED, false, 0,
	  LEDGER_END_DEADLINE },
	{ SIGKILL, LEDGER_END_STOPPED, true, 0, LEDGER_END_UNRESPONSIVE },
	{ SIGKILL, LEDGER_END_STOPPED, false, 0, LEDGER_END_KILLED },
};

static struct obituary
obituary_of(const struct row *row)
{
	return (struct obituary){
		.row = 1,
		.pid = 4711,
		.status = row->status,
		.asked = row->asked != NOT,
		.reason = row->asked == NOT ? 0 : row->asked,
		.killed = row->killed,
		.busy = true,
		.words = { .detail = "a reason", .signal = row->said },
		.request_id = "id-1",
		.instance = "/sum",
	};
}

START_TEST(test_cause_is_as_stated)
{
	struct obituary obituary = obituary_of(&rows[_i]);

	ck_assert_str_eq(ledger_end_name(obituary_cause(&obituary)),
	                 ledger_end_name(rows[_i].cause));
}
END_TEST

/* A status of the guard is none that a worker fails with. */
START_TEST(test_exit_code_of_its_own_is_a_failure)
{
	struct obituary obituary = { .status = EXIT(_i) };
	enum ledger_end cause = obituary_cause(&obituary);
	bool guards = (_i >= GUARD_EXIT_CRASH && _i < GUARD_EXIT_END) ||
	              _i == 0;

	ck_assert_int_eq(cause != LEDGER_END_FAILED, guards);
	/* Asked for, it is put down to what it was asked for, or the guard. */
	obituary.asked = true;
	obituary.reason = LEDGER_END_STOPPED;
	cause = obituary_cause(&obituary);
	ck_assert(guards || cause == LEDGER_END_STOPPED);
}
END_TEST

static int
signal_of(const struct row *row)
{
	return WIFSIGNALED(row->status) ? WTERMSIG(row->status) : row->said;
}

START_TEST(test_end_is_counted_once_by_cause_and_signal)
{
	struct obituary obituary = obituary_of(&rows[_i]);
	const struct ledger_pool *pool = &board->ledger.pools[1];
	int number = signal_of(&rows[_i]);
	bool crash = rows[_i].cause == LEDGER_END_CRASH;

	obituary_publish(&obituary, board);
	for (size_t i = 0; i < LEDGER_END_COUNT; i++) {
		ck_assert_uint_eq(pool->ends[i], i == rows[_i].cause);
		ck_assert_uint_eq(board->ledger.pools[0].ends[i], 0);
	}
	for (int i = 0; i < LEDGER_SIGNALS; i++) {
		bool it = number > 0 && i == number;

		ck_assert_uint_eq(pool->crashes[i], it && crash);
		ck_assert_uint_eq(pool->kills[i], it && !crash);
	}
}
END_TEST

/* A death that was asked for is none to remember, nor to warn of. */
START_TEST(test_death_is_remembered_unless_it_was_routine)
{
	struct obituary obituary = obituary_of(&rows[_i]);
	bool routine = rows[_i].cause >= LEDGER_END_RECYCLED;
	const struct death *death = &board->deaths[1];
	uint64_t now = (uint64_t)time(NULL);

	obituary_publish(&obituary, board);
	ck_assert_uint_eq(board->death_count, !routine);
	ck_assert_uint_eq(death->number, !routine);
	if (routine)
		return;
	ck_assert_int_eq(death->pid, 4711);
	ck_assert_uint_eq(death->pool, 1);
	ck_assert_int_eq(death->cause, rows[_i].cause);
	ck_assert_int_eq(death->signal, signal_of(&rows[_i]));
	ck_assert_str_eq(death->detail, "a reason");
	ck_assert_str_eq(death->request_id, "id-1");
	ck_assert_str_eq(death->instance, "/sum");
	ck_assert_uint_ge(death->time, (now - 5) * 1000);
	ck_assert_uint_le(death->time, (now + 60) * 1000);
}
END_TEST

START_TEST(test_last_deaths_are_kept)
{
	const uint64_t count = 2 * SCOREBOARD_DEATHS + 5;

	for (uint64_t i = 1; i <= count; i++) {
		struct obituary obituary = obituary_of(&rows[0]);

		obituary.pid = (pid_t)i;
		obituary_publish(&obituary, board);
	}
	ck_assert_uint_eq(board->death_count, count);
	for (uint64_t i = count - SCOREBOARD_DEATHS + 1; i <= count; i++) {
		const struct death *death =
		    &board->deaths[i % SCOREBOARD_DEATHS];

		ck_assert_uint_eq(death->number, i);
		ck_assert_int_eq(death->pid, (pid_t)i);
	}
}
END_TEST

/* What the slot holds of the last request is not what an idle one died of. */
START_TEST(test_death_while_idle_names_no_request)
{
	struct obituary obituary = obituary_of(&rows[0]);

	obituary.busy = false;
	obituary_publish(&obituary, board);
	ck_assert_str_eq(board->deaths[1].request_id, "");
	ck_assert_str_eq(board->deaths[1].instance, "");
}
END_TEST

/* A signal beyond the table, as nothing but a broken worker says it. */
START_TEST(test_signal_out_of_range_is_counted_nowhere)
{
	static const int numbers[] = { -1, LEDGER_SIGNALS, 1 << 30 };
	struct obituary obituary = obituary_of(&rows[0]);

	obituary.words.signal = numbers[_i];
	obituary_publish(&obituary, board);
	ck_assert_uint_eq(board->ledger.pools[1].ends[LEDGER_END_CRASH], 1);
	for (int i = 0; i < LEDGER_SIGNALS; i++)
		ck_assert_uint_eq(board->ledger.pools[1].crashes[i], 0);
}
END_TEST

/* The log. */

static int
publish(void *context)
{
	obituary_publish(context, board);
	return 0;
}

static const char *
line_of(struct obituary *obituary)
{
	ck_assert_int_eq(place_run(publish, obituary), 0);
	return place_read("stderr").data;
}

static const struct {
	struct row row;
	bool idle;
	const char *line;
} lines[] = {
	{ { EXIT(GUARD_EXIT_CRASH), NOT, false, SIGSEGV, 0 }, false,
	  "warning Worker ended. pool=heavy pid=4711 cause=crash signal=11 "
	  "detail=\"a reason\" instance=/sum request_id=id-1\n" },
	{ { EXIT(GUARD_EXIT_DEADLINE), NOT, false, 0, 0 }, true,
	  "warning Worker ended. pool=heavy pid=4711 cause=deadline "
	  "detail=\"a reason\"\n" },
	{ { EXIT(78), NOT, false, 0, 0 }, true,
	  "warning Worker ended. pool=heavy pid=4711 cause=failed status=78 "
	  "detail=\"a reason\"\n" },
	{ { EXIT(0), LEDGER_END_SURPLUS, false, 0, 0 }, false,
	  "notice Worker ended. pool=heavy pid=4711 cause=surplus\n" },
};

START_TEST(test_line_says_what_there_is_to_say)
{
	struct obituary obituary = obituary_of(&lines[_i].row);
	const char *log;

	obituary.busy = !lines[_i].idle;
	log = line_of(&obituary);
	ck_assert_msg(strstr(log, lines[_i].line) != NULL, "%s", log);
}
END_TEST

START_TEST(test_line_without_words_has_none)
{
	struct obituary obituary = { .row = 0, .pid = 5, .status = SIGKILL };
	const char *log = line_of(&obituary);

	ck_assert_msg(strstr(log, "warning Worker ended. pool=fast pid=5 "
	                          "cause=killed signal=9\n") != NULL,
	              "%s", log);
}
END_TEST

START_TEST(test_line_has_the_backtrace)
{
	struct obituary obituary = obituary_of(&rows[0]);
	const char *log;

	obituary.words.backtrace.frames[0] = (void *)(uintptr_t)obituary_cause;
	obituary.words.backtrace.depth = 1;
	log = line_of(&obituary);
	ck_assert_msg(strstr(log, " backtrace=\"") != NULL, "%s", log);
	ck_assert_msg(strstr(log, "obituary_cause") != NULL, "%s", log);
}
END_TEST

/* A function may write where it likes, also what its worker is to say. */
START_TEST(test_spoiled_words_are_told_within_their_bounds)
{
	struct obituary obituary;
	const char *log;

	memset(&obituary, 0xFF, sizeof(obituary));
	obituary.asked = obituary.killed = false;
	obituary.busy = true;
	obituary.status = EXIT(GUARD_EXIT_CRASH);
	obituary.words.backtrace.depth = 0;
	log = line_of(&obituary);
	ck_assert_msg(strstr(log, "pool= pid=-1 cause=crash detail=") != NULL,
	              "%s", log);
	ck_assert_uint_lt(strlen(log), 1000);
	ck_assert_uint_eq(strlen(board->deaths[1].instance),
	                  sizeof(board->deaths[1].instance) - 1);
	ck_assert_uint_eq(strlen(board->deaths[1].request_id),
	                  sizeof(board->deaths[1].request_id) - 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_loop_test(tc, test_cause_is_as_stated, 0, N(rows));
	tcase_add_loop_test(tc, test_exit_code_of_its_own_is_a_failure, 0, 256);
	tcase_add_loop_test(tc, test_end_is_counted_once_by_cause_and_signal, 0,
	                    N(rows));
	tcase_add_loop_test(tc, test_death_is_remembered_unless_it_was_routine,
	                    0, N(rows));
	tcase_add_test(tc, test_last_deaths_are_kept);
	tcase_add_test(tc, test_death_while_idle_names_no_request);
	tcase_add_loop_test(tc, test_signal_out_of_range_is_counted_nowhere, 0,
	                    3);
	tcase_add_loop_test(tc, test_line_says_what_there_is_to_say, 0,
	                    N(lines));
	tcase_add_test(tc, test_line_without_words_has_none);
	tcase_add_test(tc, test_line_has_the_backtrace);
	tcase_add_test(tc, test_spoiled_words_are_told_within_their_bounds);
}

UNIT_MAIN("obituary", add_tests)
