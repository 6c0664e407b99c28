/*
 * faults.h: the faults of an input in one line, for tables of cases:
 * "body.numbers.3 int_type; body.rounds missing".  "truncated" comes last.  With
 * ctx: "body.rounds greater_than_equal {"ge":0}".
 */
#ifndef MR_TESTS_FAULTS_H
#define MR_TESTS_FAULTS_H

#include "base/buffer.h"
#include "base/document.h"
#include "schema/fault.h"
#include "unit.h"

#include <cjson/cJSON.h>

static inline void
faults_put_place(struct mr_buffer *line, const cJSON *loc)
{
	const cJSON *part;

	cJSON_ArrayForEach(part, loc)
	{
		if (part != loc->child)
			mr_buffer_putc(line, '.');
		if (cJSON_IsString(part))
			mr_buffer_puts(line, part->valuestring);
		else
			mr_buffer_printf(line, "%d", part->valueint);
	}
}

static inline void
faults_put_ctx(struct mr_buffer *line, const cJSON *ctx)
{
	char *text = ctx == NULL ? NULL : cJSON_PrintUnformatted(ctx);

	if (text != NULL)
		mr_buffer_printf(line, " %s", text);
	cJSON_free(text);
}

/* document: an object with the member "errors". */
static inline const char *
faults_told(const cJSON *document, bool with_ctx)
{
	const cJSON *errors = cJSON_GetObjectItem(document, "errors"), *error;
	struct mr_buffer line = { .arena = arena };

	ck_assert(cJSON_IsArray(errors));
	cJSON_ArrayForEach(error, errors)
	{
		if (error != errors->child)
			mr_buffer_puts(&line, "; ");
		faults_put_place(&line, cJSON_GetObjectItem(error, "loc"));
		mr_buffer_printf(
		    &line, " %s",
		    cJSON_GetStringValue(cJSON_GetObjectItem(error, "type")));
		ck_assert(cJSON_IsString(cJSON_GetObjectItem(error, "msg")));
		if (with_ctx)
			faults_put_ctx(&line, cJSON_GetObjectItem(error, "ctx"));
	}
	if (cJSON_IsTrue(cJSON_GetObjectItem(document, "truncated")))
		mr_buffer_puts(&line, "; truncated");
	mr_buffer_putc(&line, '\0');
	return line.data;
}

static inline const char *
faults_in(const cJSON *document)
{
	return faults_told(document, false);
}

/* The document that describes the faults, as text. */
static inline const char *
faults_text(const struct mr_faults *faults)
{
	struct mr_document *document = mr_document_new();
	const char *text;

	mr_faults_describe(faults, document);
	text = mr_document_print(document, arena);
	mr_document_free(document);
	ck_assert_ptr_nonnull(text);
	return text;
}

static inline const char *
faults_parsed(const struct mr_faults *faults, bool with_ctx)
{
	cJSON *document = cJSON_Parse(faults_text(faults));
	const char *line;

	ck_assert_ptr_nonnull(document);
	line = faults_told(document, with_ctx);
	cJSON_Delete(document);
	return line;
}

static inline const char *
faults_line(const struct mr_faults *faults)
{
	return faults_parsed(faults, false);
}

static inline const char *
faults_with_ctx(const struct mr_faults *faults)
{
	return faults_parsed(faults, true);
}

#endif
