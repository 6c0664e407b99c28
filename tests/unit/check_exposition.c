/*
 * check_exposition.c: series as Prometheus reads them, to the byte.
 */
#include "fcgi/control/exposition.h"

#include "unit.h"

#include <stdio.h>

static struct mr_buffer text;
static struct exposition to;

static void
begin(void)
{
	text = (struct mr_buffer){ .arena = arena };
	to = (struct exposition){ .text = &text };
	exposition_family(&to, "things", "gauge", "What there is.");
	text.length = 0;
}

START_TEST(test_family_has_help_and_type)
{
	exposition_family(&to, "things", "gauge", "What there is.");
	ck_assert_str_eq(mr_buffer_text(&text),
	                 "# HELP millrace_things What there is.\n"
	                 "# TYPE millrace_things gauge\n");
}
END_TEST

START_TEST(test_labels_stand_in_braces)
{
	exposition_series(&to, "_sum");
	exposition_label(&to, "a", "x");
	exposition_label(&to, "b", "");
	exposition_value(&to, 7);
	exposition_series(&to, "");
	exposition_value(&to, 8);
	ck_assert_str_eq(mr_buffer_text(&text),
	                 "millrace_things_sum{a=\"x\",b=\"\"} 7\n"
	                 "millrace_things 8\n");
}
END_TEST

static const struct {
	const char *value, *written;
} values[] = {
	{ "plain", "plain" },
	{ "a\"b", "a\\\"b" },
	{ "a\\b", "a\\\\b" },
	{ "a\nb", "a\\nb" },
	{ "\\\n\"", "\\\\\\n\\\"" },
	{ "\xC3\xA4", "\xC3\xA4" },
};

START_TEST(test_label_is_escaped)
{
	char line[64];

	exposition_series(&to, "");
	exposition_label(&to, "l", values[_i].value);
	exposition_value(&to, 1);
	snprintf(line, sizeof(line), "millrace_things{l=\"%s\"} 1\n",
	         values[_i].written);
	ck_assert_str_eq(mr_buffer_text(&text), line);
}
END_TEST

static const struct {
	uint64_t value;
	int digits;
	const char *written;
} fractions[] = {
	{ 0, 0, "0" },
	{ UINT64_MAX, 0, "18446744073709551615" },
	{ 0, 3, "0.000" },
	{ 1, 3, "0.001" },
	{ 1500, 3, "1.500" },
	{ 1, 9, "0.000000001" },
	{ UINT64_C(12000000034), 9, "12.000000034" },
	{ UINT64_MAX, 9, "18446744073.709551615" },
};

START_TEST(test_fraction_is_exact)
{
	char line[64];

	exposition_series(&to, "");
	exposition_fraction(&to, fractions[_i].value, fractions[_i].digits);
	snprintf(line, sizeof(line), "millrace_things %s\n",
	         fractions[_i].written);
	ck_assert_str_eq(mr_buffer_text(&text), line);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_family_has_help_and_type);
	tcase_add_test(tc, test_labels_stand_in_braces);
	tcase_add_loop_test(tc, test_label_is_escaped, 0, N(values));
	tcase_add_loop_test(tc, test_fraction_is_exact, 0, N(fractions));
}

UNIT_MAIN("exposition", add_tests)
