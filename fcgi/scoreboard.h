/*
 * scoreboard.h: what each worker of a pool is doing, in shared memory.
 *
 * A slot has two halves with one writer each while the worker lives: the
 * worker says what it does, the master says which request is to be ended.
 * Nothing is locked.  The master clears a slot once its worker is gone.
 */
#ifndef FCGI_SCOREBOARD_H
#define FCGI_SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a worker that ends with its request has to say; for the log. */
#define LAST_WORDS_FRAMES 24

struct last_words {
	char detail[128], instance[128], request_id[132];
	int depth; /* of the backtrace; 0: none */
	void *frames[LAST_WORDS_FRAMES];
};

struct score {
	/* Written by the worker. */
	_Alignas(64) _Atomic uint64_t generation; /* requests begun */
	_Atomic uint64_t since;       /* CLOCK_MONOTONIC, ns; 0: idle */
	_Atomic uint32_t connections; /* kept open */
	_Atomic bool ready;           /* serves */
	struct last_words last_words; /* read after its end */

	/* Written by the master: a generation to be ended; 0: none. */
	_Alignas(64) _Atomic uint64_t condemned;
};

/* Shared with every process forked from now on; NULL and errno on failure. */
struct score *scoreboard_new(size_t slots);

/* Accepts NULL. */
void scoreboard_free(struct score *scores, size_t slots);

/* For the worker: a request begins at `now`, or is over. */
void score_begin(struct score *score, uint64_t now);
void score_end(struct score *score);

#endif
