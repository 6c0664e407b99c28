/*
 * database.h: a file of SQLite: statements, values and errors.  The only place
 * that knows SQLite; what is asked is sqlite.c's.
 *
 * An error other than MR_NOT_FOUND and MR_CONFLICT spoils the transaction:
 * nothing more is done in it, and its commit fails.
 */
#ifndef MR_JOBS_DATABASE_H
#define MR_JOBS_DATABASE_H

#include "base/buffer.h"
#include "jobs/job.h"

struct sqlite3;
struct sqlite3_stmt;

struct mr_database {
	struct sqlite3 *handle;
	char *reason; /* of the last error; a clause */
	size_t reason_size;
	bool in_transaction;
	enum mr_err spoiled; /* MR_OK: it is not */
};

/*
 * reason and reason_size are set.  MR_OK; an error: nothing was opened.  Close
 * it, once its statements are finished.
 */
enum mr_err mr_database_open(struct mr_database *database, const char *file);
void mr_database_close(struct mr_database *database);

/* Statements without values and rows. */
enum mr_err mr_database_run(struct mr_database *database, const char *sql);

/* The one number that a statement gives. */
enum mr_err mr_database_ask(struct mr_database *database, const char *sql,
                            int64_t *number);

enum mr_err mr_database_begin(struct mr_database *database);
enum mr_err mr_database_commit(struct mr_database *database);
void mr_database_rollback(struct mr_database *database);

struct mr_statement {
	struct mr_database *database;
	struct sqlite3_stmt *handle;
	const struct mr_job_column **members; /* by parameter; NULL: of none */
	int count;                            /* of parameters */
	enum mr_err err; /* of the values that were set; MR_OK: they are */
};

/* To be finished with mr_statement_free, also one that is all zero. */
enum mr_err mr_statement_new(struct mr_database *database, const char *sql,
                             struct mr_statement *statement);
void mr_statement_free(struct mr_statement *statement);

/*
 * Values of parameters; what they point to must stay until the reset.  Those
 * of a job are named as its members are, in SQL ":state".  A value that the
 * statement has no parameter for is left out; one that cannot be set, such as
 * one that is too long, is an error of the next step.
 */
void mr_statement_set_job(struct mr_statement *statement,
                          const struct mr_job *job);
void mr_statement_set_number(struct mr_statement *statement, const char *name,
                             int64_t number);
void mr_statement_set_text(struct mr_statement *statement, const char *name,
                           const char *text);
void mr_statement_set_bytes(struct mr_statement *statement, const char *name,
                            struct mr_bytes bytes);

/*
 * The next row, MR_OK, whose values are then to be had by column; MR_NOT_FOUND:
 * there is none; MR_CONFLICT: a key is there already.
 */
enum mr_err mr_statement_step(struct mr_statement *statement);

/* Columns are those of mr_job_columns.  MR_OK, MR_MEMORY. */
enum mr_err mr_statement_get_job(struct mr_statement *statement,
                                 struct mr_arena *arena, struct mr_job *job);
int64_t mr_statement_get_number(struct mr_statement *statement, int column);
void mr_statement_get_bytes(struct mr_statement *statement, int column,
                            struct mr_buffer *to);

/* Makes it ready to be stepped anew, without values. */
void mr_statement_reset(struct mr_statement *statement);

/* How many rows the last statement has changed. */
int64_t mr_database_changes(const struct mr_database *database);

#endif
