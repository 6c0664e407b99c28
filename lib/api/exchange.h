/*
 * exchange.h: one request on its way to a reply: what its steps share.
 *
 * Each step returns an error and leaves its words here; what the client is
 * told of it is made in one place, at the end.
 */
#ifndef MR_API_EXCHANGE_H
#define MR_API_EXCHANGE_H

#include "api/handle.h"
#include "schema/decode.h"

struct mr_exchange {
	const struct mr_registry *registry;
	const struct mr_request *request;
	struct mr_reply *reply;
	struct mr_arena *arena;
	const struct mr_endpoint *endpoint; /* NULL: not routed yet, OPTIONS */
	enum mr_format format;              /* of the result */
	struct mr_string body;    /* of the request, as far as it is read */
	size_t body_piece;        /* size of the arena's piece it is, or 0 */
	struct mr_decoding decoding;
	struct mr_problem problem; /* what is known of it so far */
};

/* Keeps the sentence, for a problem; returns err. */
enum mr_err mr_exchange_fail(struct mr_exchange *exchange, enum mr_err err,
                             const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same for a format that does not serve: the sentence begins with words
 * and ends with the types that would have.
 */
enum mr_err mr_exchange_fail_format(struct mr_exchange *exchange,
                                    enum mr_err err, const char *words,
                                    bool (*serves)(const struct mr_endpoint *,
                                                   enum mr_format));

#endif
