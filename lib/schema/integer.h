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
 * Reads such numbers, room of them at most, as long as each has a comma behind
 * it; white space may be around them.  Returns how many there were, with *at
 * behind the last comma.
 */
size_t mr_integers_read(const char **at, const char *end, int64_t *values,
                        size_t room);

/*
 * Writes the digits of value; returns their number.  What is behind them, up
 * to MR_INTEGER_TEXT bytes in all, may be overwritten.
 */
#define MR_INTEGER_TEXT 20
size_t mr_integer_write(char *to, int64_t value);

/*
 * Writes count numbers, a comma behind each; returns the bytes written.  There
 * is room for count * (MR_INTEGER_TEXT + 1).
 */
size_t mr_integers_write(char *to, const int64_t *values, size_t count);

#endif
