/*
 * setting.c: texts to values and back, with units.
 */
#include "fcgi/config/setting.h"

#include <errno.h>
#include <stdlib.h>

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit units[][5] = {
	[SETTING_COUNT] = { { "", 1 } },
	[SETTING_OCTAL] = { { "", 1 } },
	[SETTING_DURATION] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
	                    { "h", 3600000 } },
	[SETTING_SIZE] = { { "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 },
	                { "G", 1 << 30 } },
};

static bool
parse_number(const struct setting *setting, const char *text, uint64_t *number)
{
	const struct unit *unit = units[setting->kind];
	int base = setting->kind == SETTING_OCTAL ? 8 : 10;
	unsigned long long digits;
	uint64_t product;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	digits = strtoull(text, &end, base);
	while (unit->suffix != NULL && strcmp(unit->suffix, end) != 0)
		unit++;
	if (errno != 0 || unit->suffix == NULL ||
	    __builtin_mul_overflow(digits, unit->factor, &product) ||
	    product < setting->min || product > setting->max)
		return false;
	*number = product;
	return true;
}

static bool
parse_bool(const char *text, bool *value)
{
	bool yes = strcmp(text, "yes") == 0;

	if (!yes && strcmp(text, "no") != 0)
		return false;
	*value = yes;
	return true;
}

static bool
parse_choice(const struct setting *setting, const char *text, uint64_t *number)
{
	for (size_t i = 0; setting->choices[i] != NULL; i++) {
		if (strcmp(setting->choices[i], text) == 0) {
			*number = i;
			return true;
		}
	}
	return false;
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

static bool
parse_text(const struct setting *setting, const char *text, char *member)
{
	size_t length = strlen(text);

	if (length < setting->min || length > setting->max || !is_plain(text) ||
	    (setting->check != NULL && !setting->check(text)))
		return false;
	memcpy(member, text, length + 1);
	return true;
}

/* Lists. */

/* "NAME=" is what makes two texts of a list the same one. */
static bool
has_name(const char *item, const char *text)
{
	return strncmp(item, text, strcspn(text, "=") + 1) == 0;
}

/* The end of the list, which is the place of its last NUL. */
static char *
remove_item(char *list, const char *text)
{
	char *to = list;

	for (char *item = list; *item != '\0';) {
		size_t size = strlen(item) + 1;

		if (!has_name(item, text)) {
			memmove(to, item, size);
			to += size;
		}
		item += size;
	}
	*to = '\0';
	return to;
}

/* How many bytes a list has without the text of a name, and its last NUL. */
static size_t
size_without(const char *list, const char *text)
{
	size_t size = 0;

	for (const char *item = list; *item != '\0'; item += strlen(item) + 1)
		if (!has_name(item, text))
			size += strlen(item) + 1;
	return size;
}

static bool
is_item(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "abcdefghijklmnopqrstuvwxyz0123456789_");

	return length > 0 && text[length] == '=' &&
	       (*text < '0' || *text > '9') && strlen(text) <= SETTING_ITEM &&
	       is_plain(text);
}

static bool
parse_list(const struct setting *setting, const char *text, char *list)
{
	size_t size = strlen(text) + 1;

	if (*text == '\0') {
		*list = '\0';
		return true;
	}
	if (!is_item(text) || size_without(list, text) + size > setting->max)
		return false;
	list = remove_item(list, text);
	memcpy(list, text, size);
	list[size] = '\0';
	return true;
}

bool
setting_set(const struct setting *setting, void *record, const char *text)
{
	void *member = (char *)record + setting->offset;

	switch (setting->kind) {
	case SETTING_TEXT:
		return parse_text(setting, text, member);
	case SETTING_BOOL:
		return parse_bool(text, member);
	case SETTING_CHOICE:
		return parse_choice(setting, text, member);
	case SETTING_LIST:
		return parse_list(setting, text, member);
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

	if (setting->kind == SETTING_OCTAL) {
		mr_buffer_printf(text, "%03llo", (unsigned long long)number);
		return;
	}
	if (setting->kind == SETTING_DURATION && number == 0)
		best++; /* as everyone writes it */
	for (; unit->suffix != NULL; unit++)
		if (number > 0 && number % unit->factor == 0)
			best = unit;
	mr_buffer_printf(text, "%llu%s",
	                 (unsigned long long)(number / best->factor),
	                 best->suffix);
}

static void
print_choices(const struct setting *setting, struct mr_buffer *text)
{
	for (size_t i = 0; setting->choices[i] != NULL; i++) {
		if (i > 0)
			mr_buffer_puts(text, setting->choices[i + 1] == NULL
			                         ? " or "
			                         : ", ");
		mr_buffer_puts(text, setting->choices[i]);
	}
}

void
setting_print_domain(const struct setting *setting, struct mr_buffer *text)
{
	unsigned long long min = setting->min, max = setting->max;

	if (setting->kind == SETTING_BOOL) {
		mr_buffer_puts(text, "yes or no");
	} else if (setting->kind == SETTING_CHOICE) {
		print_choices(setting, text);
	} else if (setting->kind == SETTING_LIST) {
		mr_buffer_printf(text,
		                 "NAME=VALUE of up to %d bytes without ';', "
		                 "with all that are given %llu bytes at most",
		                 SETTING_ITEM, max);
	} else if (setting->domain != NULL) {
		mr_buffer_printf(text, "%s, in %llu bytes at most",
		                 setting->domain, max);
	} else if (setting->kind == SETTING_TEXT) {
		mr_buffer_printf(text, "a text of %llu to %llu bytes without ';'",
		                 min, max);
	} else {
		print_number(setting, setting->min, text);
		mr_buffer_puts(text, " to ");
		print_number(setting, setting->max, text);
	}
}

static void
print_list(const struct setting *setting, const char *list,
           struct mr_buffer *text)
{
	if (*list == '\0')
		mr_buffer_printf(text, "%s = \n", setting->name);
	for (; *list != '\0'; list += strlen(list) + 1)
		mr_buffer_printf(text, "%s = %s\n", setting->name, list);
}

void
setting_print(const struct setting *setting, const void *record,
              struct mr_buffer *text)
{
	const void *member = (const char *)record + setting->offset;

	if (setting->kind == SETTING_LIST) {
		print_list(setting, member, text);
		return;
	}
	mr_buffer_printf(text, "%s = ", setting->name);
	if (setting->kind == SETTING_TEXT)
		mr_buffer_puts(text, member);
	else if (setting->kind == SETTING_BOOL)
		mr_buffer_puts(text, *(const bool *)member ? "yes" : "no");
	else if (setting->kind == SETTING_CHOICE)
		mr_buffer_puts(text,
		               setting->choices[*(const uint64_t *)member]);
	else
		print_number(setting, *(const uint64_t *)member, text);
	mr_buffer_putc(text, '\n');
}
