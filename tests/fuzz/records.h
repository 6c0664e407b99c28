/*
 * records.h: what holds of every record that was decoded without a fault.
 */
#ifndef MR_FUZZ_RECORDS_H
#define MR_FUZZ_RECORDS_H

#include "millrace.h"

/* Claims that whatever is given lies within the bounds of its row. */
void fuzz_claim_bounds(const struct mr_shape *shape, const void *record);

/*
 * Claims that two records say the same, bit by bit, so that -0 differs from 0;
 * what is not given is nothing in both, and no pointer is NULL.
 */
void fuzz_claim_same(const struct mr_shape *shape, const void *a,
                     const void *b);

#endif
