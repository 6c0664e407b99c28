/*
 * philox.h: Philox4x32-10, random numbers by counting (J. K. Salmon,
 * M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy as
 * 1, 2, 3", SC'11).
 *
 * A block of 128 random bits is a function of a counter and a key, and of
 * nothing else: any part of a sequence can be had at once, in any order, by
 * any process.
 */
#ifndef MR_COMPUTE_PHILOX_H
#define MR_COMPUTE_PHILOX_H

#include <stdint.h>

#define MR_PHILOX_ROUNDS 10

/*
 * Turns a counter into the random words at it, in the sequence that the key
 * chooses.  Words are in the order of the paper, the least significant one first.
 * Inline, for loops that the compiler vectorises.
 */
static inline __attribute__((always_inline)) void
mr_philox_turn(uint32_t word[4], uint32_t key0, uint32_t key1)
{
	for (int round = 0; round < MR_PHILOX_ROUNDS; round++) {
		uint64_t a = (uint64_t)UINT32_C(0xD2511F53) * word[0];
		uint64_t b = (uint64_t)UINT32_C(0xCD9E8D57) * word[2];

		word[0] = (uint32_t)(b >> 32) ^ word[1] ^ key0;
		word[2] = (uint32_t)(a >> 32) ^ word[3] ^ key1;
		word[1] = (uint32_t)b;
		word[3] = (uint32_t)a;
		key0 += UINT32_C(0x9E3779B9);
		key1 += UINT32_C(0xBB67AE85);
	}
}

#endif
