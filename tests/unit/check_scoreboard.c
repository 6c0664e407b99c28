/*
 * check_scoreboard.c: slots that a forked process shares.
 */
#include "fcgi/scoreboard.h"

#include "unit.h"

#include <sys/wait.h>

static const size_t counts[] = { 1, 2, 33, 1024 };

START_TEST(test_slots_are_zero_and_lie_apart)
{
	struct score *scores = scoreboard_new(counts[_i]);

	ck_assert_ptr_nonnull(scores);
	ck_assert_uint_eq((uintptr_t)scores % 64, 0);
	ck_assert_uint_eq(sizeof(*scores) % 64, 0);
	/* The halves of the two writers share no line of the cache. */
	ck_assert_uint_eq(offsetof(struct score, condemned) % 64, 0);
	ck_assert_uint_ge(offsetof(struct score, condemned), 64);
	for (size_t i = 0; i < counts[_i]; i++) {
		ck_assert_uint_eq(atomic_load(&scores[i].generation), 0);
		ck_assert_uint_eq(atomic_load(&scores[i].since), 0);
		ck_assert_uint_eq(atomic_load(&scores[i].connections), 0);
		ck_assert_uint_eq(atomic_load(&scores[i].condemned), 0);
		ck_assert(!atomic_load(&scores[i].ready));
	}
	scoreboard_free(scores, counts[_i]);
}
END_TEST

START_TEST(test_child_and_parent_see_the_same)
{
	struct score *scores = scoreboard_new(2);
	pid_t child;
	int status;

	atomic_store(&scores[1].condemned, 9);
	child = fork();
	if (child == 0) {
		score_begin(&scores[1], 1234);
		atomic_store(&scores[1].ready, true);
		_exit(atomic_load(&scores[1].condemned) == 9 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(atomic_load(&scores[1].generation), 1);
	ck_assert_uint_eq(atomic_load(&scores[1].since), 1234);
	ck_assert(atomic_load(&scores[1].ready));
	ck_assert_uint_eq(atomic_load(&scores[0].generation), 0);
	scoreboard_free(scores, 2);
}
END_TEST

START_TEST(test_request_has_a_generation_and_a_start)
{
	struct score *score = scoreboard_new(1);

	for (uint64_t i = 1; i < 100; i++) {
		score_begin(score, 1000 * i);
		ck_assert_uint_eq(atomic_load(&score->generation), i);
		ck_assert_uint_eq(atomic_load(&score->since), 1000 * i);
		score_end(score);
		ck_assert_uint_eq(atomic_load(&score->generation), i);
		ck_assert_uint_eq(atomic_load(&score->since), 0);
	}
	scoreboard_free(score, 1);
}
END_TEST

START_TEST(test_free_accepts_null)
{
	scoreboard_free(NULL, 5);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_slots_are_zero_and_lie_apart, 0,
	                    N(counts));
	tcase_add_test(tc, test_child_and_parent_see_the_same);
	tcase_add_test(tc, test_request_has_a_generation_and_a_start);
	tcase_add_test(tc, test_free_accepts_null);
}

UNIT_MAIN("scoreboard", add_tests)
