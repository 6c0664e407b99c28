/*
 * integer.c: eight digits at a time where there are as many.
 */
#include "schema/integer.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Eight ASCII digits to their value, by pairs (D. Lemire, 2018). */
static inline uint32_t
eight_digits(uint64_t chunk)
{
	chunk -= 0x3030303030303030;
	chunk = chunk * 10 + (chunk >> 8);
	return (uint32_t)(((chunk & 0x000000FF000000FF) * 0x000F424000000064 +
	                   ((chunk >> 16) & 0x000000FF000000FF) *
	                       0x0000271000000001) >>
	                  32);
}

static inline bool
are_eight_digits(uint64_t chunk)
{
	return (((chunk + 0x4646464646464646) | (chunk - 0x3030303030303030)) &
	        0x8080808080808080) == 0;
}

/* The digits at *at, as many as there are; the caller judges their number. */
static inline uint64_t
read_digits(const char **at, const char *end)
{
	const char *p = *at;
	uint64_t value = 0, chunk;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && end - p >= 8) {
		memcpy(&chunk, p, sizeof(chunk));
		if (are_eight_digits(chunk)) {
			value = eight_digits(chunk);
			p += 8;
		}
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
	*value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return at;
}
