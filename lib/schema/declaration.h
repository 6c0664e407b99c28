/*
 * declaration.h: whether the rows of a struct make sense.
 */
#ifndef MR_SCHEMA_DECLARATION_H
#define MR_SCHEMA_DECLARATION_H

#include "base/buffer.h"
#include "schema/shape.h"

/*
 * Appends one line to complaints for each contradiction in a shape.  False
 * when there is one, or no memory.
 */
bool mr_declaration_check(const struct mr_shape *shape, enum mr_role role,
                          struct mr_buffer *complaints);

#endif
