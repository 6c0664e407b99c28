/*
 * claim.h: what a fuzz target holds to be true of every input.
 */
#ifndef MR_FUZZ_CLAIM_H
#define MR_FUZZ_CLAIM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CLAIM(truth)                                                           \
	do {                                                                   \
		if (!(truth)) {                                                \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,     \
			        __LINE__, #truth);                             \
			abort();                                               \
		}                                                              \
	} while (0)

/* The target itself; libFuzzer calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
