/*
 * time.c: Unix time as a date and a time of day.
 */
#include "base/time.h"

#include <stdio.h>
#include <time.h>

void
mr_time_print(int64_t ms, char text[MR_TIME_TEXT])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm utc;
	size_t length;

	*text = '\0';
	if (ms < 0 || ms > MR_TIME_LAST || gmtime_r(&seconds, &utc) == NULL)
		return;
	length = strftime(text, MR_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + length, MR_TIME_TEXT - length, ".%03uZ",
	         (unsigned)(ms % 1000));
}
