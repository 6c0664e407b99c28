/*
 * clock.h: the one clock of the programs.
 */
#ifndef FCGI_CLOCK_H
#define FCGI_CLOCK_H

#include "api/handle.h"

#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_now(void);

/* For mr_request.enter: the time, whatever the phase. */
uint64_t clock_enter(void *context, enum mr_phase phase);

#endif
