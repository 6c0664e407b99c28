/*
 * check_nearest.c: edit distances, and what counts as a slip of the finger.
 */
#include "base/nearest.h"

#include "unit.h"

#define A60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *a, *b;
	size_t distance;
} pairs[] = {
	{ "", "", 0 },
	{ "", "abc", 3 },
	{ "abc", "abc", 0 },
	{ "kitten", "sitting", 3 },
	{ "numbers", "number", 1 },
	{ "numbers", "nubmers", 1 },
	{ "numbers", "nmubesr", 2 },
	{ "ab", "ba", 1 },
	{ "ca", "abc", 3 }, /* 2 only if a swapped pair may be edited again */
	{ "flaw", "lawn", 2 },
	{ "abcdef", "ghijkl", 6 },
	{ "a", "b", 1 },
	{ A60 "aaa", A60 "aaa", 0 },
	{ A60 "aaa", A60 "aab", 1 },
	{ A60 "aaa", "", 63 },
	{ A60 "aaaa", A60 "aaaa", 64 }, /* too long to be compared */
	{ A60 "aaaa", "a", 64 },
	{ A60 "aaaaaaaa", A60 "aaaa", 68 },
};

START_TEST(test_distance_counts_edits_both_ways)
{
	ck_assert_uint_eq(mr_edit_distance(pairs[_i].a, pairs[_i].b),
	                  pairs[_i].distance);
	ck_assert_uint_eq(mr_edit_distance(pairs[_i].b, pairs[_i].a),
	                  pairs[_i].distance);
}
END_TEST

static const struct {
	const char *wanted, *nearest;
} searches[] = {
	{ "numbers", "numbers" },
	{ "nubmers", "numbers" },
	{ "number", "numbers" },
	{ "Numbers", "numbers" },
	{ "round", "rounds" },
	{ "rouns", "rounds" },
	{ "ruonds", "rounds" },
	{ "rate", "rate" },
	{ "ratio", "rate" },
	{ "payment", NULL },
	{ "xxmbxxs", NULL },
	{ A60 "aaaa", NULL },
};

START_TEST(test_nearest_name_is_found_if_near_enough)
{
	static const char *const known[] = { "rounds", "numbers", "rate" };
	struct mr_nearest nearest = { .wanted = searches[_i].wanted };

	for (size_t i = 0; i < N(known); i++)
		mr_nearest_offer(&nearest, known[i]);
	if (searches[_i].nearest == NULL)
		ck_assert_ptr_null(nearest.name);
	else
		ck_assert_pstr_eq(nearest.name, searches[_i].nearest);
}
END_TEST

START_TEST(test_nearest_of_equals_is_the_first)
{
	struct mr_nearest nearest = { .wanted = "rate0" };

	mr_nearest_offer(&nearest, "rate1");
	mr_nearest_offer(&nearest, "rate2");
	ck_assert_pstr_eq(nearest.name, "rate1");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_distance_counts_edits_both_ways, 0,
	                    N(pairs));
	tcase_add_loop_test(tc, test_nearest_name_is_found_if_near_enough, 0,
	                    N(searches));
	tcase_add_test(tc, test_nearest_of_equals_is_the_first);
}

UNIT_MAIN("nearest", add_tests)
