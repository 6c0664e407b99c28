/*
 * problem.c: the one layout of every error document, nginx's own included.
 */
#include "api/problem.h"

#include "base/buffer.h"
#include "base/document.h"
#include "base/err.h"

#include <ctype.h>
#include <stdio.h>

static void
add_number(struct mr_document *document, const char *name, size_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", number);
	mr_document_literal(document, name, text);
}

static void
add_string(struct mr_document *document, const char *name, const char *text)
{
	if (text != NULL)
		mr_document_string(document, name, text);
}

char *
mr_problem_print(const struct mr_problem *problem, struct mr_arena *arena)
{
	struct mr_document *document = mr_document_new();
	char slug[MR_ERR_SLUG], type[64], *text;

	mr_err_slug(problem->err, slug);
	snprintf(type, sizeof(type), "urn:millrace:problem:%s", slug);
	add_string(document, "type", type);
	add_string(document, "title", mr_err_title(problem->err));
	add_number(document, "status", (size_t)mr_err_status(problem->err));
	add_string(document, "detail", problem->detail);
	add_string(document, "instance", problem->instance);
	add_string(document, "request_id", problem->request_id);
	if (problem->has_offset)
		add_number(document, "offset", problem->offset);
	if (problem->faults != NULL)
		mr_faults_describe(problem->faults, document);
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
	mr_buffer_putc(&buffer, '\0');
	return buffer.failed ? NULL : buffer.data;
}
