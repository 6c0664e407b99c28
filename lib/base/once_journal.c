/*
 * once_journal.c: records as text, and windows of a journal from its end on.
 */
#include "base/once_journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

size_t
mr_once_record_write(const struct mr_once_record *record,
                     char text[MR_ONCE_RECORD])
{
	return (size_t)snprintf(text, MR_ONCE_RECORD,
	                        "%c %s %s %" PRId64 " %.*s", record->state,
	                        record->id, record->newest, record->offset,
	                        (int)record->length, record->line);
}

static void
parse(const char *text, size_t length, struct mr_once_record *record)
{
	char copy[MR_ONCE_RECORD + 1];
	int head = 0;

	record->valid = false;
	if (length == 0 || text[length - 1] != '\n' ||
	    memchr(text, '\0', length) != NULL)
		return;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (sscanf(copy, "%c %63s %63s %" SCNd64 "%n", &record->state,
	           record->id, record->newest, &record->offset, &head) != 4 ||
	    copy[head] != ' ' || record->offset < 0 ||
	    (record->state != MR_ONCE_PROMISED &&
	     record->state != MR_ONCE_KEPT))
		return;
	record->length = length - (size_t)head - 1;
	if (record->length > sizeof(record->line))
		return;
	memcpy(record->line, copy + head + 1, record->length);
	record->valid = true;
}

/* Has the window hold the last bytes before the reader's end. */
static bool
load(struct mr_once_reader *reader, off_t from)
{
	ssize_t got;

	if (from >= reader->window_start &&
	    reader->end <= reader->window_start + (off_t)reader->window_length)
		return true;
	reader->window_start = reader->end > MR_ONCE_WINDOW
	                           ? reader->end - MR_ONCE_WINDOW
	                           : 0;
	reader->window_length = (size_t)(reader->end - reader->window_start);
	got = pread(reader->journal, reader->window, reader->window_length,
	            reader->window_start);
	if (got == (ssize_t)reader->window_length)
		return true;
	reader->window_length = 0;
	return false;
}

void
mr_once_reader_begin(struct mr_once_reader *reader, int journal)
{
	reader->journal = journal;
	reader->end = journal < 0 ? 0 : lseek(journal, 0, SEEK_END);
	reader->window_start = 0;
	reader->window_length = 0;
}

bool
mr_once_reader_previous(struct mr_once_reader *reader,
                        struct mr_once_record *record)
{
	off_t from = reader->end > MR_ONCE_RECORD
	                 ? reader->end - MR_ONCE_RECORD
	                 : 0;
	size_t reach = (size_t)(reader->end - from), length = reach;
	const char *text, *before;

	if (reader->end <= 0 || !load(reader, from))
		return false;
	text = reader->window + (from - reader->window_start);
	before = memrchr(text, '\n', reach - 1);
	if (before != NULL)
		length = reach - (size_t)(before + 1 - text);
	parse(text + reach - length, length, record);
	if (before == NULL && from > 0)
		record->valid = false; /* its beginning is out of reach */
	reader->end -= (off_t)length;
	record->start = reader->end;
	return true;
}
