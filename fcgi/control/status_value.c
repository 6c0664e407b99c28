/*
 * status_value.c: times, durations and texts as members of a document.
 */
#include "fcgi/control/status_value.h"

#include "base/time.h"
#include "fcgi/base/clock.h"

#include <stdio.h>
#include <string.h>

void
status_add_time(struct mr_document *parent, const char *name, uint64_t ms)
{
	char text[MR_TIME_TEXT] = "";

	if (ms != 0)
		mr_time_print((int64_t)ms, text);
	if (*text == '\0')
		mr_document_literal(parent, name, "null");
	else
		mr_document_string(parent, name, text);
}

void
status_add_seconds(struct mr_document *parent, const char *name, uint64_t ns)
{
	char text[48];

	snprintf(text, sizeof(text), "%llu.%06llu",
	         (unsigned long long)(ns / CLOCK_NS_PER_S),
	         (unsigned long long)(ns / 1000 % 1000000));
	mr_document_literal(parent, name, text);
}

void
status_add_text(struct mr_document *parent, const char *name, const char *text,
                size_t size)
{
	char copy[512];
	size_t length = strnlen(text, size < sizeof(copy) ? size
	                                                  : sizeof(copy) - 1);

	if (length == 0) {
		mr_document_literal(parent, name, "null");
		return;
	}
	memcpy(copy, text, length);
	copy[length] = '\0';
	for (char *c = copy; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	mr_document_string(parent, name, copy);
}
