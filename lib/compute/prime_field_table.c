/*
 * prime_field_table.c: prints the table of prime_field.c; runs while building.
 *
 * For each integer n: k in [0, order) with 2^k = n or -n modulo p.  Those of
 * primes come from baby steps and giant steps (D. Shanks, 1971), the others
 * from their factors.
 */
#include "compute/prime_field.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT (MR_P_ROOT + 1u)
#define BABY_STEPS (1u << 18)
#define SLOTS (1u << 20)

struct slot {
	uint32_t power, exponent;
};

static struct slot slots[SLOTS];
static uint32_t log_of[COUNT], factor_of[COUNT];

/* 2^k and -2^k share a slot chain under the smaller of both. */
static uint32_t
absolute(uint32_t x)
{
	return x <= MR_P - x ? x : MR_P - x;
}

static struct slot *
find(uint32_t power)
{
	uint32_t i = power * 2654435761u >> 12;

	while (slots[i].power != 0 && slots[i].power != power)
		i = (i + 1) % SLOTS;
	return &slots[i];
}

static void
take_baby_steps(void)
{
	uint32_t power = 1;

	for (uint32_t k = 0; k < BABY_STEPS; k++) {
		*find(absolute(power)) = (struct slot){ absolute(power), k };
		power = mr_p_multiply(power, 2);
	}
}

static uint32_t
search(uint32_t x, uint32_t giant_step)
{
	for (uint64_t k = 0;; k += BABY_STEPS) {
		const struct slot *slot = find(absolute(x));

		if (slot->power != 0)
			return (uint32_t)((k + slot->exponent) % MR_P_ORDER);
		x = mr_p_multiply(x, giant_step);
	}
}

int
main(void)
{
	uint32_t backwards = MR_P_ORDER - BABY_STEPS, giant_step = 1;

	for (uint32_t base = 2; backwards > 0; backwards >>= 1) {
		if (backwards & 1)
			giant_step = mr_p_multiply(giant_step, base);
		base = mr_p_multiply(base, base);
	}
	take_baby_steps();
	for (uint32_t n = 2; n < COUNT; n++) {
		if (factor_of[n] == 0) {
			log_of[n] = search(n, giant_step);
			for (uint32_t m = n; m < COUNT; m += n)
				factor_of[m] = n;
		} else {
			log_of[n] = (log_of[factor_of[n]] +
			             log_of[n / factor_of[n]]) %
			            MR_P_ORDER;
		}
	}
	for (uint32_t n = 0; n < COUNT; n++)
		printf("%u,%s", log_of[n], n % 8 == 7 ? "\n" : " ");
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
