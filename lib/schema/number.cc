/*
 * number.cc: <charconv> for C.
 */
#include "schema/number.h"

#include "schema/space.h"

#include <algorithm>
#include <charconv>
#include <cmath>

extern "C" size_t
mr_number_write_double(char *to, double value)
{
	return static_cast<size_t>(
	    std::to_chars(to, to + MR_DOUBLE_TEXT, value).ptr - to);
}

namespace
{

/* More digits than any body has, and far from the ends of a long long. */
constexpr long long exponent_limit = 1LL << 60;

/* The number behind 'e', held within exponent_limit. */
long long
exponent(const char *at, const char *end)
{
	long long value = 0;

	at += at < end && *at == '+';
	if (std::from_chars(at, end, value).ec != std::errc())
		value = *at == '-' ? -exponent_limit : exponent_limit;
	return std::clamp(value, -exponent_limit, exponent_limit);
}

/*
 * from_chars says "out of range" of both ends alike.  The place of the first
 * significant digit, exponent included, tells which one it was.
 */
bool
is_tiny(const char *at, const char *end)
{
	long long place = 0;
	bool significant = false, fraction = false;

	for (at += *at == '-'; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		significant |= *at != '0';
		if (significant && !fraction)
			place++;
		else if (!significant && fraction)
			place--;
	}
	if (at < end)
		place += exponent(at + 1, end);
	return !significant || place < 0;
}

}

extern "C" bool
mr_number_read_double(const char *text, size_t length, double *value)
{
	const char *end = text + length;

	if (std::from_chars(text, end, *value).ec != std::errc())
		*value = !is_tiny(text, end) ? HUGE_VAL
		         : *text == '-'      ? -0.0
		                             : 0.0;
	return std::isfinite(*value);
}

namespace
{

bool
is_digit(const char *at, const char *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

/*
 * Whether what from_chars takes for a number at `at` is one in JSON as well,
 * where zeros do not lead and a digit is on either side of the point.
 */
bool
is_json(const char *at, const char *end)
{
	at += at < end && *at == '-';
	if (!is_digit(at, end) || (*at == '0' && is_digit(at + 1, end)))
		return false;
	while (is_digit(at, end))
		at++;
	return at == end || *at != '.' || is_digit(at + 1, end);
}

}

extern "C" size_t
mr_numbers_read(const char **at, const char *end, double *values, size_t room)
{
	const char *behind = *at;
	size_t count = 0;

	for (; count < room; count++) {
		behind = mr_behind_space(behind, end);
		if (!is_json(behind, end))
			break;
		auto [stop, error] =
		    std::from_chars(behind, end, values[count]);
		if (error != std::errc())
			break;
		behind = mr_behind_space(stop, end);
		if (behind == end || *behind != ',')
			break;
		*at = ++behind;
	}
	return count;
}
