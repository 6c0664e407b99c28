/*
 * check_database.c: what becomes of a transaction when the disk is full,
 * fails, or is locked, and of values on their way.
 */
#include "jobs/database.h"

#include "jobs.h"

#include <errno.h>
#include <sqlite3.h>

/* The errno of writes to disk; 0: they are done. */
static int disk_error;

static ssize_t
write_or_fail(int fd, const void *bytes, size_t size, off_t offset)
{
	errno = disk_error;
	return disk_error != 0 ? -1 : pwrite(fd, bytes, size, offset);
}

static void
disk_setup(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	place_setup();
	ck_assert_int_eq(
	    vfs->xSetSystemCall(vfs, "pwrite",
	                        (sqlite3_syscall_ptr)write_or_fail),
	    SQLITE_OK);
	ck_assert_int_eq(
	    vfs->xSetSystemCall(vfs, "pwrite64",
	                        (sqlite3_syscall_ptr)write_or_fail),
	    SQLITE_OK);
	jobs_begin(1);
}

static enum mr_err
add(int number)
{
	struct mr_job job = jobs_job(number);

	job.state = MR_JOB_QUEUED;
	return store->functions->add(store, &job);
}

static void
assert_there(int number, bool is_there)
{
	struct mr_job job;

	ck_assert_int_eq(
	    store->functions->find(store, jobs_id(number), arena, &job),
	    is_there ? MR_OK : MR_NOT_FOUND);
}

static const struct {
	int error;
	enum mr_err err;
	const char *reason;
} errors[] = {
	{ ENOSPC, MR_STORAGE_FULL, "there is no room on the disk" },
	{ EDQUOT, MR_STORAGE_FULL, "there is no room on the disk" },
	{ EIO, MR_STORAGE, "disk I/O error: Input/output error" },
};

START_TEST(test_failed_commit_keeps_nothing)
{
	do_begin();
	ck_assert_int_eq(add(1), MR_OK);
	do_commit();
	do_begin();
	ck_assert_int_eq(add(2), MR_OK);
	disk_error = errors[_i].error;
	ck_assert_int_eq(store->functions->commit(store), errors[_i].err);
	ck_assert_str_eq(store->reason, errors[_i].reason);
	disk_error = 0;
	assert_there(1, true);
	assert_there(2, false);
	do_begin();
	ck_assert_int_eq(add(3), MR_OK);
	do_commit();
	assert_there(3, true);
	mr_store_close(store);
	jobs_begin(1);
	assert_there(1, true);
	assert_there(2, false);
	assert_there(3, true);
}
END_TEST

/* More than the cache holds: it is written before the commit, and fails. */
START_TEST(test_spoiled_transaction_does_nothing_more)
{
	static unsigned char many[1 << 20];
	enum mr_err err = MR_OK;

	do_begin();
	disk_error = errors[_i].error;
	for (int i = 0; i < 100 && err == MR_OK; i++) {
		ck_assert_int_eq(add(i), MR_OK);
		err = store->functions->put(
		    store, jobs_id(i), MR_BLOB_INPUT,
		    (struct mr_bytes){ many, sizeof(many) });
	}
	ck_assert_int_eq(err, errors[_i].err);
	disk_error = 0;
	ck_assert_int_eq(add(1000), errors[_i].err);
	ck_assert_int_eq(store->functions->commit(store), errors[_i].err);
	assert_there(0, false);
	assert_there(1000, false);
	do_begin();
	ck_assert_int_eq(add(1001), MR_OK);
	do_commit();
	assert_there(1001, true);
}
END_TEST

START_TEST(test_lock_of_another_is_waited_for_and_told)
{
	sqlite3 *other;

	ck_assert_int_eq(sqlite3_open("jobs.db", &other), SQLITE_OK);
	ck_assert_int_eq(
	    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	ck_assert_int_eq(store->functions->begin(store), MR_STORAGE);
	ck_assert_str_eq(store->reason,
	                 "another process keeps the file locked");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	do_begin();
	do_commit();
}
END_TEST

/* Pages behind those that are read when it is opened. */
START_TEST(test_damage_is_told_where_it_is_met)
{
	struct mr_string bytes;
	struct mr_job job;
	char *data;

	do_begin();
	for (int i = 0; i < 500; i++)
		ck_assert_int_eq(add(i), MR_OK);
	do_commit();
	mr_store_close(store);
	bytes = place_read("jobs.db");
	data = mr_arena_copy(arena, bytes.data, bytes.length);
	ck_assert_uint_gt(bytes.length, 100000);
	memset(data + 5 * 4096, 0xA5, bytes.length - 5 * 4096);
	place_write("jobs.db", (struct mr_string){ data, bytes.length });
	jobs_begin(1);
	ck_assert_int_eq(
	    store->functions->find(store, jobs_id(200), arena, &job),
	    MR_STORAGE);
	ck_assert_str_eq(store->reason, "the file is damaged");
}
END_TEST

START_TEST(test_values_go_through_a_statement)
{
	static const unsigned char any[] = { 0, 255, 0 };
	char reason[64];
	struct mr_database database = { .reason = reason,
		                        .reason_size = sizeof(reason) };
	struct mr_buffer bytes = { .arena = arena };
	struct mr_statement statement;
	int64_t number;

	ck_assert_int_eq(mr_database_open(&database, "other.db"), MR_OK);
	ck_assert_int_eq(mr_statement_new(&database, "SELECT :n + 1, :b, :t",
	                                  &statement),
	                 MR_OK);
	mr_statement_set_number(&statement, ":n", INT64_MAX - 1);
	mr_statement_set_bytes(&statement, ":b", (struct mr_bytes){ any, 3 });
	mr_statement_set_text(&statement, ":t", "text");
	ck_assert_int_eq(mr_statement_step(&statement), MR_OK);
	ck_assert_int_eq(mr_statement_get_number(&statement, 0), INT64_MAX);
	mr_statement_get_bytes(&statement, 1, &bytes);
	ck_assert_uint_eq(bytes.length, 3);
	ck_assert_mem_eq(bytes.data, any, 3);
	ck_assert_int_eq(mr_statement_step(&statement), MR_NOT_FOUND);
	mr_statement_reset(&statement);
	mr_statement_free(&statement);
	ck_assert_int_eq(mr_database_ask(&database, "SELECT 7", &number),
	                 MR_OK);
	ck_assert_int_eq(number, 7);
	ck_assert_int_eq(mr_database_run(&database, "nonsense"), MR_STORAGE);
	ck_assert_str_eq(reason, "near \"nonsense\": syntax error");
	mr_database_close(&database);
}
END_TEST

/* It is not stored as if it were nothing, and spoils no later one. */
START_TEST(test_value_that_is_too_long_is_an_error)
{
	static const unsigned char bytes[2000];
	static const char table[] = "CREATE TABLE t (b)";
	char reason[64] = "", text[2000];
	struct mr_database database = { .reason = reason,
		                        .reason_size = sizeof(reason) };
	struct mr_statement statement;
	int64_t number = -1;

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(mr_database_open(&database, "other.db"), MR_OK);
	ck_assert_int_eq(mr_database_run(&database, table), MR_OK);
	sqlite3_limit(database.handle, SQLITE_LIMIT_LENGTH, 1000);
	ck_assert_int_eq(mr_statement_new(&database,
	                                  "INSERT INTO t VALUES (:b)",
	                                  &statement),
	                 MR_OK);
	ck_assert_int_eq(mr_database_begin(&database), MR_OK);
	if (_i == 0)
		mr_statement_set_bytes(&statement, ":b",
		                       (struct mr_bytes){ bytes, 2000 });
	else
		mr_statement_set_text(&statement, ":b", text);
	mr_statement_set_number(&statement, ":none", 1);
	ck_assert_int_eq(mr_statement_step(&statement), MR_STORAGE);
	ck_assert_str_eq(reason, "string or blob too big");
	mr_statement_reset(&statement);
	ck_assert_int_eq(mr_database_commit(&database), MR_STORAGE);
	mr_statement_set_bytes(&statement, ":b", (struct mr_bytes){ bytes, 9 });
	ck_assert_int_eq(mr_statement_step(&statement), MR_NOT_FOUND);
	mr_statement_free(&statement);
	ck_assert_int_eq(
	    mr_database_ask(&database, "SELECT sum(length(b)) FROM t", &number),
	    MR_OK);
	ck_assert_int_eq(number, 9);
	mr_database_close(&database);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, disk_setup, jobs_teardown);
	tcase_add_loop_test(tc, test_failed_commit_keeps_nothing, 0, N(errors));
	tcase_add_loop_test(tc, test_spoiled_transaction_does_nothing_more, 0,
	                    N(errors));
	tcase_add_test(tc, test_lock_of_another_is_waited_for_and_told);
	tcase_add_test(tc, test_damage_is_told_where_it_is_met);
	tcase_add_test(tc, test_values_go_through_a_statement);
	tcase_add_loop_test(tc, test_value_that_is_too_long_is_an_error, 0, 2);
}

UNIT_MAIN("database", add_tests)
