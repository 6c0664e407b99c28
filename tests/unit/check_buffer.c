/*
 * check_buffer.c: text is appended in order, over any growth, and a want of
 * memory is remembered.
 */
#include "base/buffer.h"

#include "unit.h"

START_TEST(test_buffer_begins_empty)
{
	struct mr_buffer buffer = { .arena = arena };

	mr_buffer_append(&buffer, "", 0);
	mr_buffer_append(&buffer, NULL, 0);
	mr_buffer_puts(&buffer, "");
	ck_assert_uint_eq(buffer.length, 0);
	ck_assert(!buffer.failed);
}
END_TEST

START_TEST(test_room_for_nothing_is_not_at_null)
{
	struct mr_buffer buffer = { .arena = arena };
	char *room = mr_buffer_room(&buffer, 0);

	ck_assert_ptr_nonnull(room);
	ck_assert_ptr_eq(room, buffer.data);
	ck_assert_uint_eq(buffer.length, 0);
}
END_TEST

START_TEST(test_buffer_appends_in_order)
{
	struct mr_buffer buffer = { .arena = arena };

	mr_buffer_append(&buffer, "ab\0cd", 5);
	mr_buffer_puts(&buffer, "ef");
	mr_buffer_putc(&buffer, 'g');
	mr_buffer_printf(&buffer, "%d-%s", 12, "h");
	mr_buffer_putc(&buffer, '\0');
	ck_assert_uint_eq(buffer.length, 13);
	ck_assert_mem_eq(buffer.data, "ab\0cdefg12-h", 13);
	ck_assert(!buffer.failed);
}
END_TEST

START_TEST(test_buffer_keeps_its_text_while_it_grows)
{
	struct mr_buffer buffer = { .arena = arena };

	for (int i = 0; i < 300000; i++)
		mr_buffer_printf(&buffer, "%06d", i);
	ck_assert(!buffer.failed);
	ck_assert_uint_eq(buffer.length, 1800000);
	for (int i = 0; i < 300000; i++) {
		char digits[7];

		memcpy(digits, buffer.data + 6 * (size_t)i, 6);
		digits[6] = '\0';
		ck_assert_int_eq(atoi(digits), i);
	}
}
END_TEST

static const size_t lengths[] = { 1, 511, 512, 513, 767, 768, 769, 40000 };

START_TEST(test_room_holds_what_was_asked_for)
{
	struct mr_buffer buffer = { .arena = arena };
	char *room;

	mr_buffer_puts(&buffer, "start");
	room = mr_buffer_room(&buffer, lengths[_i]);
	ck_assert_ptr_eq(room, buffer.data + 5);
	ck_assert_uint_eq(buffer.length, 5);
	ck_assert_uint_ge(buffer.capacity - buffer.length, lengths[_i]);
	memset(room, 'x', lengths[_i]);
	ck_assert_mem_eq(buffer.data, "start", 5);
}
END_TEST

START_TEST(test_expected_text_needs_no_growth)
{
	struct mr_buffer buffer = { .arena = arena };
	const char *data;

	mr_buffer_puts(&buffer, "start");
	mr_buffer_expect(&buffer, 3000000);
	data = buffer.data;
	ck_assert_uint_eq(buffer.length, 5);
	ck_assert_mem_eq(data, "start", 5);
	ck_assert_ptr_eq(mr_buffer_room(&buffer, 3000000), data + 5);
	mr_buffer_expect(&buffer, 1);
	ck_assert_ptr_eq(buffer.data, data);
}
END_TEST

START_TEST(test_expecting_too_much_is_no_failure)
{
	struct mr_buffer buffer = { .arena = arena };

	mr_buffer_puts(&buffer, "start");
	mr_buffer_expect(&buffer, SIZE_MAX / 2);
	mr_buffer_puts(&buffer, "ed");
	ck_assert(!buffer.failed);
	ck_assert_uint_eq(buffer.length, 7);
	ck_assert_mem_eq(buffer.data, "started", 7);
}
END_TEST

START_TEST(test_printf_writes_texts_of_any_length)
{
	struct mr_buffer buffer = { .arena = arena };
	int length = (int)lengths[_i];

	mr_buffer_printf(&buffer, "<%*s>", length, "x");
	ck_assert_uint_eq(buffer.length, lengths[_i] + 2);
	ck_assert_int_eq(buffer.data[0], '<');
	ck_assert_int_eq(buffer.data[length], 'x');
	ck_assert_int_eq(buffer.data[length + 1], '>');
}
END_TEST

/* The NUL that snprintf writes is no part of the text, but needs its room. */
START_TEST(test_printf_that_just_fits_leaves_its_neighbour_alone)
{
	struct mr_buffer buffer = { .arena = arena };
	size_t room;
	char *neighbour;

	mr_buffer_puts(&buffer, "start");
	neighbour = mr_arena_alloc(arena, 64);
	memset(neighbour, 'n', 64);
	room = buffer.capacity - buffer.length;
	mr_buffer_printf(&buffer, "%*s", (int)room, "x");
	ck_assert_uint_eq(buffer.length, room + 5);
	ck_assert_int_eq(buffer.data[room + 4], 'x');
	for (int i = 0; i < 64; i++)
		ck_assert_int_eq(neighbour[i], 'n');
}
END_TEST

START_TEST(test_buffer_remembers_that_memory_ran_out)
{
	struct mr_buffer buffer = { .arena = arena };

	mr_buffer_puts(&buffer, "kept");
	ck_assert_ptr_null(mr_buffer_room(&buffer, SIZE_MAX / 2));
	ck_assert(buffer.failed);
	mr_buffer_puts(&buffer, "lost");
	mr_buffer_append(&buffer, "lost", 4);
	mr_buffer_putc(&buffer, 'l');
	mr_buffer_printf(&buffer, "%s", "lost");
	ck_assert_ptr_null(mr_buffer_room(&buffer, 1));
	ck_assert(buffer.failed);
	ck_assert_uint_eq(buffer.length, 4);
	ck_assert_mem_eq(buffer.data, "kept", 4);
}
END_TEST

START_TEST(test_text_ends_with_a_nul_that_does_not_count)
{
	struct mr_buffer text = { .arena = arena };

	ck_assert_str_eq(mr_buffer_text(&text), "");
	mr_buffer_puts(&text, "ab");
	ck_assert_str_eq(mr_buffer_text(&text), "ab");
	mr_buffer_putc(&text, 'c');
	ck_assert_str_eq(mr_buffer_text(&text), "abc");
	ck_assert_uint_eq(text.length, 3);
	text.failed = true;
	ck_assert_ptr_null(mr_buffer_text(&text));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_text_ends_with_a_nul_that_does_not_count);
	tcase_add_test(tc, test_buffer_begins_empty);
	tcase_add_test(tc, test_room_for_nothing_is_not_at_null);
	tcase_add_test(tc, test_buffer_appends_in_order);
	tcase_add_test(tc, test_buffer_keeps_its_text_while_it_grows);
	tcase_add_loop_test(tc, test_room_holds_what_was_asked_for, 0,
	                    N(lengths));
	tcase_add_test(tc, test_expected_text_needs_no_growth);
	tcase_add_test(tc, test_expecting_too_much_is_no_failure);
	tcase_add_loop_test(tc, test_printf_writes_texts_of_any_length, 0,
	                    N(lengths));
	tcase_add_test(tc,
	               test_printf_that_just_fits_leaves_its_neighbour_alone);
	tcase_add_test(tc, test_buffer_remembers_that_memory_ran_out);
}

UNIT_MAIN("buffer", add_tests)
