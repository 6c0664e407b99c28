/*
 * time.h: times as people and other programs read them.
 */
#ifndef MR_BASE_TIME_H
#define MR_BASE_TIME_H

#include <stdint.h>

/* The last ms of the year 9999, behind which RFC 3339 has no words. */
#define MR_TIME_LAST INT64_C(253402300799999)

/*
 * Writes ms of Unix time as RFC 3339 has it, in UTC, such as
 * "2026-07-01T12:00:00.123Z"; "" for what is below 0 or above MR_TIME_LAST.
 */
#define MR_TIME_TEXT 25 /* bytes, with the NUL */
void mr_time_print(int64_t ms, char text[MR_TIME_TEXT]);

#endif
