/*
 * signal_name.c: the C library's names, with their prefix.
 */
#include "base/signal_name.h"

#include <stdio.h>
#include <string.h>

void
mr_signal_name(int signal, char name[MR_SIGNAL_NAME])
{
	const char *word = sigabbrev_np(signal);

	if (word == NULL)
		snprintf(name, MR_SIGNAL_NAME, "%d", signal);
	else
		snprintf(name, MR_SIGNAL_NAME, "SIG%s", word);
}
