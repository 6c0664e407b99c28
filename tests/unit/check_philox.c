/*
 * check_philox.c: the published answers (kat_vectors of Random123, by the
 * authors of the paper), and numbers that look random.
 */
#include "compute/philox.h"

#include "unit.h"

static const struct {
	uint32_t counter[4], key[2], answer[4];
} known[] = {
	{ { 0, 0, 0, 0 },
	  { 0, 0 },
	  { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
	{ { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
	  { 0xffffffff, 0xffffffff },
	  { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
	{ { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
	  { 0xa4093822, 0x299f31d0 },
	  { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

START_TEST(test_answers_are_the_published_ones)
{
	uint32_t word[4];

	memcpy(word, known[_i].counter, sizeof(word));
	mr_philox_turn(word, known[_i].key[0], known[_i].key[1]);
	ck_assert_mem_eq(word, known[_i].answer, sizeof(word));
}
END_TEST

/* Every bit of counter and key turns about half of the 128 bits over. */
START_TEST(test_each_bit_of_counter_and_key_matters)
{
	uint32_t zero[4] = { 0 }, word[4] = { 0 }, key[2] = { 0 };
	int changed = 0;

	if (_i < 128)
		word[_i / 32] = UINT32_C(1) << _i % 32;
	else
		key[(_i - 128) / 32] = UINT32_C(1) << _i % 32;
	mr_philox_turn(zero, 0, 0);
	mr_philox_turn(word, key[0], key[1]);
	for (int i = 0; i < 4; i++)
		changed += __builtin_popcount(word[i] ^ zero[i]);
	ck_assert_int_ge(changed, 36);
	ck_assert_int_le(changed, 92);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_answers_are_the_published_ones, 0,
	                    N(known));
	tcase_add_loop_test(tc, test_each_bit_of_counter_and_key_matters, 0,
	                    192);
}

UNIT_MAIN("philox", add_tests)
