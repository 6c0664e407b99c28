/*
 * example.h: a value of a row that is within its bounds.
 */
#ifndef MR_SCHEMA_EXAMPLE_H
#define MR_SCHEMA_EXAMPLE_H

#include "base/arena.h"
#include "millrace.h"

/*
 * JSON, in arena: the row's own example, else its default, else one that is
 * made up.  NULL where the bounds want it so long that it would show nothing,
 * and when out of memory.
 */
const char *mr_example(const struct mr_field *field, struct mr_arena *arena);

#endif
