/*
 * check_layout.c: whose file it is: ours, new, newer, or none at all.
 */
#include "jobs/layout.h"

#include "jobs.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>

static void
run_sql(const char *file, const char *sql)
{
	sqlite3 *database;

	ck_assert_int_eq(sqlite3_open(file, &database), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(database, sql, NULL, NULL, NULL),
	                 SQLITE_OK);
	sqlite3_close(database);
}

static void
make_store(void)
{
	jobs_begin(1);
	mr_store_close(store);
	store = NULL;
}

static void
newer(void)
{
	make_store();
	run_sql("jobs.db", "PRAGMA user_version = 2");
}

static void
foreign(void)
{
	run_sql("jobs.db", "CREATE TABLE something (a)");
}

static void
foreign_application(void)
{
	run_sql("jobs.db", "PRAGMA application_id = 7");
}

static void
no_database(void)
{
	char text[5000];

	memset(text, 'x', sizeof(text));
	place_write("jobs.db", (struct mr_string){ text, sizeof(text) });
}

/* The page of the tables is overwritten, behind the header. */
static void
damaged(void)
{
	struct mr_string bytes;
	char *data;

	make_store();
	bytes = place_read("jobs.db");
	data = mr_arena_copy(arena, bytes.data, bytes.length);
	memset(data + 100, 0xA5, 3996);
	place_write("jobs.db", (struct mr_string){ data, bytes.length });
}

static void
directory(void)
{
	ck_assert_int_eq(mkdir("jobs.db", 0700), 0);
}

static void
read_only_directory(void)
{
	ck_assert_int_eq(chmod(".", 0500), 0);
	/* Root may write everywhere. */
	ck_assert(geteuid() != 0 || seteuid(65534) == 0);
}

static void
read_only_file(void)
{
	make_store();
	ck_assert_int_eq(chmod("jobs.db", 0444), 0);
	ck_assert_int_eq(chmod(".", 0777), 0);
	ck_assert(geteuid() != 0 || seteuid(65534) == 0);
}

/* The file of a reader only, in a directory where nothing can be made. */
static void
read_only_all(void)
{
	make_store();
	ck_assert_int_eq(chmod("jobs.db", 0666), 0);
	ck_assert_int_eq(chmod(".", 0555), 0);
	ck_assert(geteuid() != 0 || seteuid(65534) == 0);
}

#define SENTENCE(reason) "The jobs in jobs.db cannot be opened: " reason "."

static const struct {
	void (*make)(void);
	const char *complaint;
} refusals[] = {
	{ newer, SENTENCE("a newer version has written the file") },
	{ foreign, SENTENCE("the file is a database of another program") },
	{ foreign_application,
	  SENTENCE("the file is a database of another program") },
	{ no_database, SENTENCE("the file is no store of jobs") },
	{ damaged, SENTENCE("the file is damaged") },
	{ directory, SENTENCE("the file, or one beside it, cannot be opened") },
	{ read_only_directory,
	  SENTENCE("the file cannot be made: Permission denied") },
	{ read_only_file,
	  SENTENCE("the file, or its directory, cannot be written") },
	{ read_only_all,
	  SENTENCE("the file, or its directory, cannot be written") },
};

START_TEST(test_other_files_are_refused)
{
	struct mr_buffer complaint = { .arena = arena };

	refusals[_i].make();
	store = mr_store_sqlite("jobs.db", &complaint);
	ck_assert_ptr_null(store);
	ck_assert_str_eq(mr_buffer_text(&complaint), refusals[_i].complaint);
	ck_assert(geteuid() != 65534 || seteuid(0) == 0);
	ck_assert_int_eq(chmod(".", 0700), 0);
}
END_TEST

START_TEST(test_refused_files_stay_as_they_were)
{
	struct mr_buffer complaint = { .arena = arena };
	struct mr_string before, after;

	refusals[_i].make();
	before = place_read("jobs.db");
	ck_assert_ptr_null(mr_store_sqlite("jobs.db", &complaint));
	after = place_read("jobs.db");
	ck_assert_uint_eq(before.length, after.length);
	ck_assert_mem_eq(before.data, after.data, before.length);
}
END_TEST

START_TEST(test_file_is_for_its_owner_only)
{
	struct stat status;

	jobs_begin(1);
	ck_assert_int_eq(stat("jobs.db", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
	ck_assert_int_eq(stat("jobs.db-wal", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(test_empty_file_is_a_new_one)
{
	place_write("jobs.db", TEXT(""));
	make_store();
	jobs_begin(1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, jobs_teardown);
	tcase_add_loop_test(tc, test_other_files_are_refused, 0, N(refusals));
	tcase_add_loop_test(tc, test_refused_files_stay_as_they_were, 0, 5);
	tcase_add_test(tc, test_file_is_for_its_owner_only);
	tcase_add_test(tc, test_empty_file_is_a_new_one);
}

UNIT_MAIN("layout", add_tests)
