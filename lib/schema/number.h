/*
 * number.h: doubles to and from text, exactly, and independent of the locale.
 */
#ifndef MR_SCHEMA_NUMBER_H
#define MR_SCHEMA_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes the shortest text that reads back to the same bits; returns its
 * length.  value is finite.
 */
#define MR_DOUBLE_TEXT 24
size_t mr_number_write_double(char *to, double value);

/*
 * Reads the JSON number text[0..length), correctly rounded; what is too small
 * becomes zero.  False when it is too large for a double.
 */
bool mr_number_read_double(const char *text, size_t length, double *value);

/*
 * Reads such numbers, room of them at most, as long as each has a comma behind
 * it and is neither too large nor too small; white space may be around them.
 * Returns how many there were, with *at behind the last comma.
 */
size_t mr_numbers_read(const char **at, const char *end, double *values,
                       size_t room);

#ifdef __cplusplus
}
#endif

#endif
