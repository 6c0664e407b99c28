/*
 * layout.h: the tables in a file: made in a new one, known in an old one.
 */
#ifndef MR_JOBS_LAYOUT_H
#define MR_JOBS_LAYOUT_H

#include "jobs/database.h"

#define MR_LAYOUT_APPLICATION 0x4D696C6C /* "Mill", SQLite's application_id */

/* Counts up with each change of the tables; a member of a job more is one. */
#define MR_LAYOUT_VERSION 1

/*
 * Opens the file of a database; one that was not made by us, or by a later
 * version, stays untouched and is refused with a reason.  text is scratch.
 */
enum mr_err mr_layout_open(struct mr_database *database, const char *file,
                           struct mr_buffer *text);

#endif
