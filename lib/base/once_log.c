/*
 * once_log.c: a line is promised in the journal, appended to the file, and then
 * said to be kept, so that whoever comes next can finish what was cut short.
 *
 * Only the last record of the journal can be a promise that is not kept yet; a
 * piece behind it that is no record was never relied on, and is cut off.
 */
#include "base/once_log.h"

#include "base/once_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_LENGTH 256
#define GENERATIONS 2

struct writer {
	const struct mr_once_log *log;
	const char *id;
	int directory, file;
	int journals[GENERATIONS]; /* the first one is locked; -1: none */
	struct mr_once_reader reader;
};

/* System calls. */

static enum mr_err
failed(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG
	           ? MR_STORAGE_FULL
	           : MR_STORAGE;
}

static enum mr_err
write_at(int file, const char *text, size_t length, off_t offset)
{
	while (length > 0) {
		ssize_t written = pwrite(file, text, length, offset);

		if (written < 0 && errno != EINTR)
			return failed();
		if (written > 0) {
			text += written;
			length -= (size_t)written;
			offset += written;
		}
	}
	return fdatasync(file) == 0 ? MR_OK : failed();
}

static off_t
size_of(int file)
{
	struct stat status;

	return fstat(file, &status) == 0 ? status.st_size : -1;
}

static void
close_if_open(int *file)
{
	if (*file >= 0)
		close(*file);
	*file = -1;
}

/* Promises, made and kept. */

/*
 * Looks for a record of the id; newest becomes the greatest of all ids, and is
 * "" when there are no records.
 */
static enum mr_err
look_up(struct writer *writer, char newest[MR_ONCE_LOG_ID], bool *known)
{
	struct mr_once_reader *reader = &writer->reader;
	struct mr_once_record record;

	newest[0] = '\0';
	*known = false;
	for (int i = 0; i < GENERATIONS; i++) {
		mr_once_reader_begin(reader, writer->journals[i]);
		while (mr_once_reader_previous(reader, &record)) {
			if (!record.valid)
				continue;
			if (newest[0] == '\0')
				strcpy(newest, record.newest);
			if (strcmp(record.newest, writer->id) < 0)
				return MR_OK;
			*known = strcmp(record.id, writer->id) == 0;
			if (*known)
				return MR_OK;
		}
		if (reader->end != 0)
			return failed();
	}
	return MR_OK;
}

static void
mark_kept(struct writer *writer, const struct mr_once_record *record)
{
	const char kept = MR_ONCE_KEPT;
	/* Where this fails, the line is found in its place later. */
	ssize_t ignored = pwrite(writer->journals[0], &kept, 1, record->start);

	(void)ignored;
}

/* What is written of the line goes too, unless others have written since. */
static void
withdraw(struct writer *writer, const struct mr_once_record *record)
{
	off_t size = size_of(writer->file);
	int ignored = 0;

	if (size > record->offset &&
	    size <= record->offset + (off_t)record->length)
		ignored = ftruncate(writer->file, record->offset);
	if (record->valid)
		ignored = ftruncate(writer->journals[0], record->start);
	(void)ignored;
}

/* Writes the line to its place. */
static enum mr_err
keep(struct writer *writer, const struct mr_once_record *record)
{
	enum mr_err err = write_at(writer->file, record->line, record->length,
	                           record->offset);

	/* The file may be new. */
	if (err == MR_OK && record->offset == 0 &&
	    fsync(writer->directory) != 0)
		err = failed();
	if (err == MR_OK && record->valid)
		mark_kept(writer, record);
	return err;
}

static enum mr_err
promise(struct writer *writer, const struct mr_once_record *record)
{
	char text[MR_ONCE_RECORD];
	size_t length = mr_once_record_write(record, text);
	enum mr_err err = write_at(writer->journals[0], text, length,
	                           record->start);

	if (err == MR_OK && record->start == 0 &&
	    fsync(writer->directory) != 0)
		err = failed();
	return err;
}

static enum mr_err
open_file(struct writer *writer, off_t *size)
{
	if (writer->file < 0)
		writer->file = openat(writer->directory, writer->log->name,
		                      O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	*size = writer->file < 0 ? -1 : size_of(writer->file);
	return *size < 0 ? failed() : MR_OK;
}

/* The line of the record, at the end of the file; with an id, by a promise. */
static enum mr_err
append(struct writer *writer, struct mr_once_record *record)
{
	off_t size;
	enum mr_err err = open_file(writer, &size);

	if (err != MR_OK)
		return err;
	record->offset = size;
	record->start = size_of(writer->journals[0]);
	if (record->valid)
		err = promise(writer, record);
	if (err == MR_OK)
		err = keep(writer, record);
	if (err != MR_OK)
		withdraw(writer, record);
	return err;
}

/*
 * Whether the line has its place still: what is there is the beginning of it,
 * but for zeros, which a machine may leave that lost its power.
 */
static bool
has_place(const struct writer *writer, const struct mr_once_record *record,
          off_t size)
{
	char there[MR_ONCE_LOG_LINE];
	ssize_t length;

	if (size < record->offset)
		return false;
	length = pread(writer->file, there, record->length, record->offset);
	for (ssize_t i = 0; i < length; i++)
		if (there[i] != record->line[i] && there[i] != '\0')
			return false;
	return length >= 0;
}

/* Keeps the last promise, were it left. */
static enum mr_err
settle(struct writer *writer)
{
	struct mr_once_record record;
	enum mr_err err;
	off_t size;

	mr_once_reader_begin(&writer->reader, writer->journals[0]);
	for (;;) {
		if (!mr_once_reader_previous(&writer->reader, &record))
			return writer->reader.end == 0 ? MR_OK : failed();
		if (record.valid)
			break;
		if (ftruncate(writer->journals[0], record.start) != 0)
			return failed();
	}
	if (record.state == MR_ONCE_KEPT)
		return MR_OK;
	err = open_file(writer, &size);
	if (err != MR_OK)
		return err;
	if (!has_place(writer, &record, size))
		return append(writer, &record);
	err = keep(writer, &record);
	if (err != MR_OK && writer->id != NULL &&
	    strcmp(record.id, writer->id) == 0)
		withdraw(writer, &record);
	return err;
}

/* The journals of the log. */

static void
name_journal(const struct mr_once_log *log, int generation,
             char name[NAME_LENGTH])
{
	snprintf(name, NAME_LENGTH, "%s.journal%s", log->name,
	         generation == 0 ? "" : ".1");
}

/* Whether the locked file still has the name. */
static bool
is_named(const struct writer *writer, const char *name)
{
	struct stat open, named;

	return fstat(writer->journals[0], &open) == 0 &&
	       fstatat(writer->directory, name, &named, 0) == 0 &&
	       open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

static enum mr_err
lock(struct writer *writer)
{
	char name[NAME_LENGTH];

	name_journal(writer->log, 0, name);
	for (;;) {
		writer->journals[0] =
		    openat(writer->directory, name,
		           O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (writer->journals[0] < 0)
			return failed();
		while (flock(writer->journals[0], LOCK_EX) != 0)
			if (errno != EINTR)
				return failed();
		if (is_named(writer, name))
			return MR_OK;
		close_if_open(&writer->journals[0]);
	}
}

/* Locks a journal that has room, in which every promise is kept. */
static enum mr_err
begin(struct writer *writer)
{
	char name[NAME_LENGTH], old[NAME_LENGTH];
	int64_t bound = writer->log->journal > 0 ? writer->log->journal
	                                         : MR_ONCE_LOG_JOURNAL;
	enum mr_err err;

	name_journal(writer->log, 0, name);
	name_journal(writer->log, 1, old);
	for (;;) {
		err = lock(writer);
		if (err == MR_OK)
			err = settle(writer);
		if (err != MR_OK)
			return err;
		if (size_of(writer->journals[0]) < bound)
			break;
		if (renameat(writer->directory, name, writer->directory,
		             old) != 0)
			return failed();
		close_if_open(&writer->journals[0]);
	}
	writer->journals[1] =
	    openat(writer->directory, old, O_RDONLY | O_CLOEXEC);
	return writer->journals[1] < 0 && errno != ENOENT ? failed() : MR_OK;
}

static enum mr_err
append_once(struct writer *writer, const char *line)
{
	struct mr_once_record record = { .valid = writer->id != NULL,
		                         .state = MR_ONCE_PROMISED };
	enum mr_err err;
	bool known;

	record.length = strlen(line) + 1;
	memcpy(record.line, line, record.length);
	record.line[record.length - 1] = '\n';
	if (writer->id == NULL)
		return append(writer, &record);
	err = look_up(writer, record.newest, &known);
	if (err != MR_OK || known)
		return err;
	strcpy(record.id, writer->id);
	if (strcmp(record.newest, record.id) < 0)
		strcpy(record.newest, record.id);
	return append(writer, &record);
}

enum mr_err
mr_once_log_append(const struct mr_once_log *log, const char *id,
                   const char *line)
{
	struct writer writer = { .log = log, .id = id, .file = -1,
		                 .journals = { -1, -1 } };
	enum mr_err err;

	if (line[0] == '\0' || strlen(line) >= MR_ONCE_LOG_LINE ||
	    strchr(line, '\n') != NULL ||
	    (id != NULL && (id[0] == '\0' || strlen(id) >= MR_ONCE_LOG_ID ||
	                    strpbrk(id, " \t\n\v\f\r") != NULL)))
		return MR_INVALID;
	if (log->directory == NULL)
		return MR_STORAGE;
	writer.directory =
	    open(log->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = writer.directory < 0 ? failed() : begin(&writer);
	if (err == MR_OK)
		err = append_once(&writer, line);
	close_if_open(&writer.file);
	close_if_open(&writer.journals[1]);
	close_if_open(&writer.journals[0]);
	close_if_open(&writer.directory);
	return err;
}
