/*
 * negotiate.c: media ranges and their parameters.  Pure; what is malformed in
 * a header is passed over, as it can only lose the client a preference.
 */
#include "api/negotiate.h"

#include "api/field_value.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The value of a parameter of that name, without quotes. */
static bool
value_of(struct mr_piece parameter, const char *name, struct mr_piece *value)
{
	const char *at = parameter.data;
	const char *end = at + parameter.length;

	if (!mr_piece_is(mr_piece_split(&at, end, '='), name))
		return false;
	*value = mr_piece_trim(mr_piece_between(at, end));
	if (value->length >= 2 && value->data[0] == '"')
		*value = (struct mr_piece){ value->data + 1, value->length - 2 };
	return true;
}

/*
 * A weight such as "0.25" in thousandths; what is finer is cut.  What is no
 * weight says nothing against the type.
 */
static int
thousandths(struct mr_piece weight)
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
closeness(struct mr_piece range, const char *type)
{
	size_t major = (size_t)(strchr(type, '/') - type) + 1;

	if (mr_piece_is(range, type))
		return 3;
	if (range.length == major + 1 && range.data[major] == '*' &&
	    strncasecmp(range.data, type, major) == 0)
		return 2;
	return mr_piece_is(range, "*/*") ? 1 : 0;
}

/* The weight among the parameters of a range. */
static int
weight_of(struct mr_piece parameters)
{
	const char *at = parameters.data, *end = at + parameters.length;
	struct mr_piece value;
	int weight = 1000;

	while (at < end)
		if (value_of(mr_piece_split(&at, end, ';'), "q", &value))
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
	if (mr_piece_trim(mr_piece_between(accept, end)).length == 0)
		return 1000;
	while (accept < end) {
		struct mr_piece item = mr_piece_split(&accept, end, ',');
		const char *at = item.data, *item_end = at + item.length;
		int close = closeness(mr_piece_split(&at, item_end, ';'), type);

		if (close > closest) {
			closest = close;
			weight = weight_of(mr_piece_between(at, item_end));
		}
	}
	return weight;
}

/* Also any type/name+json (RFC 6839, section 3.1). */
static bool
is_json(struct mr_piece type)
{
	static const char suffix[] = "+json";
	const size_t length = sizeof(suffix) - 1;
	const char *end = type.data + type.length;
	const char *slash = memchr(type.data, '/', type.length);

	return mr_piece_is(type, "application/json") ||
	       (slash != NULL && slash > type.data &&
	        (size_t)(end - slash) > length + 1 &&
	        mr_piece_is(mr_piece_between(end - length, end), suffix));
}

static bool
has_charset_of_json(struct mr_piece parameters)
{
	const char *at = parameters.data, *end = at + parameters.length;
	struct mr_piece charset;

	while (at < end)
		if (value_of(mr_piece_split(&at, end, ';'), "charset", &charset) &&
		    !mr_piece_is(charset, "utf-8") && !mr_piece_is(charset, "us-ascii"))
			return false;
	return true;
}

bool
mr_content_is(const char *content_type, enum mr_format format)
{
	const char *end = content_type + strlen(content_type);
	struct mr_piece type = mr_piece_split(&content_type, end, ';');

	if (format != MR_FORMAT_JSON)
		return mr_piece_is(type, mr_format_type(format));
	return is_json(type) &&
	       has_charset_of_json(mr_piece_between(content_type, end));
}

enum mr_coding
mr_content_coding(const char *content_encoding)
{
	struct mr_piece coding;

	if (content_encoding == NULL)
		return MR_CODING_NONE;
	coding = mr_piece_trim(mr_piece_between(content_encoding,
	                      content_encoding + strlen(content_encoding)));
	if (coding.length == 0 || mr_piece_is(coding, "identity"))
		return MR_CODING_NONE;
	if (mr_piece_is(coding, "gzip") || mr_piece_is(coding, "x-gzip"))
		return MR_CODING_GZIP;
	return MR_CODING_UNKNOWN;
}
