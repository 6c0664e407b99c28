/*
 * operation.c: parameters, bodies and replies of an endpoint.
 */
#include "api/operation.h"

#include "api/job_operation.h"
#include "api/registry.h"
#include "base/buffer.h"
#include "base/err.h"
#include "schema/describe.h"
#include "schema/example.h"
#include "schema/format.h"
#include "schema/shape.h"

#include <stdio.h>

struct work {
	const struct mr_endpoint *endpoint;
	struct mr_arena *arena;
	struct mr_document *operation;
};

/* What can be answered. */

bool
mr_operation_answers(const struct mr_endpoint *endpoint, enum mr_err err)
{
	switch (err) {
	case MR_LENGTH_REQUIRED:
		return mr_endpoint_wants_body(endpoint);
	case MR_BODY_TOO_LARGE:
	case MR_MEDIA_TYPE: /* even of a body that is not wanted */
		return endpoint->method == MR_POST;
	case MR_SYNTAX:
	case MR_NOT_ACCEPTABLE:
	case MR_URI_TOO_LONG:
	case MR_INVALID: /* a parameter that does not exist */
	case MR_DOMAIN:
	case MR_CONFLICT: /* a job that was cancelled while it was waited for */
	case MR_HEADERS_TOO_LARGE:
	case MR_CRASH:
	case MR_RESULT:
	case MR_INTERNAL:
	case MR_GATEWAY:
	case MR_BUSY:
	case MR_STORAGE:
	case MR_DEADLINE:
	case MR_MEMORY:
	case MR_STORAGE_FULL:
		return true;
	default:
		return false;
	}
}

const char *
mr_operation_tag(const struct mr_endpoint *endpoint)
{
	return endpoint->tag != NULL ? endpoint->tag
	                             : mr_endpoint_pool(endpoint);
}

void
mr_operation_refer(struct mr_document *node, const char *kind,
                   const char *name)
{
	char reference[96];

	snprintf(reference, sizeof(reference), "#/components/%s/%s", kind,
	         name);
	mr_document_string(node, "$ref", reference);
}

static void
refer_header(struct mr_document *headers, const char *name)
{
	mr_operation_refer(mr_document_object(headers, name), "headers", name);
}

void
mr_operation_add_headers(struct mr_document *response, const char *const *more)
{
	struct mr_document *headers = mr_document_object(response, "headers");

	refer_header(headers, "X-Request-Id");
	refer_header(headers, "Server-Timing");
	for (; more != NULL && *more != NULL; more++)
		refer_header(headers, *more);
}

/* Bodies. */

/* The row that is all of a request's body that is not JSON; NULL: none is. */
static const struct mr_field *
bare_input(const struct mr_endpoint *endpoint)
{
	const struct mr_field *field = NULL;

	for (enum mr_format format = MR_FORMAT_JSON + 1;
	     mr_endpoint_wants_body(endpoint) && field == NULL && format < MR_FORMAT_COUNT;
	     format++)
		field = mr_format_input(format, &endpoint->in);
	return field;
}

static const char *
bare_text(const struct work *work, const struct mr_field *field,
          enum mr_format format)
{
	struct mr_buffer text = { .arena = work->arena };
	const char *dtype = mr_describe_dtype(field);

	mr_buffer_printf(&text, "%s alone: ", field->name);
	if (format == MR_FORMAT_NPY)
		mr_buffer_printf(&text, "NumPy's format, dtype %s, shape %s, "
		                        "C order.",
		                 dtype, mr_describe_form(field));
	else if (dtype != NULL)
		mr_buffer_printf(&text, "8 bytes for each element, dtype %s "
		                        "(little-endian), shape %s.",
		                 dtype, mr_describe_form(field));
	else
		mr_buffer_puts(&text, "its bytes as they are.");
	return mr_buffer_text(&text);
}

static void
describe_bare(const struct work *work, const struct mr_field *field,
              enum mr_format format, struct mr_document *content)
{
	const char *type = mr_format_type(format);
	struct mr_document *media = mr_document_object(content, type);
	struct mr_document *schema = mr_document_object(media, "schema");

	mr_document_string(schema, "type", "string");
	mr_document_string(schema, "format", "binary");
	mr_document_string(schema, "contentMediaType", type);
	mr_document_string(schema, "description",
	                   bare_text(work, field, format));
}

/* One media type for each format that can carry the input, or the result. */
static void
describe_content(const struct work *work, bool input,
                 struct mr_document *parent)
{
	const struct mr_shape *shape =
	    input ? &work->endpoint->in : &work->endpoint->out;
	struct mr_document *content = mr_document_object(parent, "content");
	struct mr_document *media =
	    mr_document_object(content, mr_format_type(MR_FORMAT_JSON));

	mr_describe_shape(shape, input ? MR_ROLE_INPUT : MR_ROLE_RESULT,
	                  work->arena, mr_document_object(media, "schema"));
	for (enum mr_format format = MR_FORMAT_JSON + 1;
	     format < MR_FORMAT_COUNT; format++) {
		const struct mr_field *field =
		    input ? mr_format_input(format, shape)
		          : mr_format_output(format, shape);

		if (field != NULL)
			describe_bare(work, field, format, content);
	}
}

static void
describe_body(const struct work *work)
{
	struct mr_document *body;
	char text[80];

	if (!mr_endpoint_wants_body(work->endpoint))
		return;
	body = mr_document_object(work->operation, "requestBody");
	snprintf(text, sizeof(text), "At most %zu bytes.",
	         mr_endpoint_body_limit(work->endpoint));
	mr_document_string(body, "description", text);
	mr_document_literal(body, "required", "true");
	describe_content(work, true, body);
}

/* Parameters. */

static struct mr_document *
add_parameter(const struct mr_field *field, struct mr_arena *arena,
              struct mr_document *parameters, const char *text)
{
	struct mr_document *parameter = mr_document_object(parameters, NULL);
	struct mr_document *schema;

	mr_document_string(parameter, "name", field->name);
	mr_document_string(parameter, "in", "query");
	mr_document_string(parameter, "description", text);
	mr_document_string(parameter, "style", "form");
	mr_document_literal(parameter, "explode", "true");
	schema = mr_document_object(parameter, "schema");
	mr_describe_field(field, MR_ROLE_QUERY, arena, schema);
	return schema == NULL ? NULL : parameter;
}

void
mr_operation_add_query(const struct mr_field *field, struct mr_arena *arena,
                       struct mr_document *parameters)
{
	struct mr_document *parameter = add_parameter(
	    field, arena, parameters, mr_describe_text(field, arena));
	const char *example = mr_example(field, arena);

	if (mr_field_is_required(field))
		mr_document_literal(parameter, "required", "true");
	if (example != NULL)
		mr_document_literal(parameter, "example", example);
}

/*
 * It has no value to begin with, since a page that sends what is filled in
 * would send it with a JSON body too.
 */
static void
describe_beside_bare(const struct work *work, const struct mr_field *field,
                     struct mr_document *parameters)
{
	struct mr_buffer text = { .arena = work->arena };

	mr_buffer_printf(&text, "%s Only beside a body that is not JSON",
	                 mr_describe_text(field, work->arena));
	if (mr_field_is_required(field))
		mr_buffer_puts(&text, ", and then required.");
	else if (field->default_value != NULL)
		mr_buffer_printf(&text, "; then the default is %s.",
		                 field->default_value);
	else
		mr_buffer_putc(&text, '.');
	add_parameter(field, work->arena, parameters, mr_buffer_text(&text));
}

static void
describe_parameters(const struct work *work)
{
	const struct mr_shape *in = &work->endpoint->in;
	const struct mr_field *bare = bare_input(work->endpoint);
	struct mr_document *parameters =
	    mr_document_array(work->operation, "parameters");
	size_t count = mr_shape_count(in);

	for (size_t i = 0; i < count; i++) {
		const struct mr_field *field = &in->fields[i];

		if (work->endpoint->method == MR_GET || field->in_query)
			mr_operation_add_query(field, work->arena, parameters);
		else if (bare != NULL && field != bare)
			describe_beside_bare(work, field, parameters);
	}
	mr_job_operation_add_parameters(parameters);
}

/* Replies. */

/* Errors of one status stand side by side. */
void
mr_operation_refer_problems(struct mr_document *responses,
                            bool (*answers)(const void *what, enum mr_err err),
                            const void *what)
{
	int last = mr_err_status(MR_OK);
	char status[12];

	for (enum mr_err err = MR_OK + 1; err < MR_ERR_COUNT; err++) {
		if (mr_err_status(err) == last || !answers(what, err))
			continue;
		last = mr_err_status(err);
		snprintf(status, sizeof(status), "%d", last);
		mr_operation_refer(mr_document_object(responses, status),
		                   "responses", status);
	}
}

static bool
can_answer(const void *endpoint, enum mr_err err)
{
	return mr_operation_answers(endpoint, err);
}

static void
describe_responses(const struct work *work)
{
	struct mr_document *responses =
	    mr_document_object(work->operation, "responses");
	struct mr_document *response = mr_document_object(responses, "200");

	mr_document_string(response, "description",
	                   work->endpoint->long_running
	                       ? "The result, to a client that waits for it "
	                         "(`Prefer: wait=N`); without that the answer "
	                         "is a 202."
	                       : "The result.");
	mr_operation_add_headers(response, NULL);
	describe_content(work, false, response);
	mr_operation_refer(mr_document_object(responses, "202"), "responses",
	                   "202");
	mr_operation_refer_problems(responses, can_answer, work->endpoint);
}

static void
describe_text(const struct work *work)
{
	const struct mr_endpoint *endpoint = work->endpoint;
	const struct mr_field *bare = bare_input(endpoint);
	struct mr_buffer text = { .arena = work->arena };

	if (endpoint->description != NULL)
		mr_buffer_printf(&text, "%s\n\n", endpoint->description);
	if (bare != NULL && mr_format_input(MR_FORMAT_NPY, &endpoint->in))
		mr_buffer_printf(
		    &text,
		    "The body can be `%s` alone, as `numpy.save` writes it:\n\n"
		    "    curl -H 'Content-Type: %s' --data-binary @%s.npy "
		    "http://HOST%s\n\n"
		    "What else the body would have in JSON is then given in "
		    "the query string.",
		    bare->name, mr_format_type(MR_FORMAT_NPY), bare->name,
		    endpoint->path);
	if (text.length > 0)
		mr_document_string(work->operation, "description",
		                   mr_buffer_text(&text));
}

void
mr_operation_describe(const struct mr_endpoint *endpoint,
                      struct mr_arena *arena, struct mr_document *operation)
{
	const struct work work = { endpoint, arena, operation };

	mr_document_string(operation, "operationId", endpoint->name);
	mr_document_string(operation, "summary", endpoint->summary);
	describe_text(&work);
	mr_document_string(mr_document_array(operation, "tags"), NULL,
	                   mr_operation_tag(endpoint));
	describe_parameters(&work);
	describe_body(&work);
	describe_responses(&work);
}
