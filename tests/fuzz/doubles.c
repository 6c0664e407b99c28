/*
 * doubles.c: random doubles, of any bits but those of infinities and NaNs,
 * are written and read back to the same bits; of a sample, what is written
 * is not longer than it need be.  An argument says how many, else ten million.
 */
#include "claim.h"
#include "schema/number.h"
#include "tests/unit/random.h"

#include <math.h>
#include <string.h>

#define COUNT 10000000
#define SAMPLE 1000 /* one in so many */
#define DIGITS 17   /* always enough */
#define MANTISSA ((UINT64_C(1) << 52) - 1)
#define SIGN (UINT64_C(1) << 63)

/* The next one: of four, one is subnormal and one an integer. */
static double
next_double(uint64_t *state, unsigned long i)
{
	uint64_t bits = random_bits(state);
	double value;

	if (i % 4 == 0)
		return (double)((int64_t)bits >> (bits & 63));
	if (i % 4 == 1)
		bits &= SIGN | MANTISSA;
	memcpy(&value, &bits, sizeof(value));
	return isfinite(value) ? value : next_double(state, i);
}

/* The length of the shortest text with an exponent, by trial. */
static size_t
shortest(double value)
{
	char text[MR_DOUBLE_TEXT + 8];
	int length, digits = 1;

	do
		length = snprintf(text, sizeof(text), "%.*e", digits - 1,
		                  value);
	while (digits++ < DIGITS && strtod(text, NULL) != value);
	return (size_t)length;
}

static void
claim_round_trip(double value, bool sampled)
{
	char text[MR_DOUBLE_TEXT];
	size_t length = mr_number_write_double(text, value);
	double again;

	CLAIM(mr_number_read_double(text, length, &again));
	CLAIM(memcmp(&again, &value, sizeof(value)) == 0);
	CLAIM(!sampled || length <= shortest(value));
}

int
main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : COUNT;
	uint64_t state = 1;

	for (unsigned long i = 0; i < count; i++)
		claim_round_trip(next_double(&state, i), i % SAMPLE < 4);
	printf("doubles: %lu came back as they went\n", count);
	return 0;
}
