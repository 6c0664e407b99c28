/*
 * field_value.h: cutting the text of a header into pieces.
 */
#ifndef MR_API_FIELD_VALUE_H
#define MR_API_FIELD_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/* Of a text that stays; not terminated. */
struct mr_piece {
	const char *data;
	size_t length;
};

struct mr_piece mr_piece_between(const char *begin, const char *end);

/* Without the spaces and tabs around it. */
struct mr_piece mr_piece_trim(struct mr_piece piece);

/*
 * What stands before the next mark that is outside of quotes, trimmed; *at
 * steps behind the mark.
 */
struct mr_piece mr_piece_split(const char **at, const char *end, char mark);

/* Whether it is that text, in upper or lower case. */
bool mr_piece_is(struct mr_piece piece, const char *text);

/* Whether it is a token (RFC 9110, section 5.6.2). */
bool mr_piece_is_token(struct mr_piece piece);

/*
 * Reads digits, and nothing else, as a number; what is more than most becomes
 * most.  False when there is anything else.
 */
bool mr_piece_number(struct mr_piece piece, long long most, long long *number);

#endif
