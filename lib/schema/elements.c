/*
 * elements.c: loops without a branch in them, which the compiler turns into
 * vector instructions.
 */
#include "schema/elements.h"

#include <float.h>
#include <math.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "elements of files are little-endian");

/* Casts. */

#define CAST(name, from_type, to_type, value)                                  \
	static void name(void *to, const unsigned char *from, size_t count)    \
	{                                                                      \
		to_type *elements = to;                                        \
		from_type element;                                             \
                                                                               \
		for (size_t i = 0; i < count; i++) {                           \
			memcpy(&element, from + i * sizeof(element),           \
			       sizeof(element));                               \
			elements[i] = value;                                   \
		}                                                              \
	}

/* IEEE 754 binary16: sign, five bits of exponent, ten of the fraction. */
static double
half(uint16_t bits)
{
	unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
	double magnitude;
	uint64_t wide;

	if (exponent == 0) {
		magnitude = fraction * 0x1p-24;
	} else {
		exponent = exponent == 31 ? 2047 : exponent + 1023 - 15;
		wide = (uint64_t)exponent << 52 | (uint64_t)fraction << 42;
		memcpy(&magnitude, &wide, sizeof(magnitude));
	}
	return bits >> 15 ? -magnitude : magnitude;
}

CAST(i1_to_int64, int8_t, int64_t, element)
CAST(i2_to_int64, int16_t, int64_t, element)
CAST(i4_to_int64, int32_t, int64_t, element)
CAST(i8_to_int64, int64_t, int64_t, element)
CAST(u1_to_int64, uint8_t, int64_t, element)
CAST(u2_to_int64, uint16_t, int64_t, element)
CAST(u4_to_int64, uint32_t, int64_t, element)
CAST(i1_to_double, int8_t, double, element)
CAST(i2_to_double, int16_t, double, element)
CAST(i4_to_double, int32_t, double, element)
CAST(u1_to_double, uint8_t, double, element)
CAST(u2_to_double, uint16_t, double, element)
CAST(u4_to_double, uint32_t, double, element)
CAST(f2_to_double, uint16_t, double, half(element))
CAST(f4_to_double, float, double, (double)element)
CAST(f8_to_double, double, double, element)

static const struct {
	mr_elements_cast *to_int64, *to_double;
} casts[MR_NPY_TYPE_COUNT] = {
	[MR_NPY_I1] = { i1_to_int64, i1_to_double },
	[MR_NPY_I2] = { i2_to_int64, i2_to_double },
	[MR_NPY_I4] = { i4_to_int64, i4_to_double },
	[MR_NPY_I8] = { i8_to_int64, NULL },
	[MR_NPY_U1] = { u1_to_int64, u1_to_double },
	[MR_NPY_U2] = { u2_to_int64, u2_to_double },
	[MR_NPY_U4] = { u4_to_int64, u4_to_double },
	[MR_NPY_F2] = { NULL, f2_to_double },
	[MR_NPY_F4] = { NULL, f4_to_double },
	[MR_NPY_F8] = { NULL, f8_to_double },
};

mr_elements_cast *
mr_elements_cast_of(enum mr_npy_type type, bool integral)
{
	return integral ? casts[type].to_int64 : casts[type].to_double;
}

/* Bounds. */

bool
mr_elements_int64_within(const int64_t *values, size_t count,
                         const struct mr_bounds *bounds)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	if (bounds->min <= INT64_MIN && bounds->max >= INT64_MAX)
		return true;
	for (size_t i = 0; i < count; i++) {
		least = values[i] < least ? values[i] : least;
		most = values[i] > most ? values[i] : most;
	}
	return count == 0 || (least >= bounds->min && most <= bounds->max);
}

/* The least double that is not below the bound. */
static double
not_below(long double bound)
{
	double nearest = (double)bound;

	return nearest < bound ? nextafter(nearest, INFINITY) : nearest;
}

static inline uint64_t
bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/*
 * A comparison of doubles keeps the compiler from vectors; a sign does not.
 * Three of them are clear for a value within: those of value - low and
 * high - value, where the signs that low and high have if they are zero keep
 * that of a zero difference clear; and, for NaN, that of the distance from
 * infinity, of the bits without sign.
 */
bool
mr_elements_double_within(const double *values, size_t count,
                          const struct mr_bounds *bounds)
{
	const uint64_t sign = UINT64_C(1) << 63;
	const uint64_t infinity = bits_of(INFINITY);
	double low = -(0.0 - fmax(not_below(bounds->min), -DBL_MAX));
	double high = fmin(-not_below(-bounds->max), DBL_MAX) + 0.0;
	uint64_t signs = 0;

	for (size_t i = 0; i < count; i++)
		signs |= bits_of(values[i] - low) | bits_of(high - values[i]) |
		         (infinity - (bits_of(values[i]) & ~sign));
	return (signs & sign) == 0;
}
