/*
 * declaration.h: whether the rows of a struct make sense.
 */
#ifndef MR_SCHEMA_DECLARATION_H
#define MR_SCHEMA_DECLARATION_H

#include "base/buffer.h"
#include "millrace.h"

/*
 * Appends one line to complaints for each contradiction in an input (or
 * output) shape.  False when there is one, or no memory.
 */
bool mr_declaration_check(const struct mr_shape *shape, bool input,
                          struct mr_buffer *complaints);

#endif
