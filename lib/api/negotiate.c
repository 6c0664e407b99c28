/*
 * negotiate.c: media ranges and their parameters.  Pure; what is malformed in
 * a header is passed over, as it can only lose the client a preference.
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
between(const char *begin, const char *end)
{
	return (struct piece){ begin, (size_t)(end - begin) };
}

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
	const char *begin = *at;
	struct piece piece;
	bool quoted = false;

	for (; *at < end && (quoted || **at != mark); (*at)++) {
		if (**at == '"')
			quoted = !quoted;
		else if (quoted && **at == '\\' && *at + 1 < end)
			(*at)++;
	}
	piece = between(begin, *at);
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
	*value = trim(between(at, end));
	if (value->length >= 2 && value->data[0] == '"')
		*value = (struct piece){ value->data + 1, value->length - 2 };
	return true;
}

/*
 * A weight such as "0.25" in thousandths; what is finer is cut.  What is no
 * weight says nothing against the type.
 */
static int
thousandths(struct piece weight)
{
	int value = 0, unit = 1000;

	for (size_t i = 0; i < weight.length; i++) {
		char c = weight.data[i];

		if (i == 1 ? c != '.' : c < '0' || c > '9')
			return 1000;
		if (i != 1) {
			value += (c - '0') * unit;
			unit /= 10;
		}
	}
	return weight.length == 0 || value > 1000 ? 1000 : value;
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

/* The weight among the parameters of a range. */
static int
weight_of(struct piece parameters)
{
	const char *at = parameters.data, *end = at + parameters.length;
	struct piece value;
	int weight = 1000;

	while (at < end)
		if (value_of(split(&at, end, ';'), "q", &value))
			weight = thousandths(value);
	return weight;
}

int
mr_accept_weight(const char *accept, const char *type)
{
	const char *end;
	int closest = 0, weight = 0;

	if (accept == NULL)
		return 1000;
	end = accept + strlen(accept);
	if (trim(between(accept, end)).length == 0)
		return 1000;
	while (accept < end) {
		struct piece item = split(&accept, end, ',');
		const char *at = item.data, *item_end = at + item.length;
		int close = closeness(split(&at, item_end, ';'), type);

		if (close > closest) {
			closest = close;
			weight = weight_of(between(at, item_end));
		}
	}
	return weight;
}

/* Also any type/name+json (RFC 6839, section 3.1). */
static bool
is_json(struct piece type)
{
	static const char suffix[] = "+json";
	const size_t length = sizeof(suffix) - 1;
	const char *end = type.data + type.length;
	const char *slash = memchr(type.data, '/', type.length);

	return equals(type, "application/json") ||
	       (slash != NULL && slash > type.data &&
	        (size_t)(end - slash) > length + 1 &&
	        equals(between(end - length, end), suffix));
}

static bool
has_charset_of_json(struct piece parameters)
{
	const char *at = parameters.data, *end = at + parameters.length;
	struct piece charset;

	while (at < end)
		if (value_of(split(&at, end, ';'), "charset", &charset) &&
		    !equals(charset, "utf-8") && !equals(charset, "us-ascii"))
			return false;
	return true;
}

bool
mr_content_is(const char *content_type, enum mr_format format)
{
	const char *end = content_type + strlen(content_type);
	struct piece type = split(&content_type, end, ';');

	if (format != MR_FORMAT_JSON)
		return equals(type, mr_format_type(format));
	return is_json(type) &&
	       has_charset_of_json(between(content_type, end));
}

enum mr_coding
mr_content_coding(const char *content_encoding)
{
	struct piece coding;

	if (content_encoding == NULL)
		return MR_CODING_NONE;
	coding = trim(between(content_encoding,
	                      content_encoding + strlen(content_encoding)));
	if (coding.length == 0 || equals(coding, "identity"))
		return MR_CODING_NONE;
	if (equals(coding, "gzip") || equals(coding, "x-gzip"))
		return MR_CODING_GZIP;
	return MR_CODING_UNKNOWN;
}
