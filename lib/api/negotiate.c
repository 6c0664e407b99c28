/*
 * negotiate.c: media ranges and their parameters.
 */
#include "api/negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* A piece of a header; not terminated. */
struct piece {
	const char *data;
	size_t length;
};

static struct piece
trim(struct piece piece)
{
	while (piece.length > 0 && strchr(" \t", piece.data[0]) != NULL)
		piece.data++, piece.length--;
	while (piece.length > 0 &&
	       strchr(" \t", piece.data[piece.length - 1]) != NULL)
		piece.length--;
	return piece;
}

/* The piece before the next mark outside quotes; *at steps behind the mark. */
static struct piece
split(const char **at, const char *end, char mark)
{
	struct piece piece = { *at, 0 };
	bool quoted = false;

	for (; *at < end && (quoted || **at != mark); (*at)++) {
		if (**at == '"')
			quoted = !quoted;
		else if (quoted && **at == '\\' && *at + 1 < end)
			(*at)++;
	}
	piece.length = (size_t)(*at - piece.data);
	*at += *at < end;
	return trim(piece);
}

static bool
equals(struct piece piece, const char *text)
{
	return piece.length == strlen(text) &&
	       strncasecmp(piece.data, text, piece.length) == 0;
}

/* The value of a parameter of that name, without quotes. */
static bool
value_of(struct piece parameter, const char *name, struct piece *value)
{
	const char *at = parameter.data;
	const char *end = at + parameter.length;

	if (!equals(split(&at, end, '='), name))
		return false;
	*value = trim((struct piece){ at, (size_t)(end - at) });
	if (value->length >= 2 && value->data[0] == '"')
		*value = (struct piece){ value->data + 1, value->length - 2 };
	return true;
}

/* Whether a weight is "0", "0.", "0.0", ...: not acceptable. */
static bool
is_zero(struct piece weight)
{
	for (size_t i = 0; i < weight.length; i++)
		if (weight.data[i] != (i == 1 ? '.' : '0'))
			return false;
	return weight.length > 0;
}

/* How closely a range names the type: 3 exactly, 2 type/..., 1 any, 0 not. */
static int
closeness(struct piece range, const char *type)
{
	size_t major = (size_t)(strchr(type, '/') - type) + 1;

	if (equals(range, type))
		return 3;
	if (range.length == major + 1 && range.data[major] == '*' &&
	    strncasecmp(range.data, type, major) == 0)
		return 2;
	return equals(range, "*/*") ? 1 : 0;
}

bool
mr_accepts(const char *accept, const char *type)
{
	const char *end;
	int closest = 0;
	bool accepted = false;

	if (accept == NULL)
		return true;
	end = accept + strlen(accept);
	if (trim((struct piece){ accept, (size_t)(end - accept) }).length == 0)
		return true;
	while (accept < end) {
		struct piece item = split(&accept, end, ','), weight;
		const char *at = item.data, *item_end = at + item.length;
		int close = closeness(split(&at, item_end, ';'), type);
		bool zero = false;

		while (at < item_end)
			if (value_of(split(&at, item_end, ';'), "q", &weight))
				zero = is_zero(weight);
		if (close > closest) {
			closest = close;
			accepted = !zero;
		}
	}
	return accepted;
}

static bool
is_json(struct piece type)
{
	static const char suffix[] = "+json";
	const size_t length = sizeof(suffix) - 1;

	return equals(type, "application/json") ||
	       (type.length > length &&
	        equals((struct piece){ type.data + type.length - length,
	                               length },
	               suffix));
}

bool
mr_content_is_json(const char *content_type)
{
	const char *end = content_type + strlen(content_type);
	struct piece charset;

	if (!is_json(split(&content_type, end, ';')))
		return false;
	while (content_type < end)
		if (value_of(split(&content_type, end, ';'), "charset",
		             &charset) &&
		    !equals(charset, "utf-8") && !equals(charset, "us-ascii"))
			return false;
	return true;
}

bool
mr_content_is_plain(const char *content_encoding)
{
	struct piece encoding;

	if (content_encoding == NULL)
		return true;
	encoding = trim((struct piece){ content_encoding,
	                                strlen(content_encoding) });
	return encoding.length == 0 || equals(encoding, "identity");
}
