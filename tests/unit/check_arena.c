/*
 * check_arena.c: pieces are zeroed, aligned and apart; growth keeps what was
 * there; what is given back goes back.
 */
#include "base/arena.h"

#include "unit.h"

#include <errno.h>

static bool
is_filled(const unsigned char *piece, int byte, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (piece[i] != byte)
			return false;
	return true;
}

static bool
is_mapped(const void *piece)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	unsigned char resident;

	return mincore((void *)((uintptr_t)piece & ~(page - 1)), 1,
	               &resident) == 0 ||
	       errno != ENOMEM;
}

static const size_t sizes[] = { 0,     1,     7,     16,    17,      1000,
	                        32752, 32753, 32767, 32768, 32769,   65535,
	                        65536, 65537, 98304, 99999, 1 << 20, 5000000 };

START_TEST(test_alloc_gives_zeroed_aligned_pieces_apart)
{
	size_t size = sizes[_i];
	unsigned char *pieces[5];

	for (int i = 0; i < 5; i++) {
		pieces[i] = mr_arena_alloc(arena, size);
		ck_assert_ptr_nonnull(pieces[i]);
		ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t),
		                  0);
		ck_assert(is_filled(pieces[i], 0, 0, size));
		memset(pieces[i], i + 1, size);
	}
	for (int i = 0; i < 5; i++)
		ck_assert(is_filled(pieces[i], i + 1, 0, size));
}
END_TEST

START_TEST(test_alloc_after_reset_is_zeroed_again)
{
	size_t size = sizes[_i];

	memset(mr_arena_alloc(arena, size), 0xFF, size);
	mr_arena_reset(arena);
	ck_assert(is_filled(mr_arena_alloc(arena, size), 0, 0, size));
}
END_TEST

START_TEST(test_alloc_over_many_blocks_keeps_every_piece)
{
	unsigned char *pieces[3000];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < N(pieces); i++) {
			pieces[i] = mr_arena_alloc(arena, 100);
			ck_assert(is_filled(pieces[i], 0, 0, 100));
			memset(pieces[i], (int)(i % 251), 100);
		}
		for (size_t i = 0; i < N(pieces); i++)
			ck_assert(is_filled(pieces[i], (int)(i % 251), 0, 100));
		mr_arena_reset(arena);
	}
}
END_TEST

/* Three sizes in a row; 0: the piece is new. */
static const size_t resizes[][3] = {
	{ 0, 10, 20 },             { 10, 20, 5 },
	{ 100, 40000, 80000 },     { 32767, 32768, 32769 },
	{ 32752, 32753, 40000 },   { 40000, 33000, 70000 },
	{ 40000, 100, 40000 },     { 1 << 20, 32768, 1 << 20 },
	{ 33001, 32801, 33001 },   { 65500, 65536, 65540 },
	{ 131040, 131072, 40001 }, { 100000, 32768, 65504 },
	{ 65504, 65505, 200000 },  { 50000, 40000, 5000000 },
	{ 0, 5000000, 40000 },     { 200, 100, 200 },
	{ 65503, 40007, 65529 },   { 0, 100000, 0 },
	{ 9000000, 8500000, 9500000 }, { 5000000, 4200000, 9000000 },
	{ 3000000, 2500000, 3000000 }, { 3000000, 2200000, 9000000 },
	{ 2100000, 4000000, 6000000 }, { 5000000, 40000, 4000000 },
};

START_TEST(test_resize_keeps_the_old_and_zeroes_the_new)
{
	size_t size = resizes[_i][0], next, kept;
	unsigned char *piece = size == 0 ? NULL : mr_arena_alloc(arena, size);

	for (int step = 1; step < 3; step++) {
		if (size > 0)
			memset(piece, 0xFF, size);
		next = resizes[_i][step];
		kept = size < next ? size : next;
		piece = mr_arena_resize(arena, piece, size, next);
		ck_assert_ptr_nonnull(piece);
		ck_assert(is_filled(piece, 0xFF, 0, kept));
		ck_assert(is_filled(piece, 0, kept, next));
		size = next;
	}
}
END_TEST

START_TEST(test_resize_leaves_other_large_pieces_alone)
{
	unsigned char *pieces[4];

	for (int i = 0; i < 4; i++)
		memset(pieces[i] = mr_arena_alloc(arena, 50000), i + 1, 50000);
	pieces[1] = mr_arena_resize(arena, pieces[1], 50000, 3000000);
	mr_arena_release(arena, pieces[2], 50000);
	pieces[0] = mr_arena_resize(arena, pieces[0], 50000, 33000);
	ck_assert(is_filled(pieces[0], 1, 0, 33000));
	ck_assert(is_filled(pieces[1], 2, 0, 50000));
	ck_assert(is_filled(pieces[1], 0, 50000, 3000000));
	ck_assert(is_filled(pieces[3], 4, 0, 50000));
	mr_arena_reset(arena);
	ck_assert(!is_mapped(pieces[0]));
	ck_assert(!is_mapped(pieces[1]));
	ck_assert(!is_mapped(pieces[3]));
}
END_TEST

START_TEST(test_release_of_a_large_piece_unmaps_it)
{
	unsigned char *piece = mr_arena_alloc(arena, 1 << 20);

	ck_assert(is_mapped(piece));
	mr_arena_release(arena, piece, 1 << 20);
	ck_assert(!is_mapped(piece));
}
END_TEST

START_TEST(test_release_of_a_small_piece_waits_for_the_reset)
{
	unsigned char *piece = mr_arena_alloc(arena, 1000), *next;

	memset(piece, 7, 1000);
	mr_arena_release(arena, piece, 1000);
	next = mr_arena_alloc(arena, 1000);
	memset(next, 8, 1000);
	ck_assert(is_filled(piece, 7, 0, 1000));
}
END_TEST

START_TEST(test_release_of_null_does_nothing)
{
	mr_arena_release(arena, NULL, 0);
	mr_arena_release(arena, NULL, 1 << 20);
	ck_assert_ptr_nonnull(mr_arena_alloc(arena, 10));
}
END_TEST

START_TEST(test_reset_keeps_one_small_block)
{
	void *first = mr_arena_alloc(arena, 100);

	for (int i = 0; i < 100; i++)
		mr_arena_alloc(arena, 30000);
	mr_arena_reset(arena);
	ck_assert_ptr_eq(mr_arena_alloc(arena, 100), first);
}
END_TEST

static const size_t impossible[] = { SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2 + 1,
	                             SIZE_MAX / 2, SIZE_MAX / 4 };

START_TEST(test_alloc_without_memory_is_null)
{
	ck_assert_ptr_null(mr_arena_alloc(arena, impossible[_i]));
	ck_assert_ptr_nonnull(mr_arena_alloc(arena, 100));
}
END_TEST

START_TEST(test_resize_without_memory_leaves_the_piece)
{
	static const size_t old[] = { 100, 50000 };
	unsigned char *piece;

	for (size_t i = 0; i < N(old); i++) {
		piece = mr_arena_alloc(arena, old[i]);
		memset(piece, 9, old[i]);
		ck_assert_ptr_null(mr_arena_resize(arena, piece, old[i],
		                                   impossible[_i]));
		ck_assert(is_filled(piece, 9, 0, old[i]));
	}
}
END_TEST

START_TEST(test_copy_ends_with_a_nul)
{
	char text[] = "ab\0cd";
	char *copy = mr_arena_copy(arena, text, 5);

	memset(text, 'x', sizeof(text));
	ck_assert_mem_eq(copy, "ab\0cd", 6);
	ck_assert_str_eq(mr_arena_copy(arena, "abcdef", 3), "abc");
	ck_assert_str_eq(mr_arena_copy(arena, "abcdef", 0), "");
}
END_TEST

START_TEST(test_free_accepts_null)
{
	mr_arena_free(NULL);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_alloc_gives_zeroed_aligned_pieces_apart, 0,
	                    N(sizes));
	tcase_add_loop_test(tc, test_alloc_after_reset_is_zeroed_again, 0,
	                    N(sizes));
	tcase_add_test(tc, test_alloc_over_many_blocks_keeps_every_piece);
	tcase_add_loop_test(tc, test_resize_keeps_the_old_and_zeroes_the_new, 0,
	                    N(resizes));
	tcase_add_test(tc, test_resize_leaves_other_large_pieces_alone);
	tcase_add_test(tc, test_release_of_a_large_piece_unmaps_it);
	tcase_add_test(tc, test_release_of_a_small_piece_waits_for_the_reset);
	tcase_add_test(tc, test_release_of_null_does_nothing);
	tcase_add_test(tc, test_reset_keeps_one_small_block);
	tcase_add_loop_test(tc, test_alloc_without_memory_is_null, 0,
	                    N(impossible));
	tcase_add_loop_test(tc, test_resize_without_memory_leaves_the_piece, 0,
	                    N(impossible));
	tcase_add_test(tc, test_copy_ends_with_a_nul);
	tcase_add_test(tc, test_free_accepts_null);
}

UNIT_MAIN("arena", add_tests)
