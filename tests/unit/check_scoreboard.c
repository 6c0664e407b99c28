/*
 * check_scoreboard.c: shared memory that forked processes see alike, that is
 * opened again by its descriptor, and whose slots are given out in a row.
 */
#include "fcgi/board/scoreboard.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

static struct scoreboard *board;
static int fd;

static void
prepare(void)
{
	board = scoreboard_new(&fd);
	ck_assert_ptr_nonnull(board);
}

static void
clean_up(void)
{
	scoreboard_free(board);
	close(fd);
}

START_TEST(test_new_one_is_zero_but_for_its_layout)
{
	const unsigned char *bytes = (const unsigned char *)board;

	ck_assert_uint_eq(board->layout, SCOREBOARD_LAYOUT);
	for (size_t i = sizeof(board->layout); i < sizeof(*board); i += 61)
		ck_assert_uint_eq(bytes[i], 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}
END_TEST

START_TEST(test_instance_is_given_once_and_to_nobody_else)
{
	char first[MR_JOB_ID];
	int other_fd;
	struct scoreboard *other = scoreboard_new(&other_fd);

	scoreboard_name(board);
	ck_assert(mr_job_is_id(board->instance));
	memcpy(first, board->instance, sizeof(first));
	scoreboard_name(board);
	ck_assert_str_eq(board->instance, first);
	scoreboard_name(other);
	ck_assert_str_ne(other->instance, first);
	scoreboard_free(other);
	close(other_fd);
}
END_TEST

START_TEST(test_slots_and_their_writers_lie_apart)
{
	ck_assert_uint_eq((uintptr_t)board->scores % 64, 0);
	ck_assert_uint_eq(sizeof(struct score) % 64, 0);
	/* The halves of the two writers share no line of the cache. */
	ck_assert_uint_eq(offsetof(struct score, condemned) % 64, 0);
	ck_assert_uint_ge(offsetof(struct score, condemned), 64);
}
END_TEST

START_TEST(test_child_and_parent_see_the_same)
{
	struct score *scores = board->scores;
	pid_t child;
	int status;

	atomic_store(&scores[1].condemned, 9);
	child = fork();
	if (child == 0) {
		score_begin(&scores[1], 1234, 5678);
		atomic_store(&scores[1].ready, true);
		_exit(atomic_load(&scores[1].condemned) == 9 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(atomic_load(&scores[1].generation), 1);
	ck_assert_uint_eq(atomic_load(&scores[1].since), 1234);
	ck_assert_uint_eq(atomic_load(&scores[1].due), 5678);
	ck_assert(atomic_load(&scores[1].ready));
	ck_assert_uint_eq(atomic_load(&scores[0].generation), 0);
}
END_TEST

/* As the next master does: what is written in one is read in the other. */
START_TEST(test_open_finds_what_is_there)
{
	struct scoreboard *other;

	board->age = 7;
	board->ledger.pools[1].started = 8;
	other = scoreboard_open(fd);
	ck_assert_ptr_nonnull(other);
	ck_assert_ptr_ne(other, board);
	ck_assert_uint_eq(other->age, 7);
	ck_assert_uint_eq(other->ledger.pools[1].started, 8);
	other->scores[SCOREBOARD_SLOTS - 1].pid = 9;
	ck_assert_int_eq(board->scores[SCOREBOARD_SLOTS - 1].pid, 9);
	scoreboard_free(other);
}
END_TEST

/* Files that are none of ours. */
static const struct {
	bool kept; /* the layout's number is right */
	off_t length;
	int error;
} strangers[] = {
	{ false, sizeof(struct scoreboard), EPROTO },
	{ true, sizeof(struct scoreboard) - 1, EPROTO },
	{ true, sizeof(struct scoreboard) + 1, EPROTO },
	{ true, sizeof(uint64_t), EPROTO },
};

START_TEST(test_open_refuses_another_layout)
{
	if (!strangers[_i].kept)
		board->layout++;
	ck_assert_int_eq(ftruncate(fd, strangers[_i].length), 0);
	errno = 0;
	ck_assert_ptr_null(scoreboard_open(fd));
	ck_assert_int_eq(errno, strangers[_i].error);
}
END_TEST

/* Too short for a layout, or no file at all: also without errno of a success. */
START_TEST(test_open_refuses_what_has_no_layout)
{
	ck_assert_int_eq(ftruncate(fd, 3), 0);
	errno = 0;
	ck_assert_ptr_null(scoreboard_open(fd));
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_ptr_null(scoreboard_open(-1));
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

/* Slots: the pids that are taken, and what is found for whom. */

static const struct {
	size_t taken[4]; /* but for 0 */
	size_t from, count, first;
} reservations[] = {
	{ { 0 }, 0, 3, 0 },
	{ { 0 }, 5, 3, 5 },
	{ { 1 }, 0, 1, 0 },
	{ { 1 }, 0, 2, 2 },
	{ { 2, 5 }, 0, 2, 0 },
	{ { 2, 5 }, 0, 3, 6 },
	{ { 2, 6 }, 0, 3, 3 },
	{ { 2, 6 }, 2, 3, 3 },
	{ { 2, 6 }, 4, 2, 4 },
	{ { 2, 6 }, 4, 3, 7 },
	{ { 1, 3, 5, 7 }, 0, 2, 8 },
	{ { 1 }, 0, SCOREBOARD_SLOTS - 2, 2 },
	{ { 1 }, 0, SCOREBOARD_SLOTS - 1, SCOREBOARD_SLOTS },
	{ { 0 }, 0, SCOREBOARD_SLOTS, 0 },
	{ { 0 }, 1, SCOREBOARD_SLOTS, SCOREBOARD_SLOTS },
	{ { 0 }, SCOREBOARD_SLOTS, 1, SCOREBOARD_SLOTS },
	{ { 0 }, SCOREBOARD_SLOTS - 1, 1, SCOREBOARD_SLOTS - 1 },
};

START_TEST(test_range_is_the_first_without_a_worker)
{
	size_t count = reservations[_i].count, first;

	for (size_t i = 0; i < N(reservations[_i].taken); i++)
		if (reservations[_i].taken[i] != 0)
			board->scores[reservations[_i].taken[i]].pid = 1;
	first = scoreboard_reserve(board, reservations[_i].from, count);
	ck_assert_uint_eq(first, reservations[_i].first);
	ck_assert_uint_eq(board->used, first == SCOREBOARD_SLOTS
	                                   ? 0
	                                   : first + count);
}
END_TEST

/* Readers look at all that was ever given out. */
START_TEST(test_used_never_shrinks)
{
	scoreboard_reserve(board, 0, 50);
	scoreboard_reserve(board, 0, 3);
	ck_assert_uint_eq(board->used, 50);
}
END_TEST

static size_t
claim(size_t from)
{
	size_t slot = scoreboard_claim(board, from);

	if (slot < SCOREBOARD_SLOTS)
		atomic_store(&board->scores[slot].pid, 1);
	return slot;
}

START_TEST(test_claims_follow_each_other_and_fill_holes)
{
	for (size_t i = 0; i < 50; i++)
		ck_assert_uint_eq(claim(3), 3 + i);
	scoreboard_release(board, 20);
	scoreboard_release(board, 10);
	scoreboard_release(board, SCOREBOARD_SLOTS);
	ck_assert_int_eq(board->scores[10].pid, 0);
	ck_assert_uint_eq(claim(3), 10);
	ck_assert_uint_eq(claim(3), 20);
	ck_assert_uint_eq(claim(3), 53);
	scoreboard_release(board, 5);
	ck_assert_uint_eq(claim(7), 54);
	ck_assert_uint_eq(board->used, 55);
}
END_TEST

START_TEST(test_full_scoreboard_has_no_claim)
{
	size_t from = SCOREBOARD_SLOTS - 2;

	ck_assert_uint_eq(claim(from), from);
	ck_assert_uint_eq(claim(from), from + 1);
	ck_assert_uint_eq(claim(from), SCOREBOARD_SLOTS);
	scoreboard_release(board, from);
	ck_assert_uint_eq(claim(from), from);
	ck_assert_uint_eq(claim(from), SCOREBOARD_SLOTS);
}
END_TEST

/* Requests. */

START_TEST(test_request_has_a_generation_and_a_start)
{
	struct score *score = &board->scores[0];

	for (uint64_t i = 1; i < 100; i++) {
		score_begin(score, 1000 * i, 1000 * i + 50);
		ck_assert_uint_eq(atomic_load(&score->generation), i);
		ck_assert_uint_eq(atomic_load(&score->since), 1000 * i);
		ck_assert_uint_eq(atomic_load(&score->due), 1000 * i + 50);
		score_end(score, 1000 * i + 7);
		ck_assert_uint_eq(atomic_load(&score->generation), i);
		ck_assert_uint_eq(atomic_load(&score->since), 0);
		ck_assert_uint_eq(atomic_load(&score->idle), 1000 * i + 7);
	}
}
END_TEST

/* What the last request left would have the next one traced or ended. */
START_TEST(test_request_begins_without_the_times_of_the_last)
{
	struct score *score = &board->scores[0];

	score_begin(score, 1000, 2000);
	atomic_store(&score->slow, 1500);
	atomic_store(&score->left, 1600);
	score_end(score, 1700);
	score_begin(score, 1800, 2800);
	ck_assert_uint_eq(atomic_load(&score->slow), 0);
	ck_assert_uint_eq(atomic_load(&score->left), 0);
}
END_TEST

START_TEST(test_reset_leaves_nothing_and_no_neighbour_out)
{
	struct score *scores = board->scores;
	static const struct score zero;

	memset(scores, 0xff, 3 * sizeof(*scores));
	score_reset(&scores[1]);
	ck_assert_mem_eq(&scores[1], &zero, sizeof(zero));
	ck_assert_int_eq(scores[0].pid, -1);
	ck_assert_uint_eq(scores[2].generation, UINT64_MAX);
}
END_TEST

/* A stray write took the end of every text, and makes of no row one. */
START_TEST(test_text_without_an_end_is_given_one)
{
	struct score *score = &board->scores[0];
	char copy[sizeof(score->request_id)];

	memset(score, 0xFF, sizeof(*score));
	score_copy_text(copy, score->request_id, sizeof(copy));
	ck_assert_uint_eq(strlen(copy), sizeof(copy) - 1);
	ck_assert_uint_eq((unsigned char)copy[0], 0xFF);
	ck_assert_str_eq(ledger_endpoint_name(&board->ledger, score->row), "");
	ck_assert_str_eq(ledger_endpoint_pool(&board->ledger, score->row), "");
	ck_assert_str_eq(ledger_pool_name(&board->ledger, score->pool), "");
}
END_TEST

START_TEST(test_text_with_an_end_is_copied)
{
	char copy[4] = "xxx";

	score_copy_text(copy, "", sizeof(copy));
	ck_assert_str_eq(copy, "");
	score_copy_text(copy, "abc", sizeof(copy));
	ck_assert_str_eq(copy, "abc");
	score_copy_text(copy, "abcd", sizeof(copy));
	ck_assert_str_eq(copy, "abc");
}
END_TEST

START_TEST(test_free_accepts_null)
{
	scoreboard_free(NULL);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_new_one_is_zero_but_for_its_layout);
	tcase_add_test(tc, test_instance_is_given_once_and_to_nobody_else);
	tcase_add_test(tc, test_slots_and_their_writers_lie_apart);
	tcase_add_test(tc, test_child_and_parent_see_the_same);
	tcase_add_test(tc, test_open_finds_what_is_there);
	tcase_add_loop_test(tc, test_open_refuses_another_layout, 0,
	                    N(strangers));
	tcase_add_test(tc, test_open_refuses_what_has_no_layout);
	tcase_add_loop_test(tc, test_range_is_the_first_without_a_worker, 0,
	                    N(reservations));
	tcase_add_test(tc, test_used_never_shrinks);
	tcase_add_test(tc, test_claims_follow_each_other_and_fill_holes);
	tcase_add_test(tc, test_full_scoreboard_has_no_claim);
	tcase_add_test(tc, test_request_has_a_generation_and_a_start);
	tcase_add_test(tc, test_request_begins_without_the_times_of_the_last);
	tcase_add_test(tc, test_reset_leaves_nothing_and_no_neighbour_out);
	tcase_add_test(tc, test_text_without_an_end_is_given_one);
	tcase_add_test(tc, test_text_with_an_end_is_copied);
	tcase_add_test(tc, test_free_accepts_null);
}

UNIT_MAIN("scoreboard", add_tests)
