/*
 * sqlite.c: the store over a database: each function is a statement or two.
 */
#include "jobs/sqlite.h"

#include "jobs/database.h"
#include "jobs/layout.h"
#include "jobs/sql.h"
#include "jobs/statements.h"

#include <stdlib.h>

#define MOST_FREE 4      /* a quarter of the file may be unused */
#define GIVEN_BACK "2048" /* pages in one sweep, of those that are too many */

struct sqlite {
	struct mr_store store;
	struct mr_database database;
	struct mr_statement statements[MR_SQL_STATEMENTS];
};

static struct sqlite *
sqlite_of(struct mr_store *store)
{
	return (struct sqlite *)(void *)store;
}

static struct mr_database *
database_of(struct mr_store *store)
{
	return &sqlite_of(store)->database;
}

static struct mr_statement *
statement_of(struct mr_store *store, int number)
{
	return &sqlite_of(store)->statements[number];
}

/* Does what gives no rows; MR_CONFLICT if least rows were not changed. */
static enum mr_err
change(struct mr_store *store, int number, int64_t least)
{
	struct mr_database *database = database_of(store);
	enum mr_err err = mr_statement_step(statement_of(store, number));

	mr_statement_reset(statement_of(store, number));
	if (err != MR_NOT_FOUND)
		return err;
	return mr_database_changes(database) < least ? MR_CONFLICT : MR_OK;
}

static enum mr_err
find_one(struct mr_store *store, int number, struct mr_arena *arena,
         struct mr_job *job)
{
	struct mr_statement *statement = statement_of(store, number);
	enum mr_err err = mr_statement_step(statement);

	if (err == MR_OK)
		err = mr_statement_get_job(statement, arena, job);
	mr_statement_reset(statement);
	return err;
}

static enum mr_err
find_all(struct mr_store *store, int number, struct mr_arena *arena,
         struct mr_jobs *jobs)
{
	struct mr_statement *statement = statement_of(store, number);
	enum mr_err err = MR_OK;

	while (err == MR_OK) {
		err = mr_statement_step(statement);
		if (err == MR_OK)
			err = mr_statement_get_job(statement, arena,
			                           &jobs->data[jobs->length++]);
	}
	mr_statement_reset(statement);
	return err == MR_NOT_FOUND ? MR_OK : err;
}

static enum mr_err
sqlite_begin(struct mr_store *store)
{
	return mr_database_begin(database_of(store));
}

static enum mr_err
sqlite_commit(struct mr_store *store)
{
	return mr_database_commit(database_of(store));
}

static void
sqlite_rollback(struct mr_store *store)
{
	mr_database_rollback(database_of(store));
}

static enum mr_err
sqlite_add(struct mr_store *store, const struct mr_job *job)
{
	mr_statement_set_job(statement_of(store, MR_SQL_ADD), job);
	return change(store, MR_SQL_ADD, 1);
}

static enum mr_err
sqlite_find(struct mr_store *store, const char *id, struct mr_arena *arena,
            struct mr_job *job)
{
	mr_statement_set_text(statement_of(store, MR_SQL_FIND), ":id", id);
	return find_one(store, MR_SQL_FIND, arena, job);
}

static enum mr_err
sqlite_find_key(struct mr_store *store, const char *key, struct mr_arena *arena,
                struct mr_job *job)
{
	mr_statement_set_text(statement_of(store, MR_SQL_FIND_KEY), ":key", key);
	return find_one(store, MR_SQL_FIND_KEY, arena, job);
}

static enum mr_err
sqlite_claim(struct mr_store *store, const struct mr_lease *lease,
             struct mr_arena *arena, struct mr_job *job)
{
	struct mr_statement *statement = statement_of(store, MR_SQL_CLAIM);

	mr_statement_set_text(statement, ":owner", lease->owner);
	mr_statement_set_number(statement, ":lease",
	                        mr_store_clock() + lease->duration);
	return find_one(store, MR_SQL_CLAIM, arena, job);
}

static enum mr_err
sqlite_find_due(struct mr_store *store, int64_t now, struct mr_arena *arena,
                struct mr_job *job)
{
	mr_statement_set_number(statement_of(store, MR_SQL_FIND_DUE), ":now", now);
	return find_one(store, MR_SQL_FIND_DUE, arena, job);
}

static enum mr_err
sqlite_next_due(struct mr_store *store, int64_t *due)
{
	struct mr_statement *statement = statement_of(store, MR_SQL_NEXT_DUE);
	enum mr_err err = mr_statement_step(statement);

	*due = err == MR_OK ? mr_statement_get_number(statement, 0) : 0;
	mr_statement_reset(statement);
	return err == MR_NOT_FOUND ? MR_OK : err;
}

static enum mr_err
sqlite_save(struct mr_store *store, const struct mr_job *job)
{
	mr_statement_set_job(statement_of(store, MR_SQL_SAVE), job);
	return change(store, MR_SQL_SAVE, 1);
}

static enum mr_err
sqlite_renew(struct mr_store *store, const struct mr_job *job,
             const struct mr_lease *lease)
{
	struct mr_job renewed = *job;

	renewed.owner = lease->owner;
	renewed.lease = mr_store_clock() + lease->duration;
	mr_statement_set_job(statement_of(store, MR_SQL_RENEW), &renewed);
	return change(store, MR_SQL_RENEW, 1);
}

static enum mr_err
sqlite_running(struct mr_store *store, const struct mr_running *which,
               struct mr_arena *arena, struct mr_jobs *jobs)
{
	struct mr_statement *statement = statement_of(store, MR_SQL_RUNNING);

	if (mr_jobs_room(jobs, which->limit, arena) != MR_OK)
		return MR_MEMORY;
	mr_statement_set_text(statement, ":after",
	                      which->after == NULL ? "" : which->after);
	mr_statement_set_number(statement, ":limit", (int64_t)which->limit);
	return find_all(store, MR_SQL_RUNNING, arena, jobs);
}

static enum mr_err
sqlite_list(struct mr_store *store, const struct mr_job_filter *filter,
            struct mr_arena *arena, struct mr_jobs *jobs)
{
	bool with_state = filter->state >= 0;
	int number = filter->endpoint == NULL
	                 ? (with_state ? MR_SQL_LIST_STATE : MR_SQL_LIST)
	                 : (with_state ? MR_SQL_LIST_BOTH : MR_SQL_LIST_ENDPOINT);
	struct mr_statement *statement = statement_of(store, number);

	if (mr_jobs_room(jobs, filter->limit, arena) != MR_OK)
		return MR_MEMORY;
	mr_statement_set_number(statement, ":state", filter->state);
	mr_statement_set_text(statement, ":endpoint", filter->endpoint);
	/* Behind every id: '~' is the last of ASCII. */
	mr_statement_set_text(statement, ":after",
	                      filter->after == NULL ? "~" : filter->after);
	mr_statement_set_number(statement, ":limit", (int64_t)filter->limit);
	return find_all(store, number, arena, jobs);
}

static enum mr_err
sqlite_put(struct mr_store *store, const char *id, enum mr_blob blob,
           struct mr_bytes bytes)
{
	int number = bytes.length == 0 ? MR_SQL_REMOVE : MR_SQL_PUT;
	struct mr_statement *statement = statement_of(store, number);

	mr_statement_set_text(statement, ":id", id);
	mr_statement_set_number(statement, ":kind", blob);
	mr_statement_set_bytes(statement, ":bytes", bytes);
	return change(store, number, 0);
}

static enum mr_err
sqlite_get(struct mr_store *store, const char *id, enum mr_blob blob,
           struct mr_buffer *to)
{
	struct mr_statement *statement = statement_of(store, MR_SQL_GET);
	enum mr_err err;

	mr_statement_set_text(statement, ":id", id);
	mr_statement_set_number(statement, ":kind", blob);
	err = mr_statement_step(statement);
	if (err == MR_OK) {
		mr_statement_get_bytes(statement, 0, to);
		err = mr_buffer_text(to) == NULL ? MR_MEMORY : MR_OK;
	}
	mr_statement_reset(statement);
	return err;
}

static enum mr_err
sqlite_count(struct mr_store *store, int64_t counts[MR_JOB_STATE_COUNT])
{
	struct mr_statement *statement = statement_of(store, MR_SQL_COUNT);
	enum mr_err err = MR_OK;

	memset(counts, 0, MR_JOB_STATE_COUNT * sizeof(*counts));
	while (err == MR_OK) {
		int64_t state;

		err = mr_statement_step(statement);
		state = err == MR_OK ? mr_statement_get_number(statement, 0)
		                     : -1;
		if (state >= 0 && state < MR_JOB_STATE_COUNT)
			counts[state] = mr_statement_get_number(statement, 1);
	}
	mr_statement_reset(statement);
	return err == MR_NOT_FOUND ? MR_OK : err;
}

static enum mr_err
sweep_by(struct mr_store *store, int number, int64_t before, size_t limit)
{
	struct mr_statement *statement = statement_of(store, number);

	mr_statement_set_number(statement, ":before", before);
	mr_statement_set_number(statement, ":limit", (int64_t)limit);
	return change(store, number, 0);
}

/* Removes at most limit that finished before; how many went is added. */
static enum mr_err
remove_finished(struct mr_store *store, int64_t before, size_t limit,
                size_t *count)
{
	enum mr_err err = sweep_by(store, MR_SQL_SWEEP_BLOBS, before, limit);

	if (err == MR_OK)
		err = sweep_by(store, MR_SQL_SWEEP, before, limit);
	if (err == MR_OK)
		*count += (size_t)mr_database_changes(database_of(store));
	return err;
}

/* New jobs use free pages again; only what is far too much is given back. */
static enum mr_err
give_back(struct mr_database *database)
{
	int64_t pages = 0, unused = 0;
	enum mr_err err =
	    mr_database_ask(database, "PRAGMA page_count", &pages);

	if (err == MR_OK)
		err = mr_database_ask(database, "PRAGMA freelist_count",
		                      &unused);
	if (err != MR_OK || unused <= pages / MOST_FREE)
		return err;
	return mr_database_run(database,
	                       "PRAGMA incremental_vacuum(" GIVEN_BACK ")");
}

static enum mr_err
sqlite_sweep(struct mr_store *store, const struct mr_sweep *sweep,
             size_t *count)
{
	int64_t excess;
	size_t room;
	enum mr_err err;

	*count = 0;
	err = remove_finished(store, sweep->before, sweep->limit, count);
	if (err != MR_OK)
		return err;
	excess = sweep->finished - sweep->keep - (int64_t)*count;
	room = sweep->limit - *count;
	if (excess > 0)
		err = remove_finished(store, INT64_MAX,
		                      (uint64_t)excess < room ? (size_t)excess
		                                              : room,
		                      count);
	return err == MR_OK ? give_back(database_of(store)) : err;
}

static void
sqlite_close(struct mr_store *store)
{
	struct sqlite *sqlite = sqlite_of(store);

	for (int i = 0; i < MR_SQL_STATEMENTS; i++)
		mr_statement_free(&sqlite->statements[i]);
	mr_database_close(&sqlite->database);
	free(sqlite);
}

static const struct mr_store_functions functions = {
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.add = sqlite_add,
	.find = sqlite_find,
	.find_key = sqlite_find_key,
	.claim = sqlite_claim,
	.find_due = sqlite_find_due,
	.next_due = sqlite_next_due,
	.save = sqlite_save,
	.renew = sqlite_renew,
	.running = sqlite_running,
	.list = sqlite_list,
	.put = sqlite_put,
	.get = sqlite_get,
	.sweep = sqlite_sweep,
	.count = sqlite_count,
	.close = sqlite_close,
};

/* text has room for every statement. */
static enum mr_err
prepare(struct sqlite *sqlite, struct mr_buffer *text)
{
	enum mr_err err = MR_OK;

	for (int i = 0; i < MR_SQL_STATEMENTS && err == MR_OK; i++) {
		text->length = 0;
		mr_sql_expand(mr_sql_statements[i], text);
		err = mr_buffer_text(text) == NULL
		          ? MR_MEMORY
		          : mr_statement_new(&sqlite->database, text->data,
		                             &sqlite->statements[i]);
	}
	return err;
}

struct mr_store *
mr_store_sqlite(const char *file, struct mr_buffer *complaint)
{
	struct mr_buffer text = { .arena = complaint->arena };
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
	enum mr_err err;

	if (sqlite == NULL) {
		mr_buffer_puts(complaint, "There is no memory for jobs.");
		return NULL;
	}
	sqlite->store.functions = &functions;
	sqlite->database.reason = sqlite->store.reason;
	sqlite->database.reason_size = sizeof(sqlite->store.reason);
	err = mr_layout_open(&sqlite->database, file, &text);
	if (err == MR_OK)
		err = prepare(sqlite, &text);
	if (err == MR_OK)
		return &sqlite->store;
	mr_buffer_printf(complaint, "The jobs in %s cannot be opened: %s.",
	                 file, sqlite->store.reason);
	sqlite_close(&sqlite->store);
	return NULL;
}
