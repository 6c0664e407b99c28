/*
 * problem.c: the one layout of every error document, nginx's own included.
 */
#include "api/problem.h"

#include "base/buffer.h"

#include <ctype.h>
#include <stdio.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

void
mr_problem_urn(enum mr_err err, char urn[MR_PROBLEM_URN_SIZE])
{
	strcpy(urn, MR_PROBLEM_URN);
	mr_err_slug(err, urn + strlen(MR_PROBLEM_URN));
}

void
mr_problem_say(struct mr_problem *problem, struct mr_arena *arena,
               const char *format, va_list values)
{
	char *detail = mr_arena_alloc(arena, MR_PROBLEM_DETAIL + 1);

	if (detail != NULL)
		vsnprintf(detail, MR_PROBLEM_DETAIL + 1, format, values);
	problem->detail = detail;
}

char *
mr_problem_print(const struct mr_problem *problem, struct mr_arena *arena)
{
	struct mr_document *document = mr_document_new();
	char type[MR_PROBLEM_URN_SIZE], *text;

	mr_problem_urn(problem->err, type);
	mr_document_string(document, "type", type);
	mr_document_string(document, "title", mr_err_title(problem->err));
	mr_document_size(document, "status", (size_t)mr_err_status(problem->err));
	mr_document_string(document, "detail", problem->detail);
	mr_document_string(document, "instance", problem->instance);
	mr_document_string(document, "request_id", problem->request_id);
	if (problem->has_offset)
		mr_document_size(document, "offset", problem->offset);
	if (problem->faults != NULL)
		mr_faults_describe(problem->faults, document);
	if (problem->extend != NULL)
		problem->extend(problem->extension, document);
	text = mr_document_print(document, arena);
	mr_document_free(document);
	return text;
}

static bool
is_unreserved(unsigned char c)
{
	return c < 0x80 && (isalnum(c) || (c != '\0' && strchr("-._~/", c)));
}

const char *
mr_problem_instance(const char *path, struct mr_arena *arena)
{
	struct mr_buffer buffer = { .arena = arena };
	const char *at = path;

	while (is_unreserved((unsigned char)*at))
		at++;
	if (*at == '\0')
		return path;
	for (at = path; *at != '\0'; at++) {
		if (is_unreserved((unsigned char)*at))
			mr_buffer_putc(&buffer, *at);
		else
			mr_buffer_printf(&buffer, "%%%02X", (unsigned char)*at);
	}
	return mr_buffer_text(&buffer);
}

/* The schema. */

struct member {
	const char *name, *type, *text;
	bool required; /* every document has it */
	void (*more)(struct mr_document *schema); /* keywords; NULL: none */
};

static void
describe_object(const struct member *members, size_t count,
                struct mr_document *schema)
{
	struct mr_document *properties, *property, *required;

	mr_document_string(schema, "type", "object");
	properties = mr_document_object(schema, "properties");
	required = mr_document_array(schema, "required");
	for (size_t i = 0; i < count; i++) {
		property = mr_document_object(properties, members[i].name);
		mr_document_string(property, "type", members[i].type);
		mr_document_string(property, "description", members[i].text);
		if (members[i].required)
			mr_document_string(required, NULL, members[i].name);
		if (members[i].more != NULL)
			members[i].more(property);
	}
}

/* Two faults of one type stand side by side in the table. */
static void
describe_fault_types(struct mr_document *schema)
{
	static const char *const types[] = {
#define ROW(symbol, type, sentence, context) type,
		MR_FAULTS(ROW)
#undef ROW
	};
	struct mr_document *list = mr_document_array(schema, "enum");

	for (size_t i = 0; i < N(types); i++)
		if (i == 0 || strcmp(types[i], types[i - 1]) != 0)
			mr_document_string(list, NULL, types[i]);
}

static void
describe_place(struct mr_document *schema)
{
	mr_document_literal(schema, "items",
	                    "{\"type\":[\"string\",\"integer\"]}");
}

static void
describe_fault(struct mr_document *errors)
{
	static const struct member members[] = {
		{ "loc", "array", "Where: body, query or header, names, indices from 0.",
		  true, describe_place },
		{ "type", "string", "Which kind of fault; stable.", true,
		  describe_fault_types },
		{ "msg", "string", "The fault in words.", true, NULL },
		{ "ctx", "object", "The bound or the name that msg tells.",
		  false, NULL },
	};

	describe_object(members, N(members),
	                mr_document_object(errors, "items"));
}

static void
describe_types(struct mr_document *schema)
{
	struct mr_document *types = mr_document_array(schema, "enum");
	char urn[MR_PROBLEM_URN_SIZE];

	for (enum mr_err err = MR_OK + 1; err < MR_ERR_COUNT; err++) {
		mr_problem_urn(err, urn);
		mr_document_string(types, NULL, urn);
	}
}

void
mr_problem_describe(struct mr_document *schema)
{
	static const struct member members[] = {
		{ "type", "string", "Which kind of problem; stable.", true,
		  describe_types },
		{ "title", "string", "The kind in words, the same each time.",
		  true, NULL },
		{ "status", "integer", "The HTTP status of the reply.", true,
		  NULL },
		{ "detail", "string", "What went wrong this time.", false,
		  NULL },
		{ "instance", "string", "The path of the request, escaped.",
		  true, NULL },
		{ "request_id", "string", "As in X-Request-Id and in the logs.",
		  true, NULL },
		{ "offset", "integer",
		  "Where malformed input goes wrong. Unit: bytes.", false,
		  NULL },
		{ "errors", "array", "The faults of the input, all at once.",
		  false, describe_fault },
		{ "truncated", "boolean", "True when there are more faults.",
		  false, NULL },
	};

	mr_document_string(schema, "description",
	                   "Why there is no result (RFC 9457).");
	describe_object(members, N(members), schema);
}
