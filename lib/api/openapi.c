/*
 * openapi.c: the document around the operations.
 */
#include "api/openapi.h"

#include "api/job_operation.h"
#include "api/operation.h"
#include "api/problem.h"

#include <ctype.h>
#include <stdio.h>

struct work {
	const struct mr_endpoint **endpoints; /* of the site */
	size_t count;
	struct mr_arena *arena;
};

static const char about[] =
    "Compute functions written in C, as HTTP endpoints.\n\n"
    "**Input is taken strictly.** A name that is not declared, a value out of "
    "bounds, `1.0` or `\"1\"` for an integer: everything that is wrong is "
    "told at once, each fault with its place. Integers are 64 bits wide and "
    "exact; a client that keeps numbers as doubles loses them beyond 2^53. "
    "In a query string each name stands once, but that of an array once for "
    "each element.\n\n"
    "**Whatever has no result is a problem document** "
    "(`application/problem+json`), whoever answers. Beside what is listed "
    "with an endpoint: 404 for a path that has none, 405 with `Allow` for a "
    "method that a path does not have, 501 and 505 for what the server does "
    "not speak of HTTP.\n\n"
    "**HEAD and OPTIONS** answer on every path below: HEAD where GET does, "
    "OPTIONS with a 204 whose `Allow` lists the methods.\n\n"
    "**Any call can run as a job**: with `Prefer: respond-async` the answer "
    "is a 202 at once, and the job is stored and will be run; see " MR_JOB_TAG
    ".\n\n"
    "**Every reply has an `X-Request-Id`**, the client's own where that is "
    "well-formed; it is in the logs too.";

static void
describe_info(const char *version, struct mr_document *document)
{
	struct mr_document *info = mr_document_object(document, "info");
	struct mr_document *license, *server;

	mr_document_string(info, "title", "Millrace");
	mr_document_string(info, "version", version);
	mr_document_string(info, "description", about);
	license = mr_document_object(info, "license");
	mr_document_string(license, "name", "MIT");
	mr_document_string(license, "identifier", "MIT");
	server =
	    mr_document_object(mr_document_array(document, "servers"), NULL);
	mr_document_string(server, "url", "/");
	mr_document_array(document, "security");
}

/* Whether no endpoint before this one has its tag. */
static bool
is_new_tag(const struct work *work, size_t endpoint)
{
	const char *tag = mr_operation_tag(work->endpoints[endpoint]);

	for (size_t i = 0; i < endpoint; i++)
		if (strcmp(mr_operation_tag(work->endpoints[i]), tag) == 0)
			return false;
	return true;
}

static void
describe_tags(const struct work *work, struct mr_document *document)
{
	struct mr_document *tags = mr_document_array(document, "tags");

	for (size_t i = 0; i < work->count; i++)
		if (is_new_tag(work, i))
			mr_document_string(mr_document_object(tags, NULL),
			                   "name",
			                   mr_operation_tag(work->endpoints[i]));
	mr_document_string(mr_document_object(tags, NULL), "name", MR_JOB_TAG);
}

/* The endpoints of one path lie side by side. */
static void
describe_paths(const struct work *work, struct mr_document *document)
{
	struct mr_document *paths = mr_document_object(document, "paths");
	struct mr_document *item = NULL;
	char method[8];

	for (size_t i = 0; i < work->count; i++) {
		const struct mr_endpoint *endpoint = work->endpoints[i];
		const char *name = mr_method_name(endpoint->method);

		if (i == 0 ||
		    strcmp(work->endpoints[i - 1]->path, endpoint->path) != 0)
			item = mr_document_object(paths, endpoint->path);
		for (size_t j = 0; j <= strlen(name); j++)
			method[j] = (char)tolower((unsigned char)name[j]);
		mr_operation_describe(endpoint, work->arena,
		                      mr_document_object(item, method));
	}
	mr_job_operation_describe_paths(paths, work->arena);
}

/* Components. */

static void
describe_headers(struct mr_document *components)
{
	static const struct {
		const char *name, *text, *schema, *required;
	} rows[] = {
		{ "X-Request-Id", "The client's, or one that was made up.",
		  "{\"type\":\"string\",\"minLength\":1,\"maxLength\":128}",
		  "true" },
		{ "Server-Timing", "Where the time went. Unit: ms.",
		  "{\"type\":\"string\"}", "true" },
		{ "Retry-After", "When to try again. Unit: s.",
		  "{\"type\":\"integer\",\"minimum\":1}", "true" },
		{ "Location", "The path of the job.",
		  "{\"type\":\"string\",\"format\":\"uri-reference\"}",
		  "true" },
		{ "Preference-Applied", "What of Prefer was heeded.",
		  "{\"type\":\"string\"}", "false" },
	};
	struct mr_document *headers =
	    mr_document_object(components, "headers");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mr_document *header =
		    mr_document_object(headers, rows[i].name);

		mr_document_string(header, "description", rows[i].text);
		mr_document_literal(header, "required", rows[i].required);
		mr_document_literal(header, "schema", rows[i].schema);
	}
}

static bool
is_answered(const struct work *work, enum mr_err err)
{
	for (size_t i = 0; i < work->count; i++)
		if (mr_operation_answers(work->endpoints[i], err))
			return true;
	return mr_job_operation_answers(err);
}

/* The problem, narrowed to the kinds that have this status. */
static void
describe_problem(const struct work *work, enum mr_err first,
                 struct mr_document *response)
{
	struct mr_document *schemas, *properties, *types, *node;
	char urn[MR_PROBLEM_URN_SIZE], status[12];

	node = mr_document_object(response, "content");
	node = mr_document_object(node, MR_PROBLEM_TYPE);
	node = mr_document_object(node, "schema");
	schemas = mr_document_array(node, "allOf");
	mr_operation_refer(mr_document_object(schemas, NULL), "schemas",
	                   "Problem");
	node = mr_document_object(schemas, NULL);
	properties = mr_document_object(node, "properties");
	node = mr_document_object(properties, "status");
	snprintf(status, sizeof(status), "%d", mr_err_status(first));
	mr_document_literal(node, "const", status);
	node = mr_document_object(properties, "type");
	types = mr_document_array(node, "enum");
	for (enum mr_err err = first; err < MR_ERR_COUNT; err++) {
		if (mr_err_status(err) != mr_err_status(first) ||
		    !is_answered(work, err))
			continue;
		mr_problem_urn(err, urn);
		mr_document_string(types, NULL, urn);
	}
}

static void
describe_response(const struct work *work, enum mr_err first,
                  struct mr_document *responses)
{
	struct mr_buffer text = { .arena = work->arena };
	static const char *const retry[] = { "Retry-After", NULL };
	struct mr_document *response;
	char status[12];

	snprintf(status, sizeof(status), "%d", mr_err_status(first));
	response = mr_document_object(responses, status);
	for (enum mr_err err = first; err < MR_ERR_COUNT; err++)
		if (mr_err_status(err) == mr_err_status(first) &&
		    is_answered(work, err))
			mr_buffer_printf(&text, "%s%s",
			                 err == first ? "" : "; ",
			                 mr_err_title(err));
	mr_buffer_putc(&text, '.');
	mr_document_string(response, "description", mr_buffer_text(&text));
	mr_operation_add_headers(response,
	                         first == MR_BUSY ? retry : NULL);
	describe_problem(work, first, response);
}

/* Errors of one status lie side by side. */
static void
describe_components(const struct work *work, struct mr_document *document)
{
	struct mr_document *components =
	    mr_document_object(document, "components");
	struct mr_document *responses =
	    mr_document_object(components, "responses");
	struct mr_document *schemas =
	    mr_document_object(components, "schemas");
	int last = 0;

	mr_job_operation_describe_accepted(responses);

	for (enum mr_err err = MR_OK + 1; err < MR_ERR_COUNT; err++) {
		if (mr_err_status(err) == last || !is_answered(work, err))
			continue;
		last = mr_err_status(err);
		describe_response(work, err, responses);
	}
	mr_problem_describe(mr_document_object(schemas, "Problem"));
	mr_job_operation_describe_schemas(schemas, work->arena);
	mr_job_operation_describe_parameters(
	    mr_document_object(components, "parameters"));
	describe_headers(components);
}

/* What is part of the site. */
static bool
collect(const struct mr_registry *registry, struct work *work)
{
	size_t count;
	const struct mr_endpoint *const *all =
	    mr_registry_endpoints(registry, &count);

	work->endpoints = mr_arena_alloc(
	    work->arena, (count + 1) * sizeof(const struct mr_endpoint *));
	for (size_t i = 0; work->endpoints != NULL && i < count; i++)
		if (mr_endpoint_is_public(all[i]))
			work->endpoints[work->count++] = all[i];
	return work->endpoints != NULL;
}

char *
mr_openapi_print(const struct mr_registry *registry, const char *version,
                 struct mr_arena *arena)
{
	struct mr_document *document = mr_document_new();
	struct work work = { .arena = arena };
	char *text = NULL;

	if (!collect(registry, &work))
		goto out;
	mr_document_string(document, "openapi", "3.1.0");
	describe_info(version, document);
	describe_tags(&work, document);
	describe_paths(&work, document);
	describe_components(&work, document);
	text = mr_document_print(document, arena);
out:
	mr_document_free(document);
	return text;
}
