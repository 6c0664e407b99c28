/*
 * job_headers.c: priorities, times, numbers of attempts, keys.
 */
#include "api/job_headers.h"

#include "api/field_value.h"
#include "base/time.h"
#include "jobs/job.h"

#include <string.h>
#include <strings.h>

/* Priority. */

static bool
is_key(struct mr_piece key)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz*";
	static const char further[] = "abcdefghijklmnopqrstuvwxyz*"
	                              "0123456789_-.";

	return key.length > 0 && memchr(first, key.data[0], sizeof(first) - 1) &&
	       strspn(key.data, further) >= key.length;
}

/* A member of a dictionary, KEY=VALUE;PARAMETERS; the last of a key holds. */
static bool
read_member(struct mr_piece member, int *urgency)
{
	const char *at = member.data, *end = at + member.length;
	struct mr_piece pair = mr_piece_split(&at, end, ';');
	const char *equals = memchr(pair.data, '=', pair.length);
	struct mr_piece key = pair, value = { "", 0 };

	end = pair.data + pair.length;
	if (equals != NULL) {
		key = mr_piece_between(pair.data, equals);
		value = mr_piece_between(equals + 1, end);
	}
	if (!is_key(key) || (equals != NULL && value.length == 0))
		return false;
	if (!mr_piece_is(key, "u"))
		return true;
	*urgency = value.length == 1 && *value.data >= '0' &&
	                   *value.data <= '0' + MR_JOB_PRIORITY_LAST
	               ? *value.data - '0'
	               : MR_JOB_PRIORITY_DEFAULT;
	return true;
}

int
mr_job_headers_priority(const char *priority)
{
	const char *end = priority == NULL ? NULL : priority + strlen(priority);
	int urgency = MR_JOB_PRIORITY_DEFAULT;

	while (priority < end)
		if (!read_member(mr_piece_split(&priority, end, ','), &urgency))
			return MR_JOB_PRIORITY_DEFAULT;
	return urgency;
}

/* Times. */

struct moment {
	int year, month, day, hour, minute, second;
	int ms;
	int offset; /* minutes that it is ahead of UTC */
};

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
		                    31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* 60 is a leap second, which Unix time does not count: the next one begins. */
static bool
is_moment(const struct moment *moment)
{
	return moment->year >= 1970 && moment->month >= 1 &&
	       moment->month <= 12 && moment->day >= 1 &&
	       moment->day <= days_of(moment->year, moment->month) &&
	       moment->hour <= 23 && moment->minute <= 59 &&
	       moment->second <= 60;
}

static bool
to_unix(const struct moment *moment, int64_t *ms)
{
	int64_t days = moment->day - 1;

	if (!is_moment(moment))
		return false;
	for (int year = 1970; year < moment->year; year++)
		days += 365 + is_leap(year);
	for (int month = 1; month < moment->month; month++)
		days += days_of(moment->year, month);
	*ms = ((days * 24 + moment->hour) * 60 + moment->minute -
	       moment->offset) * 60000 +
	      (int64_t)moment->second * 1000 + moment->ms;
	return *ms >= 0 && *ms <= MR_TIME_LAST;
}

/* The three below step over what they read. */
static bool
take_number(const char **text, int digits, int *number)
{
	for (*number = 0; digits > 0; digits--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*number = *number * 10 + **text - '0';
	}
	return true;
}

static bool
take(const char **text, const char *words)
{
	size_t length = strlen(words);

	if (strncasecmp(*text, words, length) != 0)
		return false;
	*text += length;
	return true;
}

/* One of count names of three letters each; which, from 1. */
static bool
take_name(const char **text, const char *names, int count, int *number)
{
	for (*number = 1; *number <= count; ++*number, names += 3) {
		if (strncmp(*text, names, 3) != 0)
			continue;
		*text += 3;
		return true;
	}
	return false;
}

static bool
take_clock(const char **text, struct moment *moment)
{
	return take_number(text, 2, &moment->hour) && take(text, ":") &&
	       take_number(text, 2, &moment->minute) && take(text, ":") &&
	       take_number(text, 2, &moment->second);
}

/* A fraction of a second, of which what is finer than ms is cut. */
static bool
take_fraction(const char **text, int *ms)
{
	int unit = 100;

	if (!take(text, "."))
		return true;
	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; (*text)++, unit /= 10)
		*ms += (**text - '0') * unit;
	return true;
}

static bool
take_offset(const char **text, int *offset)
{
	int sign = **text == '-' ? -1 : 1, hours, minutes;

	if (take(text, "Z"))
		return true;
	if ((!take(text, "+") && !take(text, "-")) ||
	    !take_number(text, 2, &hours) || !take(text, ":") ||
	    !take_number(text, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset = sign * (hours * 60 + minutes);
	return true;
}

static bool
read_rfc3339(const char *text, struct moment *moment)
{
	return take_number(&text, 4, &moment->year) && take(&text, "-") &&
	       take_number(&text, 2, &moment->month) && take(&text, "-") &&
	       take_number(&text, 2, &moment->day) && take(&text, "T") &&
	       take_clock(&text, moment) && take_fraction(&text, &moment->ms) &&
	       take_offset(&text, &moment->offset) && *text == '\0';
}

/* The day of the week is not held against the date. */
static bool
read_fixdate(const char *text, struct moment *moment)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int weekday;

	return take_name(&text, days, 7, &weekday) && take(&text, ", ") &&
	       take_number(&text, 2, &moment->day) && take(&text, " ") &&
	       take_name(&text, months, 12, &moment->month) &&
	       take(&text, " ") && take_number(&text, 4, &moment->year) &&
	       take(&text, " ") && take_clock(&text, moment) &&
	       strcmp(text, " GMT") == 0;
}

bool
mr_job_headers_time(const char *text, int64_t *ms)
{
	struct moment moment = { .ms = 0 };

	if (!read_rfc3339(text, &moment)) {
		moment = (struct moment){ .ms = 0 };
		if (!read_fixdate(text, &moment))
			return false;
	}
	return to_unix(&moment, ms);
}

/* Attempts. */

bool
mr_job_headers_attempts(const char *text, int *attempts)
{
	const struct mr_piece piece = { text, strlen(text) };
	long long number;

	if (!mr_piece_number(piece, MR_JOB_HEADERS_ATTEMPTS + 1, &number))
		return false;
	*attempts = (int)number;
	return true;
}

/* Keys. */

/* A space needs quotes, and so do the marks that would begin something else. */
static bool
stands_bare(char c)
{
	return c > ' ' && c <= '~' && strchr("\",;\\", c) == NULL;
}

/* What stands between quotes, which `at` is behind the first of. */
static bool
read_string(const char *at, char key[MR_JOB_HEADERS_KEY + 1])
{
	size_t length = 0;

	for (; *at != '"'; at++) {
		if (*at == '\\' && *++at != '"' && *at != '\\')
			return false;
		if (*at < ' ' || *at > '~' || length == MR_JOB_HEADERS_KEY)
			return false;
		key[length++] = *at;
	}
	key[length] = '\0';
	return length > 0 && at[1] == '\0';
}

bool
mr_job_headers_key(const char *text, char key[MR_JOB_HEADERS_KEY + 1])
{
	size_t length = strlen(text);

	if (*text == '"')
		return read_string(text + 1, key);
	if (length == 0 || length > MR_JOB_HEADERS_KEY)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!stands_bare(text[i]))
			return false;
	memcpy(key, text, length + 1);
	return true;
}
