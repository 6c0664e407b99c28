/*
 * status_value.h: values as the status document writes them; for status.c and
 * status_process.c.
 */
#ifndef FCGI_STATUS_VALUE_H
#define FCGI_STATUS_VALUE_H

#include "base/document.h"

#include <stddef.h>
#include <stdint.h>

/* Milliseconds of Unix time, as RFC 3339 has it; null for 0. */
void status_add_time(struct mr_document *parent, const char *name,
                     uint64_t ms);

/* Nanoseconds as a number of seconds, to the microsecond. */
void status_add_seconds(struct mr_document *parent, const char *name,
                        uint64_t ns);

/*
 * A text that another process may be writing, of at most size bytes: null
 * when it is empty; what is not printable ASCII becomes '?'.
 */
void status_add_text(struct mr_document *parent, const char *name,
                     const char *text, size_t size);

#endif
