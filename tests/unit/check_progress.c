/*
 * check_progress.c: what a job tells is what others read of it, whole, also
 * while it is told.
 */
#include "fcgi/board/progress.h"

#include "fcgi/base/clock.h"
#include "new_board.h"
#include "unit.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define OTHER "01890a5d-ac96-774b-bcce-b302099a8058"

static struct scoreboard *board;
static struct score_job *job;
static struct mr_job_progress progress;

static void
prepare(void)
{
	board = new_board();
	job = &board->scores[3].job;
	progress_begin(job, ID, 2);
}

static void
clean_up(void)
{
	scoreboard_free(board);
}

static void
look(void)
{
	memset(&progress, 0xFF, sizeof(progress));
	ck_assert(progress_read(job, ID, 2, &progress));
}

START_TEST(test_a_job_that_has_told_nothing_is_known_and_empty)
{
	look();
	ck_assert_double_eq(progress.total, 0);
	ck_assert_double_eq(progress.done, 0);
	ck_assert_double_eq(progress.elapsed, 0);
	ck_assert_str_eq(progress.phase, "");
	ck_assert_str_eq(progress.figures[0].name, "");
}
END_TEST

static const struct {
	const char *id;
	int64_t attempt;
} others[] = { { ID, 1 }, { ID, 3 }, { OTHER, 2 }, { "", 2 }, { "", 0 } };

START_TEST(test_another_job_or_attempt_is_not_read)
{
	memset(&progress, 0x55, sizeof(progress));
	ck_assert(!progress_read(job, others[_i].id, others[_i].attempt,
	                         &progress));
	ck_assert_int_eq(progress.phase[0], 0x55);
}
END_TEST

START_TEST(test_what_is_told_last_is_read)
{
	progress_tell(job, 1, 100, "count");
	progress_tell(job, 2, 100, "count");
	look();
	ck_assert_double_eq(progress.done, 2);
	ck_assert_double_eq(progress.total, 100);
	ck_assert_str_eq(progress.phase, "count");
	progress_tell(job, 3, 50, "sum");
	look();
	ck_assert_double_eq(progress.done, 3);
	ck_assert_double_eq(progress.total, 50);
	ck_assert_str_eq(progress.phase, "sum");
}
END_TEST

/* It is the place of the text that costs a compare, and nothing else. */
START_TEST(test_same_phase_leaves_the_generation_alone)
{
	uint64_t before;

	progress_tell(job, 1, 100, "count");
	before = atomic_load(&job->generation);
	for (int i = 2; i < 100; i++)
		progress_tell(job, i, 100, "count");
	ck_assert_uint_eq(atomic_load(&job->generation), before);
	progress_tell(job, 1, 100, "other");
	ck_assert_uint_eq(atomic_load(&job->generation), before + 2);
}
END_TEST

START_TEST(test_time_goes_from_where_it_was_first_told)
{
	progress_tell(job, 0, 0, "load");
	look();
	ck_assert_double_eq(progress.elapsed, 0);
	progress_tell(job, 25, 100, "count");
	atomic_fetch_sub(&job->since, 10 * CLOCK_NS_PER_S);
	progress_tell(job, 75, 100, "count");
	progress_tell(job, 80, 200, "sum");
	look();
	ck_assert_double_eq(progress.first, 0.25);
	ck_assert_double_ge(progress.elapsed, 10);
	ck_assert_double_lt(progress.elapsed, 10 + UNIT_TIMEOUT);
}
END_TEST

START_TEST(test_next_job_begins_anew)
{
	progress_tell(job, 1, 2, "count");
	progress_figure(job, "error", 1);
	progress_begin(job, OTHER, 1);
	ck_assert(!progress_read(job, ID, 2, &progress));
	ck_assert(progress_read(job, OTHER, 1, &progress));
	ck_assert_double_eq(progress.total, 0);
	ck_assert_double_eq(progress.elapsed, 0);
	ck_assert_str_eq(progress.phase, "");
	ck_assert_str_eq(progress.figures[0].name, "");
	progress_tell(job, 1, 2, "count");
	progress_figure(job, "error", 2);
	ck_assert(progress_read(job, OTHER, 1, &progress));
	ck_assert_str_eq(progress.phase, "count");
	ck_assert_double_eq(progress.figures[0].value, 2);
	progress_begin(job, NULL, 0);
	ck_assert(!progress_read(job, OTHER, 1, &progress));
}
END_TEST

START_TEST(test_figures_are_told_apart_by_their_text)
{
	char error[] = "error";

	progress_figure(job, "error", 1);
	progress_figure(job, "mean", 2);
	progress_figure(job, error, 3);
	progress_figure(job, error, 4);
	look();
	ck_assert_str_eq(progress.figures[0].name, "error");
	ck_assert_double_eq(progress.figures[0].value, 4);
	ck_assert_str_eq(progress.figures[1].name, "mean");
	ck_assert_double_eq(progress.figures[1].value, 2);
	ck_assert_str_eq(progress.figures[2].name, "");
}
END_TEST

START_TEST(test_figures_beyond_the_last_go_nowhere)
{
	static const char names[MR_FIGURES + 2][2] = { "a", "b", "c",
		                                       "d", "e", "f" };

	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < N(names); i++)
			progress_figure(job, names[i], (double)i + turn);
	look();
	for (size_t i = 0; i < MR_FIGURES; i++) {
		ck_assert_str_eq(progress.figures[i].name, names[i]);
		ck_assert_double_eq(progress.figures[i].value, (double)i + 1);
	}
}
END_TEST

static const struct {
	double done, total;
} numbers[] = { { NAN, 100 }, { 1, NAN },   { 1, -1 },
	        { INFINITY, 10 }, { 1, INFINITY }, { 1, 0 } };

START_TEST(test_what_is_no_number_is_read_as_none)
{
	progress_tell(job, numbers[_i].done, numbers[_i].total, "count");
	progress_figure(job, "error", NAN);
	progress_figure(job, "mean", 1);
	look();
	ck_assert(isfinite(progress.done) && isfinite(progress.first));
	ck_assert(isfinite(progress.total) && progress.total >= 0);
	ck_assert_str_eq(progress.figures[0].name, "mean");
	ck_assert_str_eq(progress.figures[1].name, "");
}
END_TEST

START_TEST(test_texts_may_be_absent)
{
	progress_tell(job, 1, 10, "count");
	progress_tell(job, 2, 10, NULL);
	progress_figure(job, NULL, 1);
	progress_figure(job, "", 1);
	look();
	ck_assert_double_eq(progress.done, 2);
	ck_assert_str_eq(progress.phase, "");
	ck_assert_str_eq(progress.figures[0].name, "");
}
END_TEST

START_TEST(test_long_texts_are_cut_between_characters)
{
	char text[200] = "";

	for (int i = 0; i < _i; i++)
		strcat(text, "x");
	while (strlen(text) < 100)
		strcat(text, "\xE2\x82\xAC");
	progress_tell(job, 1, 2, text);
	look();
	ck_assert_uint_le(strlen(progress.phase), MR_PROGRESS_NAME - 1);
	ck_assert_uint_ge(strlen(progress.phase), MR_PROGRESS_NAME - 3);
	ck_assert_uint_eq((strlen(progress.phase) - (size_t)_i) % 3, 0);
	ck_assert_mem_eq(progress.phase, text, strlen(progress.phase));
}
END_TEST

/* Who died while writing leaves nothing that could be believed. */
START_TEST(test_half_written_job_is_not_read)
{
	progress_tell(job, 1, 2, "count");
	atomic_fetch_add(&job->generation, 1);
	ck_assert(!progress_read(job, ID, 2, &progress));
	atomic_store(&board->scores[3].pid, 1);
	board->used = 4;
	ck_assert_uint_eq(progress_find(board, ID, 2), SCOREBOARD_SLOTS);
	progress_begin(job, ID, 2);
	look();
	ck_assert_uint_eq(progress_find(board, ID, 2), 3);
}
END_TEST

/* A phase and a total that do not belong together are never seen. */
START_TEST(test_reader_beside_a_writer_sees_what_belongs_together)
{
	pid_t writer = fork();
	size_t seen[2] = { 0, 0 };

	if (writer == 0)
		for (uint64_t i = 0;; i++)
			progress_tell(job, 1, i % 2 == 0 ? 100 : 200,
			              i % 2 == 0 ? "aaaaaaaaaaaaaaaaaaaaaaa"
			                         : "bbbbbbbbbbbbbbbbbbbbbbbbbb");
	while (seen[0] < 100 || seen[1] < 100) {
		if (!progress_read(job, ID, 2, &progress) ||
		    progress.total == 0)
			continue;
		ck_assert_str_eq(progress.phase,
		                 progress.total == 100
		                     ? "aaaaaaaaaaaaaaaaaaaaaaa"
		                     : "bbbbbbbbbbbbbbbbbbbbbbbbbb");
		seen[progress.total == 200]++;
	}
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
}
END_TEST

START_TEST(test_runner_of_a_job_is_found)
{
	board->used = 10;
	ck_assert_uint_eq(progress_find(board, ID, 2), SCOREBOARD_SLOTS);
	atomic_store(&board->scores[3].pid, 1);
	ck_assert_uint_eq(progress_find(board, ID, 2), 3);
	ck_assert_uint_eq(progress_find(board, ID, 1), SCOREBOARD_SLOTS);
	ck_assert_uint_eq(progress_find(board, OTHER, 2), SCOREBOARD_SLOTS);
	board->used = 3;
	ck_assert_uint_eq(progress_find(board, ID, 2), SCOREBOARD_SLOTS);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_a_job_that_has_told_nothing_is_known_and_empty);
	tcase_add_loop_test(tc, test_another_job_or_attempt_is_not_read, 0,
	                    N(others));
	tcase_add_test(tc, test_what_is_told_last_is_read);
	tcase_add_test(tc, test_same_phase_leaves_the_generation_alone);
	tcase_add_test(tc, test_time_goes_from_where_it_was_first_told);
	tcase_add_test(tc, test_next_job_begins_anew);
	tcase_add_test(tc, test_figures_are_told_apart_by_their_text);
	tcase_add_test(tc, test_figures_beyond_the_last_go_nowhere);
	tcase_add_loop_test(tc, test_what_is_no_number_is_read_as_none, 0,
	                    N(numbers));
	tcase_add_test(tc, test_texts_may_be_absent);
	tcase_add_loop_test(tc, test_long_texts_are_cut_between_characters, 0,
	                    3);
	tcase_add_test(tc, test_half_written_job_is_not_read);
	tcase_add_test(tc,
	               test_reader_beside_a_writer_sees_what_belongs_together);
	tcase_add_test(tc, test_runner_of_a_job_is_found);
}

UNIT_MAIN("progress", add_tests)
