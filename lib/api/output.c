/*
 * output.c: negotiating the format of the result, and encoding it.
 */
#include "api/output.h"

#include "api/negotiate.h"
#include "base/buffer.h"
#include "base/err.h"
#include "schema/binary.h"
#include "schema/encode.h"

bool
mr_output_gives(const struct mr_endpoint *endpoint, enum mr_format format)
{
	return format == MR_FORMAT_JSON ||
	       mr_format_output(format, &endpoint->out) != NULL;
}

enum mr_err
mr_output_negotiate(struct mr_exchange *exchange)
{
	const char *accept = exchange->request->accept;
	int best = 0, formats = 0;

	for (int i = 0; i < MR_FORMAT_COUNT; i++) {
		enum mr_format format = (enum mr_format)i;
		int weight;

		if (!mr_output_gives(exchange->endpoint, format))
			continue;
		weight = mr_accept_weight(accept, mr_format_type(format));
		formats++;
		if (weight > best) {
			best = weight;
			exchange->format = format;
		}
	}
	if (formats > 1)
		mr_reply_add_header(exchange->reply, "Vary", "Accept");
	if (best > 0)
		return MR_OK;
	return mr_exchange_fail_format(exchange, MR_NOT_ACCEPTABLE,
	                               "This endpoint answers with",
	                               mr_output_gives);
}

/* place: within the row of that name, or "". */
static enum mr_err
unwritable(struct mr_exchange *exchange, const char *name, const char *place)
{
	return mr_exchange_fail(exchange, MR_RESULT,
	                        "The result %s%s cannot be written as %s",
	                        name, place, mr_format_type(exchange->format));
}

/* The memory of a large body, which is done with, is at hand and warm. */
static struct mr_buffer
new_buffer(const struct mr_exchange *exchange)
{
	struct mr_buffer buffer = { .arena = exchange->arena };

	if (!exchange->decoding.keeps_body && exchange->body_piece > 0) {
		buffer.data = (char *)(uintptr_t)exchange->body.data;
		buffer.capacity = exchange->body_piece;
	}
	return buffer;
}

static enum mr_err
encode_json(struct mr_exchange *exchange, const void *record)
{
	struct mr_buffer json = new_buffer(exchange);
	const char *culprit;
	enum mr_err err;

	err = mr_encode_json(&exchange->endpoint->out, record, &json, &culprit);
	if (err == MR_RESULT)
		return unwritable(exchange, culprit, "");
	exchange->reply->body = (struct mr_string){ json.data, json.length };
	return err;
}

static enum mr_err
encode_binary(struct mr_exchange *exchange, const void *record)
{
	const struct mr_field *field =
	    mr_format_output(exchange->format, &exchange->endpoint->out);
	struct mr_buffer preamble = { .arena = exchange->arena };
	struct mr_binary binary = { .format = exchange->format };
	enum mr_err err;

	err = mr_binary_write(field, (const char *)record + field->offset,
	                      &preamble, &binary);
	if (err == MR_RESULT)
		return unwritable(exchange, field->name, binary.culprit);
	if (preamble.length > 0)
		exchange->reply->preamble =
		    (struct mr_string){ preamble.data, preamble.length };
	exchange->reply->body = binary.body;
	return err;
}

enum mr_err
mr_output_encode(struct mr_exchange *exchange, const void *record)
{
	enum mr_err err = exchange->format == MR_FORMAT_JSON
	                      ? encode_json(exchange, record)
	                      : encode_binary(exchange, record);

	if (err == MR_OK) {
		exchange->reply->status = mr_err_status(MR_OK);
		exchange->reply->content_type =
		    mr_format_type(exchange->format);
	}
	return err;
}
