/*
 * check_target.c: bounds, the faults of breaking them, and places of elements.
 */
#include "schema/target.h"

#include "faults.h"
#include "unit.h"

#include <math.h>

static const struct mr_place place = { .name = { "x", 1 } };

static struct mr_faults faults;

static struct mr_target
target_of(const struct mr_field *field)
{
	faults = (struct mr_faults){ .arena = arena };
	return (struct mr_target){ field, NULL, &place, &faults };
}

#define EVERY_INT64 MR_RANGE(INT64_MIN, INT64_MAX)
#define LARGEST 9223372036854775807.0L

static const struct {
	struct mr_bounds bounds;
	long double value;
	const char *fault;
} ranges[] = {
	{ MR_RANGE(-5, 7), -5, "" },
	{ MR_RANGE(-5, 7), 7, "" },
	{ MR_RANGE(-5, 7), -6, "x greater_than_equal {\"ge\":-5}" },
	{ MR_RANGE(-5, 7), 8, "x less_than_equal {\"le\":7}" },
	{ MR_RANGE(3, 3), 3, "" },
	{ MR_RANGE(0, 1), -0.0L, "" },
	{ MR_RANGE(-0.0, 1), 0.0L, "" },
	{ MR_RANGE(0, 1), -0x1p-1074L, "x greater_than_equal {\"ge\":0}" },
	{ MR_RANGE(0, 0.1), 0.1, "" },
	{ MR_RANGE(0, 0.1), 0.10000000000000002,
	  "x less_than_equal {\"le\":0.1}" },
	{ MR_RANGE(-INFINITY, INFINITY), 1.7976931348623157e308, "" },
	{ MR_RANGE(-INFINITY, INFINITY), -1.7976931348623157e308, "" },
	/* Neighbours that a double cannot tell apart. */
	{ EVERY_INT64, LARGEST, "" },
	{ MR_RANGE(0, INT64_MAX - 1), LARGEST - 1, "" },
	{ MR_RANGE(0, INT64_MAX - 1), LARGEST, "x less_than_equal" },
	{ MR_RANGE(INT64_MIN + 1, 0), -LARGEST, "" },
	{ MR_RANGE(INT64_MIN + 1, 0), -LARGEST - 1, "x greater_than_equal" },
};

START_TEST(test_range_is_kept_to_the_last_bit)
{
	const struct mr_field field = { .bounds = ranges[_i].bounds };
	const struct mr_target target = target_of(&field);
	const char *fault = ranges[_i].fault;

	ck_assert_int_eq(mr_target_in_range(&target, ranges[_i].value),
	                 *fault == '\0');
	/* A bound beyond 2^53 is told exactly, but cJSON cannot read it. */
	ck_assert_str_eq(strchr(fault, '{') == NULL ? faults_line(&faults)
	                                            : faults_with_ctx(&faults),
	                 fault);
}
END_TEST

static const struct {
	struct mr_bounds bounds;
	size_t length;
	const char *fault;
} lengths[] = {
	{ MR_LENGTH(0, 2), 0, "" },
	{ MR_LENGTH(0, 2), 2, "" },
	{ MR_LENGTH(0, 2), 3, "x string_too_long {\"max_length\":2}" },
	{ MR_LENGTH(2, 2), 1, "x string_too_short {\"min_length\":2}" },
	{ MR_LENGTH(1, SIZE_MAX), SIZE_MAX, "" },
	{ MR_LENGTH(1, SIZE_MAX), 0, "x string_too_short {\"min_length\":1}" },
	{ MR_ITEMS(1, 3, 0, 0), 4, "x string_too_long {\"max_length\":3}" },
	{ MR_MATRIX(MR_ROWS(4, 5), MR_COLUMNS(1, 2), 0, 0), 3,
	  "x string_too_short {\"min_length\":4}" },
};

START_TEST(test_length_is_kept)
{
	const struct mr_field field = { .bounds = lengths[_i].bounds };
	const struct mr_target target = target_of(&field);
	struct mr_limits limits = mr_target_limits(
	    &target, MR_FAULT_STRING_SHORT, MR_FAULT_STRING_LONG);

	ck_assert_int_eq(
	    mr_target_in_limits(&target, lengths[_i].length, limits),
	    *lengths[_i].fault == '\0');
	ck_assert_str_eq(faults_with_ctx(&faults), lengths[_i].fault);
}
END_TEST

START_TEST(test_element_is_placed_by_its_index)
{
	const struct mr_field field = { .bounds = MR_RANGE(0, 1) };
	const struct mr_target target = target_of(&field);
	struct mr_place row_place, place_;
	struct mr_target row = mr_target_element(&target, &row_place);
	struct mr_target element = mr_target_element(&row, &place_);

	ck_assert_ptr_eq(element.field, &field);
	mr_target_fault(&element, MR_FAULT_INT_TYPE);
	row_place.index = 3;
	place_.index = 1;
	ck_assert(!mr_target_in_range(&element, 2));
	mr_target_fault(&row, MR_FAULT_LIST_TYPE);
	mr_target_fault(&target, MR_FAULT_MISSING);
	ck_assert_str_eq(faults_line(&faults),
	                 "x.0.0 int_type; x.3.1 less_than_equal; "
	                 "x.3 list_type; x missing");
}
END_TEST

static const bool integral[MR_KIND_COUNT] = {
	[MR_KIND_INT64] = true,
	[MR_KIND_INT64S] = true,
};

START_TEST(test_integers_are_known_by_their_kind)
{
	const struct mr_field field = { .kind = (enum mr_kind)_i };
	const struct mr_target target = target_of(&field);

	ck_assert_int_eq(mr_target_is_integral(&target), integral[_i]);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_range_is_kept_to_the_last_bit, 0,
	                    N(ranges));
	tcase_add_loop_test(tc, test_length_is_kept, 0, N(lengths));
	tcase_add_test(tc, test_element_is_placed_by_its_index);
	tcase_add_loop_test(tc, test_integers_are_known_by_their_kind, 0,
	                    MR_KIND_COUNT);
}

UNIT_MAIN("target", add_tests)
