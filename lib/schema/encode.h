/*
 * encode.h: from the output struct of an endpoint to JSON, by its rows.
 */
#ifndef MR_SCHEMA_ENCODE_H
#define MR_SCHEMA_ENCODE_H

#include "base/buffer.h"
#include "millrace.h"

/*
 * Appends the record as one object.  MR_OK; MR_MEMORY; MR_RESULT, with the
 * place in *culprit ("corners[2].x", in the buffer's arena), for what JSON
 * cannot say: a number that is not finite, a string that is not UTF-8, a
 * choice that has no name.
 */
enum mr_err mr_encode_json(const struct mr_shape *shape, const void *record,
                           struct mr_buffer *json, const char **culprit);

#endif
