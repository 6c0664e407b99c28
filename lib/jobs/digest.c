/*
 * digest.c: libmd behind a door.
 */
#include "jobs/digest.h"

#include <sha2.h>
#include <sys/types.h>

_Static_assert(MR_DIGEST == SHA256_DIGEST_STRING_LENGTH, "with its NUL");

void
mr_digest(struct mr_string bytes, char digest[MR_DIGEST])
{
	SHA256Data((const uint8_t *)bytes.data, bytes.length, digest);
}
