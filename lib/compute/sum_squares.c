/*
 * sum_squares.c: see the header.
 */
#include "compute/sum_squares.h"

enum mr_err
mr_sum_squares(int64_t a, int64_t b, int64_t *sum)
{
	int64_t aa, bb;

	if (__builtin_mul_overflow(a, a, &aa) ||
	    __builtin_mul_overflow(b, b, &bb) ||
	    __builtin_add_overflow(aa, bb, sum))
		return MR_DOMAIN;
	return MR_OK;
}
