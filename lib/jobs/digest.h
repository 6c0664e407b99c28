/*
 * digest.h: SHA-256 (FIPS 180-4) of bytes.  The only place that knows libmd.
 */
#ifndef MR_JOBS_DIGEST_H
#define MR_JOBS_DIGEST_H

#include "millrace.h"

#define MR_DIGEST 65 /* bytes of a digest in hexadecimal, with its NUL */

void mr_digest(struct mr_string bytes, char digest[MR_DIGEST]);

#endif
