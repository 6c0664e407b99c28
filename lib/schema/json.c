/*
 * json.c: the cursor over a JSON text.
 */
#include "schema/json.h"

#include "schema/escape.h"
#include "schema/integer.h"
#include "schema/number.h"
#include "schema/space.h"
#include "schema/utf8.h"

#include <string.h>

bool
mr_json_fail(struct mr_json *json, const char *at, const char *reason)
{
	if (json->err == MR_OK) {
		json->err = MR_SYNTAX;
		json->reason = reason;
		json->offset = (size_t)(at - json->start);
	}
	json->at = json->end;
	return false;
}

bool
mr_json_exhaust(struct mr_json *json)
{
	if (json->err == MR_OK)
		json->err = MR_MEMORY;
	json->at = json->end;
	return false;
}

void
mr_json_start(struct mr_json *json, struct mr_string text,
              struct mr_arena *arena)
{
	*json = (struct mr_json){
		.start = text.data,
		.at = text.data,
		.end = text.data + text.length,
		.arena = arena,
	};
	if (text.length >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
		mr_json_fail(json, text.data, "a byte order mark is not JSON");
}

static inline bool
is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

static inline void
skip_space(struct mr_json *json)
{
	json->at = mr_behind_space(json->at, json->end);
}

const char *
mr_json_place(struct mr_json *json)
{
	skip_space(json);
	return json->at;
}

enum mr_json_type
mr_json_peek(struct mr_json *json)
{
	skip_space(json);
	if (json->at == json->end)
		return MR_JSON_NONE;
	switch (*json->at) {
	case 'n':
		return MR_JSON_NULL;
	case 'f':
		return MR_JSON_FALSE;
	case 't':
		return MR_JSON_TRUE;
	case '"':
		return MR_JSON_STRING;
	case '[':
		return MR_JSON_ARRAY;
	case '{':
		return MR_JSON_OBJECT;
	default:
		return *json->at == '-' || is_digit(*json->at) ? MR_JSON_NUMBER
		                                               : MR_JSON_NONE;
	}
}

bool
mr_json_finish(struct mr_json *json)
{
	skip_space(json);
	if (json->at < json->end)
		mr_json_fail(json, json->at, "nothing may follow the value");
	return json->err == MR_OK;
}

/* Numbers. */

static const char *
digits(const char *at, const char *end)
{
	while (at < end && is_digit(*at))
		at++;
	return at;
}

/* Steps over one digit or more; NULL where there is none. */
static const char *
some_digits(struct mr_json *json, const char *at, const char *reason)
{
	const char *behind = digits(at, json->end);

	if (behind > at)
		return behind;
	mr_json_fail(json, at, reason);
	return NULL;
}

/* An optional fraction and exponent. */
static const char *
scale(struct mr_json *json, const char *at)
{
	if (at < json->end && *at == '.') {
		at = some_digits(json, at + 1, "a digit must follow the point");
		if (at == NULL)
			return NULL;
	}
	if (at < json->end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < json->end && (*at == '+' || *at == '-'))
			at++;
		at = some_digits(json, at, "the exponent has no digit");
	}
	return at;
}

bool
mr_json_number(struct mr_json *json, struct mr_json_number *number)
{
	const char *first, *whole, *behind;

	skip_space(json);
	first = json->at;
	if (first < json->end && *first == '-')
		first++;
	whole = some_digits(json, first, "a number was expected");
	if (whole == NULL)
		return false;
	if (*first == '0' && whole > first + 1)
		return mr_json_fail(json, first,
		                    "a number may not begin with a zero");
	behind = scale(json, whole);
	if (behind == NULL)
		return false;
	number->text = json->at;
	number->length = (size_t)(behind - json->at);
	number->integral = behind == whole;
	json->at = behind;
	return true;
}

bool
mr_json_int64(struct mr_json *json, int64_t *value)
{
	const char *behind;

	skip_space(json);
	behind = mr_integer_read(json->at, json->end, value);
	if (behind == NULL || (behind < json->end &&
	                       (*behind == '.' || *behind == 'e' ||
	                        *behind == 'E')))
		return false;
	json->at = behind;
	return true;
}

size_t
mr_json_int64s(struct mr_json *json, int64_t *values, size_t room)
{
	return mr_integers_read(&json->at, json->end, values, room);
}

size_t
mr_json_doubles(struct mr_json *json, double *values, size_t room)
{
	return mr_numbers_read(&json->at, json->end, values, room);
}

/* Strings. */

/* The end of what can be taken as it stands: a quote, a backslash, an error. */
static const char *
plain_end(const char *at, const char *end)
{
	size_t step;

	for (;;) {
		while (at < end && (unsigned char)*at >= 0x20 && *at != '"' &&
		       *at != '\\' && (unsigned char)*at < 0x80)
			at++;
		if (at == end || (unsigned char)*at < 0x80)
			return at;
		step = mr_utf8_step(at, end);
		if (step == 0)
			return at;
		at += step;
	}
}

static bool
string_fault(struct mr_json *json, const char *at)
{
	if (at == json->end)
		return mr_json_fail(json, at, "the text ends inside a string");
	if (*at == '\\')
		return mr_json_fail(json, at, "not an escape sequence");
	if ((unsigned char)*at < 0x20)
		return mr_json_fail(json, at,
		                    "a control character must be escaped");
	return mr_json_fail(json, at, "not UTF-8");
}

/*
 * The closing quote of the string whose first escape is at `at`; NULL after
 * an error.  Only steps over.
 */
static const char *
escaped_end(struct mr_json *json, const char *at)
{
	const char *next;
	uint32_t code;

	while (at < json->end && *at == '\\') {
		next = mr_escape_read(at + 1, json->end, &code);
		if (next == NULL)
			break;
		at = plain_end(next, json->end);
	}
	if (at < json->end && *at == '"')
		return at;
	string_fault(json, at);
	return NULL;
}

/* An unescaped copy of what escaped_end has found to be good. */
static bool
unescape(struct mr_json *json, const char *at, const char *quote,
         struct mr_string *string)
{
	char *copy = mr_arena_alloc(json->arena, (size_t)(quote - at));
	char *to = copy;
	uint32_t code;

	if (copy == NULL)
		return mr_json_exhaust(json);
	while (at < quote) {
		if (*at != '\\') {
			*to++ = *at++;
			continue;
		}
		at = mr_escape_read(at + 1, quote, &code);
		to += mr_utf8_write(to, code);
	}
	string->data = copy;
	string->length = (size_t)(to - copy);
	return true;
}

bool
mr_json_string(struct mr_json *json, struct mr_string *string)
{
	const char *first, *plain, *quote;

	if (mr_json_peek(json) != MR_JSON_STRING)
		return mr_json_fail(json, json->at, "a string was expected");
	first = json->at + 1;
	plain = plain_end(first, json->end);
	quote = escaped_end(json, plain);
	if (quote == NULL)
		return false;
	json->at = quote + 1;
	if (quote != plain)
		return unescape(json, first, quote, string);
	string->data = first;
	string->length = (size_t)(quote - first);
	return true;
}

/* Arrays and objects. */

bool
mr_json_enter(struct mr_json *json)
{
	if (json->depth == MR_JSON_DEPTH)
		return mr_json_fail(json, json->at, "nested too deeply");
	json->depth++;
	json->at++;
	return true;
}

bool
mr_json_more(struct mr_json *json, bool *first, char close)
{
	skip_space(json);
	if (json->at == json->end)
		return mr_json_fail(json, json->at, "the text ends too early");
	if (*json->at == close) {
		json->at++;
		json->depth--;
		return false;
	}
	if (*first) {
		*first = false;
		return true;
	}
	if (*json->at != ',')
		return mr_json_fail(json, json->at,
		                    close == ']' ? "',' or ']' was expected"
		                                 : "',' or '}' was expected");
	json->at++;
	return true;
}

bool
mr_json_key(struct mr_json *json, struct mr_string *key)
{
	if (mr_json_peek(json) != MR_JSON_STRING)
		return mr_json_fail(json, json->at,
		                    "a key in quotes was expected");
	if (!mr_json_string(json, key))
		return false;
	skip_space(json);
	if (json->at == json->end || *json->at != ':')
		return mr_json_fail(json, json->at, "':' was expected");
	json->at++;
	return true;
}

bool
mr_json_word(struct mr_json *json, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(json->end - json->at) < length ||
	    memcmp(json->at, word, length) != 0)
		return mr_json_fail(json, json->at, "not a JSON value");
	json->at += length;
	return true;
}
