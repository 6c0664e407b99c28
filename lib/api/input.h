/*
 * input.h: from a request to the input struct of its endpoint.
 */
#ifndef MR_API_INPUT_H
#define MR_API_INPUT_H

#include "api/exchange.h"

/* Whether an endpoint, one of POST, takes bodies in a format. */
bool mr_input_takes(const struct mr_endpoint *endpoint, enum mr_format format);

/*
 * Whether the body may be read: its length, type and coding.
 * MR_OK, MR_BODY_TOO_LARGE, MR_LENGTH_REQUIRED, MR_MEDIA_TYPE.
 */
enum mr_err mr_input_negotiate(struct mr_exchange *exchange);

/*
 * Begins to decode, for a body of the format that was negotiated: faults can be
 * added to exchange->decoding.  MR_OK, MR_MEMORY.
 */
enum mr_err mr_input_begin(struct mr_exchange *exchange);

/*
 * Decodes query string and body into exchange->decoding.  The record does not
 * need the body any more, unless the decoding says that it keeps it.
 * MR_OK, MR_SYNTAX, MR_INVALID, MR_URI_TOO_LONG, MR_BODY_TOO_LARGE, MR_MEMORY.
 */
enum mr_err mr_input_decode(struct mr_exchange *exchange);

#endif
