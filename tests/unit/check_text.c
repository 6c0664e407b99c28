/*
 * check_text.c: texts, with and without anything in them, as strings.
 */
#include "base/text.h"

#include "unit.h"

START_TEST(test_string_is_the_text_with_its_length)
{
	static const char text[] = "one";

	ck_assert_ptr_eq(mr_string_of(text).data, text);
	ck_assert_uint_eq(mr_string_of(text).length, 3);
	ck_assert_ptr_nonnull(mr_string_of("").data);
	ck_assert_uint_eq(mr_string_of("").length, 0);
	ck_assert_ptr_null(mr_string_of(NULL).data);
	ck_assert_uint_eq(mr_string_of(NULL).length, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_string_is_the_text_with_its_length);
}

UNIT_MAIN("text", add_tests)
