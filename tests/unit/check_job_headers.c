/*
 * check_job_headers.c: Priority, Job-Run-At, Job-Attempts, Idempotency-Key.
 */
#include "api/job_headers.h"

#include "unit.h"

static const struct {
	const char *priority;
	int urgency;
} priorities[] = {
	{ NULL, 3 },
	{ "", 3 },
	{ "u=0", 0 },
	{ "u=7", 7 },
	{ " u=5 ", 5 },
	{ "u=5, i", 5 },
	{ "i,u=5", 5 },
	{ "i=?0, u=1, x=\"a,b\"", 1 },
	{ "u=1;x=y", 1 },
	/* The last of a key holds, whatever it says. */
	{ "u=1, u=2", 2 },
	{ "u=1, u=9", 3 },
	{ "u", 3 },
	{ "u=8", 3 },
	{ "u=-1", 3 },
	{ "u=10", 3 },
	{ "u=1.0", 3 },
	{ "u=\"1\"", 3 },
	{ "u=?1", 3 },
	/* What is no dictionary says nothing. */
	{ "U=1", 3 },
	{ "u=", 3 },
	{ "u=1, =", 3 },
	{ "u=1,", 1 },
	{ "u=1, I", 3 },
	{ "u=1,,i", 3 },
	{ "u = 1", 3 },
	{ "1", 3 },
	{ "u:1", 3 },
};

START_TEST(test_priority_is_its_urgency)
{
	ck_assert_int_eq(mr_job_headers_priority(priorities[_i].priority),
	                 priorities[_i].urgency);
}
END_TEST

static const struct {
	const char *text;
	int64_t ms; /* -1: it is no time */
} times[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2000-02-29T00:00:00Z", 951782400000 },
	{ "2026-11-21T14:05:06Z", 1795269906000 },
	{ "2026-11-21t14:05:06z", 1795269906000 },
	{ "2026-11-21T14:05:06.7Z", 1795269906700 },
	{ "2026-11-21T14:05:06.078Z", 1795269906078 },
	{ "2026-11-21T14:05:06.0789999999999Z", 1795269906078 },
	{ "2026-11-21T16:05:06+02:00", 1795269906000 },
	{ "2026-11-21T08:35:06-05:30", 1795269906000 },
	{ "2026-11-22T00:04:06+09:59", 1795269906000 },
	{ "2026-11-21T14:05:06-00:00", 1795269906000 },
	{ "2016-12-31T23:59:60Z", 1483228800000 },
	{ "9999-12-31T23:59:59.999Z", 253402300799999 },
	{ "9999-12-31T23:59:60Z", -1 },
	{ "9999-12-31T23:59:59-00:01", -1 },
	{ "Sat, 21 Nov 2026 14:05:06 GMT", 1795269906000 },
	{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
	{ "Tue, 29 Feb 2000 00:00:00 GMT", 951782400000 },
	{ "", -1 },
	{ "now", -1 },
	{ "1795269906", -1 },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "1970-01-01T00:00:00+00:01", -1 },
	{ "1900-02-29T00:00:00Z", -1 },
	{ "2100-02-29T00:00:00Z", -1 },
	{ "2026-02-29T00:00:00Z", -1 },
	{ "2026-04-31T00:00:00Z", -1 },
	{ "2026-00-01T00:00:00Z", -1 },
	{ "2026-13-01T00:00:00Z", -1 },
	{ "2026-01-00T00:00:00Z", -1 },
	{ "2026-01-32T00:00:00Z", -1 },
	{ "2026-01-01T24:00:00Z", -1 },
	{ "2026-01-01T00:60:00Z", -1 },
	{ "2026-01-01T00:00:61Z", -1 },
	{ "2026-01-01T00:00:00", -1 },
	{ "2026-01-01T00:00Z", -1 },
	{ "2026-01-01", -1 },
	{ "2026-01-01 00:00:00Z", -1 },
	{ "2026-01-01T00:00:00.Z", -1 },
	{ "2026-01-01T00:00:00,5Z", -1 },
	{ "2026-01-01T00:00:00+24:00", -1 },
	{ "2026-01-01T00:00:00+01:60", -1 },
	{ "2026-01-01T00:00:00+0100", -1 },
	{ "2026-01-01T00:00:00+01", -1 },
	{ "2026-01-01T00:00:00Zx", -1 },
	{ " 2026-01-01T00:00:00Z", -1 },
	{ "12026-01-01T00:00:00Z", -1 },
	{ "-026-01-01T00:00:00Z", -1 },
	{ "Sat, 21 Nov 2026 14:05:06", -1 },
	{ "Sat, 21 Nov 2026 14:05:06 UTC", -1 },
	{ "Sat, 21 Nov 2026 14:05:06 +0000", -1 },
	{ "Sat, 1 Nov 2026 14:05:06 GMT", -1 },
	{ "Sat 21 Nov 2026 14:05:06 GMT", -1 },
	{ "Sam, 21 Nov 2026 14:05:06 GMT", -1 },
	{ "Sat, 21 Foo 2026 14:05:06 GMT", -1 },
	{ "Sat, 31 Feb 2026 14:05:06 GMT", -1 },
	{ "Saturday, 21-Nov-26 14:05:06 GMT", -1 },
	{ "Sat Nov 21 14:05:06 2026", -1 },
};

START_TEST(test_time_is_read)
{
	int64_t ms = -2;
	bool read = mr_job_headers_time(times[_i].text, &ms);

	ck_assert_int_eq(read, times[_i].ms >= 0);
	if (read)
		ck_assert_int_eq(ms, times[_i].ms);
}
END_TEST

static const struct {
	const char *text;
	int attempts; /* -1: malformed */
} attempts[] = {
	{ "1", 1 },     { "100", 100 }, { "007", 7 }, { "0", 0 },
	{ "101", 101 }, { "", -1 },     { "-1", -1 }, { "1.0", -1 },
	{ " 1", -1 },   { "1 ", -1 },   { "one", -1 },
	{ "18446744073709551617", MR_JOB_HEADERS_ATTEMPTS + 1 },
};

START_TEST(test_attempts_are_read)
{
	int number = -1;
	bool read = mr_job_headers_attempts(attempts[_i].text, &number);

	ck_assert_int_eq(read, attempts[_i].attempts >= 0);
	if (read)
		ck_assert_int_eq(number, attempts[_i].attempts);
}
END_TEST

static const struct {
	const char *text, *key; /* NULL: malformed */
} keys[] = {
	{ "\"a\"", "a" },
	{ "a", "a" },
	{ "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"",
	  "8e03978e-40d5-43e8-bc93-6894a57f9324" },
	{ "8e03978e-40d5-43e8-bc93-6894a57f9324",
	  "8e03978e-40d5-43e8-bc93-6894a57f9324" },
	{ "\"a b\"", "a b" },
	{ "\"a\\\"b\\\\c\"", "a\"b\\c" },
	{ "\"a,b;c\"", "a,b;c" },
	{ "a/b:c=d", "a/b:c=d" },
	{ "", NULL },
	{ "\"\"", NULL },
	{ "\"", NULL },
	{ "\"a", NULL },
	{ "\"a\\", NULL },
	{ "\"a\\b\"", NULL },
	{ "\"a\"b", NULL },
	{ "\"a\", \"b\"", NULL },
	{ "\"a\";x=1", NULL },
	{ "\"a\tb\"", NULL },
	{ "\"\xC3\xA9\"", NULL },
	{ "a b", NULL },
	{ "a,b", NULL },
	{ "a\"b", NULL },
	{ "a\\b", NULL },
	{ "\xC3\xA9", NULL },
	{ "a\x7F", NULL },
};

START_TEST(test_key_is_read)
{
	char key[MR_JOB_HEADERS_KEY + 1];

	ck_assert_int_eq(mr_job_headers_key(keys[_i].text, key),
	                 keys[_i].key != NULL);
	if (keys[_i].key != NULL)
		ck_assert_str_eq(key, keys[_i].key);
}
END_TEST

START_TEST(test_key_has_a_most)
{
	char text[MR_JOB_HEADERS_KEY + 4] = "", key[MR_JOB_HEADERS_KEY + 1];

	memset(text, 'k', MR_JOB_HEADERS_KEY);
	ck_assert(mr_job_headers_key(text, key));
	ck_assert_str_eq(key, text);
	text[MR_JOB_HEADERS_KEY] = 'k';
	ck_assert(!mr_job_headers_key(text, key));
	text[0] = text[MR_JOB_HEADERS_KEY + 1] = '"';
	ck_assert(mr_job_headers_key(text, key));
	ck_assert_uint_eq(strlen(key), MR_JOB_HEADERS_KEY);
	text[MR_JOB_HEADERS_KEY + 1] = 'k';
	text[MR_JOB_HEADERS_KEY + 2] = '"';
	ck_assert(!mr_job_headers_key(text, key));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_priority_is_its_urgency, 0, N(priorities));
	tcase_add_loop_test(tc, test_time_is_read, 0, N(times));
	tcase_add_loop_test(tc, test_attempts_are_read, 0, N(attempts));
	tcase_add_loop_test(tc, test_key_is_read, 0, N(keys));
	tcase_add_test(tc, test_key_has_a_most);
}

UNIT_MAIN("job_headers", add_tests)
