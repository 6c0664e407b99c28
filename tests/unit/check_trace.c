/*
 * check_trace.c: addresses as names, the guard's own left out.
 */
#include "fcgi/trace.h"

#include "unit.h"

#include <stdlib.h>

#define GUARD NULL, NULL, NULL

/* A frame is the address behind a call, so somewhat into its function. */
static void *
inside(void *function)
{
	return (char *)function + 4;
}

START_TEST(test_functions_are_named_without_those_of_the_guard)
{
	void *frames[] = { GUARD, inside((void *)(uintptr_t)mr_arena_new),
		           inside((void *)(uintptr_t)trace_print) };
	char text[256];

	trace_print(frames, 5, text, sizeof(text));
	ck_assert_msg(strncmp(text, "mr_arena_new+0x4 ", 17) == 0, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "+0x"));
}
END_TEST

START_TEST(test_recursion_is_told_once)
{
	void *frame = inside((void *)(uintptr_t)mr_arena_new);
	void *frames[] = { GUARD, frame, frame, frame };
	char text[256];

	trace_print(frames, 6, text, sizeof(text));
	ck_assert_str_eq(text, "mr_arena_new+0x4");
}
END_TEST

START_TEST(test_unknown_address_is_a_number)
{
	void *frames[] = { GUARD, (void *)0x10 };
	char text[256];

	trace_print(frames, 4, text, sizeof(text));
	ck_assert_str_eq(text, "0x10");
}
END_TEST

static const size_t sizes[] = { 1, 2, 5, 9, 10, 11, 25 };

START_TEST(test_text_ends_within_its_size)
{
	void *frames[] = { GUARD, inside((void *)(uintptr_t)mr_arena_new),
		           inside((void *)(uintptr_t)mr_arena_free) };
	char text[64];

	memset(text, 'x', sizeof(text));
	trace_print(frames, 5, text, sizes[_i]);
	ck_assert_ptr_nonnull(memchr(text, '\0', sizes[_i]));
	for (size_t i = sizes[_i]; i < sizeof(text); i++)
		ck_assert_int_eq(text[i], 'x');
}
END_TEST

START_TEST(test_no_frames_are_no_text)
{
	char text[8] = "old";

	trace_print(NULL, 0, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc,
	               test_functions_are_named_without_those_of_the_guard);
	tcase_add_test(tc, test_recursion_is_told_once);
	tcase_add_test(tc, test_unknown_address_is_a_number);
	tcase_add_loop_test(tc, test_text_ends_within_its_size, 0, N(sizes));
	tcase_add_test(tc, test_no_frames_are_no_text);
}

UNIT_MAIN("trace", add_tests)
