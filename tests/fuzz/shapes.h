/*
 * shapes.h: inputs as endpoints declare them, and what holds of every
 * decoding of them.
 */
#ifndef MR_FUZZ_SHAPES_H
#define MR_FUZZ_SHAPES_H

#include "millrace.h"
#include "schema/decode.h"

/* One of mr_decode_json and mr_decode_query. */
typedef enum mr_err fuzz_decoder(struct mr_decoding *decoding,
                                 struct mr_string text);

/*
 * data[0] picks a shape, the rest is text for the decoder.  Claims that
 * malformed text is refused at a place within it, that wrong text has faults
 * that can be told, and that what is right lies within its bounds and comes
 * back the same after it was written as JSON.
 */
void fuzz_decoding(fuzz_decoder *decode, const uint8_t *data, size_t size);

/* Claims that text is one JSON value in the strict sense of lib/schema. */
void fuzz_claim_json(const char *text, size_t length, struct mr_arena *arena);

#endif
