/*
 * handle.c: route, negotiate, decode, compute or submit, encode.
 */
#include "api/handle.h"

#include "api/background.h"
#include "api/call.h"
#include "api/exchange.h"
#include "api/input.h"
#include "api/output.h"
#include "api/park.h"
#include "api/submit.h"
#include "base/buffer.h"
#include "base/err.h"

static void
enter(struct mr_exchange *exchange, enum mr_phase phase)
{
	const struct mr_request *request = exchange->request;

	exchange->reply->entered[phase] =
	    request->enter(request->context, phase);
}

/* Route. */

static void
add_allow(struct mr_exchange *exchange,
          const struct mr_endpoint *const *endpoints, size_t count)
{
	struct mr_buffer allow = { .arena = exchange->arena };
	const char *methods;

	mr_endpoints_allow(endpoints, count, &allow);
	methods = mr_buffer_text(&allow);
	mr_reply_add_header(exchange->reply, "Allow",
	                    methods == NULL ? "" : methods);
}

static void
tell_routed(struct mr_exchange *exchange,
            const struct mr_endpoint *const *found)
{
	const struct mr_request *request = exchange->request;

	exchange->reply->endpoint = exchange->endpoint;
	if (request->routed != NULL)
		request->routed(request->context,
		                mr_registry_index(exchange->registry, found));
}

static enum mr_err
route(struct mr_exchange *exchange)
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
	if (count == 0 ||
	    (!mr_endpoint_is_public(endpoints[0]) && request->job == NULL))
		return mr_exchange_fail(exchange, MR_NOT_FOUND,
		                        "No endpoint has this path");
	exchange->reply->endpoint = endpoints[0];
	for (size_t i = 0; i < count; i++) {
		if (strcmp(mr_method_name(endpoints[i]->method), method) != 0)
			continue;
		exchange->endpoint = endpoints[i];
		tell_routed(exchange, &endpoints[i]);
		return MR_OK;
	}
	add_allow(exchange, endpoints, count);
	if (strcmp(method, "OPTIONS") == 0)
		return MR_OK;
	return mr_exchange_fail(exchange, MR_METHOD, "This path answers to %s",
	                        exchange->reply->headers[0].value);
}

/* Compute. */

static enum mr_err
compute(struct mr_exchange *exchange, struct mr_call *call, void *out)
{
	enum mr_err err = exchange->endpoint->function(
	    call, exchange->decoding.record, out);

	if ((unsigned)err >= MR_ERR_COUNT)
		return mr_exchange_fail(exchange, MR_RESULT,
		                        "The function returned an unknown "
		                        "error, %d",
		                        (int)err);
	if (err == MR_CANCELLED && !mr_cancelled(call))
		return mr_exchange_fail(exchange, MR_RESULT,
		                        "The function gave up, though its "
		                        "caller waits");
	if (call->words != NULL)
		exchange->problem.detail = call->words;
	return err;
}

static enum mr_err
run(struct mr_exchange *exchange)
{
	struct mr_call call = { .arena = exchange->arena,
		                .request = exchange->request,
		                .registry = exchange->registry };
	void *out =
	    mr_arena_alloc(exchange->arena, exchange->endpoint->out.size);
	enum mr_err err;

	if (out == NULL)
		return MR_MEMORY;
	enter(exchange, MR_PHASE_DECODE);
	err = mr_input_decode(exchange);
	if (err != MR_OK)
		return err;
	enter(exchange, MR_PHASE_COMPUTE);
	err = compute(exchange, &call, out);
	if (err != MR_OK)
		return err;
	enter(exchange, MR_PHASE_ENCODE);
	err = mr_output_encode(exchange, out);
	if (err == MR_OK)
		err = mr_park_judge(exchange, &call);
	return err == MR_OK ? mr_background_start(exchange, &call) : err;
}

/*
 * The input is judged here and now; the rest is the job's, which is to have the
 * body as it came.
 */
static enum mr_err
submit(struct mr_exchange *exchange, struct mr_job_request *wanted)
{
	enum mr_err err;

	exchange->body_piece = 0;
	enter(exchange, MR_PHASE_DECODE);
	err = mr_input_decode(exchange);
	if (err != MR_OK)
		return err;
	enter(exchange, MR_PHASE_ENCODE);
	return mr_submit_finish(exchange, wanted);
}

static enum mr_err
answer(struct mr_exchange *exchange)
{
	enum mr_err err = route(exchange);
	struct mr_job_request wanted;

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
	err = mr_output_negotiate(exchange);
	if (err == MR_OK)
		err = mr_input_negotiate(exchange);
	if (err == MR_OK)
		err = mr_input_begin(exchange);
	if (err == MR_OK)
		err = mr_submit_begin(exchange, &wanted);
	if (err != MR_OK)
		return err;
	return mr_submit_is_asked(exchange, &wanted.prefer)
	           ? submit(exchange, &wanted)
	           : run(exchange);
}

void
mr_reply_add_header(struct mr_reply *reply, const char *name,
                    const char *value)
{
	if (reply->header_count < MR_HEADERS_MAX)
		reply->headers[reply->header_count++] =
		    (struct mr_header){ name, value };
}

void
mr_reply_problem(struct mr_reply *reply, const struct mr_problem *problem,
                 struct mr_arena *arena)
{
	char *text = mr_problem_print(problem, arena);

	reply->err = problem->err;
	reply->status = mr_err_status(problem->err);
	reply->park = 0;
	reply->content_type = text == NULL ? NULL : MR_PROBLEM_TYPE;
	reply->preamble = (struct mr_string){ "", 0 };
	reply->body = (struct mr_string){ text == NULL ? "" : text,
		                          text == NULL ? 0 : strlen(text) };
	if (problem->err == MR_BUSY || problem->err == MR_STORAGE)
		mr_reply_add_header(reply, "Retry-After", MR_RETRY_AFTER);
}

void
mr_handle(const struct mr_registry *registry, const struct mr_request *request,
          struct mr_reply *reply, struct mr_arena *arena)
{
	struct mr_exchange exchange = {
		.registry = registry,
		.request = request,
		.reply = reply,
		.arena = arena,
		.body = request->body,
		.body_piece = request->body_piece,
	};

	*reply = (struct mr_reply){ .preamble = { "", 0 }, .body = { "", 0 } };
	exchange.problem.err = answer(&exchange);
	if (exchange.problem.err != MR_OK) {
		exchange.problem.instance =
		    mr_problem_instance(request->path, arena);
		exchange.problem.request_id = request->request_id;
		mr_reply_problem(reply, &exchange.problem, arena);
	}
	enter(&exchange, MR_PHASE_DONE);
}
