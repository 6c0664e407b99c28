/*
 * statements.c: the tables of the file, and each question to them.
 *
 * tally counts the jobs of each state, so that nobody ever has to.
 */
#include "jobs/statements.h"

#include <stddef.h>

/* Before anything is written, or nothing is: vacuum is decided by the first. */
const char mr_sql_settings[] =
    "PRAGMA auto_vacuum = INCREMENTAL;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA journal_size_limit = 16777216;"
    "PRAGMA cache_size = -16384;"
    "PRAGMA temp_store = MEMORY;";

/* Without rowids an index ends with the id: it lists by age. */
const char *const mr_sql_tables[] = {
	"CREATE TABLE job ($definitions) WITHOUT ROWID",
	"CREATE UNIQUE INDEX job_key ON job (key) WHERE key IS NOT NULL",
	"CREATE INDEX job_queued ON job (rank) WHERE state = $queued",
	"CREATE INDEX job_due ON job (due) WHERE state = $scheduled",
	"CREATE INDEX job_finished ON job (finished) WHERE finished > 0",
	"CREATE INDEX job_state ON job (state)",
	"CREATE INDEX job_endpoint ON job (endpoint)",
	"CREATE INDEX job_endpoint_state ON job (endpoint, state)",
	"CREATE TABLE blob (id TEXT NOT NULL, kind INTEGER NOT NULL, "
	"bytes BLOB NOT NULL, PRIMARY KEY (id, kind)) WITHOUT ROWID",
	"CREATE TABLE tally (state INTEGER PRIMARY KEY, count INTEGER NOT NULL)",
	"CREATE TRIGGER job_added AFTER INSERT ON job BEGIN "
	"INSERT INTO tally VALUES (new.state, 1) "
	"ON CONFLICT (state) DO UPDATE SET count = count + 1; END",
	"CREATE TRIGGER job_entered AFTER UPDATE OF state ON job "
	"WHEN old.state <> new.state BEGIN "
	"UPDATE tally SET count = count - 1 WHERE state = old.state; "
	"INSERT INTO tally VALUES (new.state, 1) "
	"ON CONFLICT (state) DO UPDATE SET count = count + 1; END",
	"CREATE TRIGGER job_removed AFTER DELETE ON job BEGIN "
	"UPDATE tally SET count = count - 1 WHERE state = old.state; "
	"DELETE FROM blob WHERE id = old.id; END",
	NULL,
};

const char *const mr_sql_statements[MR_SQL_STATEMENTS] = {
	[MR_SQL_ADD] = "INSERT INTO job ($columns) VALUES ($values)",
	[MR_SQL_FIND] = "SELECT $columns FROM job WHERE id = :id",
	[MR_SQL_FIND_KEY] = "SELECT $columns FROM job INDEXED BY job_key "
	             "WHERE key = :key",
	[MR_SQL_CLAIM] = "UPDATE job SET attempt = attempt + 1, owner = :owner, "
	          "lease = :lease WHERE id = (SELECT id FROM job "
	          "INDEXED BY job_queued WHERE state = $queued "
	          "ORDER BY rank, id LIMIT 1) RETURNING $columns",
	[MR_SQL_FIND_DUE] = "SELECT $columns FROM job INDEXED BY job_due "
	             "WHERE state = $scheduled AND due <= :now "
	             "ORDER BY due, id LIMIT 1",
	[MR_SQL_NEXT_DUE] = "SELECT due FROM job INDEXED BY job_due "
	             "WHERE state = $scheduled ORDER BY due LIMIT 1",
	[MR_SQL_SAVE] = "UPDATE job SET $changes "
	         "WHERE id = :id AND attempt = :attempt",
	[MR_SQL_RENEW] = "UPDATE job SET owner = :owner, lease = :lease, "
	          "progress = :progress WHERE id = :id "
	          "AND attempt = :attempt AND state = $running",
	[MR_SQL_RUNNING] = "SELECT $columns FROM job INDEXED BY job_state "
	            "WHERE state = $running AND id > :after "
	            "AND lease < :lapsed ORDER BY id LIMIT :limit",
	[MR_SQL_LIST] = "SELECT $columns FROM job WHERE id < :after "
	         "ORDER BY id DESC LIMIT :limit",
	[MR_SQL_LIST_STATE] = "SELECT $columns FROM job INDEXED BY job_state "
	               "WHERE state = :state AND id < :after "
	               "ORDER BY id DESC LIMIT :limit",
	[MR_SQL_LIST_ENDPOINT] = "SELECT $columns FROM job INDEXED BY job_endpoint "
	                  "WHERE endpoint = :endpoint AND id < :after "
	                  "ORDER BY id DESC LIMIT :limit",
	[MR_SQL_LIST_BOTH] = "SELECT $columns FROM job INDEXED BY job_endpoint_state "
	              "WHERE endpoint = :endpoint AND state = :state "
	              "AND id < :after ORDER BY id DESC LIMIT :limit",
	[MR_SQL_PUT] = "INSERT INTO blob SELECT :id, :kind, :bytes "
	        "WHERE EXISTS (SELECT 1 FROM job WHERE id = :id) "
	        "ON CONFLICT (id, kind) DO UPDATE SET bytes = excluded.bytes",
	[MR_SQL_REMOVE] = "DELETE FROM blob WHERE id = :id AND kind = :kind",
	[MR_SQL_GET] = "SELECT bytes FROM blob WHERE id = :id AND kind = :kind",
	[MR_SQL_SWEEP] = "DELETE FROM job WHERE id IN (SELECT id FROM job "
	          "INDEXED BY job_finished WHERE finished > 0 "
	          "AND finished < :before ORDER BY finished LIMIT :limit)",
	[MR_SQL_COUNT] = "SELECT state, count FROM tally",
};
