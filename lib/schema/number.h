/*
 * number.h: numbers to and from text, exactly, and independent of the locale.
 */
#ifndef MR_SCHEMA_NUMBER_H
#define MR_SCHEMA_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The longest texts that the writers below produce. */
#define MR_INT64_TEXT 20
#define MR_DOUBLE_TEXT 24

/* Writes the decimal digits of value at to; returns their number. */
size_t mr_number_write_int64(char *to, int64_t value);

/*
 * Writes the shortest text that reads back to the same bits; returns its
 * length.  value is finite.
 */
size_t mr_number_write_double(char *to, double value);

/*
 * Reads the JSON number text[0..length), correctly rounded; what is too small
 * becomes zero.  False when it is too large for a double.
 */
bool mr_number_read_double(const char *text, size_t length, double *value);

#ifdef __cplusplus
}
#endif

#endif
