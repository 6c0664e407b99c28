/*
 * job_headers.h: reading the headers that say when a job runs, how often, and
 * which one it is.  Pure.
 */
#ifndef MR_API_JOB_HEADERS_H
#define MR_API_JOB_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#define MR_JOB_HEADERS_KEY 255      /* characters of an Idempotency-Key, at most */
#define MR_JOB_HEADERS_ATTEMPTS 100 /* at most */

/*
 * The urgency of Priority (RFC 9218), 0 to 7.  NULL, one that says none, and
 * one that is malformed: MR_JOB_PRIORITY_DEFAULT.
 */
int mr_job_headers_priority(const char *priority);

/*
 * A time as RFC 3339 or an IMF-fixdate (RFC 9110, section 5.6.7) writes it, in
 * ms of Unix time, from 1970 to 9999.  False: it is none.
 */
bool mr_job_headers_time(const char *text, int64_t *ms);

/*
 * Digits as a number, of which 1 to MR_JOB_HEADERS_ATTEMPTS are possible; what is
 * more than these is one more than they are.  False: it is something else.
 */
bool mr_job_headers_attempts(const char *text, int *attempts);

/*
 * An Idempotency-Key: a string of RFC 9651 in its quotes, as the IETF's draft
 * has it, or the same without quotes where nothing in it asks for them.
 * False: it is neither, or empty, or too long.
 */
bool mr_job_headers_key(const char *text, char key[MR_JOB_HEADERS_KEY + 1]);

#endif
