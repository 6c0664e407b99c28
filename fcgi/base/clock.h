/*
 * clock.h: the clocks of the programs, and their units.
 */
#ifndef FCGI_CLOCK_H
#define FCGI_CLOCK_H

#include "api/handle.h"

#include <stdint.h>

#define CLOCK_NS_PER_MS UINT64_C(1000000)
#define CLOCK_NS_PER_S UINT64_C(1000000000)

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_now(void);

/* Nanoseconds that this process has computed; 0: that is not known. */
uint64_t clock_processor(void);

/* Milliseconds of Unix time: what others are told, and no length of time. */
uint64_t clock_unix_ms(void);

/* For mr_request.enter: the time, whatever the phase. */
uint64_t clock_enter(void *context, enum mr_phase phase);

#endif
