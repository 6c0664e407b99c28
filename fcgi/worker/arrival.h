/*
 * arrival.h: how long a request waited for a worker.
 */
#ifndef FCGI_ARRIVAL_H
#define FCGI_ARRIVAL_H

#include <stdint.h>

/* ms of Unix time from "seconds.mmm"; 0 when it is no such time. */
uint64_t arrival_time(const char *text);

/*
 * Nanoseconds since an arrival at "seconds.mmm" of Unix time, as nginx writes
 * $msec; 0 when it is no such time, or still to come: clocks may be set.
 */
uint64_t arrival_wait(const char *arrival);

#endif
