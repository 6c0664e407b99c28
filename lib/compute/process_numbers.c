/*
 * process_numbers.c: the iterated map in closed form.
 *
 * Only the first round can wrap; after it |x| < p.  From there on, modulo p,
 * n rounds are x -> 2^n (x + 2) - 2, which settles the result but for its
 * sign: a number that is not negative stays so, and a negative one stays
 * negative until it becomes 0.  That happens in round k where
 * 2^k (x + 2) = 2, so in the first n rounds exactly if log2(2 / (x + 2)) is
 * in 1..n.  For few rounds a bit map of the powers of 2 answers "no" for
 * nearly all x without a logarithm.
 */
#include "compute/process_numbers.h"

#include "compute/prime_field.h"

#include <stdbool.h>
#include <string.h>

#define MAP_BITS 17
#define MAP_ROUNDS 4096 /* up to here the map is sparse, and pays */

struct iteration {
	uint64_t rounds;
	uint32_t scale;                       /* 2^rounds */
	uint32_t zeros[(1 << MAP_BITS) / 32]; /* a bit for each that may be 0 */
};

/*
 * x in (-p, p) to its residue in [0, p).  Signs are as good as random: here
 * and below they are masks, not branches.
 */
static inline uint32_t
residue(int64_t x)
{
	return (uint32_t)(x + (x >> 63 & MR_P));
}

static inline uint32_t
map_place(uint32_t x)
{
	return x * UINT32_C(2654435761) >> (32 - MAP_BITS);
}

/* Marks the residues -2 + 2^(1 - k) that become 0 in round k, 1..rounds. */
static void
map_zeros(struct iteration *iteration)
{
	const uint32_t half = (MR_P + 1) / 2;
	uint32_t power = 1;

	if (iteration->rounds > MAP_ROUNDS) {
		memset(iteration->zeros, 0xFF, sizeof(iteration->zeros));
		return;
	}
	for (uint64_t k = 1; k <= iteration->rounds; k++) {
		uint32_t place = map_place((power + MR_P - 2) % MR_P);

		iteration->zeros[place / 32] |= UINT32_C(1) << place % 32;
		power = mr_p_multiply(power, half);
	}
}

/* "No" is certain. */
static inline bool
may_pass_zero(const struct iteration *iteration, uint32_t x)
{
	uint32_t place = map_place(x);

	return iteration->zeros[place / 32] >> place % 32 & 1;
}

/* Whether the negative number of this residue, not 0, passes through 0. */
static bool
passes_zero(const struct iteration *iteration, uint32_t x)
{
	uint32_t y = (x + 2) % MR_P, log;

	if (y == 0)
		return false;
	log = mr_p_log2(y);
	if (log == MR_P_ORDER)
		return false;
	/* log2(2 / y), in 1..order */
	log = (1 + MR_P_ORDER - log) % MR_P_ORDER;
	if (log == 0)
		log = MR_P_ORDER;
	return log <= iteration->rounds;
}

static inline int64_t
iterate(const struct iteration *iteration, int64_t x)
{
	uint32_t start = residue(x);
	int64_t end = mr_p_multiply(iteration->scale, start + 2) - (int64_t)2;
	int64_t sign = x >> 63; /* all bits of a negative number */

	end = residue(end);
	if (__builtin_expect(sign & may_pass_zero(iteration, start), 0))
		sign = -(int64_t)!passes_zero(iteration, start);
	return end - (sign & -(int64_t)(end != 0) & MR_P);
}

static inline int64_t
first_round(int64_t x)
{
	return (int64_t)(((uint64_t)x + 1) * 2) % (int64_t)MR_P;
}

void
mr_process_numbers(const int64_t *from, int64_t *to, size_t count,
                   uint64_t rounds)
{
	struct iteration iteration = { .rounds = rounds - 1 };

	if (rounds == 0) {
		for (size_t i = 0; i < count; i++)
			to[i] = from[i];
		return;
	}
	iteration.scale = mr_p_power(2, iteration.rounds);
	map_zeros(&iteration);
	for (size_t i = 0; i < count; i++)
		to[i] = iterate(&iteration, first_round(from[i]));
}
