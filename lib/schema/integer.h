/*
 * integer.h: decimal digits to an int64 and back, fast.
 */
#ifndef MR_SCHEMA_INTEGER_H
#define MR_SCHEMA_INTEGER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads an optional '-' and digits without a needless leading zero; returns
 * what follows them.  NULL when there is no such number, or when an int64
 * cannot hold it.
 */
const char *mr_integer_read(const char *at, const char *end, int64_t *value);

/*
 * Writes the digits of value; returns their number.  What is behind them, up
 * to MR_INTEGER_TEXT bytes in all, may be overwritten.
 */
#define MR_INTEGER_TEXT 20
size_t mr_integer_write(char *to, int64_t value);

#endif
