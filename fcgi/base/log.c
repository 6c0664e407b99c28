/*
 * log.c: one line, one write.
 */
#include "fcgi/base/log.h"

#include "base/time.h"
#include "fcgi/base/clock.h"
#include "schema/escape.h"
#include "schema/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define USUAL_LENGTH 2048 /* of a line; longer ones are allocated */
#define STAMP_LENGTH 64   /* of time and level */
#define HELD_LENGTH 4096  /* of lines that wait: a pipe takes them as one */
#define FULL_WAIT 100     /* ms, for a reader that is slow */

/* Before a line that a worker logs: this byte, the word and the level. */
#define RELAY_BYTE '\x1E'
#define RELAY_LENGTH (1 + LOG_WORD - 1 + 1)

static struct {
	char path[4096]; /* empty: standard error is not ours to open */
	char word[LOG_WORD]; /* of lines that are relayed; empty: there are none */
	bool relays;     /* this process has a master that reads its lines */
	bool torn;       /* the last line could not be written to its end */
	bool holds;      /* lines wait for log_release */
	char held[HELD_LENGTH];
	size_t held_length;
} log_state;

static size_t
stamp(char *line, enum log_level level)
{
	static const char *const names[] = {
		[LOG_LEVEL_NOTICE] = "notice",
		[LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_ERROR] = "error",
	};
	char now[MR_TIME_TEXT];

	if (log_state.relays)
		return (size_t)snprintf(line, STAMP_LENGTH, "%c%s%d",
		                        RELAY_BYTE, log_state.word, (int)level);
	mr_time_print((int64_t)clock_unix_ms(), now);
	return (size_t)snprintf(line, STAMP_LENGTH, "%s %s ", now,
	                        names[level]);
}

/* Whether standard error takes more, if it did not just now. */
static bool
try_again(void)
{
	struct pollfd writable = { .fd = STDERR_FILENO, .events = POLLOUT };

	return errno == EINTR ||
	       (errno == EAGAIN && poll(&writable, 1, FULL_WAIT) > 0);
}

/*
 * All of it with one call, unless the system takes less at once.  A log that
 * cannot be written has nowhere to be reported.
 */
static void
put(const char *line, size_t length)
{
	ssize_t written;

	if (log_state.torn && write(STDERR_FILENO, "\n", 1) != 1)
		return;
	log_state.torn = false;
	for (size_t done = 0; done < length; done += (size_t)written) {
		written = write(STDERR_FILENO, line + done, length - done);
		if (written >= 0)
			continue;
		if (!try_again()) {
			log_state.torn = done > 0;
			return;
		}
		written = 0;
	}
}

static void
put_held(void)
{
	if (log_state.held_length > 0)
		put(log_state.held, log_state.held_length);
	log_state.held_length = 0;
}

/* Now, or with others. */
static void
put_or_hold(const char *line, size_t length)
{
	if (length > HELD_LENGTH - log_state.held_length)
		put_held();
	if (!log_state.holds || length > HELD_LENGTH) {
		put(line, length);
		return;
	}
	memcpy(log_state.held + log_state.held_length, line, length);
	log_state.held_length += length;
}

void
log_hold(void)
{
	log_state.holds = true;
}

void
log_release(void)
{
	log_state.holds = false;
	put_held();
}

/* Ends a line of `length` bytes, which has room for one more, and writes it. */
static void
put_line(char *line, size_t length, size_t head)
{
	for (size_t i = head; i < length; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == '\x7F')
			line[i] = ' ';
	line[length++] = '\n';
	put_or_hold(line, length);
}

void
log_line(enum log_level level, const char *format, ...)
{
	char usual[STAMP_LENGTH + USUAL_LENGTH + 1], *line = usual;
	size_t head = stamp(usual, level), length, room = USUAL_LENGTH;
	va_list arguments;

	va_start(arguments, format);
	length = (size_t)vsnprintf(usual + head, room, format, arguments);
	va_end(arguments);
	if (length >= room &&
	    (line = malloc(STAMP_LENGTH + LOG_LENGTH + 1)) != NULL) {
		room = LOG_LENGTH + 1;
		memcpy(line, usual, head);
		va_start(arguments, format);
		vsnprintf(line + head, room, format, arguments);
		va_end(arguments);
	}
	if (line == NULL)
		line = usual;
	if (length >= room) {
		length = room - 1;
		memcpy(line + head + length - 3, "...", 3);
	}
	put_line(line, head + length, head);
	if (line != usual)
		free(line);
}

/* The file. */

static bool
use(const char *path)
{
	/* A pipe that nobody reads is a fault, and not a reason to wait. */
	int fd = open(path,
	              O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
	                  O_NONBLOCK,
	              0640);
	bool used;

	used = fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) == 0 &&
	       dup2(fd, STDERR_FILENO) >= 0 &&
	       fcntl(STDERR_FILENO, F_SETFD, 0) == 0;
	if (!used)
		log_error("Cannot open the log. path=%s error=\"%s\"", path,
		          strerror(errno));
	if (fd > STDERR_FILENO)
		close(fd);
	log_state.torn = log_state.torn && !used;
	return used;
}

static void
think_up_word(void)
{
	uint64_t number;

	if (*log_state.word != '\0' ||
	    getrandom(&number, sizeof(number), 0) != sizeof(number))
		return;
	snprintf(log_state.word, sizeof(log_state.word), "%016llx",
	         (unsigned long long)number);
}

const char *
log_word(void)
{
	return log_state.word;
}

void
log_keep_word(const char *word)
{
	if (strlen(word) == LOG_WORD - 1)
		memcpy(log_state.word, word, LOG_WORD);
}

bool
log_open(const char *path)
{
	size_t length = strlen(path);

	think_up_word();
	if (length >= sizeof(log_state.path)) {
		log_error("The path of the log is too long. path=%s", path);
		return false;
	}
	memcpy(log_state.path, path, length + 1);
	return length == 0 || use(path);
}

bool
log_reopen(void)
{
	return *log_state.path == '\0' || use(log_state.path);
}

/* What workers write. */

void
log_relay(void)
{
	log_state.relays = *log_state.word != '\0';
}

/* Appends at `to` what stands at `at`, and moves that on: six bytes at most. */
static size_t
escape(char *to, const char **at, const char *end)
{
	unsigned char c = (unsigned char)**at;
	size_t step = mr_utf8_step(*at, end);

	if (step == 0) {
		*at += 1;
		return (size_t)sprintf(to, "\\x%02x", c);
	}
	if (mr_escape_needed(c) || c == 0x7F ||
	    (c == 0xC2 && (unsigned char)(*at)[1] < 0xA0)) {
		c = (unsigned char)(*at)[step - 1];
		*at += step;
		return mr_escape_write(to, c);
	}
	memcpy(to, *at, step);
	*at += step;
	return step;
}

static void
put_said(const struct saying *saying)
{
	static const char format[] = "Worker said. worker=%.64s pid=%d text=\"";
	const char *at = saying->text, *end = at + saying->length;
	char *line, *to;

	line = malloc(STAMP_LENGTH + sizeof(format) + 128 +
	              MR_ESCAPE_LONGEST * saying->length);
	if (line == NULL) {
		log_error("No memory to log what a worker said. worker=%s "
		          "pid=%d bytes=%zu",
		          saying->worker, (int)saying->pid, saying->length);
		return;
	}
	to = line + stamp(line, LOG_LEVEL_NOTICE);
	to += sprintf(to, format, saying->worker, (int)saying->pid);
	while (at < end)
		to += escape(to, &at, end);
	to = stpcpy(to, saying->unfinished ? "\" unfinished=true\n" : "\"\n");
	put_or_hold(line, (size_t)(to - line));
	free(line);
}

void
log_said(const struct saying *saying)
{
	const char *text = saying->text;
	size_t length = strlen(log_state.word), level;

	if (length == 0 || saying->length < RELAY_LENGTH ||
	    *text != RELAY_BYTE ||
	    memcmp(text + 1, log_state.word, length) != 0) {
		put_said(saying);
		return;
	}
	level = (size_t)text[RELAY_LENGTH - 1] - '0';
	if (level > LOG_LEVEL_ERROR)
		level = LOG_LEVEL_ERROR;
	log_line((enum log_level)level, "%.*s worker=%s pid=%d",
	         (int)(saying->length - RELAY_LENGTH), text + RELAY_LENGTH,
	         saying->worker, (int)saying->pid);
}
