/*
 * status.h: all pools and their processes as one JSON document, and the last
 * workers that ended.
 */
#ifndef FCGI_STATUS_H
#define FCGI_STATUS_H

#include "base/arena.h"
#include "fcgi/control/control.h"

/* Processes that are listed, of all pools; of more the document tells. */
#define STATUS_PROCESSES 256

/* One time on two clocks. */
struct status_time {
	uint64_t monotonic; /* ns, as the scoreboard has it */
	uint64_t unix_ms;
};

/* In arena; NULL when out of memory. */
char *status_print(const struct control *control,
                   const struct status_time *now, struct mr_arena *arena);

#endif
