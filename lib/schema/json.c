/*
 * json.c: the cursor over a JSON text.
 */
#include "schema/json.h"

#include "schema/keys.h"
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

static bool
out_of_memory(struct mr_json *json)
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
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool
is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

static inline void
skip_space(struct mr_json *json)
{
	while (json->at < json->end && is_space(*json->at))
		json->at++;
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

/* Eight ASCII digits to their value, by pairs (D. Lemire, 2018). */
static inline uint32_t
eight_digits(uint64_t chunk)
{
	chunk -= 0x3030303030303030;
	chunk = chunk * 10 + (chunk >> 8);
	return (uint32_t)(((chunk & 0x000000FF000000FF) * 0x000F424000000064 +
	                   ((chunk >> 16) & 0x000000FF000000FF) *
	                       0x0000271000000001) >>
	                  32);
}

static inline bool
are_eight_digits(uint64_t chunk)
{
	return (((chunk + 0x4646464646464646) | (chunk - 0x3030303030303030)) &
	        0x8080808080808080) == 0;
}

/* The digits at *at, as many as there are; the caller judges their number. */
static inline uint64_t
read_digits(const char **at, const char *end)
{
	const char *p = *at;
	uint64_t value = 0, chunk;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && end - p >= 8) {
		memcpy(&chunk, p, sizeof(chunk));
		if (are_eight_digits(chunk)) {
			value = eight_digits(chunk);
			p += 8;
		}
	}
	for (; p < end && is_digit(*p); p++)
		value = value * 10 + (uint64_t)(*p - '0');
	*at = p;
	return value;
}

bool
mr_json_int64(struct mr_json *json, int64_t *value)
{
	const uint64_t limit = (uint64_t)INT64_MAX;
	const char *at, *first;
	uint64_t magnitude;
	bool negative;

	skip_space(json);
	at = json->at;
	negative = at < json->end && *at == '-';
	at += negative;
	first = at;
	magnitude = read_digits(&at, json->end);
	/* 19 digits cannot exceed 64 bits. */
	if (at == first || at - first > 19 || magnitude > limit + negative ||
	    (*first == '0' && at > first + 1))
		return false;
	if (at < json->end && (*at == '.' || *at == 'e' || *at == 'E'))
		return false;
	*value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	json->at = at;
	return true;
}

/* Strings. */

static bool
hex4(const char *at, const char *end, uint32_t *value)
{
	*value = 0;
	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		char letter = (char)(c | 0x20);

		if (is_digit(c))
			*value = *value * 16 + (uint32_t)(c - '0');
		else if (letter >= 'a' && letter <= 'f')
			*value = *value * 16 + (uint32_t)(letter - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* Behind "\u": one unit, or two that make a pair.  NULL: not well-formed. */
static const char *
unicode_escape(const char *at, const char *end, uint32_t *code)
{
	uint32_t low;

	if (!hex4(at, end, code) || (*code >= 0xDC00 && *code <= 0xDFFF))
		return NULL;
	if (*code < 0xD800 || *code > 0xDBFF)
		return at + 4;
	if (end - at < 6 || at[4] != '\\' || at[5] != 'u' ||
	    !hex4(at + 6, end, &low) || low < 0xDC00 || low > 0xDFFF)
		return NULL;
	*code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
	return at + 10;
}

/* Behind a backslash.  NULL: not an escape of JSON. */
static const char *
escape(const char *at, const char *end, uint32_t *code)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (at == end || *at == '\0')
		return NULL;
	if (*at == 'u')
		return unicode_escape(at + 1, end, code);
	letter = strchr(letters, *at);
	if (letter == NULL)
		return NULL;
	*code = (unsigned char)values[letter - letters];
	return at + 1;
}

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
		next = escape(at + 1, json->end, &code);
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
		return out_of_memory(json);
	while (at < quote) {
		if (*at != '\\') {
			*to++ = *at++;
			continue;
		}
		at = escape(at + 1, quote, &code);
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

static bool
skip_word(struct mr_json *json, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(json->end - json->at) < length ||
	    memcmp(json->at, word, length) != 0)
		return mr_json_fail(json, json->at, "not a JSON value");
	json->at += length;
	return true;
}

static bool
skip_array(struct mr_json *json)
{
	bool first = true;

	if (!mr_json_enter(json))
		return false;
	while (mr_json_more(json, &first, ']'))
		mr_json_skip(json);
	return json->err == MR_OK;
}

static bool
skip_object(struct mr_json *json)
{
	struct mr_keys keys = { 0 };
	const struct mr_key *repeated;
	struct mr_string key;
	bool first = true;

	if (!mr_json_enter(json))
		return false;
	while (mr_json_more(json, &first, '}')) {
		const char *at = (mr_json_peek(json), json->at);

		if (!mr_json_key(json, &key))
			return false;
		if (!mr_keys_add(&keys, key, (size_t)(at - json->start),
		                 json->arena))
			return out_of_memory(json);
		mr_json_skip(json);
	}
	repeated = mr_keys_repeated(&keys);
	if (repeated != NULL)
		return mr_json_fail(json, json->start + repeated->offset,
		                    "the key stands twice");
	return json->err == MR_OK;
}

bool
mr_json_skip(struct mr_json *json)
{
	struct mr_json_number number;
	struct mr_string string;

	switch (mr_json_peek(json)) {
	case MR_JSON_NULL:
		return skip_word(json, "null");
	case MR_JSON_FALSE:
		return skip_word(json, "false");
	case MR_JSON_TRUE:
		return skip_word(json, "true");
	case MR_JSON_NUMBER:
		return mr_json_number(json, &number);
	case MR_JSON_STRING:
		return mr_json_string(json, &string);
	case MR_JSON_ARRAY:
		return skip_array(json);
	case MR_JSON_OBJECT:
		return skip_object(json);
	case MR_JSON_NONE:
		break;
	}
	return mr_json_fail(json, json->at, json->at == json->end
	                                        ? "a value is missing"
	                                        : "not a JSON value");
}
