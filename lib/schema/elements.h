/*
 * elements.h: whole arrays of numbers: made int64s or doubles, and held
 * against the bounds of a row.
 */
#ifndef MR_SCHEMA_ELEMENTS_H
#define MR_SCHEMA_ELEMENTS_H

#include "millrace.h"
#include "schema/npy.h"

/* From count elements, at any address, to as many int64s or doubles. */
typedef void mr_elements_cast(void *to, const unsigned char *from,
                              size_t count);

/*
 * What makes int64s (or doubles) of elements of the type without any loss;
 * NULL when nothing can.
 */
mr_elements_cast *mr_elements_cast_of(enum mr_npy_type type, bool integral);

/* Whether every int64, or every double, lies from bounds->min to bounds->max. */
bool mr_elements_int64_within(const int64_t *values, size_t count,
                              const struct mr_bounds *bounds);

/* The same; what is not finite lies within no bounds. */
bool mr_elements_double_within(const double *values, size_t count,
                               const struct mr_bounds *bounds);

#endif
