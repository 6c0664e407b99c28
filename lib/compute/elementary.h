/*
 * elementary.h: exp and log by the four operations alone, so that they give
 * the same bits on every processor, which those of the C library do not; and
 * inline, for loops that the compiler vectorises.  Sources that include it are
 * built with -ffp-contract=off.
 */
#ifndef MR_COMPUTE_ELEMENTARY_H
#define MR_COMPUTE_ELEMENTARY_H

#include <stdint.h>
#include <string.h>

/* ln 2 as a sum: the first part has 21 zeros at its end. */
#define MR_LN2_HIGH 0x1.62e42fee00000p-1
#define MR_LN2_LOW 0x1.a39ef35793c76p-33

static inline double
mr_double_of_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

static inline uint64_t
mr_bits_of_double(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/*
 * e^x to a few units of the last place, for -708 <= x <= 708; beyond, that of
 * the nearer bound.  x = n ln 2 + r; e^r by its series, 2^n by its bits.
 */
static inline __attribute__((always_inline)) double
mr_exp(double x)
{
	const double shift = 0x1.8p52; /* rounds what is added to an integer */
	double n, r, sum = 1.0 / 6227020800;

	x = x < -708 ? -708 : x;
	x = x > 708 ? 708 : x;
	n = x * 0x1.71547652b82fep0 + shift; /* 1 / ln 2 */
	uint64_t power = (mr_bits_of_double(n) + 1023) << 52;
	n -= shift;
	r = (x - n * MR_LN2_HIGH) - n * MR_LN2_LOW;
	sum = sum * r + 1.0 / 479001600;
	sum = sum * r + 1.0 / 39916800;
	sum = sum * r + 1.0 / 3628800;
	sum = sum * r + 1.0 / 362880;
	sum = sum * r + 1.0 / 40320;
	sum = sum * r + 1.0 / 5040;
	sum = sum * r + 1.0 / 720;
	sum = sum * r + 1.0 / 120;
	sum = sum * r + 1.0 / 24;
	sum = sum * r + 1.0 / 6;
	sum = sum * r + 1.0 / 2;
	return (1 + (r + r * r * sum)) * mr_double_of_bits(power);
}

/*
 * log x to a few units of the last place, for x that is normal and positive.
 * x = 2^n m with m near 1; log m = 2 artanh((m - 1) / (m + 1)).
 */
static inline double
mr_log(double x)
{
	const uint64_t half = UINT64_C(0x3FE6A09E667F3BCD); /* 1 / sqrt 2 */
	uint64_t bits = mr_bits_of_double(x);
	int64_t n = (int64_t)(bits - half) >> 52;
	double m = mr_double_of_bits(bits - ((uint64_t)n << 52));
	double s = (m - 1) / (m + 1), ss = s * s, sum = 0;

	for (int k = 23; k > 1; k -= 2)
		sum = (sum + 1.0 / k) * ss;
	return (double)n * MR_LN2_HIGH +
	       (2 * s + (2 * s * sum + (double)n * MR_LN2_LOW));
}

#endif
