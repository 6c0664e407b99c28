/*
 * invoke.c: a request made of command-line arguments.
 */
#include "fcgi/command/invoke.h"

#include "api/handle.h"
#include "base/document.h"
#include "base/nearest.h"
#include "fcgi/base/clock.h"
#include "schema/shape.h"
#include "schema/skip.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

struct invocation {
	struct program *program;
	const struct mr_endpoint *endpoint;
	struct mr_buffer query, body;
	struct mr_document *document; /* of the body, while it grows */
};

static const struct mr_endpoint *
find(const struct mr_registry *registry, const char *path)
{
	struct mr_nearest nearest = { .wanted = path };
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_find(registry, path, &count);

	if (count > 0)
		return endpoints[0];
	endpoints = mr_registry_endpoints(registry, &count);
	for (size_t i = 0; i < count; i++)
		mr_nearest_offer(&nearest, endpoints[i]->path);
	fprintf(stderr, "millrace: no endpoint has the path %s", path);
	if (nearest.name != NULL)
		fprintf(stderr, "; did you mean %s?", nearest.name);
	fputc('\n', stderr);
	return NULL;
}

static void
add_encoded(struct mr_buffer *query, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x80 && isalnum(c))
			mr_buffer_putc(query, (char)c);
		else
			mr_buffer_printf(query, "%%%02X", c);
	}
}

static void
add_parameter(struct mr_buffer *query, struct mr_string name, const char *value)
{
	if (query->length > 0)
		mr_buffer_putc(query, '&');
	add_encoded(query, name.data, name.length);
	mr_buffer_putc(query, '=');
	add_encoded(query, value, strlen(value));
}

static bool
is_json(const char *text, struct mr_arena *arena)
{
	struct mr_json json;

	mr_json_start(&json, (struct mr_string){ text, strlen(text) }, arena);
	mr_json_skip(&json);
	return mr_json_finish(&json);
}

/*
 * A string field takes the text as it is, and so does what is no JSON, to be
 * refused for its type.
 */
static bool
add_argument(struct invocation *invocation, const char *argument)
{
	const char *equals = strchr(argument, '=');
	const struct mr_field *field;
	struct mr_string name;
	char *key;

	if (equals == NULL) {
		fprintf(stderr, "millrace: '%s' is not NAME=VALUE\n", argument);
		return false;
	}
	name = (struct mr_string){ argument, (size_t)(equals - argument) };
	field = mr_shape_find(&invocation->endpoint->in, name);
	if (invocation->endpoint->method == MR_GET ||
	    (field != NULL && field->in_query)) {
		add_parameter(&invocation->query, name, equals + 1);
		return true;
	}
	key = mr_arena_copy(invocation->program->arena, name.data, name.length);
	if (key == NULL) {
		fputs("millrace: out of memory\n", stderr);
		return false;
	}
	if (field == NULL || field->kind == MR_KIND_STRING ||
	    !is_json(equals + 1, invocation->program->arena))
		mr_document_string(invocation->document, key, equals + 1);
	else
		mr_document_literal(invocation->document, key, equals + 1);
	return true;
}

static bool
read_standard_input(struct mr_buffer *body)
{
	size_t got = 1;
	char *room;

	while (got > 0 && (room = mr_buffer_room(body, BUFSIZ)) != NULL) {
		got = fread(room, 1, BUFSIZ, stdin);
		body->length += got;
	}
	if (body->failed || ferror(stdin)) {
		fputs("millrace: cannot read standard input\n", stderr);
		return false;
	}
	return true;
}

static bool
read_arguments(struct invocation *invocation, char *const *arguments,
               size_t count)
{
	char *text;

	if (count == 1 && strcmp(arguments[0], "-") == 0)
		return read_standard_input(&invocation->body);
	invocation->document = mr_document_new();
	for (size_t i = 0; i < count; i++)
		if (!add_argument(invocation, arguments[i]))
			return false;
	text = mr_document_print(invocation->document,
	                         invocation->program->arena);
	if (text == NULL) {
		fputs("millrace: out of memory\n", stderr);
		return false;
	}
	if (invocation->endpoint->method != MR_GET)
		mr_buffer_puts(&invocation->body, text);
	return true;
}

static struct mr_string
string_of(const struct mr_buffer *buffer)
{
	return (struct mr_string){ buffer->length == 0 ? "" : buffer->data,
		                   buffer->length };
}

static int
run(struct invocation *invocation)
{
	const struct mr_request request = {
		.method = mr_method_name(invocation->endpoint->method),
		.path = invocation->endpoint->path,
		.query = string_of(&invocation->query),
		.body = string_of(&invocation->body),
		.has_length = true,
		.state_directory = invocation->program->config.state,
		.enter = clock_enter,
	};
	struct mr_reply reply;
	FILE *out;

	mr_handle(invocation->program->registry, &request, &reply,
	          invocation->program->arena);
	out = reply.err == MR_OK ? stdout : stderr;
	fwrite(reply.body.data, 1, reply.body.length, out);
	fputc('\n', out);
	return reply.err == MR_OK && fflush(stdout) == 0 ? EXIT_SUCCESS
	                                                 : EXIT_FAILURE;
}

int
invoke_run(struct program *program, char *const *arguments, size_t count)
{
	struct invocation invocation = {
		.program = program,
		.query = { .arena = program->arena },
		.body = { .arena = program->arena },
	};
	int status = EXIT_FAILURE;

	invocation.endpoint = find(program->registry, arguments[0]);
	if (invocation.endpoint != NULL &&
	    read_arguments(&invocation, arguments + 1, count - 1))
		status = run(&invocation);
	mr_document_free(invocation.document);
	return status;
}
