/*
 * status_process.h: one process in the status document; for status.c.
 */
#ifndef FCGI_STATUS_PROCESS_H
#define FCGI_STATUS_PROCESS_H

#include "base/document.h"
#include "fcgi/board/scoreboard.h"
#include "fcgi/control/status.h"

/* The worker of a slot, as an element of an array. */
void status_add_process(const struct scoreboard *board,
                        const struct score *score,
                        const struct status_time *now,
                        struct mr_document *processes);

#endif
