/*
 * check_keys.c: which key comes twice.
 */
#include "schema/keys.h"

#include "unit.h"

#include <stdio.h>

#define NONE SIZE_MAX

/* The names in order, offset = index, and the index of the earliest repeat. */
static const struct {
	struct mr_string names[6];
	size_t count, repeated;
} cases[] = {
	{ { { NULL, 0 } }, 0, NONE },
	{ { BYTES("a") }, 1, NONE },
	{ { BYTES("a"), BYTES("b") }, 2, NONE },
	{ { BYTES("a"), BYTES("a") }, 2, 1 },
	{ { BYTES(""), BYTES("") }, 2, 1 },
	{ { BYTES(""), BYTES("a") }, 2, NONE },
	{ { BYTES("a"), BYTES("aa"), BYTES("aaa") }, 3, NONE },
	{ { BYTES("a\0b"), BYTES("a\0c"), BYTES("a") }, 3, NONE },
	{ { BYTES("a\0b"), BYTES("a\0b") }, 2, 1 },
	{ { BYTES("a"), BYTES("A") }, 2, NONE },
	{ { BYTES("a"), BYTES("a"), BYTES("a") }, 3, 1 },
	{ { BYTES("a"), BYTES("b"), BYTES("b"), BYTES("a") }, 4, 2 },
	{ { BYTES("z"), BYTES("y"), BYTES("x"), BYTES("z"), BYTES("x") },
	  5,
	  3 },
	{ { BYTES("bb"), BYTES("a"), BYTES("c"), BYTES("bb"), BYTES("a") },
	  5,
	  3 },
};

START_TEST(test_earliest_repeated_key_is_found)
{
	struct mr_keys keys = { 0 };
	const struct mr_key *repeated;

	for (size_t i = 0; i < cases[_i].count; i++)
		ck_assert(mr_keys_add(&keys, cases[_i].names[i], i, arena));
	repeated = mr_keys_repeated(&keys, 0);
	if (cases[_i].repeated == NONE) {
		ck_assert_ptr_null(repeated);
		return;
	}
	ck_assert_ptr_nonnull(repeated);
	ck_assert_uint_eq(repeated->offset, cases[_i].repeated);
}
END_TEST

START_TEST(test_one_repeat_among_thousands_is_found)
{
	struct mr_keys keys = { 0 };
	char names[5000][8];

	for (size_t i = 0; i < N(names); i++) {
		snprintf(names[i], sizeof(names[i]), "k%zu", i * 7919 % 5000);
		ck_assert(mr_keys_add(&keys, TEXT(names[i]), i, arena));
	}
	ck_assert(mr_keys_add(&keys, TEXT(names[1234]), N(names), arena));
	ck_assert_uint_eq(mr_keys_repeated(&keys, 0)->offset, N(names));
}
END_TEST

START_TEST(test_inner_keys_are_taken_off_the_stack)
{
	struct mr_keys keys = { 0 };

	ck_assert(mr_keys_add(&keys, TEXT("a"), 0, arena));
	ck_assert(mr_keys_add(&keys, TEXT("a"), 1, arena));
	ck_assert_ptr_null(mr_keys_repeated(&keys, 1));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(mr_keys_add(&keys, TEXT("a"), 2, arena));
	ck_assert_uint_eq(mr_keys_repeated(&keys, 0)->offset, 2);
	ck_assert_uint_eq(keys.count, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_earliest_repeated_key_is_found, 0,
	                    N(cases));
	tcase_add_test(tc, test_one_repeat_among_thousands_is_found);
	tcase_add_test(tc, test_inner_keys_are_taken_off_the_stack);
}

UNIT_MAIN("keys", add_tests)
