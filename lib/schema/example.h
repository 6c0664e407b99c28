/*
 * example.h: a value of a row that is within its bounds.
 */
#ifndef MR_SCHEMA_EXAMPLE_H
#define MR_SCHEMA_EXAMPLE_H

#include "base/arena.h"
#include "millrace.h"

/*
 * JSON: the row's own example, else its default, else one that is made up and
 * small.  In arena or static; NULL when out of memory.
 */
const char *mr_example(const struct mr_field *field, struct mr_arena *arena);

#endif
