/*
 * array.h: arrays of numbers, and matrices.
 */
#ifndef MR_SCHEMA_ARRAY_H
#define MR_SCHEMA_ARRAY_H

#include "schema/json.h"
#include "schema/target.h"

/* Enters an array in JSON; anything else is stepped over, and a fault. */
bool mr_array_enter(const struct mr_target *target, struct mr_json *json);

/* From JSON: an array of numbers; an array of rows, each as long. */
void mr_array_read(const struct mr_target *target, struct mr_json *json);
void mr_array_read_matrix(const struct mr_target *target, struct mr_json *json);

/* From texts, one for each element.  MR_OK (there may be faults), MR_MEMORY. */
enum mr_err mr_array_parse(const struct mr_target *target,
                           const struct mr_string *texts, size_t count);

#endif
