/*
 * integer.h: decimal digits to an int64, fast.
 */
#ifndef MR_SCHEMA_INTEGER_H
#define MR_SCHEMA_INTEGER_H

#include <stdint.h>

/*
 * Reads an optional '-' and digits without a needless leading zero; returns
 * what follows them.  NULL when there is no such number, or when an int64
 * cannot hold it.
 */
const char *mr_integer_read(const char *at, const char *end, int64_t *value);

#endif
