/*
 * prime_field.c: powers, and the discrete logarithm.
 *
 * By Thue's lemma every x is a / b with |a| and |b| below the square root of
 * p; the extended Euclidean algorithm finds them.  So a table of the
 * logarithms of the integers up to 31622 serves for all x.  As -1 is not a
 * square, exactly one of y and -y has a logarithm, and the table holds that
 * one; whether x itself is a power of 2 is its Jacobi symbol.  The table is
 * computed while building, by prime_field_table.c.
 */
#include "compute/prime_field.h"

#include <stdbool.h>

static const uint32_t log_of[MR_P_ROOT + 1] = {
#include "prime_field_table.inc"
};

uint32_t
mr_p_power(uint32_t base, uint64_t exponent)
{
	uint32_t result = 1;

	for (; exponent > 0; exponent >>= 1) {
		if (exponent & 1)
			result = mr_p_multiply(result, base);
		base = mr_p_multiply(base, base);
	}
	return result;
}

/*
 * The Jacobi symbol (x / p) by reciprocity, as in H. Cohen, A Course in
 * Computational Algebraic Number Theory, algorithm 1.4.10.
 */
static bool
is_square(uint32_t x)
{
	uint32_t modulus = MR_P, rest;
	bool square = true;

	while (x != 0) {
		int twos = __builtin_ctz(x);

		x >>= twos;
		if ((twos & 1) && ((modulus & 7) == 3 || (modulus & 7) == 5))
			square = !square;
		if ((x & 3) == 3 && (modulus & 3) == 3)
			square = !square;
		rest = modulus % x;
		modulus = x;
		x = rest;
	}
	return square;
}

uint32_t
mr_p_log2(uint32_t x)
{
	uint32_t remainder = x, last = MR_P, quotient, next;
	uint32_t factor = 1, last_factor = 0;

	if (!is_square(x))
		return MR_P_ORDER;
	/* Signs of the factors alternate; the table does not need them. */
	while (remainder > MR_P_ROOT) {
		quotient = last / remainder;
		next = last - quotient * remainder;
		last = remainder;
		remainder = next;
		next = last_factor + quotient * factor;
		last_factor = factor;
		factor = next;
	}
	return log_of[remainder] >= log_of[factor]
	           ? log_of[remainder] - log_of[factor]
	           : log_of[remainder] + MR_P_ORDER - log_of[factor];
}
