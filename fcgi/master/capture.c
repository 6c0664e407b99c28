/*
 * capture.c: a pipe's bytes as lines.
 *
 * Most workers never write a byte, so a capture owns memory only while a line
 * is begun, and a pipe gets more room only when its worker has filled it.
 */
#include "fcgi/master/capture.h"

#include "fcgi/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10) /* the room of a pipe as the system has it */
#define WIDE ((int)1 << 20)      /* ... and as a worker with much to say does */

/* Who writes, and the capture of it. */
struct source {
	struct capture *capture;
	const char *worker;
	pid_t pid;
};

bool
capture_open(struct capture *capture, int *writer)
{
	int pair[2];

	*capture = (struct capture){ .fd = -1 };
	if (pipe2(pair, O_CLOEXEC) < 0)
		return false;
	if (fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0) {
		close(pair[0]);
		close(pair[1]);
		return false;
	}
	capture->fd = pair[0];
	*writer = pair[1];
	return true;
}

static void
say(const struct source *source, const char *text, size_t length,
    bool unfinished)
{
	const struct saying saying = { source->worker, source->pid, text,
		                       length, unfinished };

	log_said(&saying);
}

static void
forget(struct capture *capture)
{
	free(capture->line);
	capture->line = NULL;
	capture->length = capture->room = 0;
}

/* Says the line that is begun. */
static void
say_line(const struct source *source, bool unfinished)
{
	struct capture *capture = source->capture;

	say(source, capture->line, capture->length, unfinished);
	if (unfinished)
		capture->length = 0;
	else
		forget(capture);
}

static bool
reserve(struct capture *capture, size_t size)
{
	size_t room = capture->room == 0 ? 1024 : capture->room;
	char *line;

	if (size <= capture->room)
		return true;
	while (room < size)
		room *= 2;
	line = realloc(capture->line, room);
	if (line == NULL)
		return false;
	capture->line = line;
	capture->room = room;
	return true;
}

/* Adds to the line that is begun, which is said when it is full. */
static void
add(const struct source *source, const char *text, size_t length)
{
	struct capture *capture = source->capture;
	size_t part;

	for (; length > 0; text += part, length -= part) {
		if (capture->length == CAPTURE_LINE)
			say_line(source, true);
		part = CAPTURE_LINE - capture->length;
		if (part > length)
			part = length;
		if (!reserve(capture, capture->length + part)) {
			/* Better in pieces than not at all. */
			if (capture->length > 0)
				say_line(source, true);
			say(source, text, part, true);
			continue;
		}
		memcpy(capture->line + capture->length, text, part);
		capture->length += part;
	}
}

static void
take(const struct source *source, const char *bytes, size_t length)
{
	const char *end;
	size_t part;

	log_hold();
	while ((end = memchr(bytes, '\n', length)) != NULL) {
		part = (size_t)(end - bytes);
		if (source->capture->line == NULL) {
			say(source, bytes, part, false);
		} else {
			add(source, bytes, part);
			say_line(source, false);
		}
		bytes += part + 1;
		length -= part + 1;
	}
	if (length > 0)
		add(source, bytes, length);
	log_release();
}

/* At most `most` bytes.  False at the end of the file. */
static bool
read_some(const struct source *source, size_t most)
{
	char bytes[CHUNK];
	size_t got = 0;
	ssize_t length;

	while (got < most) {
		length = read(source->capture->fd, bytes, sizeof(bytes));
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return length < 0 && errno == EAGAIN;
		take(source, bytes, (size_t)length);
		got += (size_t)length;
		/* Refused when its user has many of them: no matter. */
		if (got >= CHUNK)
			fcntl(source->capture->fd, F_SETPIPE_SZ, WIDE);
	}
	return true;
}

bool
capture_read(struct capture *capture, const char *worker, pid_t pid)
{
	const struct source source = { capture, worker, pid };

	return capture->fd >= 0 && read_some(&source, CAPTURE_BURST);
}

void
capture_flush(struct capture *capture, const char *worker, pid_t pid)
{
	const struct source source = { capture, worker, pid };

	if (capture->length > 0)
		say_line(&source, true);
	forget(capture);
}

void
capture_close(struct capture *capture, const char *worker, pid_t pid)
{
	const struct source source = { capture, worker, pid };

	if (capture->fd < 0)
		return;
	/* No more than fits: a child of the worker's may write for ever. */
	read_some(&source, (size_t)WIDE);
	if (capture->line != NULL)
		say_line(&source, false);
	forget(capture);
	close(capture->fd);
	capture->fd = -1;
}
