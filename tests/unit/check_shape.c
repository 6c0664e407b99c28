/*
 * check_shape.c: finding rows by name, exactly and nearly.
 */
#include "schema/shape.h"

#include "unit.h"

static const struct mr_field rows[] = {
	{ .name = "numbers" }, { .name = "rounds" }, { .name = "rate" },
	{ .name = "n" },       { .name = NULL },     { .name = "hidden" },
};
static const struct mr_shape shape = { rows, N(rows), 8 };

START_TEST(test_count_ends_at_a_row_without_a_name)
{
	const struct mr_shape whole = { rows, 3, 8 }, none = { rows + 4, 1, 8 },
	                      empty = { rows, 0, 8 };

	ck_assert_uint_eq(mr_shape_count(&shape), 4);
	ck_assert_uint_eq(mr_shape_count(&whole), 3);
	ck_assert_uint_eq(mr_shape_count(&none), 0);
	ck_assert_uint_eq(mr_shape_count(&empty), 0);
}
END_TEST

/* The name, the row that find gives, and what nearest gives. */
static const struct {
	struct mr_string name;
	int row;
	const char *nearest;
} names[] = {
	{ BYTES("numbers"), 0, "numbers" },
	{ BYTES("rounds"), 1, "rounds" },
	{ BYTES("n"), 3, "n" },
	{ BYTES("number"), -1, "numbers" },
	{ BYTES("numberss"), -1, "numbers" },
	{ BYTES("Numbers"), -1, "numbers" },
	{ BYTES("nubmers"), -1, "numbers" },
	{ BYTES("rouds"), -1, "rounds" },
	{ BYTES("rat"), -1, "rate" },
	{ BYTES("payment"), -1, NULL },
	{ BYTES("hidden"), -1, NULL },
	{ BYTES("numbers\0"), -1, "numbers" },
	{ BYTES("0123456789012345678901234567890123456789"
	        "0123456789012345678901234"),
	  -1,
	  NULL },
};

START_TEST(test_find_wants_the_whole_name)
{
	const struct mr_field *field =
	    mr_shape_find(&shape, guarded(names[_i].name));

	ck_assert_ptr_eq(field, names[_i].row < 0 ? NULL : &rows[names[_i].row]);
}
END_TEST

START_TEST(test_nearest_suggests_what_was_meant)
{
	struct mr_string name = guarded(names[_i].name);

	ck_assert_pstr_eq(mr_shape_nearest(&shape, UINT64_MAX, name),
	                  names[_i].nearest);
}
END_TEST

START_TEST(test_nearest_suggests_only_rows_that_may_be_given)
{
	struct mr_string name = TEXT("number");

	ck_assert_pstr_eq(mr_shape_nearest(&shape, 1, name), "numbers");
	ck_assert_pstr_eq(mr_shape_nearest(&shape, 6, name), NULL);
}
END_TEST

START_TEST(test_find_of_the_empty_name_finds_nothing)
{
	ck_assert_ptr_null(mr_shape_find(&shape, guarded(TEXT(""))));
}
END_TEST

/*
 * A name that is a row's with a NUL behind it and much else must not be
 * compared beyond the end of the row's.
 */
START_TEST(test_find_stays_within_the_names_of_rows)
{
	const size_t length = (size_t)1 << 30;
	char *name = mmap(NULL, length, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	ck_assert(name != MAP_FAILED);
	memcpy(name, "rounds", 6);
	ck_assert_ptr_null(
	    mr_shape_find(&shape, (struct mr_string){ name, length }));
}
END_TEST

START_TEST(test_required_is_what_has_no_default_and_cannot_be_absent)
{
	const struct mr_field must = { .name = "a" },
	                      or_null = { .name = "a", .or_null = true },
	                      or_absent = { .name = "a", .or_absent = true },
	                      with_default = { .name = "a", .default_value = "1" };

	ck_assert(mr_field_is_required(&must));
	ck_assert(mr_field_is_required(&or_null));
	ck_assert(!mr_field_is_required(&or_absent));
	ck_assert(!mr_field_is_required(&with_default));
}
END_TEST

START_TEST(test_flag_tells_whether_a_row_is_given)
{
	struct record {
		int64_t value;
		bool first, has_value;
	} record = { .value = 512 };
	const struct mr_field flagged = { .name = "value",
		                          MR_OR_NULL(struct record, has_value) };
	const struct mr_field plain = { .name = "value" };

	ck_assert(!mr_field_is_given(&flagged, &record));
	mr_field_set_given(&flagged, &record, true);
	ck_assert(record.has_value && !record.first);
	ck_assert(mr_field_is_given(&flagged, &record));
	mr_field_set_given(&flagged, &record, false);
	ck_assert(!record.has_value);
	mr_field_set_given(&plain, &record, true);
	ck_assert(mr_field_is_given(&plain, &record));
	ck_assert_int_eq(record.value, 512);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_flag_tells_whether_a_row_is_given);
	tcase_add_test(tc, test_count_ends_at_a_row_without_a_name);
	tcase_add_loop_test(tc, test_find_wants_the_whole_name, 0, N(names));
	tcase_add_loop_test(tc, test_nearest_suggests_what_was_meant, 0,
	                    N(names));
	tcase_add_test(tc, test_nearest_suggests_only_rows_that_may_be_given);
	tcase_add_test(tc, test_find_of_the_empty_name_finds_nothing);
	tcase_add_test(tc, test_find_stays_within_the_names_of_rows);
	tcase_add_test(tc,
	               test_required_is_what_has_no_default_and_cannot_be_absent);
}

UNIT_MAIN("shape", add_tests)
