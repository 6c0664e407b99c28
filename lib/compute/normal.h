/*
 * normal.h: the normal distribution and random numbers that have it.
 */
#ifndef MR_COMPUTE_NORMAL_H
#define MR_COMPUTE_NORMAL_H

#include <stddef.h>
#include <stdint.h>

/* The probability that a standard normal variable is at most x. */
double mr_normal_cdf(double x);

/*
 * The x that a standard normal variable is at most with probability p, 0 < p <
 * 1, to about 16 figures: M. J. Wichura, "Algorithm AS 241", Applied
 * Statistics 37 (1988), PPND16.  The same bits on every processor.
 */
double mr_normal_inverse(double p);

/* Which draws are wanted: a pair of them for each of many sequences. */
struct mr_normal_draw {
	uint64_t seed;  /* chooses all sequences */
	uint64_t first; /* the number of the first sequence */
	uint32_t pair;  /* which pair of each: 0, 1, ... */
};

/*
 * Standard normal variables: even[i] and odd[i] are draws 2 pair and 2 pair +
 * 1 of sequence first + i, for i < count.  They depend on nothing else.
 */
void mr_normal_fill(const struct mr_normal_draw *draw, size_t count,
                    double even[], double odd[]);

#endif
