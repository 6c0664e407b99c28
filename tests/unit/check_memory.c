/*
 * check_memory.c: the watched allocator is an allocator as the standard has
 * it.  What a denial leads to is in check_guard.c and guard.bats.  Built with
 * a sanitizer, this tests the sanitizer's own.
 */
#include "fcgi/worker/memory.h"

#include "unit.h"

#include <errno.h>
#include <malloc.h>

/* For the sanitizer: deny as the real one does. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static volatile size_t absurd = SIZE_MAX / 4;

START_TEST(test_what_cannot_be_had_is_null)
{
	void *piece = malloc(8), *none = piece;

	ck_assert_ptr_null(malloc(absurd));
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_ptr_null(calloc(absurd, 8));
	ck_assert_ptr_null(realloc(piece, absurd));
	ck_assert_ptr_null(aligned_alloc(64, absurd));
	ck_assert_int_eq(posix_memalign(&none, 64, absurd), ENOMEM);
	ck_assert_ptr_eq(none, piece);
	free(piece);
}
END_TEST

START_TEST(test_pieces_are_kept_and_cleared_as_they_should)
{
	unsigned char *piece = calloc(100, 10);

	ck_assert_ptr_nonnull(piece);
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(piece[i], 0);
	memset(piece, 7, 1000);
	piece = realloc(piece, 100000);
	ck_assert_ptr_nonnull(piece);
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(piece[i], 7);
	free(piece);
}
END_TEST

static const size_t alignments[] = { 8, 16, 64, 4096, 1 << 20 };

START_TEST(test_alignment_is_obeyed)
{
	size_t alignment = alignments[_i];
	void *piece;

	ck_assert_int_eq(posix_memalign(&piece, alignment, 100), 0);
	ck_assert_uint_eq((uintptr_t)piece % alignment, 0);
	free(piece);
	piece = aligned_alloc(alignment, 2 * alignment);
	ck_assert_uint_eq((uintptr_t)piece % alignment, 0);
	free(piece);
	piece = memalign(alignment, 100);
	ck_assert_uint_eq((uintptr_t)piece % alignment, 0);
	free(piece);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_what_cannot_be_had_is_null);
	tcase_add_test(tc, test_pieces_are_kept_and_cleared_as_they_should);
	tcase_add_loop_test(tc, test_alignment_is_obeyed, 0, N(alignments));
}

UNIT_MAIN("memory", add_tests)
