/*
 * check_time.c: times as RFC 3339 writes them, from the first to the last.
 */
#include "base/time.h"

#include "unit.h"

static const struct {
	int64_t ms;
	const char *text;
} times[] = {
	{ 0, "1970-01-01T00:00:00.000Z" },
	{ 1, "1970-01-01T00:00:00.001Z" },
	{ INT64_C(951782400009), "2000-02-29T00:00:00.009Z" },
	{ INT64_C(1795269906007), "2026-11-21T14:05:06.007Z" },
	{ MR_TIME_LAST, "9999-12-31T23:59:59.999Z" },
	{ MR_TIME_LAST + 1, "" },
	{ INT64_MAX, "" },
	{ -1, "" },
	{ INT64_MIN, "" },
};

START_TEST(test_time_is_printed_to_the_millisecond)
{
	char text[MR_TIME_TEXT] = "before";

	mr_time_print(times[_i].ms, text);
	ck_assert_str_eq(text, times[_i].text);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_time_is_printed_to_the_millisecond, 0,
	                    N(times));
}

UNIT_MAIN("time", add_tests)
