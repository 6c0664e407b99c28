/*
 * check_statements.c: no statement looks through a table or sorts, however
 * many jobs there are, but for the one that counts them: asked of SQLite's own plans.
 */
#include "jobs/statements.h"

#include "jobs/sql.h"

#include "jobs.h"

#include <sqlite3.h>

static sqlite3 *database;

static void
plan_setup(void)
{
	place_setup();
	jobs_begin(1);
	ck_assert_int_eq(sqlite3_open("jobs.db", &database), SQLITE_OK);
}

static void
plan_teardown(void)
{
	sqlite3_close(database);
	jobs_teardown();
}

/* The whole index is there in its order; LIMIT takes the first. */
static bool
is_first_of_index(const char *step, const char *sql)
{
	return strncmp(step, "SCAN job USING ", 15) == 0 &&
	       strstr(step, "INDEX job_") != NULL &&
	       strstr(sql, "LIMIT 1") != NULL;
}

START_TEST(test_statement_needs_no_scan)
{
	struct mr_buffer sql = { .arena = arena };
	sqlite3_stmt *plan;
	int steps = 0;

	mr_buffer_puts(&sql, "EXPLAIN QUERY PLAN ");
	mr_sql_expand(mr_sql_statements[_i], &sql);
	ck_assert_int_eq(sqlite3_prepare_v2(database, mr_buffer_text(&sql), -1,
	                                    &plan, NULL),
	                 SQLITE_OK);
	while (sqlite3_step(plan) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(plan, 3);

		steps++;
		if (is_first_of_index(step, sql.data) || _i == MR_SQL_COUNT)
			continue;
		ck_assert_has_not(step, "SCAN job");
		ck_assert_has_not(step, "SCAN blob");
		ck_assert_has_not(step, "TEMP B-TREE");
	}
	sqlite3_finalize(plan);
	ck_assert(steps > 0 ||
	          strncmp(mr_sql_statements[_i], "INSERT", 6) == 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, plan_setup, plan_teardown);
	tcase_add_loop_test(tc, test_statement_needs_no_scan, 0,
	                    MR_SQL_STATEMENTS);
}

UNIT_MAIN("statements", add_tests)
