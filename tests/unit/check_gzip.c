/*
 * check_gzip.c: what was deflated comes back; what is cut, damaged or too
 * large is refused; and the memory is that of the arena, within the limit.
 */
#include "base/gzip.h"

#include "deflate.h"
#include "unit.h"

/* All that may stand in a header. */
static unsigned char extra[] = "AB\4\0data";
static unsigned char name[] = "numbers.json", comment[] = "no comment";
static gz_header full = { .extra = extra,
	                  .extra_len = sizeof(extra) - 1,
	                  .name = name,
	                  .comment = comment,
	                  .hcrc = 1 };

static struct mr_string
joined(struct mr_string a, struct mr_string b)
{
	char *both = mr_arena_alloc(arena, a.length + b.length);

	memcpy(both, a.data, a.length);
	memcpy(both + a.length, b.data, b.length);
	return (struct mr_string){ both, a.length + b.length };
}

/* Some repeat, some do not. */
static struct mr_string
some_text(size_t length)
{
	char *text = mr_arena_alloc(arena, length);
	uint64_t state = length;

	for (size_t i = 0; i < length; i++)
		text[i] = i % 1000 < 500 ? (char)random_bits(&state)
		                         : text[i - 500];
	return (struct mr_string){ text, length };
}

static struct mr_inflation
inflated(struct mr_string gzip, size_t limit, enum mr_err expected)
{
	struct mr_inflation inflation = { .gzip = gzip,
		                          .limit = limit,
		                          .text = { .arena = arena } };

	ck_assert_int_eq(mr_gzip_inflate(&inflation), expected);
	ck_assert_uint_le(inflation.text.capacity, limit + 1);
	ck_assert_uint_le(inflation.offset, gzip.length);
	ck_assert(expected != MR_SYNTAX || inflation.reason != NULL);
	return inflation;
}

static void
assert_inflates(struct mr_string gzip, struct mr_string text)
{
	struct mr_inflation inflation =
	    inflated(gzip, text.length, MR_OK);

	ck_assert_ptr_nonnull(inflation.text.data);
	ck_assert_uint_eq(inflation.text.length, text.length);
	ck_assert_mem_eq(inflation.text.data, text.data, text.length);
}

static void
assert_malformed(struct mr_string gzip, size_t offset, const char *reason)
{
	struct mr_inflation inflation = inflated(gzip, 10000, MR_SYNTAX);

	ck_assert_str_eq(inflation.reason, reason);
	ck_assert_uint_eq(inflation.offset, offset);
}

static const size_t lengths[] = { 0,     1,     2,     100,    4096,
	                          32000, 32768, 65536, 100001, 5000000 };

START_TEST(test_text_comes_back)
{
	struct mr_string text = some_text(lengths[_i]);

	for (int level = 0; level <= 9; level += 3)
		assert_inflates(
		    guarded(deflated(text, level, level == 3 ? &full : NULL,
		                     arena)),
		    text);
}
END_TEST

START_TEST(test_text_over_the_limit_is_given_up)
{
	struct mr_string text = some_text(lengths[_i]);
	struct mr_string gzip = deflated(text, 6, NULL, arena);

	for (size_t limit = 0; limit < text.length; limit += limit / 2 + 99)
		inflated(gzip, limit, MR_BODY_TOO_LARGE);
	if (text.length > 0)
		inflated(gzip, text.length - 1, MR_BODY_TOO_LARGE);
}
END_TEST

START_TEST(test_members_in_a_row_are_one_text)
{
	struct mr_string text = some_text(lengths[_i]);
	struct mr_string one = deflated(text, 6, NULL, arena);
	struct mr_string empty = deflated(TEXT(""), 6, &full, arena);
	struct mr_string four =
	    joined(joined(one, empty), joined(empty, one));

	assert_inflates(guarded(four), joined(text, text));
	if (text.length > 0)
		inflated(four, 2 * text.length - 1, MR_BODY_TOO_LARGE);
}
END_TEST

START_TEST(test_what_is_cut_ends_too_early)
{
	struct mr_string text = some_text(300);
	struct mr_string one = deflated(text, 6, &full, arena);
	struct mr_string two = joined(one, one);

	for (size_t length = 0; length < two.length; length++)
		if (length != one.length)
			assert_malformed(
			    guarded((struct mr_string){ two.data, length }),
			    length, "it ends too early");
}
END_TEST

static const struct {
	struct mr_string gzip;
	size_t offset;
	const char *reason;
} malformed[] = {
	{ BYTES(""), 0, "it ends too early" },
	{ BYTES("\x1F"), 1, "it ends too early" },
	{ BYTES("\x1F\x8B\x08\x08\0\0\0\0\0\3a name without an end"), 31,
	  "it ends too early" },
	{ BYTES("{}"), 0, "a member should begin with 1F 8B" },
	{ BYTES("\x1E\x8B\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"), 0,
	  "a member should begin with 1F 8B" },
	{ BYTES("\x78\x9C\3\0\0\0\0\1"), 0, /* zlib's own format */
	  "a member should begin with 1F 8B" },
	{ BYTES("\x1F\x8B\x07\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"), 4,
	  "unknown compression method" },
	{ BYTES("\x1F\x8B\x08\x20\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"), 4,
	  "unknown header flags set" },
	{ BYTES("\x1F\x8B\x08\2\0\0\0\0\0\3\0\0\3\0\0\0\0\0\0\0\0\0"), 12,
	  "header crc mismatch" },
	{ BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3\7\0\0\0\0\0\0\0\0\0"), 11,
	  "invalid block type" },
	{ BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3\1\1\0\1\0x\0\0\0\0\0\0\0\0"), 15,
	  "invalid stored block lengths" },
	{ BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3\3\0\1\0\0\0\0\0\0\0"), 16,
	  "incorrect data check" },
	{ BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\1\0\0\0"), 20,
	  "incorrect length check" },
	{ BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0x"), 20,
	  "a member should begin with 1F 8B" },
	{ BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0\0\0"), 20,
	  "a member should begin with 1F 8B" },
};

START_TEST(test_malformed_is_told_with_its_place)
{
	assert_malformed(guarded(malformed[_i].gzip), malformed[_i].offset,
	                 malformed[_i].reason);
}
END_TEST

/* Only what the checksum leaves out, such as a name or a time, may differ. */
START_TEST(test_no_flipped_bit_changes_the_text)
{
	struct mr_string text = some_text(200);
	struct mr_string gzip = deflated(text, 6, NULL, arena);
	char *damaged = mr_arena_copy(arena, gzip.data, gzip.length);

	for (size_t bit = 0; bit < 8 * gzip.length; bit++) {
		struct mr_inflation inflation = {
			.gzip = { damaged, gzip.length },
			.limit = 1000,
			.text = { .arena = arena },
		};
		enum mr_err err;

		damaged[bit / 8] ^= (char)(1 << bit % 8);
		err = mr_gzip_inflate(&inflation);
		damaged[bit / 8] ^= (char)(1 << bit % 8);
		if (err == MR_OK)
			ck_assert_mem_eq(inflation.text.data, text.data,
			                 text.length);
		else
			ck_assert(err == MR_SYNTAX || err == MR_BODY_TOO_LARGE);
	}
}
END_TEST

/* 50 MB in 50 kB, with the length that it has, and lies about it. */
START_TEST(test_bomb_is_given_up_within_the_limit)
{
	static const unsigned char claims[][4] = { { 0, 0, 0, 0 },
		                                   { 255, 255, 255, 255 } };
	char *zeros = calloc(1, 50000000);
	struct mr_string bomb = deflated(
	    (struct mr_string){ zeros, 50000000 }, 9, NULL, arena);
	char *lie = mr_arena_copy(arena, bomb.data, bomb.length);

	free(zeros);
	ck_assert_uint_lt(bomb.length, 60000);
	inflated(bomb, 1000000, MR_BODY_TOO_LARGE);
	for (size_t i = 0; i < N(claims); i++) {
		memcpy(lie + bomb.length - 4, claims[i], 4);
		inflated((struct mr_string){ lie, bomb.length }, 1000000,
		         MR_BODY_TOO_LARGE);
	}
}
END_TEST

START_TEST(test_length_that_is_claimed_is_no_promise)
{
	struct mr_string text = some_text(70000), gzip;
	struct mr_inflation inflation;
	char *lie;

	gzip = deflated(text, 6, NULL, arena);
	lie = mr_arena_copy(arena, gzip.data, gzip.length);
	memset(lie + gzip.length - 4, 0, 4);
	gzip.data = lie;
	inflation = inflated(gzip, 100000, MR_SYNTAX);
	ck_assert_str_eq(inflation.reason, "incorrect length check");
	ck_assert_uint_eq(inflation.text.length, text.length);
	memset(lie + gzip.length - 4, 0xFF, 4);
	inflation = inflated(gzip, 100000, MR_SYNTAX);
	ck_assert_str_eq(inflation.reason, "incorrect length check");
}
END_TEST

START_TEST(test_members_without_end_are_inflated_in_passing)
{
	struct mr_string empty = deflated(TEXT(""), 6, NULL, arena);
	struct mr_string many = empty;

	while (many.length < 1000000)
		many = joined(many, many);
	assert_inflates(many, TEXT(""));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_text_comes_back, 0, N(lengths));
	tcase_add_loop_test(tc, test_text_over_the_limit_is_given_up, 0,
	                    N(lengths));
	tcase_add_loop_test(tc, test_members_in_a_row_are_one_text, 0,
	                    N(lengths));
	tcase_add_test(tc, test_what_is_cut_ends_too_early);
	tcase_add_loop_test(tc, test_malformed_is_told_with_its_place, 0,
	                    N(malformed));
	tcase_add_test(tc, test_no_flipped_bit_changes_the_text);
	tcase_add_test(tc, test_bomb_is_given_up_within_the_limit);
	tcase_add_test(tc, test_length_that_is_claimed_is_no_promise);
	tcase_add_test(tc, test_members_without_end_are_inflated_in_passing);
}

UNIT_MAIN("gzip", add_tests)
