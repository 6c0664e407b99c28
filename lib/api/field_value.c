/*
 * field_value.c: pieces of a header, as RFC 9110 writes lists and parameters.
 */
#include "api/field_value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct mr_piece
mr_piece_between(const char *begin, const char *end)
{
	return (struct mr_piece){ begin, (size_t)(end - begin) };
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

struct mr_piece
mr_piece_trim(struct mr_piece piece)
{
	while (piece.length > 0 && is_space(piece.data[0]))
		piece.data++, piece.length--;
	while (piece.length > 0 && is_space(piece.data[piece.length - 1]))
		piece.length--;
	return piece;
}

struct mr_piece
mr_piece_split(const char **at, const char *end, char mark)
{
	const char *begin = *at;
	struct mr_piece piece;
	bool quoted = false;

	for (; *at < end && (quoted || **at != mark); (*at)++) {
		if (**at == '"')
			quoted = !quoted;
		else if (quoted && **at == '\\' && *at + 1 < end)
			(*at)++;
	}
	piece = mr_piece_between(begin, *at);
	*at += *at < end;
	return mr_piece_trim(piece);
}

bool
mr_piece_is(struct mr_piece piece, const char *text)
{
	return piece.length == strlen(text) &&
	       strncasecmp(piece.data, text, piece.length) == 0;
}

bool
mr_piece_is_token(struct mr_piece piece)
{
	for (size_t i = 0; i < piece.length; i++) {
		unsigned char c = (unsigned char)piece.data[i];

		if (c == '\0' || c >= 0x80 ||
		    (!isalnum(c) && strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return piece.length > 0;
}

bool
mr_piece_number(struct mr_piece piece, long long most, long long *number)
{
	*number = 0;
	for (size_t i = 0; i < piece.length; i++) {
		int digit = piece.data[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		*number = *number > (most - digit) / 10 ? most
		                                        : *number * 10 + digit;
	}
	return piece.length > 0;
}
