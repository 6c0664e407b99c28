/*
 * log.c: one line, one write.
 */
#include "fcgi/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LINE_LENGTH 2048 /* what is longer is cut */

static int
stamp(char *line, size_t size)
{
	struct timespec now;
	struct tm utc;
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	length = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &utc);
	return (int)length + snprintf(line + length, size - length, ".%03dZ",
	                              (int)(now.tv_nsec / 1000000));
}

void
log_line(enum log_level level, const char *format, ...)
{
	static const char *const names[] = {
		[LOG_LEVEL_NOTICE] = "notice",
		[LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_ERROR] = "error",
	};
	char line[LINE_LENGTH + 1];
	va_list arguments;
	int length = stamp(line, LINE_LENGTH);

	length += snprintf(line + length, (size_t)(LINE_LENGTH - length),
	                   " %s ", names[level]);
	va_start(arguments, format);
	length += vsnprintf(line + length, (size_t)(LINE_LENGTH - length),
	                    format, arguments);
	va_end(arguments);
	if (length > LINE_LENGTH - 1)
		length = LINE_LENGTH - 1;
	for (int i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	line[length++] = '\n';
	/* A log that cannot be written has nowhere to be reported. */
	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		return;
}
