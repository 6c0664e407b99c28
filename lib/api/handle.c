/*
 * handle.c: route, negotiate, decode, compute, encode.
 *
 * Each step returns an error and leaves its words in the exchange; what the
 * client is told of it is made in one place, at the end.
 */
#include "api/handle.h"

#include "api/call.h"
#include "api/negotiate.h"
#include "base/buffer.h"
#include "base/err.h"
#include "schema/decode.h"
#include "schema/encode.h"

#include <stdarg.h>
#include <stdio.h>

struct exchange {
	const struct mr_registry *registry;
	const struct mr_request *request;
	struct mr_reply *reply;
	struct mr_arena *arena;
	const struct mr_endpoint *endpoint;
	struct mr_decoding decoding;
	struct mr_problem problem; /* what is known of it so far */
};

#define DETAIL_LENGTH 256

__attribute__((format(printf, 3, 4))) static enum mr_err
fail(struct exchange *exchange, enum mr_err err, const char *format, ...)
{
	char *detail = mr_arena_alloc(exchange->arena, DETAIL_LENGTH);
	va_list arguments;

	va_start(arguments, format);
	if (detail != NULL)
		vsnprintf(detail, DETAIL_LENGTH, format, arguments);
	va_end(arguments);
	exchange->problem.detail = detail;
	return err;
}

static void
enter(struct exchange *exchange, enum mr_phase phase)
{
	const struct mr_request *request = exchange->request;

	exchange->reply->entered[phase] =
	    request->enter(request->context, phase);
}

static void
add_header(struct mr_reply *reply, const char *name, const char *value)
{
	reply->headers[reply->header_count++] =
	    (struct mr_header){ name, value };
}

/* Route. */

static void
add_allow(struct exchange *exchange, const struct mr_endpoint *const *endpoints,
          size_t count)
{
	struct mr_buffer allow = { .arena = exchange->arena };

	mr_endpoints_allow(endpoints, count, &allow);
	mr_buffer_putc(&allow, '\0');
	add_header(exchange->reply, "Allow", allow.failed ? "" : allow.data);
}

static enum mr_err
route(struct exchange *exchange)
{
	const struct mr_request *request = exchange->request;
	const char *method = request->method;
	const struct mr_endpoint *const *endpoints;
	size_t count;

	exchange->reply->head = strcmp(method, "HEAD") == 0;
	if (exchange->reply->head)
		method = "GET";
	endpoints =
	    mr_registry_find(exchange->registry, request->path, &count);
	if (count == 0)
		return fail(exchange, MR_NOT_FOUND, "No endpoint has this path");
	exchange->reply->endpoint = endpoints[0];
	for (size_t i = 0; i < count; i++)
		if (strcmp(mr_method_name(endpoints[i]->method), method) == 0)
			exchange->endpoint = endpoints[i];
	if (exchange->endpoint != NULL) {
		exchange->reply->endpoint = exchange->endpoint;
		return MR_OK;
	}
	add_allow(exchange, endpoints, count);
	if (strcmp(method, "OPTIONS") == 0)
		return MR_OK;
	return fail(exchange, MR_METHOD, "This path answers to %s",
	            exchange->reply->headers[0].value);
}

/* Negotiate. */

static enum mr_err
negotiate_body(struct exchange *exchange)
{
	const struct mr_request *request = exchange->request;
	size_t limit = mr_endpoint_body_limit(exchange->endpoint);

	if (request->body.length > limit)
		return fail(exchange, MR_BODY_TOO_LARGE,
		            "The body may have %zu bytes", limit);
	if (!mr_decode_wants_body(&exchange->endpoint->in) &&
	    request->body.length == 0)
		return MR_OK;
	if (!request->has_length)
		return fail(exchange, MR_LENGTH_REQUIRED,
		            "A body is needed, with its length or chunked");
	if (request->content_type != NULL &&
	    !mr_content_is_json(request->content_type))
		return fail(exchange, MR_MEDIA_TYPE,
		            "The body should be application/json in UTF-8");
	if (!mr_content_is_plain(request->content_encoding))
		return fail(exchange, MR_MEDIA_TYPE,
		            "The body should have no Content-Encoding");
	return MR_OK;
}

static enum mr_err
negotiate(struct exchange *exchange)
{
	if (!mr_accepts(exchange->request->accept, "application/json"))
		return fail(exchange, MR_NOT_ACCEPTABLE,
		            "This endpoint answers in application/json");
	if (exchange->endpoint->method == MR_GET)
		return MR_OK;
	return negotiate_body(exchange);
}

/* Decode. */

static enum mr_err
malformed(struct exchange *exchange, const char *source, enum mr_err err)
{
	const struct mr_decoding *decoding = &exchange->decoding;

	if (err == MR_URI_TOO_LONG)
		return fail(exchange, err, "The query string is too long");
	if (err != MR_SYNTAX)
		return err;
	exchange->problem.has_offset = true;
	exchange->problem.offset = decoding->offset;
	return fail(exchange, err, "%s, byte %zu: %s", source,
	            decoding->offset, decoding->reason);
}

static enum mr_err
decode_body(struct exchange *exchange)
{
	const struct mr_request *request = exchange->request;
	enum mr_err err;

	if (exchange->endpoint->method == MR_GET ||
	    (!mr_decode_wants_body(&exchange->endpoint->in) &&
	     request->body.length == 0))
		return MR_OK;
	err = mr_decode_body(&exchange->decoding, request->body);
	return malformed(exchange, "Body", err);
}

static enum mr_err
decode(struct exchange *exchange)
{
	struct mr_decoding *decoding = &exchange->decoding;
	const struct mr_request *request = exchange->request;
	enum mr_err err;

	mr_decode_begin(decoding);
	err = malformed(exchange, "Query string",
	                mr_decode_query(decoding, request->query));
	if (err == MR_OK)
		err = decode_body(exchange);
	if (err == MR_OK)
		err = mr_decode_finish(decoding);
	if (err == MR_INVALID) {
		exchange->problem.faults = &decoding->faults;
		fail(exchange, err, "%zu fault%s in the input",
		     decoding->faults.count,
		     decoding->faults.count == 1 ? "" : "s");
	}
	return err;
}

/* Compute and encode. */

static enum mr_err
compute(struct exchange *exchange, void *out)
{
	struct mr_call call = { .arena = exchange->arena,
		                .request = exchange->request };
	enum mr_err err;

	err = exchange->endpoint->function(&call, exchange->decoding.record,
	                                   out);
	if ((unsigned)err >= MR_ERR_COUNT)
		return fail(exchange, MR_RESULT,
		            "The function returned an unknown error, %d",
		            (int)err);
	if (call.words != NULL)
		exchange->problem.detail = call.words;
	return err;
}

static enum mr_err
encode(struct exchange *exchange, const void *out)
{
	struct mr_buffer json = { .arena = exchange->arena };
	const char *culprit;
	enum mr_err err;

	err = mr_encode_json(&exchange->endpoint->out, out, &json, &culprit);
	if (err == MR_RESULT)
		return fail(exchange, err,
		            "The result %s cannot be written as JSON",
		            culprit);
	if (err != MR_OK)
		return err;
	exchange->reply->status = mr_err_status(MR_OK);
	exchange->reply->content_type = "application/json";
	exchange->reply->body = (struct mr_string){ json.data, json.length };
	return MR_OK;
}

static enum mr_err
run(struct exchange *exchange)
{
	const struct mr_endpoint *endpoint = exchange->endpoint;
	void *out = mr_arena_alloc(exchange->arena, endpoint->out.size);
	enum mr_err err;

	enter(exchange, MR_PHASE_DECODE);
	exchange->decoding.record =
	    mr_arena_alloc(exchange->arena, endpoint->in.size);
	if (exchange->decoding.record == NULL || out == NULL)
		return MR_MEMORY;
	err = decode(exchange);
	mr_arena_release(exchange->arena, (void *)(uintptr_t)exchange->request->body.data,
	                 exchange->request->body_piece);
	if (err != MR_OK)
		return err;
	enter(exchange, MR_PHASE_COMPUTE);
	err = compute(exchange, out);
	if (err != MR_OK)
		return err;
	enter(exchange, MR_PHASE_ENCODE);
	return encode(exchange, out);
}

static enum mr_err
answer(struct exchange *exchange)
{
	enum mr_err err = route(exchange);

	if (err != MR_OK)
		return err;
	if (exchange->endpoint == NULL) { /* OPTIONS */
		exchange->reply->status = 204;
		return MR_OK;
	}
	exchange->decoding = (struct mr_decoding){
		.shape = &exchange->endpoint->in,
		.query_only = exchange->endpoint->method == MR_GET,
		.arena = exchange->arena,
	};
	err = negotiate(exchange);
	return err == MR_OK ? run(exchange) : err;
}

void
mr_reply_problem(struct mr_reply *reply, const struct mr_problem *problem,
                 struct mr_arena *arena)
{
	char *text = mr_problem_print(problem, arena);

	reply->err = problem->err;
	reply->status = mr_err_status(problem->err);
	reply->content_type = text == NULL ? NULL : MR_PROBLEM_TYPE;
	reply->body = (struct mr_string){ text == NULL ? "" : text,
		                          text == NULL ? 0 : strlen(text) };
	if (problem->err == MR_BUSY)
		add_header(reply, "Retry-After", MR_RETRY_AFTER);
}

void
mr_handle(const struct mr_registry *registry, const struct mr_request *request,
          struct mr_reply *reply, struct mr_arena *arena)
{
	struct exchange exchange = {
		.registry = registry,
		.request = request,
		.reply = reply,
		.arena = arena,
	};

	*reply = (struct mr_reply){ .body = { "", 0 } };
	exchange.problem.err = answer(&exchange);
	if (exchange.problem.err != MR_OK) {
		exchange.problem.instance =
		    mr_problem_instance(request->path, arena);
		exchange.problem.request_id = request->request_id;
		mr_reply_problem(reply, &exchange.problem, arena);
	}
	enter(&exchange, MR_PHASE_DONE);
}
