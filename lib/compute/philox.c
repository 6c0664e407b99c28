/*
 * philox.c: see the header.
 */
#include "compute/philox.h"

struct mr_philox
mr_philox(struct mr_philox counter, const uint32_t key[2])
{
	mr_philox_turn(counter.word, key[0], key[1]);
	return counter;
}
