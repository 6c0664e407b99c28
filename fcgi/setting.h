/*
 * setting.h: one configurable value: its kind, limits, default and help.
 */
#ifndef FCGI_SETTING_H
#define FCGI_SETTING_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The member that a setting sets is a char array of max + 1 bytes, a bool, or
 * a uint64_t: a count, milliseconds, or bytes.
 */
enum setting_kind {
	SETTING_TEXT,
	SETTING_BOOL,
	SETTING_COUNT,
	SETTING_DURATION,
	SETTING_SIZE
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;         /* of the member in its struct */
	uint64_t min, max;     /* of the number, or of the text's length */
	const char *standard;  /* the default, as in a file */
	const char *help;
};

/* From text as it stands in a file; false when that is not in the domain. */
bool setting_set(const struct setting *setting, void *record, const char *text);

/* The value as it would stand in a file. */
void setting_print(const struct setting *setting, const void *record,
                   struct mr_buffer *text);

/* What a good value looks like, for complaints: "0 to 1024". */
void setting_print_domain(const struct setting *setting,
                          struct mr_buffer *text);

#endif
