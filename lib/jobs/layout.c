/*
 * layout.c: whose file it is, and its tables.
 */
#include "jobs/layout.h"

#include "jobs/sql.h"
#include "jobs/statements.h"

#include <stdio.h>

static enum mr_err
refuse(struct mr_database *database, const char *reason)
{
	snprintf(database->reason, database->reason_size, "%s", reason);
	return MR_STORAGE;
}

/* version 0: there is nothing in it yet. */
static enum mr_err
recognize(struct mr_database *database, int64_t *version)
{
	int64_t application, tables;
	enum mr_err err;

	err = mr_database_ask(database, "PRAGMA application_id", &application);
	if (err == MR_OK)
		err = mr_database_ask(database, "PRAGMA user_version", version);
	if (err == MR_OK)
		err = mr_database_ask(database,
		                      "SELECT count(*) FROM sqlite_schema",
		                      &tables);
	if (err != MR_OK)
		return err;
	if (application == 0 && *version == 0 && tables == 0)
		return MR_OK;
	if (application != MR_LAYOUT_APPLICATION)
		return refuse(database,
		              "the file is a database of another program");
	return *version > MR_LAYOUT_VERSION
	           ? refuse(database, "a newer version has written the file")
	           : MR_OK;
}

static enum mr_err
make_tables(struct mr_database *database, struct mr_buffer *text)
{
	text->length = 0;
	for (size_t i = 0; mr_sql_tables[i] != NULL; i++) {
		mr_sql_expand(mr_sql_tables[i], text);
		mr_buffer_puts(text, ";");
	}
	mr_buffer_printf(text,
	                 "PRAGMA application_id = %d;"
	                 "PRAGMA user_version = %d;",
	                 MR_LAYOUT_APPLICATION, MR_LAYOUT_VERSION);
	if (mr_buffer_text(text) == NULL)
		return MR_MEMORY;
	return mr_database_run(database, text->data);
}

/* Also of an old file: begin shows whether it can be written. */
static enum mr_err
settle(struct mr_database *database, struct mr_buffer *text)
{
	int64_t version;
	enum mr_err err = mr_database_begin(database);

	if (err != MR_OK)
		return err;
	err = recognize(database, &version);
	if (err == MR_OK && version == 0)
		err = make_tables(database, text);
	if (err == MR_OK)
		return mr_database_commit(database);
	mr_database_rollback(database);
	return err;
}

enum mr_err
mr_layout_open(struct mr_database *database, const char *file,
               struct mr_buffer *text)
{
	int64_t version;
	enum mr_err err = mr_database_open(database, file);

	if (err == MR_OK)
		err = recognize(database, &version);
	if (err == MR_OK)
		err = mr_database_run(database, mr_sql_settings);
	return err == MR_OK ? settle(database, text) : err;
}
