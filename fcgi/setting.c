/*
 * setting.c: texts to values and back, with units.
 */
#include "fcgi/setting.h"

#include <errno.h>
#include <stdlib.h>

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit units[][5] = {
	[SETTING_COUNT] = { { "", 1 } },
	[SETTING_DURATION] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
	                    { "h", 3600000 } },
	[SETTING_SIZE] = { { "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 },
	                { "G", 1 << 30 } },
};

static bool
parse_number(const struct setting *setting, const char *text, uint64_t *number)
{
	const struct unit *unit = units[setting->kind];
	unsigned long long digits;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	digits = strtoull(text, &end, 10);
	while (unit->suffix != NULL && strcmp(unit->suffix, end) != 0)
		unit++;
	return errno == 0 && unit->suffix != NULL &&
	       !__builtin_mul_overflow(digits, unit->factor, number) &&
	       *number >= setting->min && *number <= setting->max;
}

static bool
parse_bool(const char *text, bool *value)
{
	*value = strcmp(text, "yes") == 0;
	return *value || strcmp(text, "no") == 0;
}

/* Whether it reads back as it is from a file, where ';' is a comment. */
static bool
is_plain(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == ';')
			return false;
	return length == 0 ||
	       (text[0] != ' ' && text[length - 1] != ' ');
}

bool
setting_set(const struct setting *setting, void *record, const char *text)
{
	void *member = (char *)record + setting->offset;
	size_t length = strlen(text);

	switch (setting->kind) {
	case SETTING_TEXT:
		if (length < setting->min || length > setting->max ||
		    !is_plain(text))
			return false;
		memcpy(member, text, length + 1);
		return true;
	case SETTING_BOOL:
		return parse_bool(text, member);
	default:
		return parse_number(setting, text, member);
	}
}

/* In the largest unit that divides it. */
static void
print_number(const struct setting *setting, uint64_t number,
             struct mr_buffer *text)
{
	const struct unit *unit = units[setting->kind], *best = unit;

	for (; unit->suffix != NULL; unit++)
		if (number > 0 && number % unit->factor == 0)
			best = unit;
	mr_buffer_printf(text, "%llu%s",
	                 (unsigned long long)(number / best->factor),
	                 best->suffix);
}

void
setting_print_domain(const struct setting *setting, struct mr_buffer *text)
{
	if (setting->kind == SETTING_BOOL) {
		mr_buffer_puts(text, "yes or no");
	} else if (setting->kind == SETTING_TEXT) {
		mr_buffer_printf(text, "a text of %llu to %llu bytes without ';'",
		                 (unsigned long long)setting->min,
		                 (unsigned long long)setting->max);
	} else {
		print_number(setting, setting->min, text);
		mr_buffer_puts(text, " to ");
		print_number(setting, setting->max, text);
	}
}

void
setting_print(const struct setting *setting, const void *record,
              struct mr_buffer *text)
{
	const void *member = (const char *)record + setting->offset;

	if (setting->kind == SETTING_TEXT)
		mr_buffer_puts(text, member);
	else if (setting->kind == SETTING_BOOL)
		mr_buffer_puts(text, *(const bool *)member ? "yes" : "no");
	else
		print_number(setting, *(const uint64_t *)member, text);
}
