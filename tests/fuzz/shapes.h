/*
 * shapes.h: inputs as endpoints declare them, with every kind of value and
 * every attribute of a row.
 */
#ifndef MR_FUZZ_SHAPES_H
#define MR_FUZZ_SHAPES_H

#include "millrace.h"

extern const struct mr_shape fuzz_shapes[];
extern const size_t fuzz_shape_count;

/* Two arrays, "i" of any int64s and "d" of any doubles; one of them. */
extern const struct mr_shape fuzz_lists;

/* Whether all of it can stand in a query string. */
bool fuzz_fits_query(const struct mr_shape *shape);

#endif
