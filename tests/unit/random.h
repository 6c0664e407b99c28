/*
 * random.h: numbers for tests that try many.
 */
#ifndef MR_TESTS_UNIT_RANDOM_H
#define MR_TESTS_UNIT_RANDOM_H

#include <stdint.h>

/* The same numbers in every run: SplitMix64 (G. Steele et al., 2014). */
static inline uint64_t
random_bits(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

#endif
