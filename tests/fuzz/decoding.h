/*
 * decoding.h: what holds of every decoding, in every format, of every shape.
 */
#ifndef MR_FUZZ_DECODING_H
#define MR_FUZZ_DECODING_H

#include "millrace.h"
#include "schema/decode.h"

struct fuzz_input {
	const struct mr_shape *shape;
	bool query_only; /* there is no body */
	enum mr_format format;
	struct mr_string query, body;
};

/*
 * Claims that malformed input is refused at a place within it, and JSON only
 * if it is malformed for whoever skips it; that wrong input has faults that
 * can be told; and that what is right lies within its bounds and comes back
 * the same after it was written as JSON, and in the format it came in.
 */
void fuzz_decoding(const struct fuzz_input *input);

/*
 * Decodes all of an input into a new record, with decoding->arena set.
 * MR_OK; MR_INVALID; MR_SYNTAX and the like.
 */
enum mr_err fuzz_decode(const struct fuzz_input *input,
                        struct mr_decoding *decoding);

/* Whether text is one JSON value in the strict sense of lib/schema. */
bool fuzz_is_json(struct mr_string text, struct mr_arena *arena);

#endif
