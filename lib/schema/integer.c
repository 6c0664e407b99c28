/*
 * integer.c: eight digits at a time, as the bytes of one 64-bit word.
 *
 * Whether a number has eight digits or ten, and whether it is negative, is as
 * good as random in most data, so neither is decided by a branch.
 */
#include "schema/integer.h"

#include "schema/space.h"

#include <stdbool.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the first digit is the lowest byte of a word");

#define EIGHT 8
#define TEN_TO_8 UINT64_C(100000000)
#define ONES UINT64_C(0x0101010101010101)
#define ZEROS ('0' * ONES)

/* A call a number would be a good part of its cost. */
#define INLINE __attribute__((always_inline)) static inline

/* Reading. */

/*
 * How many bytes of the word are from '-' to '9' before the first that is not:
 * a sign, digits, and what take_digits tells from them.
 */
static inline unsigned
count_bytes(uint64_t word)
{
	uint64_t others = ((word + (0x80 - ('9' + 1)) * ONES) |
	                   (word - '-' * ONES)) &
	                  (0x80 * ONES);

	return others == 0 ? EIGHT : (unsigned)__builtin_ctzll(others) / 8;
}

static inline uint64_t
load(const void *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/*
 * Eight bytes as 0..9, zeros where the mask has none; what is no digit has
 * bits of NOT_DIGIT.
 */
#define NOT_DIGIT (0xF0 * ONES)
static inline uint64_t
take_digits(const char *at, const unsigned char *mask)
{
	return (load(at) ^ ZEROS) & load(mask);
}

/* The value of eight bytes of 0..9, the first one highest: by pairs. */
static inline uint64_t
join_digits(uint64_t word)
{
	const uint64_t mask = UINT64_C(0x000000FF000000FF);

	word = word * 10 + (word >> 8);
	return ((word & mask) * UINT64_C(0x000F424000000064) +
	        (word >> 16 & mask) * UINT64_C(0x0000271000000001)) >>
	       32;
}

/* 1 or 0, without a comparison that might become a branch. */
static inline uint64_t
is_minus(char c)
{
	return ((uint64_t)((unsigned char)c ^ '-') - 1) >> 63;
}

/* A sign or none and then digits, as they stand in the text. */
struct digits {
	uint64_t negative;  /* 1: there is a '-' */
	uint64_t magnitude; /* modulo 2^64 */
	size_t length;      /* bytes; WINDOW, or that many at least */
};

/*
 * From a text of which BEFORE bytes before `at` and WINDOW behind it can be
 * read; length 0 when there is more than digits.  Where the next number begins
 * must be known soon, so the end comes first, and the digits are taken from
 * there, eight at a time, without what is before them.
 */
#define BEFORE (2 * EIGHT)
#define WINDOW (3 * EIGHT)
INLINE struct digits
read_window(const char *at)
{
	/* From byte n on, n bytes of 0xFF end a window. */
	static const unsigned char masks[2 * WINDOW] = {
		[WINDOW] = 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
		0xFF,            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
		0xFF,            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
	};
	struct digits digits = { .negative = is_minus(*at) };
	const unsigned char *mask;
	uint64_t last, second, first;

	digits.length = count_bytes(load(at));
	if (digits.length == EIGHT)
		digits.length += count_bytes(load(at + EIGHT));
	if (digits.length == 2 * EIGHT)
		digits.length += count_bytes(load(at + 2 * EIGHT));
	at += digits.length;
	mask = masks + digits.length - digits.negative;
	last = take_digits(at - EIGHT, mask + 2 * EIGHT);
	second = take_digits(at - 2 * EIGHT, mask + EIGHT);
	digits.magnitude =
	    join_digits(second) * TEN_TO_8 + join_digits(last);
	if (digits.length > 2 * EIGHT) {
		first = take_digits(at - 3 * EIGHT, mask);
		digits.magnitude +=
		    join_digits(first) * TEN_TO_8 * TEN_TO_8;
		second |= first;
	}
	if ((last | second) & NOT_DIGIT)
		digits.length = 0;
	return digits;
}

/* The same of any bytes, one or more. */
static struct digits
read_slowly(const char *at, const char *end)
{
	struct digits digits = { .negative = is_minus(*at) };
	const char *p = at + digits.negative;

	for (; p < end && (unsigned char)(*p - '0') <= 9; p++)
		digits.magnitude =
		    digits.magnitude * 10 + (uint64_t)(*p - '0');
	digits.length = (size_t)(p - at);
	return digits;
}

/* The number at `at`, in a text that begins at start. */
INLINE const char *
read_integer(const char *start, const char *at, const char *end, int64_t *value)
{
	struct digits digits = { 0 };

	if (at == end)
		return NULL;
	if (at - start >= BEFORE && end - at >= WINDOW)
		digits = read_window(at);
	if (digits.length == 0)
		digits = read_slowly(at, end);
	/* 1 to 19 digits, which cannot exceed 64 bits. */
	if (digits.length - digits.negative - 1 > 18 ||
	    digits.magnitude > (uint64_t)INT64_MAX + digits.negative ||
	    (at[digits.negative] == '0' && digits.length > digits.negative + 1))
		return NULL;
	*value = (int64_t)((digits.magnitude ^ -digits.negative) +
	                   digits.negative);
	return at + digits.length;
}

const char *
mr_integer_read(const char *at, const char *end, int64_t *value)
{
	return read_integer(at, at, end, value);
}

size_t
mr_integers_read(const char **at, const char *end, int64_t *values, size_t room)
{
	const char *start = *at, *behind = start;
	size_t count;

	for (count = 0; count < room; count++) {
		behind = read_integer(start, mr_behind_space(behind, end), end,
		                      &values[count]);
		if (behind == NULL)
			break;
		if (behind == end || *behind != ',')
			behind = mr_behind_space(behind, end);
		if (behind == end || *behind != ',')
			break;
		*at = ++behind;
	}
	return count;
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

/* The same below 100; most integers that are no hashes have ten digits. */
static inline char *
write_two(char *to, uint32_t value)
{
	uint32_t ten = value * 103 >> 10, one_digit = value < 10;
	uint32_t word = (ten | (value - 10 * ten) << 8) + ('0' | '0' << 8);
	uint16_t text = (uint16_t)(word >> 8 * one_digit);

	memcpy(to, &text, sizeof(text));
	return to + 2 - one_digit;
}

INLINE size_t
write_integer(char *to, int64_t value)
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
	if (upper < 100) {
		at = write_two(at, (uint32_t)upper);
	} else if (upper < TEN_TO_8) {
		at = write_first(at, (uint32_t)upper);
	} else {
		at = write_first(at, (uint32_t)(upper / TEN_TO_8));
		at = write_eight(at, (uint32_t)(upper % TEN_TO_8));
	}
	at = write_eight(at, (uint32_t)(magnitude % TEN_TO_8));
	return (size_t)(at - to);
}

size_t
mr_integer_write(char *to, int64_t value)
{
	return write_integer(to, value);
}

size_t
mr_integers_write(char *to, const int64_t *values, size_t count)
{
	char *at = to;

	for (size_t i = 0; i < count; i++) {
		at += write_integer(at, values[i]);
		*at++ = ',';
	}
	return (size_t)(at - to);
}
