/*
 * target.c: bounds.
 */
#include "schema/target.h"

struct mr_target
mr_target_element(const struct mr_target *target, struct mr_place *place)
{
	*place = (struct mr_place){ .parent = target->place };
	return (struct mr_target){ target->field, NULL, place, target->faults };
}

void
mr_target_fault(const struct mr_target *target, enum mr_fault_kind kind)
{
	mr_fault_add(target->faults, kind, target->place, NULL);
}

static bool
breach(const struct mr_target *target, enum mr_fault_kind kind,
       long double bound)
{
	mr_fault_add_bound(target->faults, kind, target->place, bound);
	return false;
}

bool
mr_target_in_range(const struct mr_target *target, long double value)
{
	const struct mr_bounds *bounds = &target->field->bounds;

	if (value < bounds->min)
		return breach(target, MR_FAULT_LOW, bounds->min);
	if (value > bounds->max)
		return breach(target, MR_FAULT_HIGH, bounds->max);
	return true;
}

struct mr_limits
mr_target_limits(const struct mr_target *target, enum mr_fault_kind low,
                 enum mr_fault_kind high)
{
	return (struct mr_limits){ target->field->bounds.min_length,
		                   target->field->bounds.max_length, low,
		                   high };
}

bool
mr_target_in_limits(const struct mr_target *target, size_t length,
                    struct mr_limits limits)
{
	if (length < limits.least)
		return breach(target, limits.low, (long double)limits.least);
	if (length > limits.most)
		return breach(target, limits.high, (long double)limits.most);
	return true;
}

bool
mr_target_fits_array(const struct mr_target *target, size_t length)
{
	return mr_target_in_limits(target, length,
	                           mr_target_limits(target,
	                                            MR_FAULT_LIST_SHORT,
	                                            MR_FAULT_LIST_LONG));
}

bool
mr_target_is_integral(const struct mr_target *target)
{
	return target->field->kind == MR_KIND_INT64 ||
	       target->field->kind == MR_KIND_INT64S;
}
