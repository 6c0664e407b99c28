/*
 * sql.h: words in SQL that the tables of job.h have to say.
 *
 * $columns is the names of a job's members, $values their parameters (":id"),
 * $changes an assignment to each that may change, $definitions the columns of
 * a table; $final and a state's name, such as $queued, are numbers.
 */
#ifndef MR_JOBS_SQL_H
#define MR_JOBS_SQL_H

#include "base/buffer.h"

/* Appends SQL with its words replaced; other $words stay as they are. */
void mr_sql_expand(const char *sql, struct mr_buffer *to);

#endif
