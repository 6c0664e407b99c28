/*
 * integer.c: eight digits at a time, as the bytes of one 64-bit word.
 *
 * Whether a number has eight digits or ten, and whether it is negative, is as
 * good as random in most data, so neither is decided by a branch.
 */
#include "schema/integer.h"

#include <stdbool.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the first digit is the lowest byte of a word");

#define EIGHT 8
#define TEN_TO_8 UINT64_C(100000000)
#define ZEROS UINT64_C(0x3030303030303030)

/* Reading. */

/* How many bytes of the word are digits before the first that is none. */
static inline unsigned
count_digits(uint64_t word)
{
	uint64_t others = ((word + UINT64_C(0x4646464646464646)) |
	                   (word - ZEROS)) &
	                  UINT64_C(0x8080808080808080);

	return others == 0 ? EIGHT : (unsigned)__builtin_ctzll(others) / 8;
}

/* The value of eight bytes of 0..9, the first one highest: by pairs. */
static inline uint32_t
join_digits(uint64_t word)
{
	const uint64_t mask = UINT64_C(0x000000FF000000FF);

	word = word * 10 + (word >> 8);
	return (uint32_t)(((word & mask) * UINT64_C(0x000F424000000064) +
	                   (word >> 16 & mask) * UINT64_C(0x0000271000000001)) >>
	                  32);
}

/* The digits at *at; the caller judges whether there are too many. */
static inline uint64_t
read_digits(const char **at, const char *end)
{
	static const uint32_t powers[EIGHT] = { 1,     10,     100,     1000,
		                                10000, 100000, 1000000, 10000000 };
	const char *p = *at;
	uint64_t value = 0, word;
	unsigned count;

	while (end - p >= EIGHT) {
		memcpy(&word, p, sizeof(word));
		count = count_digits(word);
		p += count;
		if (count == EIGHT) {
			value = value * TEN_TO_8 + join_digits(word - ZEROS);
			continue;
		}
		/* Zeros in front make eight of them; twice, for count 0. */
		word = (word - ZEROS) << (EIGHT * (EIGHT - 1 - count)) << EIGHT;
		*at = p;
		return value * powers[count] + join_digits(word);
	}
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	*at = p;
	return value;
}

const char *
mr_integer_read(const char *at, const char *end, int64_t *value)
{
	bool negative = at < end && *at == '-';
	const uint64_t limit = (uint64_t)INT64_MAX + negative;
	const char *first = at + negative;
	uint64_t magnitude;

	at = first;
	magnitude = read_digits(&at, end);
	/* 19 digits cannot exceed 64 bits. */
	if (at == first || at - first > 19 || magnitude > limit ||
	    (*first == '0' && at > first + 1))
		return NULL;
	*value = (int64_t)((magnitude ^ -(uint64_t)negative) + negative);
	return at;
}

/* Writing. */

/* Eight bytes of 0..9 for a value below 10^8: halves, pairs, digits. */
static inline uint64_t
split_digits(uint32_t value)
{
	uint64_t word = value / 10000 | (uint64_t)(value % 10000) << 32;
	uint64_t high;

	high = (word * 10486) >> 20 & UINT64_C(0x0000007F0000007F);
	word = high | (word - 100 * high) << 16;
	high = (word * 103) >> 10 & UINT64_C(0x000F000F000F000F);
	return high | (word - 10 * high) << 8;
}

static inline char *
write_eight(char *to, uint32_t value)
{
	uint64_t word = split_digits(value) + ZEROS;

	memcpy(to, &word, sizeof(word));
	return to + EIGHT;
}

/* Without leading zeros; the last digit stays, also of 0. */
static inline char *
write_first(char *to, uint32_t value)
{
	const uint64_t last = UINT64_C(1) << 56;
	uint64_t word = split_digits(value);
	unsigned zeros = (unsigned)__builtin_ctzll(word | last) / 8;

	word = (word + ZEROS) >> (8 * zeros);
	memcpy(to, &word, sizeof(word));
	return to + EIGHT - zeros;
}

size_t
mr_integer_write(char *to, int64_t value)
{
	bool negative = value < 0;
	uint64_t magnitude = ((uint64_t)value ^ -(uint64_t)negative) + negative;
	uint64_t upper = magnitude / TEN_TO_8;
	char *at = to;

	*at = '-';
	at += negative;
	if (upper == 0) {
		at = write_first(at, (uint32_t)magnitude);
		return (size_t)(at - to);
	}
	if (upper < TEN_TO_8) {
		at = write_first(at, (uint32_t)upper);
	} else {
		at = write_first(at, (uint32_t)(upper / TEN_TO_8));
		at = write_eight(at, (uint32_t)(upper % TEN_TO_8));
	}
	at = write_eight(at, (uint32_t)(magnitude % TEN_TO_8));
	return (size_t)(at - to);
}
