/*
 * input.c: negotiating, inflating and decoding what the client sent.
 */
#include "api/input.h"

#include "api/negotiate.h"
#include "base/gzip.h"

/* Negotiate. */

bool
mr_input_takes(const struct mr_endpoint *endpoint, enum mr_format format)
{
	return format == MR_FORMAT_JSON ||
	       mr_format_input(format, &endpoint->in) != NULL;
}

/* A body that nothing was to be read from is judged if it is there. */
static bool
reads_body(const struct mr_exchange *exchange)
{
	return exchange->endpoint->method != MR_GET &&
	       (mr_endpoint_wants_body(exchange->endpoint) ||
	        exchange->body.length > 0);
}

/* A body without a type is JSON, as it is for FastAPI. */
static enum mr_err
choose_format(struct mr_exchange *exchange)
{
	const char *type = exchange->request->content_type;

	for (int format = 0; format < MR_FORMAT_COUNT; format++) {
		exchange->decoding.format = (enum mr_format)format;
		if (mr_input_takes(exchange->endpoint,
		                   exchange->decoding.format) &&
		    (type == NULL ||
		     mr_content_is(type, exchange->decoding.format)))
			return MR_OK;
	}
	return mr_exchange_fail_format(exchange, MR_MEDIA_TYPE,
	                               "The body should be", mr_input_takes);
}

enum mr_err
mr_input_negotiate(struct mr_exchange *exchange)
{
	const struct mr_request *request = exchange->request;
	size_t limit = mr_endpoint_body_limit(exchange->endpoint);

	if (exchange->endpoint->method != MR_GET &&
	    request->body.length > limit)
		return mr_exchange_fail(exchange, MR_BODY_TOO_LARGE,
		                        "The body may have %zu bytes", limit);
	if (!reads_body(exchange))
		return MR_OK;
	if (!request->has_length)
		return mr_exchange_fail(exchange, MR_LENGTH_REQUIRED,
		                        "A body is needed, with its length or "
		                        "chunked");
	if (mr_content_coding(request->content_encoding) == MR_CODING_UNKNOWN) {
		mr_reply_add_header(exchange->reply, "Accept-Encoding",
		                    "gzip");
		return mr_exchange_fail(exchange, MR_MEDIA_TYPE,
		                        "The body may have the "
		                        "Content-Encoding gzip, or none");
	}
	return choose_format(exchange);
}

/* Inflate. */

static enum mr_err
malformed(struct mr_exchange *exchange, const char *what, size_t offset,
          const char *reason)
{
	exchange->problem.has_offset = true;
	exchange->problem.offset = offset;
	return mr_exchange_fail(exchange, MR_SYNTAX, "%s, byte %zu: %s", what,
	                        offset, reason);
}

/* The text takes the place of what came. */
static enum mr_err
inflate(struct mr_exchange *exchange)
{
	struct mr_inflation inflation = {
		.gzip = exchange->body,
		.limit = mr_endpoint_body_limit(exchange->endpoint),
		.text = { .arena = exchange->arena },
	};
	enum mr_err err = mr_gzip_inflate(&inflation);

	if (err == MR_SYNTAX)
		return malformed(exchange, "Compressed body", inflation.offset,
		                 inflation.reason);
	if (err == MR_BODY_TOO_LARGE)
		return mr_exchange_fail(exchange, err,
		                        "The body may have %zu bytes once it "
		                        "is inflated",
		                        inflation.limit);
	if (err != MR_OK)
		return err;
	mr_arena_release(exchange->arena,
	                 (void *)(uintptr_t)exchange->body.data,
	                 exchange->body_piece);
	exchange->body_piece = inflation.text.capacity;
	exchange->body = (struct mr_string){ inflation.text.data,
		                             inflation.text.length };
	return MR_OK;
}

/* Decode. */

enum mr_err
mr_input_begin(struct mr_exchange *exchange)
{
	exchange->decoding.record =
	    mr_arena_alloc(exchange->arena, exchange->endpoint->in.size);
	if (exchange->decoding.record == NULL)
		return MR_MEMORY;
	mr_decode_begin(&exchange->decoding);
	return MR_OK;
}

static enum mr_err
decode_query(struct mr_exchange *exchange)
{
	struct mr_decoding *decoding = &exchange->decoding;
	enum mr_err err = mr_decode_query(decoding, exchange->request->query);

	if (err == MR_URI_TOO_LONG)
		return mr_exchange_fail(exchange, err,
		                        "The query string is too long");
	if (err == MR_SYNTAX)
		return malformed(exchange, "Query string", decoding->offset,
		                 decoding->reason);
	return err;
}

static enum mr_err
decode_body(struct mr_exchange *exchange)
{
	struct mr_decoding *decoding = &exchange->decoding;
	enum mr_err err = MR_OK;

	if (reads_body(exchange) &&
	    mr_content_coding(exchange->request->content_encoding) ==
	        MR_CODING_GZIP)
		err = inflate(exchange);
	if (err != MR_OK || !reads_body(exchange))
		return err;
	err = mr_decode_body(decoding, exchange->body);
	if (err == MR_SYNTAX)
		return malformed(exchange, "Body", decoding->offset,
		                 decoding->reason);
	return err;
}

enum mr_err
mr_input_decode(struct mr_exchange *exchange)
{
	struct mr_decoding *decoding = &exchange->decoding;
	size_t *count = &decoding->faults.count;
	enum mr_err err = decode_query(exchange);

	if (err == MR_OK)
		err = decode_body(exchange);
	if (err == MR_OK)
		err = mr_decode_finish(decoding);
	if (err != MR_INVALID)
		return err;
	exchange->problem.faults = &decoding->faults;
	return mr_exchange_fail(exchange, err, "%zu fault%s in the input",
	                        *count, *count == 1 ? "" : "s");
}
