/*
 * cpus.c: reads a list of processors.  Whether they exist is not known here.
 */
#include "fcgi/config/cpus.h"

#include <stddef.h>

/* Moves behind a number of decimal digits. */
static bool
take_number(const char **text, size_t *number)
{
	if (**text < '0' || **text > '9')
		return false;
	for (*number = 0; **text >= '0' && **text <= '9'; ++*text) {
		*number = 10 * *number + (size_t)(**text - '0');
		if (*number >= CPU_SETSIZE)
			return false;
	}
	return true;
}

/* Moves behind "3" or "3-5". */
static bool
take_range(const char **text, cpu_set_t *set)
{
	size_t first, last;

	if (!take_number(text, &first))
		return false;
	last = first;
	if (**text == '-') {
		++*text;
		if (!take_number(text, &last) || last < first)
			return false;
	}
	for (; first <= last; first++)
		CPU_SET(first, set);
	return true;
}

bool
cpus_parse(const char *text, cpu_set_t *set)
{
	CPU_ZERO(set);
	while (take_range(&text, set)) {
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			return false;
	}
	return false;
}
