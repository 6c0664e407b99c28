/*
 * statements.h: all SQL of the store in a file, with words of sql.h.
 */
#ifndef MR_JOBS_STATEMENTS_H
#define MR_JOBS_STATEMENTS_H

/* Of a connection; of a new file they come first. */
extern const char mr_sql_settings[];

/* Make the tables; ends with NULL. */
extern const char *const mr_sql_tables[];

enum mr_sql_statement {
	MR_SQL_ADD,
	MR_SQL_FIND,
	MR_SQL_FIND_KEY,
	MR_SQL_CLAIM,
	MR_SQL_FIND_DUE,
	MR_SQL_NEXT_DUE,
	MR_SQL_SAVE,
	MR_SQL_RENEW,
	MR_SQL_RUNNING,
	MR_SQL_LIST,
	MR_SQL_LIST_STATE,
	MR_SQL_LIST_ENDPOINT,
	MR_SQL_LIST_BOTH,
	MR_SQL_PUT,
	MR_SQL_REMOVE,
	MR_SQL_GET,
	MR_SQL_SWEEP_BLOBS,
	MR_SQL_SWEEP,
	MR_SQL_COUNT,
	MR_SQL_STATEMENTS
};

extern const char *const mr_sql_statements[MR_SQL_STATEMENTS];

#endif
