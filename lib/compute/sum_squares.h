/*
 * sum_squares.h: a sum of two squares, exactly or not at all.
 */
#ifndef MR_COMPUTE_SUM_SQUARES_H
#define MR_COMPUTE_SUM_SQUARES_H

#include "millrace.h"

/* *sum = a a + b b.  MR_OK, or MR_DOMAIN when an int64 cannot hold it. */
enum mr_err mr_sum_squares(int64_t a, int64_t b, int64_t *sum);

#endif
