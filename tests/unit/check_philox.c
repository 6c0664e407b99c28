/*
 * check_philox.c: the published answers (kat_vectors of Random123, by the
 * authors of the paper), and numbers that look random.
 */
#include "compute/philox.h"

#include "unit.h"

static const struct {
	struct mr_philox counter;
	uint32_t key[2];
	struct mr_philox answer;
} known[] = {
	{ { { 0, 0, 0, 0 } },
	  { 0, 0 },
	  { { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } } },
	{ { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },
	  { 0xffffffff, 0xffffffff },
	  { { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } } },
	{ { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 } },
	  { 0xa4093822, 0x299f31d0 },
	  { { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } } },
};

START_TEST(test_answers_are_the_published_ones)
{
	struct mr_philox answer =
	    mr_philox(known[_i].counter, known[_i].key);

	ck_assert_mem_eq(&answer, &known[_i].answer, sizeof(answer));
}
END_TEST

/* Every bit of counter and key turns about half of the 128 bits over. */
START_TEST(test_each_bit_of_counter_and_key_matters)
{
	const uint32_t none[2] = { 0, 0 };
	struct mr_philox zero = mr_philox((struct mr_philox){ { 0 } }, none);
	struct mr_philox counter = { { 0 } }, answer;
	uint32_t key[2] = { 0, 0 };
	int changed = 0;

	if (_i < 128)
		counter.word[_i / 32] = UINT32_C(1) << _i % 32;
	else
		key[(_i - 128) / 32] = UINT32_C(1) << _i % 32;
	answer = mr_philox(counter, key);
	for (int i = 0; i < 4; i++)
		changed += __builtin_popcount(answer.word[i] ^ zero.word[i]);
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
