/*
 * output.h: from the output struct of an endpoint to the reply.
 */
#ifndef MR_API_OUTPUT_H
#define MR_API_OUTPUT_H

#include "api/exchange.h"

/* Whether an endpoint can answer in a format. */
bool mr_output_gives(const struct mr_endpoint *endpoint, enum mr_format format);

/* Chooses the format that the client likes best.  MR_OK, MR_NOT_ACCEPTABLE. */
enum mr_err mr_output_negotiate(struct mr_exchange *exchange);

/*
 * Fills the reply; in a format other than JSON its body is the record's own
 * data.  MR_OK, MR_RESULT, MR_MEMORY.
 */
enum mr_err mr_output_encode(struct mr_exchange *exchange, const void *record);

#endif
