/*
 * escape.c: reading and writing escapes.
 */
#include "schema/escape.h"

#include <string.h>

/* The letters behind a backslash, and what they stand for. */
static const char letters[] = "\"\\/bfnrt";
static const char values[] = "\"\\/\b\f\n\r\t";

static bool
hex4(const char *at, const char *end, uint32_t *value)
{
	*value = 0;
	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		char letter = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
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

const char *
mr_escape_read(const char *at, const char *end, uint32_t *code)
{
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

size_t
mr_escape_write(char *to, unsigned char c)
{
	static const char hexadecimal[] = "0123456789abcdef";
	const char *value = c == '\0' ? NULL : strchr(values, c);

	to[0] = '\\';
	if (value != NULL) {
		to[1] = letters[value - values];
		return 2;
	}
	memcpy(to + 1, "u00", 3);
	to[4] = hexadecimal[c >> 4];
	to[5] = hexadecimal[c & 15];
	return 6;
}

static void
put_escape(struct mr_buffer *json, unsigned char c)
{
	char *room = mr_buffer_room(json, MR_ESCAPE_LONGEST);

	if (room != NULL)
		json->length += mr_escape_write(room, c);
}

void
mr_escape_text(struct mr_buffer *json, struct mr_string text)
{
	const char *at = text.data, *end = at + text.length, *plain;

	mr_buffer_putc(json, '"');
	while (at < end) {
		plain = at;
		while (at < end && !mr_escape_needed((unsigned char)*at))
			at++;
		mr_buffer_append(json, plain, (size_t)(at - plain));
		if (at < end)
			put_escape(json, (unsigned char)*at++);
	}
	mr_buffer_putc(json, '"');
}
