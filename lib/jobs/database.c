/*
 * database.c: SQLite behind a door.
 */
#include "jobs/database.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE 5000 /* ms; until another process has finished its writing */

static enum mr_err
refuse(struct mr_database *database, enum mr_err err, const char *reason)
{
	snprintf(database->reason, database->reason_size, "%s", reason);
	return err;
}

/* The errno of the last failure: first of the log, to which commits go. */
static int
system_error(struct mr_database *database)
{
	sqlite3_file *log = NULL;
	int error = 0;

	sqlite3_file_control(database->handle, "main",
	                     SQLITE_FCNTL_JOURNAL_POINTER, &log);
	if (log != NULL && log->pMethods != NULL)
		log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO,
		                            &error);
	if (error == 0)
		sqlite3_file_control(database->handle, "main",
		                     SQLITE_FCNTL_LAST_ERRNO, &error);
	return error;
}

/* Clauses for what a person can do something about. */
static const struct {
	int code;
	const char *reason;
} reasons[] = {
	{ SQLITE_NOTADB, "the file is no store of jobs" },
	{ SQLITE_CORRUPT, "the file is damaged" },
	{ SQLITE_BUSY, "another process keeps the file locked" },
	{ SQLITE_READONLY, "the file, or its directory, cannot be written" },
	{ SQLITE_CANTOPEN, "the file, or one beside it, cannot be opened" },
	{ SQLITE_PERM, "the file cannot be read" },
};

static const char *
reason_of(int code)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].code == (code & 0xFF))
			return reasons[i].reason;
	return NULL;
}

/* What to make of a code of SQLite that is neither OK, ROW nor DONE. */
static enum mr_err
judge(struct mr_database *database, int code)
{
	const char *reason = reason_of(code);
	int error = 0;

	if ((code & 0xFF) == SQLITE_CONSTRAINT)
		return MR_CONFLICT;
	if ((code & 0xFF) == SQLITE_IOERR)
		error = system_error(database);
	database->spoiled = MR_STORAGE;
	if ((code & 0xFF) == SQLITE_NOMEM) {
		database->spoiled = MR_MEMORY;
		reason = "there is no memory";
	} else if ((code & 0xFF) == SQLITE_FULL || error == ENOSPC ||
	           error == EDQUOT) {
		database->spoiled = MR_STORAGE_FULL;
		reason = "there is no room on the disk";
	}
	if (reason != NULL)
		return refuse(database, database->spoiled, reason);
	snprintf(database->reason, database->reason_size, "%s%s%s",
	         sqlite3_errmsg(database->handle), error == 0 ? "" : ": ",
	         error == 0 ? "" : strerror(error));
	return database->spoiled;
}

/* Nothing is done outside of a transaction that was meant to be in it. */
static bool
is_spoiled(struct mr_database *database)
{
	if (!database->in_transaction)
		database->spoiled = MR_OK;
	return database->spoiled != MR_OK;
}

/* SQLite would have others read it. */
static enum mr_err
make_file(struct mr_database *database, const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return MR_OK;
	}
	if (errno == EEXIST)
		return MR_OK;
	snprintf(database->reason, database->reason_size,
	         "the file cannot be made: %s", strerror(errno));
	return errno == ENOSPC || errno == EDQUOT ? MR_STORAGE_FULL
	                                          : MR_STORAGE;
}

enum mr_err
mr_database_open(struct mr_database *database, const char *file)
{
	enum mr_err err = make_file(database, file);
	int code;

	if (err != MR_OK)
		return err;
	code = sqlite3_open_v2(file, &database->handle,
	                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	                       NULL);
	if (code != SQLITE_OK)
		err = judge(database, code);
	else if (sqlite3_db_readonly(database->handle, "main") == 1)
		err = judge(database, SQLITE_READONLY);
	if (err != MR_OK) {
		mr_database_close(database);
		return err;
	}
	sqlite3_busy_timeout(database->handle, PATIENCE);
	return MR_OK;
}

void
mr_database_close(struct mr_database *database)
{
	sqlite3_close(database->handle);
	database->handle = NULL;
}

enum mr_err
mr_database_run(struct mr_database *database, const char *sql)
{
	int code;

	if (is_spoiled(database))
		return database->spoiled;
	code = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? MR_OK : judge(database, code);
}

enum mr_err
mr_database_ask(struct mr_database *database, const char *sql, int64_t *number)
{
	struct mr_statement statement;
	enum mr_err err = mr_statement_new(database, sql, &statement);

	if (err == MR_OK)
		err = mr_statement_step(&statement);
	if (err == MR_OK)
		*number = mr_statement_get_number(&statement, 0);
	mr_statement_free(&statement);
	return err;
}

enum mr_err
mr_database_begin(struct mr_database *database)
{
	enum mr_err err = mr_database_run(database, "BEGIN IMMEDIATE");

	database->in_transaction = err == MR_OK;
	return err;
}

enum mr_err
mr_database_commit(struct mr_database *database)
{
	enum mr_err err = mr_database_run(database, "COMMIT");

	if (err != MR_OK)
		mr_database_rollback(database);
	database->in_transaction = false;
	return err;
}

void
mr_database_rollback(struct mr_database *database)
{
	/* Some errors have ended it already. */
	if (!sqlite3_get_autocommit(database->handle))
		sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
	database->in_transaction = false;
}

static const struct mr_job_column *
column_named(const char *name)
{
	size_t i = 0;

	while (i < mr_job_column_count &&
	       strcmp(mr_job_columns[i].name, name) != 0)
		i++;
	return i < mr_job_column_count ? &mr_job_columns[i] : NULL;
}

/* Looked up once: by name it takes longer than to set the values. */
static enum mr_err
find_members(struct mr_statement *statement)
{
	int count = sqlite3_bind_parameter_count(statement->handle);

	statement->members =
	    calloc((size_t)count + 1, sizeof(*statement->members));
	if (statement->members == NULL)
		return judge(statement->database, SQLITE_NOMEM);
	statement->count = count;
	for (int i = 0; i < count; i++)
		statement->members[i] = column_named(
		    sqlite3_bind_parameter_name(statement->handle, i + 1) + 1);
	return MR_OK;
}

enum mr_err
mr_statement_new(struct mr_database *database, const char *sql,
                 struct mr_statement *statement)
{
	int code;

	*statement = (struct mr_statement){ .database = database };
	code = sqlite3_prepare_v3(database->handle, sql, -1,
	                          SQLITE_PREPARE_PERSISTENT, &statement->handle,
	                          NULL);
	return code == SQLITE_OK ? find_members(statement)
	                         : judge(database, code);
}

void
mr_statement_free(struct mr_statement *statement)
{
	sqlite3_finalize(statement->handle);
	free(statement->members);
	statement->handle = NULL;
	statement->members = NULL;
}

static int
bind_member(struct sqlite3_stmt *handle, int i,
            const struct mr_job_column *column, const struct mr_job *job)
{
	const void *member = (const char *)job + column->offset;

	if (column->kind == MR_JOB_NUMBER)
		return sqlite3_bind_int64(handle, i, *(const int64_t *)member);
	return sqlite3_bind_text(handle, i, *(const char *const *)member, -1,
	                         SQLITE_STATIC);
}

/* The first that fails is told; a NULL in its place is never stored. */
static void
note_bind(struct mr_statement *statement, int code)
{
	if (code != SQLITE_OK && statement->err == MR_OK)
		statement->err = judge(statement->database, code);
}

void
mr_statement_set_job(struct mr_statement *statement, const struct mr_job *job)
{
	for (int i = 0; i < statement->count; i++)
		if (statement->members[i] != NULL)
			note_bind(statement,
			          bind_member(statement->handle, i + 1,
			                      statement->members[i], job));
}

/* 0: it has none of the name. */
static int
parameter(const struct mr_statement *statement, const char *name)
{
	return sqlite3_bind_parameter_index(statement->handle, name);
}

void
mr_statement_set_number(struct mr_statement *statement, const char *name,
                        int64_t number)
{
	int i = parameter(statement, name);

	if (i > 0)
		note_bind(statement,
		          sqlite3_bind_int64(statement->handle, i, number));
}

void
mr_statement_set_text(struct mr_statement *statement, const char *name,
                      const char *text)
{
	int i = parameter(statement, name);

	if (i > 0)
		note_bind(statement, sqlite3_bind_text(statement->handle, i,
		                                       text, -1, SQLITE_STATIC));
}

void
mr_statement_set_bytes(struct mr_statement *statement, const char *name,
                       struct mr_bytes bytes)
{
	int i = parameter(statement, name);

	if (i > 0)
		note_bind(statement,
		          sqlite3_bind_blob64(statement->handle, i, bytes.data,
		                              bytes.length, SQLITE_STATIC));
}

enum mr_err
mr_statement_step(struct mr_statement *statement)
{
	struct mr_database *database = statement->database;
	int code;

	if (statement->err != MR_OK)
		return statement->err;
	if (is_spoiled(database))
		return database->spoiled;
	code = sqlite3_step(statement->handle);
	if (code == SQLITE_ROW)
		return MR_OK;
	return code == SQLITE_DONE ? MR_NOT_FOUND : judge(database, code);
}

static enum mr_err
get_text(struct sqlite3_stmt *statement, int column, struct mr_arena *arena,
         const char **text)
{
	const char *found =
	    (const char *)sqlite3_column_text(statement, column);

	*text = found == NULL ? NULL
	                      : mr_arena_copy(arena, found, strlen(found));
	if (*text != NULL ||
	    sqlite3_column_type(statement, column) == SQLITE_NULL)
		return MR_OK;
	return MR_MEMORY;
}

enum mr_err
mr_statement_get_job(struct mr_statement *statement, struct mr_arena *arena,
                     struct mr_job *job)
{
	enum mr_err err = MR_OK;

	for (int i = 0; i < (int)mr_job_column_count && err == MR_OK; i++) {
		void *member = (char *)job + mr_job_columns[i].offset;

		if (mr_job_columns[i].kind == MR_JOB_NUMBER)
			*(int64_t *)member = sqlite3_column_int64(statement->handle, i);
		else
			err = get_text(statement->handle, i, arena, member);
	}
	return err;
}

int64_t
mr_statement_get_number(struct mr_statement *statement, int column)
{
	return sqlite3_column_int64(statement->handle, column);
}

void
mr_statement_get_bytes(struct mr_statement *statement, int column,
                       struct mr_buffer *to)
{
	const char *bytes = sqlite3_column_blob(statement->handle, column);

	mr_buffer_append(to, bytes,
	                 (size_t)sqlite3_column_bytes(statement->handle,
	                                              column));
}

void
mr_statement_reset(struct mr_statement *statement)
{
	sqlite3_reset(statement->handle);
	sqlite3_clear_bindings(statement->handle);
	statement->err = MR_OK;
}

int64_t
mr_database_changes(const struct mr_database *database)
{
	return sqlite3_changes64(database->handle);
}
