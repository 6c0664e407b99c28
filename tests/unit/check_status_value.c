/*
 * check_status_value.c: how the status document writes times and texts.
 */
#include "fcgi/control/status_value.h"

#include "printed.h"

#define S UINT64_C(1000000000)

static const struct {
	uint64_t ms;
	const char *text;
} times[] = {
	{ 0, "{\"t\":null}" },
	{ 1, "{\"t\":\"1970-01-01T00:00:00.001Z\"}" },
	{ UINT64_C(951782400000), "{\"t\":\"2000-02-29T00:00:00.000Z\"}" },
	{ UINT64_C(4102444799999), "{\"t\":\"2099-12-31T23:59:59.999Z\"}" },
};

START_TEST(test_time_is_as_rfc_3339_has_it)
{
	status_add_time(document, "t", times[_i].ms);
	ck_assert_str_eq(printed(), times[_i].text);
}
END_TEST

static const struct {
	uint64_t ns;
	const char *text;
} durations[] = {
	{ 0, "{\"d\":0.000000}" },
	{ 999, "{\"d\":0.000000}" },
	{ 1000, "{\"d\":0.000001}" },
	{ 61 * S + 5000000, "{\"d\":61.005000}" },
	{ UINT64_MAX, "{\"d\":18446744073.709551}" },
};

START_TEST(test_duration_is_in_seconds)
{
	status_add_seconds(document, "d", durations[_i].ns);
	ck_assert_str_eq(printed(), durations[_i].text);
}
END_TEST

static const struct {
	const char *text;
	size_t size;
	const char *written;
} texts[] = {
	{ "", 8, "{\"t\":null}" },
	{ "abc", 8, "{\"t\":\"abc\"}" },
	{ "abcdefgh", 4, "{\"t\":\"abcd\"}" }, /* its end is not written yet */
	{ "a\nb\x7f\xff", 8, "{\"t\":\"a?b??\"}" },
	{ "a\"\\", 8, "{\"t\":\"a\\\"\\\\\"}" },
};

START_TEST(test_text_is_plain)
{
	status_add_text(document, "t", texts[_i].text, texts[_i].size);
	ck_assert_str_eq(printed(), texts[_i].written);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, printed_setup, printed_teardown);
	tcase_add_loop_test(tc, test_time_is_as_rfc_3339_has_it, 0, N(times));
	tcase_add_loop_test(tc, test_duration_is_in_seconds, 0, N(durations));
	tcase_add_loop_test(tc, test_text_is_plain, 0, N(texts));
}

UNIT_MAIN("status_value", add_tests)
