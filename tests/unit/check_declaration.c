/*
 * check_declaration.c: each contradiction has its message, with the field.
 */
#include "schema/declaration.h"

#include "schema/json.h"
#include "schema/object.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>

enum colour { RED, GREEN };

struct point {
	double x, y;
};
struct record {
	int64_t whole;
	double number;
	bool flag, given;
	struct mr_string text;
	enum colour colour;
	struct mr_bytes bytes;
	struct mr_int64s wholes;
	struct mr_doubles numbers;
	struct mr_matrix matrix;
	struct point object;
	MR_ARRAY(struct point) objects;
};
static const struct mr_field point[] = {
	MR_PARAM(struct point, x, "t", MR_RANGE(0, 1)),
	MR_OPTIONAL(struct point, y, "t", MR_RANGE(0, 1), "0"),
};

static const char *
complaints_about(const struct mr_field *fields, size_t count, enum mr_role role)
{
	const struct mr_shape shape = { fields, count, sizeof(struct record) };
	struct mr_buffer complaints = { .arena = arena };
	bool good = mr_declaration_check(&shape, role, &complaints);

	mr_buffer_putc(&complaints, '\0');
	ck_assert_int_eq(good, complaints.length == 1);
	return complaints.data;
}

#define LENGTHS "the longest length must be above zero and not below the shortest"
#define EXAMPLE "the example is not a value that the field accepts"
#define QUERY "it cannot stand in a query string"
#define DEFAULT "the default is not a value that the field accepts"

#define FLAG                                                                   \
	"it may be null or left out, and a flag tells, or neither\n"

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
	{ MR_PARAM(struct record, colour, "t", MR_CHOICES("red")), "" },
	{ MR_PARAM(struct record, colour, "t", MR_CHOICES("a", "A", " ", "\"'")),
	  "" },
	{ MR_PARAM(struct record, bytes, "t", MR_LENGTH(4, 4)), "" },
	{ MR_PARAM(struct record, matrix, "t",
	           MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(3, 3), -INFINITY, 0)),
	  "" },
	{ MR_OBJECT(struct record, object, "t", point), "" },
	{ MR_OBJECTS(struct record, objects, "t", point,
	             MR_LENGTH(0, 1)), "" },
	{ MR_OPTIONAL(struct record, colour, "t", MR_CHOICES("red", "green"),
	              "\"green\""), "" },
	{ MR_OPTIONAL(struct record, bytes, "t", MR_LENGTH(0, 2), "\"AAA=\""),
	  "" },
	{ MR_OPTIONAL(struct record, matrix, "t",
	              MR_MATRIX(MR_ROWS(0, 2), MR_COLUMNS(0, 2), 0, 1),
	              "[[0],[1]]"), "" },
	{ MR_OBJECT(struct record, object, "t", point,
	            .default_value = "{\"x\":0}", .example = "{\"x\":1,\"y\":1}"),
	  "" },
	{ MR_OBJECTS(struct record, objects, "t", point,
	             MR_LENGTH(0, 1), .default_value = "[]",
	             .example = "[{\"x\":1}]"), "" },
	{ MR_MAYBE(struct record, whole, given, "t", MR_RANGE(0, 1),
	           .example = "null"), "" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1),
	           MR_OR_NULL(struct record, given)), "" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(0, 1), "null",
	              MR_OR_NULL(struct record, given)), "" },
	{ MR_PARAM(struct record, wholes, "t", MR_ITEMS(0, 1, 0, 1),
	           .in_query = true), "" },
	{ MR_PARAM(struct record, matrix, "t",
	           MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 0, 1),
	           .null_if_not_finite = true), "" },
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
	{ MR_OPTIONAL(struct record, colour, "t", MR_CHOICES("red"), "\"Red\""),
	  "field colour: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, colour, "t", MR_CHOICES("red"), "0"),
	  "field colour: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, bytes, "t", MR_LENGTH(0, 2), "\"AAA\""),
	  "field bytes: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, bytes, "t", MR_LENGTH(0, 2), "\"AAAA\""),
	  "field bytes: " DEFAULT "\n" },
	{ MR_OPTIONAL(struct record, matrix, "t",
	              MR_MATRIX(MR_ROWS(0, 2), MR_COLUMNS(0, 2), 0, 1),
	              "[[0],[]]"),
	  "field matrix: " DEFAULT "\n" },
	{ MR_OBJECT(struct record, object, "t", point, .default_value = "{}"),
	  "field object: " DEFAULT "\n" },
	{ MR_OBJECT(struct record, object, "t", point,
	            .default_value = "{\"x\":0,\"z\":0}"),
	  "field object: " DEFAULT "\n" },
	{ MR_OBJECTS(struct record, objects, "t", point,
	             MR_LENGTH(0, 1), .default_value = "[{\"x\":2}]"),
	  "field objects: " DEFAULT "\n" },
	{ MR_OBJECTS(struct record, objects, "t", point,
	             MR_LENGTH(1, 1), .default_value = "[]"),
	  "field objects: " DEFAULT "\n" },
	/* Examples. */
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(1, 5), .example = "6"),
	  "field whole: " EXAMPLE "\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(1, 5), .example = "null"),
	  "field whole: " EXAMPLE "\n" },
	{ MR_OBJECT(struct record, object, "t", point,
	            .example = "{\"x\":0,\"x\":0}"),
	  "field object: " EXAMPLE "\n" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(1, 5), "0",
	              .example = "6"),
	  "field whole: " DEFAULT "\nfield whole: " EXAMPLE "\n" },
	/* Bounds of the other kinds. */
	{ MR_PARAM(struct record, text, "t", MR_EITHER),
	  "field text: a string needs MR_LENGTH\n" },
	{ MR_PARAM(struct record, colour, "t", MR_RANGE(0, 1)),
	  "field colour: an enumeration needs MR_CHOICES\n" },
	{ MR_PARAM(struct record, whole, "t", MR_CHOICES("a")),
	  "field whole: a number needs MR_RANGE\n" },
	{ MR_PARAM(struct record, bytes, "t", MR_ITEMS(0, 1, 0, 1)),
	  "field bytes: bytes need MR_LENGTH\n" },
	{ MR_PARAM(struct record, matrix, "t", MR_ITEMS(0, 1, 0, 1)),
	  "field matrix: a matrix needs MR_MATRIX\n" },
	{ MR_PARAM(struct record, numbers, "t",
	           MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 0, 1)),
	  "field numbers: an array needs MR_ITEMS\n" },
	{ MR_OBJECT(struct record, object, "t", point,
	            .bounds = MR_LENGTH(0, 1)),
	  "field object: an object has no bounds\n" },
	{ MR_RESULT_OBJECTS(struct record, objects, "t", point),
	  "field objects: an array of objects needs MR_LENGTH\n" },
	{ MR_PARAM(struct record, bytes, "t", MR_LENGTH(0, 0)),
	  "field bytes: " LENGTHS "\n" },
	{ MR_OBJECTS(struct record, objects, "t", point,
	             MR_LENGTH(2, 1)),
	  "field objects: " LENGTHS "\n" },
	{ MR_PARAM(struct record, matrix, "t",
	           MR_MATRIX(MR_ROWS(2, 1), MR_COLUMNS(0, 1), 0, 1)),
	  "field matrix: " LENGTHS "\n" },
	{ MR_PARAM(struct record, matrix, "t",
	           MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 0), 0, 1)),
	  "field matrix: " LENGTHS "\n" },
	{ MR_PARAM(struct record, matrix, "t",
	           MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 1, 0)),
	  "field matrix: min is above max\n" },
	/* Choices. */
	{ MR_PARAM(struct record, colour, "t", { .kind = MR_BOUNDS_CHOICES }),
	  "field colour: there is nothing to choose from\n" },
	{ MR_PARAM(struct record, colour, "t", MR_CHOICES(NULL)),
	  "field colour: there is nothing to choose from\n" },
	{ MR_PARAM(struct record, colour, "t", MR_CHOICES("red", "")),
	  "field colour: a choice is no text\n" },
	{ MR_PARAM(struct record, colour, "t", MR_CHOICES("\xFF")),
	  "field colour: a choice is no text\n" },
	{ MR_PARAM(struct record, colour, "t", MR_CHOICES("a", "b", "a")),
	  "field colour: a choice stands twice\n" },
	/* Presence. */
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1),
	           .default_value = "1"),
	  "field whole: it is required, and has a default\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1),
	           MR_OR_ABSENT(struct record, given)),
	  "field whole: it is required, and may be left out\n" },
	{ MR_MAYBE(struct record, whole, given, "t", MR_RANGE(0, 1),
	           .default_value = "1"),
	  "field whole: it has a default, so that it is never left out\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1), .or_null = true,
	           .flag = sizeof(struct record) + 1),
	  "field whole: its flag is outside of the struct\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1), .or_null = true),
	  "field whole: " FLAG },
	{ MR_FIELD(struct record, whole, "t", .bounds = MR_RANGE(0, 1),
	           .or_absent = true),
	  "field whole: " FLAG },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1),
	           MR_FLAG(struct record, given)),
	  "field whole: " FLAG },
	{ MR_PARAM(struct record, number, "t", MR_RANGE(INFINITY, INFINITY)),
	  "field number: no number is within the bounds\n" },
	{ MR_PARAM(struct record, number, "t", MR_RANGE(-1e401L, -1e400L)),
	  "field number: no number is within the bounds\n" },
	{ MR_PARAM(struct record, whole, "\xFF", MR_RANGE(0, 1)),
	  "field whole: its text or unit is not UTF-8\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1), .unit = "\xB5m"),
	  "field whole: its text or unit is not UTF-8\n" },
	{ { .name = "a b", .kind = MR_KIND_INT64, .text = "t",
	    .bounds = MR_RANGE(0, 1) },
	  "field a b: a name is made of letters, digits and '_'\n" },
	{ { .name = "whole", .kind = 99, .text = "t" },
	  "field whole: its kind is unknown\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0.5, 1)),
	  "field whole: a bound of integers is no integer\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1.5)),
	  "field whole: a bound of integers is no integer\n" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(-INFINITY, INFINITY)),
	  "" },
	{ MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1),
	           .null_if_not_finite = true),
	  "field whole: null_if_not_finite is for doubles only\n" },
	{ MR_OBJECT(struct record, object, "t", point,
	            .null_if_not_finite = true),
	  "field object: null_if_not_finite is for doubles only\n" },
	/* In a query string. */
	{ MR_PARAM(struct record, matrix, "t",
	           MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 0, 1),
	           .in_query = true),
	  "field matrix: " QUERY "\n" },
	{ MR_OBJECT(struct record, object, "t", point, .in_query = true),
	  "field object: " QUERY "\n" },
	{ MR_OBJECTS(struct record, objects, "t", point,
	             MR_LENGTH(0, 1), .in_query = true),
	  "field objects: " QUERY "\n" },
	/* Objects without rows. */
	{ { .name = "x", .kind = MR_KIND_OBJECT, .text = "t" },
	  "field x: an object needs rows\n" },
	{ { .name = "x", .kind = MR_KIND_OBJECTS, .text = "t",
	    .bounds = MR_LENGTH(0, 1) },
	  "field x: an object needs rows\n" },
	/* More than one; the default is read by rows that make sense. */
	{ MR_OPTIONAL(struct record, whole, "", MR_RANGE(5, 1), "3"),
	  "field whole: it has no text\nfield whole: min is above max\n" },
	{ MR_PARAM(struct record, matrix, "", MR_EITHER,
	           .null_if_not_finite = true),
	  "field matrix: it has no text\n"
	  "field matrix: a matrix needs MR_MATRIX\n" },
	{ MR_PARAM(struct record, colour, "t", MR_CHOICES("", "a", "a", "\xC0")),
	  "field colour: a choice is no text\n"
	  "field colour: a choice stands twice\n"
	  "field colour: a choice is no text\n" },
};

START_TEST(test_row_of_an_input_is_judged)
{
	ck_assert_str_eq(complaints_about(&rows[_i].field, 1, MR_ROLE_INPUT),
	                 rows[_i].complaint);
}
END_TEST

START_TEST(test_row_of_an_output_needs_no_bounds)
{
	static const struct mr_field fields[] = {
		MR_RESULT(struct record, whole, "t"),
		MR_RESULT(struct record, text, "t"),
	};

	ck_assert_str_eq(complaints_about(fields, 2, MR_ROLE_RESULT), "");
}
END_TEST

START_TEST(test_row_of_an_output_needs_a_text)
{
	static const struct mr_field fields[] = {
		MR_RESULT(struct record, whole, ""),
		MR_RESULT(struct record, text, NULL),
	};

	ck_assert_str_eq(complaints_about(fields, 2, MR_ROLE_RESULT),
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

	ck_assert_str_eq(complaints_about(fields, 3, MR_ROLE_RESULT),
	                 "field whole: the name stands twice\n");
}
END_TEST

START_TEST(test_no_rows_are_fine)
{
	static const struct mr_field none[] = { { .name = NULL } };

	ck_assert_str_eq(complaints_about(none, 1, MR_ROLE_INPUT), "");
	ck_assert_str_eq(complaints_about(none, 1, MR_ROLE_RESULT), "");
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
	ck_assert_str_eq(complaints_about(fields, 64, MR_ROLE_INPUT), "");
	ck_assert_str_eq(complaints_about(fields, 65, MR_ROLE_INPUT),
	                 "field f64: one field too many for a struct\n");
}
END_TEST

START_TEST(test_complaints_are_appended)
{
	struct mr_buffer complaints = { .arena = arena };
	const struct mr_shape good = { &rows[0].field, 1, sizeof(struct record) };

	mr_buffer_puts(&complaints, "an earlier one\n");
	ck_assert(mr_declaration_check(&good, MR_ROLE_INPUT, &complaints));
	ck_assert_uint_eq(complaints.length, 15);
	ck_assert_mem_eq(complaints.data, "an earlier one\n", 15);
}
END_TEST

START_TEST(test_want_of_memory_is_no_consent)
{
	struct mr_buffer complaints = { .arena = arena };
	const struct mr_shape good = { &rows[0].field, 1, sizeof(struct record) };

	mr_buffer_room(&complaints, SIZE_MAX / 2);
	ck_assert(!mr_declaration_check(&good, MR_ROLE_INPUT, &complaints));
}
END_TEST

/* One row for each kind that is right as an input. */
static const struct mr_field every[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = MR_PARAM(struct record, whole, "t", MR_RANGE(0, 1)),
	[MR_KIND_DOUBLE] = MR_PARAM(struct record, number, "t", MR_RANGE(0, 1)),
	[MR_KIND_BOOL] = MR_PARAM(struct record, flag, "t", MR_EITHER),
	[MR_KIND_STRING] = MR_PARAM(struct record, text, "t", MR_LENGTH(0, 1)),
	[MR_KIND_CHOICE] = MR_PARAM(struct record, colour, "t",
	                            MR_CHOICES("red")),
	[MR_KIND_BYTES] = MR_PARAM(struct record, bytes, "t", MR_LENGTH(0, 1)),
	[MR_KIND_INT64S] = MR_PARAM(struct record, wholes, "t",
	                            MR_ITEMS(0, 1, 0, 1)),
	[MR_KIND_DOUBLES] = MR_PARAM(struct record, numbers, "t",
	                             MR_ITEMS(0, 1, 0, 1)),
	[MR_KIND_MATRIX] = MR_PARAM(
	    struct record, matrix, "t",
	    MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 0, 1)),
	[MR_KIND_OBJECT] = MR_OBJECT(struct record, object, "t", point),
	[MR_KIND_OBJECTS] = MR_OBJECTS(struct record, objects, "t", point,
	                               MR_LENGTH(0, 1)),
};

START_TEST(test_every_kind_is_for_some_roles)
{
	const char *complaint =
	    complaints_about(&every[_i], 1, MR_ROLE_QUERY);

	if (_i < MR_KIND_MATRIX)
		ck_assert_str_eq(complaint, "");
	else
		ck_assert_ptr_nonnull(strstr(complaint, ": " QUERY "\n"));
	ck_assert_str_eq(complaints_about(&every[_i], 1, MR_ROLE_INPUT), "");
	ck_assert_str_eq(complaints_about(&every[_i], 1, MR_ROLE_RESULT), "");
}
END_TEST

START_TEST(test_null_is_for_what_holds_doubles)
{
	struct mr_field row = every[_i];
	bool holds = _i == MR_KIND_DOUBLE || _i == MR_KIND_DOUBLES ||
	             _i == MR_KIND_MATRIX;

	row.null_if_not_finite = true;
	ck_assert_int_eq(
	    *complaints_about(&row, 1, MR_ROLE_RESULT) == '\0', holds);
}
END_TEST

/* Of a result only what is written counts. */
static const struct {
	struct mr_field field;
	const char *complaint;
} results[] = {
	{ MR_RESULT(struct record, colour, "t"),
	  "field colour: an enumeration needs MR_CHOICES\n" },
	{ MR_RESULT(struct record, colour, "t",
	            .bounds = MR_CHOICES("a", "a")),
	  "field colour: a choice stands twice\n" },
	{ MR_RESULT(struct record, whole, "t", .bounds = MR_RANGE(1, 0)),
	  "field whole: min is above max\n" },
	{ MR_RESULT(struct record, whole, "t", .bounds = MR_EITHER),
	  "field whole: a number needs MR_RANGE\n" },
	{ MR_RESULT(struct record, whole, "t", .or_null = true,
	            .flag = sizeof(struct record) + 1),
	  "field whole: its flag is outside of the struct\n" },
	{ MR_OPTIONAL(struct record, whole, "t", MR_RANGE(0, 1), "2"), "" },
	{ MR_PARAM(struct record, matrix, "t",
	           MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 0, 1),
	           .in_query = true, .example = "0"),
	  "field matrix: the example is not a value of the field\n" },
	{ MR_RESULT(struct record, whole, "t", .example = "\"x\""),
	  "field whole: the example is not a value of the field\n" },
	{ MR_RESULT(struct record, whole, "t", .example = "-7"), "" },
	{ MR_RESULT(struct record, matrix, "t", .example = "[[1,2]]"), "" },
};

START_TEST(test_row_of_an_output_is_judged)
{
	ck_assert_str_eq(
	    complaints_about(&results[_i].field, 1, MR_ROLE_RESULT),
	    results[_i].complaint);
}
END_TEST

/* A contradiction in an object in an array in an object. */
#define WITHIN(kind_, name_, rows_, ...)                                       \
	{ .name = (name_), .kind = kind_, .text = "t",                         \
	  .shape = &(const struct mr_shape){ (rows_), 1,                       \
		                             sizeof(struct record) },          \
	  __VA_ARGS__ }

START_TEST(test_field_of_an_inner_object_is_named_by_its_path)
{
	const struct mr_field list = WITHIN(
	    MR_KIND_OBJECTS, "corners", &rows[_i].field,
	    .bounds = MR_LENGTH(0, 1));
	const struct mr_field outer =
	    WITHIN(MR_KIND_OBJECT, "area", &list, .required = true);
	const char *complaint = rows[_i].complaint, *end;
	struct mr_buffer expected = { .arena = arena };

	for (; *complaint != '\0'; complaint = end + 1) {
		end = strchr(complaint, '\n');
		mr_buffer_printf(&expected, "field area.corners.%.*s\n",
		                 (int)(end - complaint) - 6, complaint + 6);
	}
	mr_buffer_putc(&expected, '\0');
	if (rows[_i].field.in_query)
		ck_assert_ptr_nonnull(strstr(
		    complaints_about(&outer, 1, MR_ROLE_INPUT),
		    ": a field of an object is not read from a query string\n"));
	else
		ck_assert_str_eq(complaints_about(&outer, 1, MR_ROLE_INPUT),
		                 expected.data);
}
END_TEST

START_TEST(test_name_may_stand_in_other_objects_once_each)
{
	const struct mr_field twice[] = { every[0], every[1], every[0] };
	const struct mr_field inner = { .name = "whole",
		                        .kind = MR_KIND_OBJECT,
		                        .text = "t",
		                        .shape = &(const struct mr_shape){
		                            twice, 2, sizeof(struct record) } };
	struct mr_field bad = inner;

	bad.shape = &(const struct mr_shape){ twice, 3, sizeof(struct record) };
	ck_assert_str_eq(complaints_about(&inner, 1, MR_ROLE_INPUT), "");
	ck_assert_str_eq(complaints_about(&bad, 1, MR_ROLE_INPUT),
	                 "field whole.whole: the name stands twice\n");
}
END_TEST

/* A value is not read by rows of which one makes no sense. */
START_TEST(test_values_wait_for_all_rows)
{
	const struct mr_field fields[] = {
		MR_OPTIONAL(struct record, whole, "t", MR_RANGE(0, 1), "2"),
		{ .name = "x", .kind = 99, .text = "t" },
	};

	ck_assert_str_eq(complaints_about(fields, 2, MR_ROLE_INPUT),
	                 "field x: its kind is unknown\n");
}
END_TEST

/* What lies deepest must be within what JSON may nest. */
START_TEST(test_depth_is_limited)
{
	struct mr_field fields[MR_JSON_DEPTH];
	struct mr_shape shapes[MR_JSON_DEPTH];
	size_t limit = (MR_JSON_DEPTH - 2) / 2;
	const char *complaint;

	for (size_t i = 0; i < MR_JSON_DEPTH; i++) {
		shapes[i] = (struct mr_shape){ &fields[i], 1,
			                       sizeof(struct record) };
		fields[i] = (struct mr_field){ .name = "x",
			                       .kind = MR_KIND_OBJECTS,
			                       .text = "t",
			                       .bounds = MR_LENGTH(0, 1),
			                       .shape = &shapes[i] + 1 };
	}
	fields[limit - 1] = every[0];
	ck_assert_str_eq(complaints_about(fields, 1, MR_ROLE_INPUT), "");
	fields[limit - 1] = fields[0];
	fields[limit - 1].shape = &shapes[limit];
	fields[limit] = every[0];
	complaint = complaints_about(fields, 1, MR_ROLE_INPUT);
	ck_assert_ptr_nonnull(strstr(complaint, "x.x: nested too deeply\n"));
	/* A shape within itself. */
	shapes[0].fields = fields;
	fields[0].shape = &shapes[0];
	complaint = complaints_about(fields, 1, MR_ROLE_INPUT);
	ck_assert_ptr_nonnull(strstr(complaint, "x.x: nested too deeply\n"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_row_of_an_input_is_judged, 0, N(rows));
	tcase_add_test(tc, test_row_of_an_output_needs_no_bounds);
	tcase_add_test(tc, test_row_of_an_output_needs_a_text);
	tcase_add_test(tc, test_values_wait_for_all_rows);
	tcase_add_test(tc, test_name_that_stands_twice_is_refused);
	tcase_add_test(tc, test_no_rows_are_fine);
	tcase_add_test(tc, test_a_struct_may_have_64_rows_not_65);
	tcase_add_loop_test(tc, test_every_kind_is_for_some_roles, 0,
	                    MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_null_is_for_what_holds_doubles, 0,
	                    MR_KIND_COUNT);
	tcase_add_loop_test(tc, test_row_of_an_output_is_judged, 0, N(results));
	tcase_add_loop_test(tc,
	                    test_field_of_an_inner_object_is_named_by_its_path,
	                    0, N(rows));
	tcase_add_test(tc, test_name_may_stand_in_other_objects_once_each);
	tcase_add_test(tc, test_depth_is_limited);
	tcase_add_test(tc, test_complaints_are_appended);
	tcase_add_test(tc, test_want_of_memory_is_no_consent);
}

UNIT_MAIN("declaration", add_tests)
