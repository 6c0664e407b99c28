/*
 * scoreboard.h: what each worker of a pool is doing, in shared memory.
 *
 * A slot has two halves with one writer each: the worker says what it does,
 * the master says which request is to be ended.  Nothing is locked.
 */
#ifndef FCGI_SCOREBOARD_H
#define FCGI_SCOREBOARD_H

#include "api/handle.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why the master ends a request. */
enum verdict { VERDICT_NONE, VERDICT_DEADLINE };

struct score {
	/* Written by the worker. */
	_Alignas(64) _Atomic uint64_t generation; /* requests begun */
	_Atomic uint64_t since;       /* CLOCK_MONOTONIC, ns; 0: idle */
	_Atomic uint32_t phase;       /* enum mr_phase of the request */
	_Atomic uint32_t connections; /* kept open */
	_Atomic bool ready;           /* serves */

	/* Written by the master. */
	_Alignas(64) _Atomic uint64_t condemned; /* a generation; 0: none */
	_Atomic uint32_t verdict;                /* enum verdict */
};

/* Shared with every process forked from now on; NULL and errno on failure. */
struct score *scoreboard_new(size_t slots);

void scoreboard_free(struct score *scores, size_t slots);

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t scoreboard_clock(void);

/* The clock of a request that no scoreboard shows; for mr_request.enter. */
uint64_t scoreboard_enter(void *context, enum mr_phase phase);

/* For the worker: a request begins, or is over. */
void score_begin(struct score *score, uint64_t now);
void score_end(struct score *score);

#endif
