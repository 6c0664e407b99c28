/*
 * setting.h: one configurable value: its kind, limits, default and help.
 */
#ifndef FCGI_SETTING_H
#define FCGI_SETTING_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The member that a setting sets is a bool; a uint64_t for a choice, a count,
 * an octal number, milliseconds or bytes; a char array of max + 1 bytes for a
 * text.  A list is texts NAME=VALUE, each with its NUL, one more NUL at the
 * end, in a char array of max + 1 bytes.
 */
enum setting_kind {
	SETTING_TEXT,
	SETTING_BOOL,
	SETTING_CHOICE,
	SETTING_COUNT,
	SETTING_OCTAL,
	SETTING_DURATION,
	SETTING_SIZE,
	SETTING_LIST
};

/* Bytes of one text of a list, so that it fits on a line of a file. */
#define SETTING_ITEM 180

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;         /* of the member in its struct */
	uint64_t min, max;     /* of the number, or of the text's length */
	const char *standard;  /* the default, as in a file */
	const char *help;
	const char *const *choices;        /* of a choice, and a NULL */
	bool (*check)(const char *text);   /* of a text; NULL: any will do */
	const char *domain; /* with check: what it accepts */
};

/*
 * From text as it stands in a file; false when that is not in the domain.  Of
 * a list, text replaces the one of the same NAME, and "" empties it.
 */
bool setting_set(const struct setting *setting, void *record, const char *text);

/* The value as it would stand in a file: whole lines. */
void setting_print(const struct setting *setting, const void *record,
                   struct mr_buffer *text);

/* What a good value looks like, for complaints: "0 to 1024". */
void setting_print_domain(const struct setting *setting,
                          struct mr_buffer *text);

#endif
