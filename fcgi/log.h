/*
 * log.h: the log of all programs: standard error, one line a fact.
 *
 * A line is a sentence, then key=value pairs:
 * "2026-01-31T12:00:00.000Z notice Worker ended. pool=fast pid=17 signal=9".
 * Each line is written whole, by one system call.
 */
#ifndef FCGI_LOG_H
#define FCGI_LOG_H

enum log_level { LOG_LEVEL_NOTICE, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)

#endif
