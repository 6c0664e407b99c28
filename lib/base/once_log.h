/*
 * once_log.h: lines that are appended to a file exactly once each, however
 * often and by however many processes it is tried, and whenever one of them is
 * killed.
 *
 * Beside NAME lies NAME.journal.  Under a lock on it, a record that promises
 * the line and says where it goes is on disk before the first byte of the line
 * is written, and is marked once the line is on disk.  Whoever takes the lock
 * next does what a record still promises.  The journal is bounded: at
 * MR_ONCE_LOG_JOURNAL bytes it becomes NAME.journal.1, in place of the one
 * before.  An id is therefore known as long as fewer than about two hundred
 * thousand lines have followed its own.
 *
 * The file belongs to people too, who append to it, empty it, move it away or
 * remove it: a line goes to its end, without a hole and over nobody's bytes.
 * Only a line that was promised and not yet marked when its writer was killed,
 * and whose file was taken away before the next line, is written once more,
 * to the new file.
 */
#ifndef MR_BASE_ONCE_LOG_H
#define MR_BASE_ONCE_LOG_H

#include "millrace.h"

#define MR_ONCE_LOG_LINE 256 /* bytes of a line, with its NUL */
#define MR_ONCE_LOG_ID 64    /* bytes of an id, with its NUL */
#define MR_ONCE_LOG_JOURNAL ((int64_t)32 << 20)

struct mr_once_log {
	const char *directory; /* NULL: there is none, which is MR_STORAGE */
	const char *name;      /* of the file in it */
	int64_t journal;       /* bytes; 0: MR_ONCE_LOG_JOURNAL */
};

/*
 * Appends line and a newline, unless this was done for id before; an id is a
 * text without white space, as unique as a UUID, and a line has no newline in
 * it.  It is on disk on return.  Ids that grow with time (as those of jobs do)
 * are looked for in a few records only.  id NULL: the line is appended every
 * time.  Waits for the lock.
 * MR_OK; MR_STORAGE_FULL, MR_STORAGE: nothing was appended, nor is promised;
 * MR_INVALID: no such id or line can be.
 */
enum mr_err mr_once_log_append(const struct mr_once_log *log, const char *id,
                               const char *line);

#endif
