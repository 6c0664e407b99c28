/*
 * check_sql.c: words in SQL become what the tables of job.h say.
 */
#include "jobs/sql.h"

#include "unit.h"

static const char *
expanded(const char *sql)
{
	struct mr_buffer to = { .arena = arena };

	mr_sql_expand(sql, &to);
	return mr_buffer_text(&to);
}

static const struct {
	const char *sql, *expected;
} rows[] = {
	{ "", "" },
	{ "SELECT 1", "SELECT 1" },
	{ "state = $queued AND 1", "state = 1 AND 1" },
	{ "$scheduled,$running,$cancelled", "0,2,6" },
	{ "IN ($final)", "IN (3, 4, 5, 6)" },
	{ "$", "$" },
	{ "$queue $queueds $$queued", "$queue $queueds $1" },
};

START_TEST(test_words_are_replaced)
{
	ck_assert_str_eq(expanded(rows[_i].sql), rows[_i].expected);
}
END_TEST

START_TEST(test_lists_name_the_columns)
{
	const char *columns = expanded("($columns)");
	const char *changes = expanded("$changes");
	const char *definitions = expanded("$definitions");

	ck_assert_has(columns, "(id, state, endpoint, ");
	ck_assert_has(columns, ", status)");
	ck_assert_has(expanded("($values)"), "(:id, :state, :endpoint, ");
	ck_assert_has(changes, "state = :state, priority = :priority, ");
	ck_assert_has_not(changes, ":id");
	ck_assert_has_not(changes, ":key");
	ck_assert_has_not(changes, ":digest");
	ck_assert_has(definitions, "id TEXT PRIMARY KEY NOT NULL, "
	                           "state INTEGER NOT NULL, endpoint TEXT, ");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_words_are_replaced, 0, N(rows));
	tcase_add_test(tc, test_lists_name_the_columns);
}

UNIT_MAIN("sql", add_tests)
