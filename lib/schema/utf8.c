/*
 * utf8.c: reading and writing single characters of UTF-8.
 */
#include "schema/utf8.h"

#include <string.h>

/* The bounds of the second byte are what rules out the ill-formed. */
static const struct {
	unsigned char first_low, first_high, second_low, second_high, length;
} forms[] = {
	{ 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
	{ 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 },
	{ 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
	{ 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
};

static size_t
match(size_t form, const unsigned char *text, size_t available)
{
	size_t length = forms[form].length;

	if (available < length || text[1] < forms[form].second_low ||
	    text[1] > forms[form].second_high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (text[i] < 0x80 || text[i] > 0xBF)
			return 0;
	return length;
}

size_t
mr_utf8_step(const char *text, const char *end)
{
	const unsigned char *bytes = (const unsigned char *)text;

	if (text == end)
		return 0;
	if (*bytes < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (*bytes >= forms[i].first_low &&
		    *bytes <= forms[i].first_high)
			return match(i, bytes, (size_t)(end - text));
	return 0;
}

const char *
mr_utf8_check(const char *text, const char *end)
{
	size_t step;

	while (text < end && (step = mr_utf8_step(text, end)) > 0)
		text += step;
	return text;
}

bool
mr_utf8_is_text(const char *text)
{
	const char *end = text == NULL ? NULL : text + strlen(text);

	return text == NULL || mr_utf8_check(text, end) == end;
}

size_t
mr_utf8_count(const char *text, const char *end)
{
	size_t count = 0;

	for (; text < end; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

size_t
mr_utf8_write(char *to, uint32_t code)
{
	static const unsigned char marks[] = { 0, 0x00, 0xC0, 0xE0, 0xF0 };
	size_t length = code < 0x80      ? 1
	                : code < 0x800   ? 2
	                : code < 0x10000 ? 3
	                                 : 4;

	for (size_t i = length - 1; i > 0; i--) {
		to[i] = (char)(0x80 | (code & 0x3F));
		code >>= 6;
	}
	to[0] = (char)(marks[length] | code);
	return length;
}
