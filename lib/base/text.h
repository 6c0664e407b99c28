/*
 * text.h: C strings as strings that know their length.
 */
#ifndef MR_BASE_TEXT_H
#define MR_BASE_TEXT_H

#include "millrace.h"

#include <string.h>

/* Of a text that stays; NULL stays so, with length 0. */
static inline struct mr_string
mr_string_of(const char *text)
{
	return (struct mr_string){ text, text == NULL ? 0 : strlen(text) };
}

#endif
