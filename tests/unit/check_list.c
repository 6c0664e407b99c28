/*
 * check_list.c: growth of a list, and handing it over.
 */
#include "schema/list.h"

#include "unit.h"

START_TEST(test_growing_list_keeps_its_elements)
{
	struct mr_list list = { .arena = arena, .size = sizeof(int64_t) };
	struct mr_int64s member = { NULL, 0 };

	for (int64_t i = 0; i < 100000; i++) {
		int64_t *room = mr_list_room(&list);

		ck_assert_ptr_nonnull(room);
		*room = i * i;
		list.length++;
	}
	mr_list_hand_over(&list, &member);
	ck_assert_uint_eq(member.length, 100000);
	for (int64_t i = 0; i < 100000; i++)
		ck_assert_int_eq(member.data[i], i * i);
}
END_TEST

START_TEST(test_empty_list_leaves_its_member_alone)
{
	static const int64_t nothing[1];
	struct mr_list list = { .arena = arena, .size = sizeof(int64_t) };
	struct mr_int64s member = { nothing, 0 };

	ck_assert_ptr_nonnull(mr_list_room(&list));
	mr_list_hand_over(&list, &member);
	ck_assert_ptr_eq(member.data, nothing);
	ck_assert_uint_eq(member.length, 0);
}
END_TEST

/* Elements of any size, such as structs. */
static const size_t sizes[] = { 1, 3, 8, 40, 1000 };

START_TEST(test_elements_lie_side_by_side)
{
	struct mr_list list = { .arena = arena, .size = sizes[_i] };
	struct {
		MR_ARRAY(unsigned char) array;
	} member = { { NULL, 0 } };

	for (int i = 0; i < 100; i++) {
		memset(mr_list_room(&list), i, sizes[_i]);
		list.length++;
	}
	mr_list_hand_over(&list, &member);
	ck_assert_uint_eq(member.array.length, 100);
	for (size_t i = 0; i < 100 * sizes[_i]; i++)
		ck_assert_uint_eq(member.array.data[i], i / sizes[_i]);
}
END_TEST

START_TEST(test_room_is_the_same_until_it_is_taken)
{
	struct mr_list list = { .arena = arena, .size = 16 };
	void *room = mr_list_room(&list);

	ck_assert_ptr_eq(mr_list_room(&list), room);
	list.length++;
	ck_assert_ptr_eq(mr_list_room(&list), (char *)room + 16);
}
END_TEST

START_TEST(test_want_of_memory_leaves_the_list_as_it_was)
{
	struct mr_list list = { .arena = arena, .size = 1 << 20 };

	for (; list.length < 16; list.length++)
		*(char *)mr_list_room(&list) = 'x';
	starve(true);
	ck_assert_ptr_null(mr_list_room(&list));
	starve(false);
	ck_assert_int_eq(list.elements[15 << 20], 'x');
	ck_assert_ptr_nonnull(mr_list_room(&list));
	ck_assert_int_eq(list.elements[15 << 20], 'x');
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_growing_list_keeps_its_elements);
	tcase_add_test(tc, test_empty_list_leaves_its_member_alone);
	tcase_add_loop_test(tc, test_elements_lie_side_by_side, 0, N(sizes));
	tcase_add_test(tc, test_room_is_the_same_until_it_is_taken);
	if (CAN_STARVE)
		tcase_add_test(tc, test_want_of_memory_leaves_the_list_as_it_was);
}

UNIT_MAIN("list", add_tests)
