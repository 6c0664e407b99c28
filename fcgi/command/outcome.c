/*
 * outcome.c: all of a text, or a line of why not.
 */
#include "fcgi/command/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int
outcome_fail(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fputs("millrace: ", stderr);
	vfprintf(stderr, format, values);
	fputc('\n', stderr);
	va_end(values);
	return EXIT_FAILURE;
}

int
outcome_print(const struct mr_buffer *text)
{
	if (text->failed)
		return outcome_fail("out of memory");
	if (fwrite(text->data, 1, text->length, stdout) != text->length ||
	    fflush(stdout) != 0)
		return outcome_fail("cannot write");
	return EXIT_SUCCESS;
}
