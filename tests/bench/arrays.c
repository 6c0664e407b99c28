/*
 * arrays.c: endpoints that only carry numbers: what a call costs beside its
 * function.  What /bench/random/... answers is a body for the other ones.
 */
#include "millrace.h"

#include <math.h>
#include <string.h>

#define MOST 2000000
#define BODY_LIMIT ((size_t)MOST * 26) /* a double, its comma and a space */

struct int64s_in {
	struct mr_int64s values;
};
struct int64s_out {
	struct mr_int64s values;
};

static enum mr_err
int64s(mr_call *call, const struct int64s_in *in, struct int64s_out *out)
{
	(void)call;
	out->values = in->values;
	return MR_OK;
}

static const struct mr_field int64s_in[] = {
	MR_PARAM(struct int64s_in, values, "any numbers",
	         MR_ITEMS(0, MOST, INT64_MIN, INT64_MAX)),
};
static const struct mr_field int64s_out[] = {
	MR_RESULT(struct int64s_out, values, "the same"),
};
MR_ENDPOINT(int64s, MR_POST, "/bench/int64s", "Returns its integers",
            .pool = "heavy", .body_limit = BODY_LIMIT);

struct doubles_in {
	struct mr_doubles values;
};
struct doubles_out {
	struct mr_doubles values;
};

static enum mr_err
doubles(mr_call *call, const struct doubles_in *in, struct doubles_out *out)
{
	(void)call;
	out->values = in->values;
	return MR_OK;
}

static const struct mr_field doubles_in[] = {
	MR_PARAM(struct doubles_in, values, "any numbers",
	         MR_ITEMS(0, MOST, -INFINITY, INFINITY)),
};
static const struct mr_field doubles_out[] = {
	MR_RESULT(struct doubles_out, values, "the same"),
};
MR_ENDPOINT(doubles, MR_POST, "/bench/doubles", "Returns its doubles",
            .pool = "heavy", .body_limit = BODY_LIMIT);

/* SplitMix64 (G. Steele et al., 2014). */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

struct random_in {
	int64_t count;
	bool small;
};

static const struct mr_field random_in[] = {
	MR_PARAM(struct random_in, count, "how many", MR_RANGE(0, MOST)),
	MR_OPTIONAL(struct random_in, small,
	            "integers of 32 bits, doubles in [0, 1)", MR_EITHER,
	            "false"),
};
#define random_int64s_in random_in
#define random_doubles_in random_in
#define random_int64s_out int64s_out
#define random_doubles_out doubles_out

static enum mr_err
random_int64s(mr_call *call, const struct random_in *in, struct int64s_out *out)
{
	int64_t *values = mr_alloc(call, (size_t)in->count * sizeof(*values));
	uint64_t state = 1;

	if (values == NULL)
		return MR_MEMORY;
	for (int64_t i = 0; i < in->count; i++)
		values[i] = (int64_t)next(&state) >> (in->small ? 32 : 0);
	out->values = (struct mr_int64s){ values, (size_t)in->count };
	return MR_OK;
}
MR_ENDPOINT(random_int64s, MR_GET, "/bench/random/int64s",
            "Integers of any bits", .pool = "heavy");

/* Finite doubles, of which all bits are random, or in [0, 1). */
static double
random_double(uint64_t *state, bool small)
{
	double value;
	uint64_t bits;

	do {
		bits = next(state);
		memcpy(&value, &bits, sizeof(value));
		if (small)
			value = (double)(bits >> 11) * 0x1p-53;
	} while (!isfinite(value));
	return value;
}

static enum mr_err
random_doubles(mr_call *call, const struct random_in *in,
               struct doubles_out *out)
{
	double *values = mr_alloc(call, (size_t)in->count * sizeof(*values));
	uint64_t state = 2;

	if (values == NULL)
		return MR_MEMORY;
	for (int64_t i = 0; i < in->count; i++)
		values[i] = random_double(&state, in->small);
	out->values = (struct mr_doubles){ values, (size_t)in->count };
	return MR_OK;
}
MR_ENDPOINT(random_doubles, MR_GET, "/bench/random/doubles",
            "Doubles of any bits", .pool = "heavy");

MR_NOTHING(nothing_in);
MR_NOTHING(nothing_out);

static enum mr_err
nothing(mr_call *call, const struct nothing_in *in, struct nothing_out *out)
{
	(void)call;
	(void)in;
	(void)out;
	return MR_OK;
}
MR_ENDPOINT(nothing, MR_GET, "/bench/nothing", "Returns nothing");

MR_MODULE(&mr_endpoint_int64s, &mr_endpoint_doubles,
          &mr_endpoint_random_int64s, &mr_endpoint_random_doubles,
          &mr_endpoint_nothing);
