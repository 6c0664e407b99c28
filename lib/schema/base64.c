/*
 * base64.c: four digits for three bytes.
 */
#include "schema/base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One above the value of each digit; 0: not one. */
#define A(from, value) [(from)] = (value) + 1
#define A4(from, value)                                                        \
	A(from, value), A((from) + 1, (value) + 1), A((from) + 2, (value) + 2), \
	    A((from) + 3, (value) + 3)
#define A12(from, value)                                                       \
	A4(from, value), A4((from) + 4, (value) + 4), A4((from) + 8, (value) + 8)
static const unsigned char values[256] = {
	A12('A', 0),  A12('M', 12), A('Y', 24), A('Z', 25),
	A12('a', 26), A12('m', 38), A('y', 50), A('z', 51),
	A4('0', 52),  A4('4', 56),  A('8', 60), A('9', 61),
	A('+', 62),   A('/', 63),
};

static size_t
padding(struct mr_string text)
{
	size_t count = 0;

	while (count < 2 && count < text.length &&
	       text.data[text.length - 1 - count] == '=')
		count++;
	return count;
}

bool
mr_base64_length(struct mr_string text, size_t *length)
{
	*length = text.length / 4 * 3 - padding(text);
	return text.length % 4 == 0;
}

/* The bits of count digits, the first one highest; false for what is none. */
static bool
join(const char *at, size_t count, uint32_t *bits)
{
	bool all = true;

	*bits = 0;
	for (size_t i = 0; i < 4; i++) {
		unsigned value = i < count ? values[(unsigned char)at[i]] : 1;

		all &= value != 0;
		*bits = *bits << 6 | ((value - 1) & 63);
	}
	return all;
}

bool
mr_base64_read(unsigned char *to, struct mr_string text)
{
	static const uint32_t unused[] = { 0, 0, 0xFFFF, 0xFF, 0 };
	size_t whole = text.length - padding(text);
	uint32_t bits;

	for (size_t i = 0; i < whole; i += 4) {
		size_t count = whole - i < 4 ? whole - i : 4;

		/* The bits that padding leaves unused must be zero. */
		if (!join(text.data + i, count, &bits) ||
		    (bits & unused[count]) != 0)
			return false;
		*to++ = (unsigned char)(bits >> 16);
		if (count > 2)
			*to++ = (unsigned char)(bits >> 8);
		if (count > 3)
			*to++ = (unsigned char)bits;
	}
	return true;
}

void
mr_base64_write(char *to, struct mr_bytes bytes)
{
	for (size_t i = 0; i < bytes.length; i += 3) {
		size_t count = bytes.length - i < 3 ? bytes.length - i : 3;
		uint32_t bits = (uint32_t)bytes.data[i] << 16;

		if (count > 1)
			bits |= (uint32_t)bytes.data[i + 1] << 8;
		if (count > 2)
			bits |= bytes.data[i + 2];
		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = count > 1 ? digits[bits >> 6 & 63] : '=';
		*to++ = count > 2 ? digits[bits & 63] : '=';
	}
}
