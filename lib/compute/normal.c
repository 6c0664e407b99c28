/*
 * normal.c: see the header.
 *
 * Six draws of seven lie in the middle of the distribution, where the inverse
 * is one quotient of polynomials: these are done for all, many at a time, and
 * the tails are then put right one by one.
 */
#include "compute/normal.h"

#include "compute/clones.h"
#include "compute/elementary.h"
#include "compute/philox.h"

#include <math.h>

#define MIDDLE 0.425 /* |p - 1/2| up to where the middle's quotient holds */
#define DEGREE 7

/* Coefficients of AS 241, of x^7 down to 1. */
struct quotient {
	double over[DEGREE + 1], under[DEGREE + 1];
};

static const struct quotient middle = {
	{ 2.5090809287301226727e+3, 3.3430575583588128105e+4,
	  6.7265770927008700853e+4, 4.5921953931549871457e+4,
	  1.3731693765509461125e+4, 1.9715909503065514427e+3,
	  1.3314166789178437745e+2, 3.3871328727963666080e+0 },
	{ 5.2264952788528545610e+3, 2.8729085735721942674e+4,
	  3.9307895800092710610e+4, 2.1213794301586595867e+4,
	  5.3941960214247511077e+3, 6.8718700749205790830e+2,
	  4.2313330701600911252e+1, 1.0 },
};
static const struct quotient tail = {
	{ 7.74545014278341407640e-4, 2.27238449892691845833e-2,
	  2.41780725177450611770e-1, 1.27045825245236838258e+0,
	  3.64784832476320460504e+0, 5.76949722146069140550e+0,
	  4.63033784615654529590e+0, 1.42343711074968357734e+0 },
	{ 1.05075007164441684324e-9, 5.47593808499534494600e-4,
	  1.51986665636164571966e-2, 1.48103976427480074590e-1,
	  6.89767334985100004550e-1, 1.67638483018380384940e+0,
	  2.05319162663775882187e+0, 1.0 },
};
static const struct quotient far_tail = {
	{ 2.01033439929228813265e-7, 2.71155556874348757815e-5,
	  1.24266094738807843860e-3, 2.65321895265761230930e-2,
	  2.96560571828504891230e-1, 1.78482653991729133580e+0,
	  5.46378491116411436990e+0, 6.65790464350110377720e+0 },
	{ 2.04426310338993978564e-15, 1.42151175831644588870e-7,
	  1.84631831751005468180e-5, 7.86869131145613259100e-4,
	  1.48753612908506148525e-2, 1.36929880922735805310e-1,
	  5.99832206555887937690e-1, 1.0 },
};

static inline __attribute__((always_inline)) double
divide(const struct quotient *quotient, double x)
{
	double over = quotient->over[0], under = quotient->under[0];

	for (int i = 1; i <= DEGREE; i++) {
		over = over * x + quotient->over[i];
		under = under * x + quotient->under[i];
	}
	return over / under;
}

/* q = p - 1/2; valid up to MIDDLE. */
static inline __attribute__((always_inline)) double
inverse_middle(double q)
{
	return q * divide(&middle, MIDDLE * MIDDLE - q * q);
}

/* q as above, which is exact where p is as random numbers are. */
static double
inverse_tail(double q)
{
	double r = sqrt(-mr_log(0.5 - fabs(q)));

	return copysign(r <= 5 ? divide(&tail, r - 1.6)
	                       : divide(&far_tail, r - 5), q);
}

double
mr_normal_inverse(double p)
{
	double q = p - 0.5, r;

	if (fabs(q) <= MIDDLE)
		return inverse_middle(q);
	/* Not by q, which has lost the last bits of a small p. */
	r = sqrt(-mr_log(p < 0.5 ? p : 1 - p));
	return copysign(r <= 5 ? divide(&tail, r - 1.6)
	                       : divide(&far_tail, r - 5), q);
}

double
mr_normal_cdf(double x)
{
	return 0.5 * erfc(-x * M_SQRT1_2);
}

/*
 * 52 random bits to p - 1/2, where p is in the middle of one of 2^52 equal
 * parts of 0 to 1: exact, symmetric, and neither end can come.
 */
static inline __attribute__((always_inline)) double
centred(uint32_t low, uint32_t high)
{
	uint64_t bits = ((uint64_t)high << 32 | low) >> 12;

	return (mr_double_of_bits(bits | UINT64_C(0x3FF) << 52) - 1.5) +
	       0x1p-53;
}

static void
mend_tails(const double q[], size_t count, double normal[])
{
	for (size_t i = 0; i < count; i++)
		if (fabs(q[i]) > MIDDLE)
			normal[i] = inverse_tail(q[i]);
}

#define CHUNK 64

/* Always a whole chunk, in which the compiler knows the number of turns. */
MR_CLONES static void
fill_chunk(const struct mr_normal_draw *draw, double q[2][CHUNK],
           double normal[2][CHUNK])
{
	for (size_t i = 0; i < CHUNK; i++) {
		uint64_t sequence = draw->first + i;
		uint32_t word[4] = { draw->pair, (uint32_t)sequence,
			             (uint32_t)(sequence >> 32), 0 };

		mr_philox_turn(word, (uint32_t)draw->seed,
		               (uint32_t)(draw->seed >> 32));
		q[0][i] = centred(word[0], word[1]);
		q[1][i] = centred(word[2], word[3]);
		normal[0][i] = inverse_middle(q[0][i]);
		normal[1][i] = inverse_middle(q[1][i]);
	}
}

void
mr_normal_fill(const struct mr_normal_draw *draw, size_t count, double even[],
               double odd[])
{
	struct mr_normal_draw part = *draw;
	double q[2][CHUNK], normal[2][CHUNK];

	for (size_t done = 0; done < count; done += CHUNK) {
		size_t more = count - done < CHUNK ? count - done : CHUNK;

		part.first = draw->first + done;
		fill_chunk(&part, q, normal);
		mend_tails(q[0], more, normal[0]);
		mend_tails(q[1], more, normal[1]);
		memcpy(even + done, normal[0], more * sizeof(*even));
		memcpy(odd + done, normal[1], more * sizeof(*odd));
	}
}
