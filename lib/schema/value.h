/*
 * value.h: one value of one row: from JSON, or from the text of a query
 * parameter, into its member, within its bounds.
 */
#ifndef MR_SCHEMA_VALUE_H
#define MR_SCHEMA_VALUE_H

#include "schema/json.h"
#include "schema/target.h"

/* Steps over one JSON value; malformed text and want of memory: json->err. */
void mr_value_read(const struct mr_target *target, struct mr_json *json);

/*
 * From the values of one query parameter, count of them, in order: one for a
 * scalar, any number for an array.  Text is UTF-8, percent-decoded; the kind
 * is one that may stand in a query string.
 * MR_OK (there may be faults) or MR_MEMORY.
 */
enum mr_err mr_value_parse(const struct mr_target *target,
                           const struct mr_string *texts, size_t count);

/* The row is given (or not), where it has a flag to say so. */
void mr_value_set_given(const struct mr_target *target, bool given);

/* What the member points at becomes nothing, which is not NULL. */
void mr_value_clear(const struct mr_target *target);

/*
 * JSON of our own, such as a default, into the row's member in a record.
 * MR_OK, MR_MEMORY; MR_INVALID when it is not a value of that row.
 */
enum mr_err mr_value_preset(const struct mr_field *field, void *record,
                            const char *text, struct mr_arena *arena);

#endif
