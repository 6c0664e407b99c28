/*
 * check_cells.c: widths, cuts and units.
 */
#include "fcgi/command/cells.h"

#include "unit.h"

#include <math.h>

static const struct {
	int width;
	const char *text, *cell;
} cells[] = {
	{ 5, "ab", "   ab" },
	{ -5, "ab", "ab   " },
	{ 0, "ab", "ab" },
	{ -2, "abc", "ab" },
	{ 2, "abc", "abc" },
	{ 0, "\033[2J\n\x7f\xC3\xA9", "?[2J????" },
};

START_TEST(test_cell_has_its_width_and_no_escapes)
{
	struct cells_line line = { 0 };

	cells_add(&line, cells[_i].width, "%s", cells[_i].text);
	ck_assert_str_eq(line.text, cells[_i].cell);
	ck_assert_uint_eq(line.length, strlen(cells[_i].cell));
	cells_add(&line, 0, "%d", 7);
	ck_assert_str_eq(line.text + strlen(cells[_i].cell), " 7");
}
END_TEST

START_TEST(test_line_does_not_overflow)
{
	struct cells_line line = { 0 };

	for (int i = 0; i < 1000; i++)
		cells_add(&line, 0, "%0400d", i);
	ck_assert_uint_eq(line.length, sizeof(line.text) - 1);
	ck_assert_uint_eq(strlen(line.text), line.length);
}
END_TEST

static const struct {
	struct cells_value (*show)(double);
	double number;
	const char *text;
} values[] = {
	{ cells_count, 0, "0" },
	{ cells_count, 9999, "9999" },
	{ cells_count, 10000, "10k" },
	{ cells_count, 123456789, "123M" },
	{ cells_count, 1e13, "10T" },
	{ cells_count, NAN, "-" },
	{ cells_bytes, 0, "0K" },
	{ cells_bytes, 10 << 20, "10M" },
	{ cells_bytes, 9 << 20, "9216K" },
	{ cells_bytes, 64e9, "60G" },
	{ cells_bytes, NAN, "-" },
	{ cells_duration, 0, "0.0s" },
	{ cells_duration, 99.9, "99.9s" },
	{ cells_duration, 120, "2m" },
	{ cells_duration, 36e3, "10h" },
	{ cells_duration, 864e3, "10d" },
	{ cells_duration, NAN, "-" },
};

START_TEST(test_value_has_a_unit)
{
	ck_assert_str_eq(values[_i].show(values[_i].number).text,
	                 values[_i].text);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_cell_has_its_width_and_no_escapes, 0,
	                    N(cells));
	tcase_add_test(tc, test_line_does_not_overflow);
	tcase_add_loop_test(tc, test_value_has_a_unit, 0, N(values));
}

UNIT_MAIN("cells", add_tests)
