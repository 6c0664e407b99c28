/*
 * check_declaration.c: each contradiction has its message.
 */
#include "schema/declaration.h"

#include "schema/decode.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>

struct record {
	int64_t whole;
	double number;
	bool flag;
	struct mr_string text;
	struct mr_int64s wholes;
	struct mr_doubles numbers;
};

static const char *
complaints_about(const struct mr_field *fields, size_t count, bool input)
{
	const struct mr_shape shape = { fields, count, sizeof(struct record) };
	struct mr_buffer complaints = { .arena = arena };
	bool good = mr_declaration_check(&shape, input, &complaints);

	mr_buffer_putc(&complaints, '\0');
	ck_assert_int_eq(good, complaints.length == 1);
	return complaints.data;
}

#define LENGTHS "the longest length must be above zero and not below the shortest"
#define DEFAULT "the default is not a value that the field accepts"

static const struct {
	struct mr_field field;
	const char *complaint;
} rows[] = {
	/* Good ones. */
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(3, 3)), "" },
	{ MR_PARAM(struct record, number, "t", MR_RANGE(-INFINITY, INFINITY)), "" },
	{ MR_PARAM(struct record, flag, "t", MR_EITHER), "" },
	{ MR_PARAM(struct record, text, "t", MR_LENGTH(0, 1)), "" },
	{ MR_PARAM(struct record, wholes, "t", MR_ITEMS(5, 5, 0, 0)), "" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), "5"), "" },
	{ MR_OPTIONAL(struct record, number, "t", MR_RANGE(0, 1), "1e-3"), "" },
	{ MR_OPTIONAL(struct record, flag, "t", MR_EITHER, "false"), "" },
	{ MR_OPTIONAL(struct record, text, "t", MR_LENGTH(0, 5), "\"abc\""), "" },
	{ MR_OPTIONAL(struct record, wholes, "t", MR_ITEMS(0, 5, 0, 9), "[]"), "" },
	{ MR_OPTIONAL(struct record, numbers, "t", MR_ITEMS(0, 2, 0, 9), "[1,0.5]"),
	  "" },
	/* Bounds. */
	{ { .name = "x", .kind = MR_KIND_INT64, .text = "t" },
	  "field x: a number needs MR_RANGE\n" },
	{ { .name = "x", .kind = MR_KIND_BOOL, .text = "t" },
	  "field x: a boolean needs MR_EITHER\n" },
	{ MR_PARAM(struct record, whole, "t", MR_EITHER),
	  "field whole: a number needs MR_RANGE\n" },
	{ MR_PARAM(struct record, flag, "t", MR_RANGE(0, 1)),
	  "field flag: a boolean needs MR_EITHER\n" },
	{ MR_PARAM(struct record, wholes, "t", MR_LENGTH(0, 1)),
	  "field wholes: an array needs MR_ITEMS\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(1, 0)),
	  "field whole: min is above max\n" },
	{ MR_PARAM(struct record, number, "t", MR_RANGE(NAN, 1)),
	  "field number: min is above max\n" },
	{ MR_PARAM(struct record, number, "t", MR_RANGE(0, NAN)),
	  "field number: min is above max\n" },
	{ MR_PARAM(struct record, wholes, "t", MR_ITEMS(0, 1, 2, 1)),
	  "field wholes: min is above max\n" },
	{ MR_PARAM(struct record, whole, "t", MR_LENGTH(0, 1)),
	  "field whole: a number needs MR_RANGE\n" },
	{ MR_PARAM(struct record, number, "t", MR_ITEMS(0, 1, 0, 1)),
	  "field number: a number needs MR_RANGE\n" },
	{ MR_PARAM(struct record, text, "t", MR_LENGTH(0, 0)),
	  "field text: " LENGTHS "\n" },
	{ MR_PARAM(struct record, text, "t", MR_LENGTH(2, 1)),
	  "field text: " LENGTHS "\n" },
	{ MR_PARAM(struct record, text, "t", MR_RANGE(0, 5)),
	  "field text: a string needs MR_LENGTH\n" },
	{ MR_PARAM(struct record, numbers, "t", MR_ITEMS(3, 2, 0, 1)),
	  "field numbers: " LENGTHS "\n" },
	{ MR_PARAM(struct record, wholes, "t", MR_RANGE(0, 1)),
	  "field wholes: an array needs MR_ITEMS\n" },
	/* Texts. */
	{ MR_PARAM(struct record, whole, "", MR_RANGE(0, 1)),
	  "field whole: it has no text\n" },
	{ MR_PARAM(struct record, whole, NULL, MR_RANGE(0, 1)),
	  "field whole: it has no text\n" },
	/* Defaults. */
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), "6"),
	  "field whole: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), "1.0"),
	  "field whole: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), "\"1\""),
	  "field whole: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), ""),
	  "field whole: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), "1 1"),
	  "field whole: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), "null"),
	  "field whole: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, number, "t", MR_RANGE(0, 1), ".5"),
	  "field number: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, flag, "t", MR_EITHER, "no"),
	  "field flag: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, text, "t", MR_LENGTH(0, 5), "abc"),
	  "field text: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, text, "t", MR_LENGTH(0, 2), "\"abc\""),
	  "field text: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, wholes, "t", MR_ITEMS(1, 2, 0, 9), "[]"),
	  "field wholes: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, wholes, "t", MR_ITEMS(1, 2, 0, 9), "[10]"),
	  "field wholes: " DEFAULT "\n" },
	/* More than one. */
	{ MR_OPTIONAL(struct record, whole, "", MR_RANGE(5, 1), "3"),
	  "field whole: it has no text\nfield whole: min is above max\n"
	  "field whole: " DEFAULT "\n" },
};

START_TEST(test_row_of_an_input_is_judged)
{
	ck_assert_str_eq(complaints_about(&rows[_i].field, 1, true),
	                 rows[_i].complaint);
}
END_TEST

START_TEST(test_row_of_an_output_needs_no_bounds)
{
	static const struct mr_field fields[] = {
		MR_RESULT(struct record, whole, "t"),
		MR_RESULT(struct record, text, "t"),
	};

	ck_assert_str_eq(complaints_about(fields, 2, false), "");
}
END_TEST

START_TEST(test_row_of_an_output_needs_a_text)
{
	static const struct mr_field fields[] = {
		MR_RESULT(struct record, whole, ""),
		MR_RESULT(struct record, text, NULL),
	};

	ck_assert_str_eq(complaints_about(fields, 2, false),
	                 "field whole: it has no text\n"
	                 "field text: it has no text\n");
}
END_TEST

START_TEST(test_name_that_stands_twice_is_refused)
{
	static const struct mr_field fields[] = {
		MR_RESULT(struct record, whole, "t"),
		MR_RESULT(struct record, text, "t"),
		MR_RESULT(struct record, whole, "t"),
	};

	ck_assert_str_eq(complaints_about(fields, 3, false),
	                 "field whole: the name stands twice\n");
}
END_TEST

START_TEST(test_no_rows_are_fine)
{
	static const struct mr_field none[] = { { .name = NULL } };

	ck_assert_str_eq(complaints_about(none, 1, true), "");
	ck_assert_str_eq(complaints_about(none, 1, false), "");
}
END_TEST

START_TEST(test_a_struct_may_have_64_rows_not_65)
{
	static struct mr_field fields[MR_FIELDS_MAX + 1];
	static char names[MR_FIELDS_MAX + 1][8];

	for (size_t i = 0; i < N(fields); i++) {
		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		fields[i] = (struct mr_field)MR_PARAM(struct record, whole, "t",
		                                      MR_RANGE(0, 1));
		fields[i].name = names[i];
	}
	ck_assert_str_eq(complaints_about(fields, 64, true), "");
	ck_assert_str_eq(complaints_about(fields, 65, true),
	                 "field f64: one field too many for a struct\n");
}
END_TEST

START_TEST(test_complaints_are_appended)
{
	struct mr_buffer complaints = { .arena = arena };
	const struct mr_shape good = { &rows[0].field, 1, sizeof(struct record) };

	mr_buffer_puts(&complaints, "an earlier one\n");
	ck_assert(mr_declaration_check(&good, true, &complaints));
	ck_assert_uint_eq(complaints.length, 15);
	ck_assert_mem_eq(complaints.data, "an earlier one\n", 15);
}
END_TEST

START_TEST(test_want_of_memory_is_no_consent)
{
	struct mr_buffer complaints = { .arena = arena };
	const struct mr_shape good = { &rows[0].field, 1, sizeof(struct record) };

	mr_buffer_room(&complaints, SIZE_MAX / 2);
	ck_assert(!mr_declaration_check(&good, true, &complaints));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_row_of_an_input_is_judged, 0, N(rows));
	tcase_add_test(tc, test_row_of_an_output_needs_no_bounds);
	tcase_add_test(tc, test_row_of_an_output_needs_a_text);
	tcase_add_test(tc, test_name_that_stands_twice_is_refused);
	tcase_add_test(tc, test_no_rows_are_fine);
	tcase_add_test(tc, test_a_struct_may_have_64_rows_not_65);
	tcase_add_test(tc, test_complaints_are_appended);
	tcase_add_test(tc, test_want_of_memory_is_no_consent);
}

UNIT_MAIN("declaration", add_tests)
