/*
 * bound.h: a bound as JSON.
 */
#ifndef MR_SCHEMA_BOUND_H
#define MR_SCHEMA_BOUND_H

#include "schema/number.h"

/*
 * Writes a finite bound, and a NUL: the digits of an int64, or the shortest
 * text that a double is read back from.
 */
#define MR_BOUND_TEXT (MR_DOUBLE_TEXT + 1)
void mr_bound_write(char text[MR_BOUND_TEXT], long double bound);

#endif
