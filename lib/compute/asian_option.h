/*
 * asian_option.h: an option on the arithmetic average of a price, by Monte
 * Carlo with the option on the geometric average as control variate
 * (P. Glasserman, "Monte Carlo Methods in Financial Engineering", 2003,
 * sections 3.2 and 4.1; A. G. Z. Kemna, A. C. F. Vorst, "A pricing method for
 * options based on average asset values", J. Banking & Finance 14, 1990).
 *
 * Paths are numbered from 0, and each is a function of its number, the seed
 * and the option.  Blocks of them are summed one by one and their sums added
 * in order, so the estimate is the same to the last bit wherever the work was
 * cut between blocks.  From one kind of processor to another, only erfc of the
 * C library can make a difference, in the last place.
 */
#ifndef MR_COMPUTE_ASIAN_OPTION_H
#define MR_COMPUTE_ASIAN_OPTION_H

#include <stddef.h>
#include <stdint.h>

enum mr_option { MR_OPTION_CALL, MR_OPTION_PUT };

/*
 * European exercise; the price of the asset is a geometric Brownian motion.
 * The average is of its prices at steps dates, maturity / steps apart, the
 * last one at maturity.
 */
struct mr_asian_option {
	double spot;       /* price of the asset now; > 0 */
	double strike;     /* > 0 */
	double rate;       /* per year, continuously compounded, no dividends */
	double volatility; /* per square root of a year; >= 0 */
	double maturity;   /* years; > 0 */
	int64_t steps;     /* 1 to 2^32 */
	enum mr_option option;
};

/*
 * Of discounted payoffs, over paths: difference is the arithmetic option's
 * less the geometric one's, control the geometric one's less its expectation.
 * Each sum is kept with what its rounding has lost (Neumaier's summation).
 */
enum mr_asian_sum {
	MR_ASIAN_DIFFERENCE,
	MR_ASIAN_CONTROL,
	MR_ASIAN_DIFFERENCE_SQUARED,
	MR_ASIAN_CONTROL_SQUARED,
	MR_ASIAN_PRODUCT,
	MR_ASIAN_SUMS
};

struct mr_asian_sums {
	int64_t paths;
	double sum[MR_ASIAN_SUMS], lost[MR_ASIAN_SUMS];
};

#define MR_ASIAN_BLOCK 1024 /* paths; the last block may have fewer */

/* Paths first .. first + count - 1; count is MR_ASIAN_BLOCK at most. */
struct mr_asian_block {
	uint64_t seed;
	int64_t first;
	size_t count;
};

struct mr_asian_estimate {
	double price, standard_error;
	/* Without the control variate. */
	double plain_price, plain_standard_error;
};

/* The price of the option on the geometric average, in closed form. */
double mr_asian_geometric_price(const struct mr_asian_option *option);

/*
 * Simulates a block and adds its sums to *sums, which are zeroed before the
 * first block and must have gone through all blocks before this one.
 */
void mr_asian_add_block(const struct mr_asian_option *option,
                        const struct mr_asian_block *block,
                        struct mr_asian_sums *sums);

/* What the sums of at least two paths say. */
struct mr_asian_estimate
mr_asian_estimate(const struct mr_asian_option *option,
                  const struct mr_asian_sums *sums);

#endif
