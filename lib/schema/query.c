/*
 * query.c: splitting and percent-decoding.
 */
#include "schema/query.h"

#include "schema/utf8.h"

#include <string.h>

struct parse {
	struct mr_query *query;
	const char *start;
	struct mr_arena *arena;
};

static int
hex_digit(char c)
{
	char letter = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		return c - '0';
	if (letter >= 'a' && letter <= 'f')
		return letter - 'a' + 10;
	return -1;
}

static enum mr_err
fail(struct mr_query *query, size_t offset, const char *reason)
{
	query->reason = reason;
	query->offset = offset;
	return MR_SYNTAX;
}

/* Where in a piece the byte stands that is number `decoded` of its text. */
static size_t
encoded_offset(struct mr_string piece, size_t decoded)
{
	size_t offset = 0;

	for (; decoded > 0; decoded--)
		offset += piece.data[offset] == '%' ? 3 : 1;
	return offset;
}

/* One name or value; its offset is that from the start of the whole text. */
static enum mr_err
decode(struct parse *parse, struct mr_string piece, struct mr_string *decoded)
{
	size_t offset = (size_t)(piece.data - parse->start);
	char *copy = mr_arena_copy(parse->arena, piece.data, piece.length);
	char *to = copy;
	const char *bad;

	if (copy == NULL)
		return MR_MEMORY;
	for (size_t i = 0; i < piece.length; i++) {
		if (piece.data[i] != '%') {
			*to++ = piece.data[i] == '+' ? ' ' : piece.data[i];
			continue;
		}
		if (piece.length - i < 3 || hex_digit(piece.data[i + 1]) < 0 ||
		    hex_digit(piece.data[i + 2]) < 0)
			return fail(parse->query, offset + i,
			            "'%' must be followed by two hexadecimal "
			            "digits");
		*to++ = (char)(hex_digit(piece.data[i + 1]) * 16 +
		               hex_digit(piece.data[i + 2]));
		i += 2;
	}
	*to = '\0';
	bad = mr_utf8_check(copy, to);
	if (bad != to)
		return fail(parse->query,
		            offset + encoded_offset(piece,
		                                    (size_t)(bad - copy)),
		            "not UTF-8");
	*decoded = (struct mr_string){ copy, (size_t)(to - copy) };
	return MR_OK;
}

static enum mr_err
add(struct parse *parse, struct mr_string piece)
{
	struct mr_query *query = parse->query;
	struct mr_parameter *parameter = &query->parameters[query->count];
	const char *equals = memchr(piece.data, '=', piece.length);
	struct mr_string name = piece;
	struct mr_string value = { piece.data + piece.length, 0 };
	enum mr_err err;

	if (equals != NULL) {
		name.length = (size_t)(equals - piece.data);
		value.data = equals + 1;
		value.length = piece.length - name.length - 1;
	}
	err = decode(parse, name, &parameter->name);
	if (err == MR_OK)
		err = decode(parse, value, &parameter->value);
	if (err == MR_OK)
		query->count++;
	return err;
}

static size_t
pieces(struct mr_string text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.length; i++)
		count += text.data[i] == '&';
	return count;
}

enum mr_err
mr_query_parse(struct mr_query *query, struct mr_string text,
               struct mr_arena *arena)
{
	struct parse parse = { query, text.data, arena };
	enum mr_err err = MR_OK;
	size_t offset = 0;

	*query = (struct mr_query){ 0 };
	if (text.length == 0)
		return MR_OK;
	if (text.length > MR_QUERY_LENGTH)
		return MR_URI_TOO_LONG;
	query->parameters = mr_arena_alloc(
	    arena, pieces(text) * sizeof(*query->parameters));
	if (query->parameters == NULL)
		return MR_MEMORY;
	while (err == MR_OK && offset < text.length) {
		const char *at = text.data + offset;
		const char *end = memchr(at, '&', text.length - offset);
		size_t length =
		    end == NULL ? text.length - offset : (size_t)(end - at);

		if (length > 0)
			err = add(&parse, (struct mr_string){ at, length });
		offset += length + 1;
	}
	return err;
}
