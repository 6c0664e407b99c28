/*
 * check_list.c: growth of a list, and handing it over.
 */
#include "schema/list.h"

#include "unit.h"

START_TEST(test_growing_list_keeps_its_elements)
{
	struct mr_list list = { .arena = arena };
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
	struct mr_list list = { .arena = arena };
	struct mr_int64s member = { nothing, 0 };

	ck_assert_ptr_nonnull(mr_list_room(&list));
	mr_list_hand_over(&list, &member);
	ck_assert_ptr_eq(member.data, nothing);
	ck_assert_uint_eq(member.length, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_growing_list_keeps_its_elements);
	tcase_add_test(tc, test_empty_list_leaves_its_member_alone);
}

UNIT_MAIN("list", add_tests)
