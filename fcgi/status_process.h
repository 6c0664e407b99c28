/*
 * status_process.h: one process in the status document, and values as that
 * document writes them; for status.c.
 */
#ifndef FCGI_STATUS_PROCESS_H
#define FCGI_STATUS_PROCESS_H

#include "base/document.h"
#include "fcgi/scoreboard.h"
#include "fcgi/status.h"

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

/* The worker of a slot, as an element of an array. */
void status_add_process(const struct scoreboard *board,
                        const struct score *score,
                        const struct status_time *now,
                        struct mr_document *processes);

#endif
