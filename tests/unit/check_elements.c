/*
 * check_elements.c: casts of every type, and bounds, each against a plain way
 * to do the same.
 */
#include "schema/elements.h"

#include "unit.h"

#include <float.h>
#include <math.h>

/* Casts. */

static const struct {
	enum mr_npy_type type;
	struct mr_string bytes; /* of one element */
	int64_t value;
} whole[] = {
	{ MR_NPY_I1, BYTES("\x80"), INT8_MIN },
	{ MR_NPY_I1, BYTES("\x7F"), INT8_MAX },
	{ MR_NPY_I1, BYTES("\xFF"), -1 },
	{ MR_NPY_I2, BYTES("\x00\x80"), INT16_MIN },
	{ MR_NPY_I2, BYTES("\xFF\x7F"), INT16_MAX },
	{ MR_NPY_I2, BYTES("\x01\x02"), 0x0201 },
	{ MR_NPY_I4, BYTES("\x00\x00\x00\x80"), INT32_MIN },
	{ MR_NPY_I4, BYTES("\xFF\xFF\xFF\x7F"), INT32_MAX },
	{ MR_NPY_I4, BYTES("\x01\x02\x03\x04"), 0x04030201 },
	{ MR_NPY_U1, BYTES("\xFF"), UINT8_MAX },
	{ MR_NPY_U2, BYTES("\xFF\xFF"), UINT16_MAX },
	{ MR_NPY_U4, BYTES("\xFF\xFF\xFF\xFF"), UINT32_MAX },
	{ MR_NPY_U4, BYTES("\x00\x00\x00\x80"), INT64_C(1) << 31 },
};

/* Five elements at an odd address, with one that differs at the end. */
START_TEST(test_integers_become_both)
{
	struct mr_string bytes = whole[_i].bytes;
	char many[1 + 5 * 8] = { 0 };
	const unsigned char *from = (void *)(many + 1);
	int64_t int64s[5];
	double doubles[5];

	for (size_t i = 0; i < 4; i++)
		memcpy(many + 1 + i * bytes.length, bytes.data, bytes.length);
	mr_elements_cast_of(whole[_i].type, true)(int64s, from, 5);
	mr_elements_cast_of(whole[_i].type, false)(doubles, from, 5);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(int64s[i], whole[_i].value);
		ck_assert(doubles[i] == (double)whole[_i].value);
	}
	ck_assert_int_eq(int64s[4], 0);
	ck_assert(doubles[4] == 0);
}
END_TEST

START_TEST(test_eight_bytes_become_their_own_kind)
{
	const int64_t int64s[] = { INT64_MIN, -1, INT64_MAX };
	const double doubles[] = { -0.0, 0x1p-1074, DBL_MAX };
	char bytes[1 + sizeof(int64s)];
	const unsigned char *from = (void *)(bytes + 1);
	double cast[3];

	memcpy(bytes + 1, int64s, sizeof(int64s));
	mr_elements_cast_of(MR_NPY_I8, true)(cast, from, 3);
	ck_assert_mem_eq(cast, int64s, sizeof(int64s));
	memcpy(bytes + 1, doubles, sizeof(doubles));
	mr_elements_cast_of(MR_NPY_F8, false)(cast, from, 3);
	ck_assert_mem_eq(cast, doubles, sizeof(doubles));
}
END_TEST

START_TEST(test_floats_become_doubles)
{
	const float floats[] = { -0.0F, 0.1F, 0x1p-149F, FLT_MAX, -FLT_MIN,
		                 INFINITY };
	double doubles[N(floats)];

	mr_elements_cast_of(MR_NPY_F4, false)(doubles, (const void *)floats,
	                                      N(floats));
	for (size_t i = 0; i < N(floats); i++) {
		ck_assert(doubles[i] == floats[i]);
		ck_assert(!signbit(doubles[i]) == !signbit(floats[i]));
	}
}
END_TEST

/* IEEE 754-2008, 3.4, with p = 11 and emax = 15. */
static double
half(unsigned bits)
{
	int exponent = (int)(bits >> 10 & 31);
	double fraction = bits & 1023, magnitude;

	if (exponent == 31)
		magnitude = fraction == 0 ? INFINITY : NAN;
	else if (exponent == 0)
		magnitude = ldexp(fraction, -24);
	else
		magnitude = ldexp(1024 + fraction, exponent - 25);
	return copysign(magnitude, bits >> 15 ? -1.0 : 1.0);
}

START_TEST(test_every_half_becomes_a_double)
{
	for (unsigned bits = 0; bits <= UINT16_MAX; bits++) {
		uint16_t element = (uint16_t)bits;
		double expected = half(bits), value;

		mr_elements_cast_of(MR_NPY_F2, false)(
		    &value, (const void *)&element, 1);
		if (isnan(expected))
			ck_assert(isnan(value));
		else
			ck_assert_mem_eq(&value, &expected, sizeof(value));
	}
}
END_TEST

START_TEST(test_nothing_is_cast_with_a_loss)
{
	static const enum mr_npy_type never[] = { MR_NPY_U8, MR_NPY_B1,
		                                  MR_NPY_OTHER };

	for (size_t i = 0; i < N(never); i++) {
		ck_assert(mr_elements_cast_of(never[i], true) == NULL);
		ck_assert(mr_elements_cast_of(never[i], false) == NULL);
	}
	for (enum mr_npy_type type = MR_NPY_F2; type <= MR_NPY_F8; type++)
		ck_assert(mr_elements_cast_of(type, true) == NULL);
	ck_assert(mr_elements_cast_of(MR_NPY_I8, false) == NULL);
}
END_TEST

/* Bounds. */

static const struct {
	struct mr_bounds bounds;
	double value;
	bool within;
} doubles[] = {
	{ MR_RANGE(0, 1), 0.0, true },
	{ MR_RANGE(0, 1), -0.0, true },
	{ MR_RANGE(-0.0L, 1), 0.0, true },
	{ MR_RANGE(-0.0L, 1), -0.0, true },
	{ MR_RANGE(-1, 0), 0.0, true },
	{ MR_RANGE(-1, 0), -0.0, true },
	{ MR_RANGE(-1, -0.0L), 0.0, true },
	{ MR_RANGE(-1, -0.0L), -0.0, true },
	{ MR_RANGE(0, 0), -0.0, true },
	{ MR_RANGE(0, 1), -0x1p-1074, false },
	{ MR_RANGE(-1, 0), 0x1p-1074, false },
	{ MR_RANGE(0x1p-1074L, 1), 0x1p-1074, true },
	{ MR_RANGE(0x1p-1074L, 1), 0.0, false },
	{ MR_RANGE(0, 1), 1.0, true },
	{ MR_RANGE(0, 1), 1.0 + DBL_EPSILON, false },
	{ MR_RANGE(2, 1), 1.5, false },
	/* Bounds that are no doubles. */
	{ MR_RANGE(0.1L, 1), 0.1, true },
	{ MR_RANGE(-1, 0.1L), 0.1, false },
	{ MR_RANGE(-1, -0.1L), -0.1, true },
	{ MR_RANGE(-0.1L, 1), -0.1, false },
	{ MR_RANGE(9007199254740993.0L, 1e300L), 9007199254740992.0, false },
	{ MR_RANGE(9007199254740993.0L, 1e300L), 9007199254740994.0, true },
	/* Bounds that no double reaches, and what is no number. */
	{ MR_RANGE(-INFINITY, INFINITY), DBL_MAX, true },
	{ MR_RANGE(-INFINITY, INFINITY), -DBL_MAX, true },
	{ MR_RANGE(-INFINITY, INFINITY), INFINITY, false },
	{ MR_RANGE(-INFINITY, INFINITY), -INFINITY, false },
	{ MR_RANGE(-INFINITY, INFINITY), NAN, false },
	{ MR_RANGE(-INFINITY, INFINITY), -NAN, false },
	{ MR_RANGE(-DBL_MAX, DBL_MAX), DBL_MAX, true },
	{ MR_RANGE(-DBL_MAX, DBL_MAX), -DBL_MAX, true },
	{ MR_RANGE(-DBL_MAX, DBL_MAX), INFINITY, false },
	{ MR_RANGE(-DBL_MAX, DBL_MAX), NAN, false },
	{ MR_RANGE(-1e4000L, 1e4000L), DBL_MAX, true },
	{ MR_RANGE(1e4000L, INFINITY), DBL_MAX, false },
	{ MR_RANGE(0, 1), NAN, false },
	{ MR_RANGE(0, 1), -NAN, false },
};

/* The value at each place among others that lie within. */
START_TEST(test_double_is_held_against_bounds)
{
	const struct mr_bounds *bounds = &doubles[_i].bounds;
	double fill = doubles[_i].within ? doubles[_i].value
	                                 : fmax((double)bounds->min, -DBL_MAX);
	double values[33];

	if (fill < bounds->min)
		fill = nextafter(fill, INFINITY);
	for (size_t count = 1; count <= N(values); count++)
		for (size_t at = 0; at < count; at++) {
			for (size_t i = 0; i < count; i++)
				values[i] = fill;
			values[at] = doubles[_i].value;
			ck_assert_int_eq(mr_elements_double_within(
			                     values, count, bounds),
			                 doubles[_i].within);
		}
	ck_assert(mr_elements_double_within(values, 0, bounds));
}
END_TEST

static const struct {
	struct mr_bounds bounds;
	int64_t value;
	bool within;
} int64s[] = {
	{ MR_RANGE(-5, 7), -5, true },
	{ MR_RANGE(-5, 7), 7, true },
	{ MR_RANGE(-5, 7), -6, false },
	{ MR_RANGE(-5, 7), 8, false },
	{ MR_RANGE(0.5L, 1.5L), 1, true },
	{ MR_RANGE(0.5L, 1.5L), 0, false },
	{ MR_RANGE(0.5L, 1.5L), 2, false },
	{ MR_RANGE(INT64_MIN, INT64_MAX), INT64_MIN, true },
	{ MR_RANGE(INT64_MIN, INT64_MAX), INT64_MAX, true },
	{ MR_RANGE(INT64_MIN + 1, INT64_MAX - 1), INT64_MIN, false },
	{ MR_RANGE(INT64_MIN + 1, INT64_MAX - 1), INT64_MAX, false },
	{ MR_RANGE(INT64_MIN + 1, INT64_MAX - 1), INT64_MAX - 1, true },
	{ MR_RANGE(-INFINITY, INFINITY), INT64_MIN, true },
};

START_TEST(test_int64_is_held_against_bounds)
{
	const struct mr_bounds *bounds = &int64s[_i].bounds;
	int64_t values[33];

	for (size_t at = 0; at < N(values); at++) {
		for (size_t i = 0; i < N(values); i++)
			values[i] = 1;
		values[at] = int64s[_i].value;
		ck_assert_int_eq(mr_elements_int64_within(values, N(values),
		                                          bounds),
		                 int64s[_i].within);
	}
	ck_assert(mr_elements_int64_within(values, 0, bounds));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_integers_become_both, 0, N(whole));
	tcase_add_test(tc, test_eight_bytes_become_their_own_kind);
	tcase_add_test(tc, test_floats_become_doubles);
	tcase_add_test(tc, test_every_half_becomes_a_double);
	tcase_add_test(tc, test_nothing_is_cast_with_a_loss);
	tcase_add_loop_test(tc, test_double_is_held_against_bounds, 0,
	                    N(doubles));
	tcase_add_loop_test(tc, test_int64_is_held_against_bounds, 0,
	                    N(int64s));
}

UNIT_MAIN("elements", add_tests)
