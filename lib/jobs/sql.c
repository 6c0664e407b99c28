/*
 * sql.c: lists of columns and of states, written out.
 */
#include "jobs/sql.h"

#include "jobs/job.h"

/* What store.h says that never changes: its indexes need no writing. */
static const char *const constant[] = { "id",      "endpoint", "method",
	                                "path",    "created",  "digest",
	                                "key",     "request_id" };

static bool
changes(const char *column)
{
	for (size_t i = 0; i < sizeof(constant) / sizeof(constant[0]); i++)
		if (strcmp(constant[i], column) == 0)
			return false;
	return true;
}

static void
separate(struct mr_buffer *to, size_t start)
{
	if (to->length > start)
		mr_buffer_puts(to, ", ");
}

static void
write_columns(struct mr_buffer *to)
{
	size_t start = to->length;

	for (size_t i = 0; i < mr_job_column_count; i++) {
		separate(to, start);
		mr_buffer_puts(to, mr_job_columns[i].name);
	}
}

static void
write_values(struct mr_buffer *to)
{
	size_t start = to->length;

	for (size_t i = 0; i < mr_job_column_count; i++) {
		separate(to, start);
		mr_buffer_printf(to, ":%s", mr_job_columns[i].name);
	}
}

static void
write_changes(struct mr_buffer *to)
{
	size_t start = to->length;

	for (size_t i = 0; i < mr_job_column_count; i++) {
		const char *name = mr_job_columns[i].name;

		if (!changes(name))
			continue;
		separate(to, start);
		mr_buffer_printf(to, "%s = :%s", name, name);
	}
}

static void
write_definitions(struct mr_buffer *to)
{
	for (size_t i = 0; i < mr_job_column_count; i++) {
		bool is_number = mr_job_columns[i].kind == MR_JOB_NUMBER;

		mr_buffer_printf(to, "%s%s %s", i == 0 ? "" : ", ",
		                 mr_job_columns[i].name,
		                 i == 0      ? "TEXT PRIMARY KEY NOT NULL"
		                 : is_number ? "INTEGER NOT NULL"
		                             : "TEXT");
	}
}

static void
write_final(struct mr_buffer *to)
{
	size_t start = to->length;

	for (int state = 0; state < MR_JOB_STATE_COUNT; state++) {
		if (!mr_job_is_final(state))
			continue;
		separate(to, start);
		mr_buffer_printf(to, "%d", state);
	}
}

static const struct {
	const char *name;
	void (*write)(struct mr_buffer *to);
} words[] = {
	{ "columns", write_columns },         { "values", write_values },
	{ "changes", write_changes },         { "final", write_final },
	{ "definitions", write_definitions },
};

/* The length of the word at sql when it is that one; else 0. */
static size_t
begins_with(const char *sql, const char *word)
{
	size_t length = strspn(sql, "abcdefghijklmnopqrstuvwxyz");

	return length == strlen(word) && memcmp(sql, word, length) == 0
	           ? length
	           : 0;
}

/* Writes what the word at sql stands for; its length, 0: it is unknown. */
static size_t
replace(const char *sql, struct mr_buffer *to)
{
	size_t length;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		length = begins_with(sql, words[i].name);
		if (length > 0) {
			words[i].write(to);
			return length;
		}
	}
	for (int state = 0; state < MR_JOB_STATE_COUNT; state++) {
		length = begins_with(sql, mr_job_state_name(state));
		if (length > 0) {
			mr_buffer_printf(to, "%d", state);
			return length;
		}
	}
	return 0;
}

void
mr_sql_expand(const char *sql, struct mr_buffer *to)
{
	while (*sql != '\0') {
		size_t plain = strcspn(sql, "$"), length;

		mr_buffer_append(to, sql, plain);
		sql += plain;
		if (*sql == '\0')
			break;
		length = replace(sql + 1, to);
		if (length == 0)
			mr_buffer_putc(to, '$');
		sql += 1 + length;
	}
}
