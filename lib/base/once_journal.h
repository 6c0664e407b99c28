/*
 * once_journal.h: the records of a journal of once_log.h, read from its end.
 *
 * A record is a line `STATE ID NEWEST OFFSET LINE`: NEWEST is the greatest id
 * of all records up to it, which ends the search for an id that is greater.
 */
#ifndef MR_BASE_ONCE_JOURNAL_H
#define MR_BASE_ONCE_JOURNAL_H

#include "base/once_log.h"

#include <sys/types.h>

#define MR_ONCE_PROMISED '?'
#define MR_ONCE_KEPT '.'
#define MR_ONCE_RECORD 512 /* bytes; more than any record has */

struct mr_once_record {
	off_t start; /* in its journal */
	bool valid;  /* it is a record */
	char state;
	char id[MR_ONCE_LOG_ID], newest[MR_ONCE_LOG_ID];
	int64_t offset;              /* of the line in the file */
	char line[MR_ONCE_LOG_LINE]; /* ends with a newline, no NUL */
	size_t length;               /* of the line */
};

#define MR_ONCE_WINDOW 32768 /* bytes that are read at once */

struct mr_once_reader {
	int journal; /* stays the caller's; -1: none, which is an empty one */
	off_t end;   /* what is behind it has been read */
	off_t window_start;
	size_t window_length;
	char window[MR_ONCE_WINDOW];
};

void mr_once_reader_begin(struct mr_once_reader *reader, int journal);

/*
 * Reads the line before those that were read, or a piece of what has no lines;
 * it may be no valid record.  false: there is none, and reader->end is 0, or
 * it cannot be read, as errno says.
 */
bool mr_once_reader_previous(struct mr_once_reader *reader,
                             struct mr_once_record *record);

/* Writes the record, which is valid, with its newline; returns its length. */
size_t mr_once_record_write(const struct mr_once_record *record,
                            char text[MR_ONCE_RECORD]);

#endif
