/*
 * value.h: one value of one row: from JSON, or from the text of a query
 * parameter, into its member, within its bounds.
 */
#ifndef MR_SCHEMA_VALUE_H
#define MR_SCHEMA_VALUE_H

#include "millrace.h"
#include "schema/fault.h"
#include "schema/json.h"

/* Where a value goes, and what is said of it when it does not fit. */
struct mr_target {
	const struct mr_field *field;
	void *member;
	const struct mr_place *place;
	struct mr_faults *faults; /* its arena owns what the member points to */
};

/* Steps over one JSON value; malformed text and want of memory: json->err. */
void mr_value_read(const struct mr_target *target, struct mr_json *json);

/*
 * From the values of one query parameter, count of them, in order: one for a
 * scalar, any number for an array.  Text is UTF-8, percent-decoded.
 * MR_OK (there may be faults) or MR_MEMORY.
 */
enum mr_err mr_value_parse(const struct mr_target *target,
                           const struct mr_string *texts, size_t count);

/* Points an array or string that was not given at nothing, but not at NULL. */
void mr_value_clear(const struct mr_target *target);

#endif
