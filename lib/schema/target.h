/*
 * target.h: where a value goes, and what is said of it when it does not fit.
 */
#ifndef MR_SCHEMA_TARGET_H
#define MR_SCHEMA_TARGET_H

#include "millrace.h"
#include "schema/fault.h"

struct mr_target {
	const struct mr_field *field;
	void *member;
	const struct mr_place *place;
	struct mr_faults *faults; /* its arena owns what the member points to */
};

/* The one of an element, or of a row of a matrix, whose index is in place. */
struct mr_target mr_target_element(const struct mr_target *target,
                                   struct mr_place *place);

/* Adds a fault of the value. */
void mr_target_fault(const struct mr_target *target, enum mr_fault_kind kind);

/* Whether the row's bounds allow a number; adds a fault when they do not. */
bool mr_target_in_range(const struct mr_target *target, long double value);

/* Two bounds of a length, and the faults of being below or above them. */
struct mr_limits {
	size_t least, most;
	enum mr_fault_kind low, high;
};

/* The row's own, of a length of that sort. */
struct mr_limits mr_target_limits(const struct mr_target *target,
                                  enum mr_fault_kind low,
                                  enum mr_fault_kind high);

/* Whether the limits allow a length; adds a fault when they do not. */
bool mr_target_in_limits(const struct mr_target *target, size_t length,
                         struct mr_limits limits);

/* The same of the elements of an array, or the rows of a matrix. */
bool mr_target_fits_array(const struct mr_target *target, size_t length);

/* Whether the number, or each of the numbers, is an int64. */
bool mr_target_is_integral(const struct mr_target *target);

#endif
