/*
 * log.h: the log of all programs: standard error, one line a fact.
 *
 * A line is a sentence, then key=value pairs:
 * "2026-01-31T12:00:00.000Z notice Worker ended. pool=fast pid=17 signal=9".
 * Each line is written whole, by one system call, up to LOG_LENGTH bytes; or
 * several are.
 */
#ifndef FCGI_LOG_H
#define FCGI_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum log_level { LOG_LEVEL_NOTICE, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* Bytes of a line, its time aside; what is longer is cut, and ends in "...". */
#define LOG_LENGTH ((size_t)1 << 20)

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)

/*
 * Between the two, lines wait until there are a few kilobytes of them, to be
 * written together.  For moments: those of a process that dies are lost.
 */
void log_hold(void);
void log_release(void);

/*
 * Makes standard error the end of a file, of mode 0640 if it is new; of
 * whatever runs in this process and its children, that is.  The path is kept
 * for log_reopen; "" leaves standard error what it is.  When the file cannot be
 * opened that is logged where the log went before, and goes on: false.
 */
bool log_open(const char *path);

/* Opens the same path anew: another program has moved the file. */
bool log_reopen(void);

/*
 * For a worker whose standard error the master reads: its lines go to the
 * master as what they are.  They are told from all else that it writes by a
 * word that log_open has thought up before the fork.
 */
void log_relay(void);

/*
 * The word, for the program that takes this one's place and reads on what its
 * workers write; and the other way: before log_open, which then thinks up none.
 */
#define LOG_WORD 17
const char *log_word(void);
void log_keep_word(const char *word);

/* What a worker wrote: a line without its end. */
struct saying {
	const char *worker; /* "fast/0" */
	pid_t pid;
	const char *text; /* any bytes */
	size_t length;
	bool unfinished; /* the line goes on in the next one */
};

/*
 * Logs "Worker said. worker=fast/0 pid=17 text="..."", whatever its length,
 * with JSON's escapes, and "\xff" for what is not UTF-8; or the line that the
 * worker logged, with worker and pid behind it.
 */
void log_said(const struct saying *saying);

#endif
