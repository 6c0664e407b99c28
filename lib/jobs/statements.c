/*
 * statements.c: the tables of the file, and each question to them.
 *
 * What a commit costs is the pages that it writes: whatever can be found by an
 * index that is there has none of its own, and nothing is counted.
 */
#include "jobs/statements.h"

#include <stddef.h>

/*
 * Before anything is written, or nothing is: vacuum is decided by the first.
 * Most of what a commit writes is soon written again: the log may grow to 16 MB
 * before it is copied, once for some hundred commits.
 */
const char mr_sql_settings[] =
    "PRAGMA auto_vacuum = INCREMENTAL;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA journal_size_limit = 33554432;"
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
	"CREATE INDEX job_endpoint_state ON job (endpoint, state)",
	"CREATE TABLE blob (id TEXT NOT NULL, kind INTEGER NOT NULL, "
	"bytes BLOB NOT NULL, PRIMARY KEY (id, kind)) WITHOUT ROWID",
	NULL,
};

/* Lists that are in order are merged as far as they are asked for. */
#define OF_STATE(state)                                                        \
	"SELECT $columns FROM job INDEXED BY job_endpoint_state "              \
	"WHERE endpoint = :endpoint AND state = " state " AND id < :after"

#define OLDEST                                                                 \
	"SELECT id FROM job INDEXED BY job_finished WHERE finished > 0 "       \
	"AND finished < :before ORDER BY finished LIMIT :limit"

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
	            "ORDER BY id LIMIT :limit",
	[MR_SQL_LIST] = "SELECT $columns FROM job WHERE id < :after "
	         "ORDER BY id DESC LIMIT :limit",
	[MR_SQL_LIST_STATE] = "SELECT $columns FROM job INDEXED BY job_state "
	               "WHERE state = :state AND id < :after "
	               "ORDER BY id DESC LIMIT :limit",
	[MR_SQL_LIST_ENDPOINT] = OF_STATE("$scheduled") " UNION ALL "
	                  OF_STATE("$queued") " UNION ALL "
	                  OF_STATE("$running") " UNION ALL "
	                  OF_STATE("$succeeded") " UNION ALL "
	                  OF_STATE("$failed") " UNION ALL "
	                  OF_STATE("$dead") " UNION ALL "
	                  OF_STATE("$cancelled")
	                  " ORDER BY id DESC LIMIT :limit",
	[MR_SQL_LIST_BOTH] = "SELECT $columns FROM job INDEXED BY job_endpoint_state "
	              "WHERE endpoint = :endpoint AND state = :state "
	              "AND id < :after ORDER BY id DESC LIMIT :limit",
	[MR_SQL_PUT] = "INSERT INTO blob VALUES (:id, :kind, :bytes) "
	        "ON CONFLICT (id, kind) DO UPDATE SET bytes = excluded.bytes",
	[MR_SQL_REMOVE] = "DELETE FROM blob WHERE id = :id AND kind = :kind",
	[MR_SQL_GET] = "SELECT bytes FROM blob WHERE id = :id AND kind = :kind",
	[MR_SQL_SWEEP_BLOBS] = "DELETE FROM blob WHERE id IN (" OLDEST ")",
	[MR_SQL_SWEEP] = "DELETE FROM job WHERE id IN (" OLDEST ")",
	[MR_SQL_COUNT] = "SELECT state, count(*) FROM job INDEXED BY job_state "
	          "GROUP BY state",
};
