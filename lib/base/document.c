/*
 * document.c: cJSON behind a door.
 */
#include "base/document.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* struct mr_document is cJSON's node under our name. */
static cJSON *
node(const struct mr_document *document)
{
	return (cJSON *)(void *)(uintptr_t)document;
}

static struct mr_document *
add(struct mr_document *parent, const char *name, cJSON *child)
{
	cJSON_bool added;

	if (parent == NULL || child == NULL) {
		cJSON_Delete(child);
		return NULL;
	}
	added = name == NULL
	            ? cJSON_AddItemToArray(node(parent), child)
	            : cJSON_AddItemToObject(node(parent), name, child);
	if (!added) {
		cJSON_Delete(child);
		return NULL;
	}
	return (struct mr_document *)(void *)child;
}

struct mr_document *
mr_document_new(void)
{
	return (struct mr_document *)(void *)cJSON_CreateObject();
}

void
mr_document_free(struct mr_document *document)
{
	cJSON_Delete(node(document));
}

void
mr_document_string(struct mr_document *parent, const char *name,
                   const char *text)
{
	if (text != NULL)
		add(parent, name, cJSON_CreateString(text));
}

void
mr_document_literal(struct mr_document *parent, const char *name,
                    const char *literal)
{
	add(parent, name, cJSON_CreateRaw(literal));
}

void
mr_document_size(struct mr_document *parent, const char *name, size_t size)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", size);
	mr_document_literal(parent, name, text);
}

struct mr_document *
mr_document_object(struct mr_document *parent, const char *name)
{
	return add(parent, name, cJSON_CreateObject());
}

struct mr_document *
mr_document_array(struct mr_document *parent, const char *name)
{
	return add(parent, name, cJSON_CreateArray());
}

char *
mr_document_print(const struct mr_document *document, struct mr_arena *arena)
{
	char *text, *copy;

	if (document == NULL)
		return NULL;
	text = cJSON_PrintUnformatted(node(document));
	if (text == NULL)
		return NULL;
	copy = mr_arena_copy(arena, text, strlen(text));
	cJSON_free(text);
	return copy;
}

struct mr_document *
mr_document_parse(const char *text, size_t length)
{
	const char *end;
	cJSON *parsed = cJSON_ParseWithLengthOpts(text, length, &end, false);

	if (parsed == NULL)
		return NULL;
	while (end < text + length && strchr(" \t\r\n", *end) != NULL &&
	       *end != '\0')
		end++;
	if (end < text + length) {
		cJSON_Delete(parsed);
		return NULL;
	}
	return (struct mr_document *)(void *)parsed;
}

const struct mr_document *
mr_document_member(const struct mr_document *object, const char *name)
{
	return (const struct mr_document *)(const void *)
	    cJSON_GetObjectItemCaseSensitive(node(object), name);
}

const struct mr_document *
mr_document_first(const struct mr_document *array)
{
	cJSON *parent = node(array);

	if (!cJSON_IsArray(parent))
		return NULL;
	return (const struct mr_document *)(const void *)parent->child;
}

const struct mr_document *
mr_document_next(const struct mr_document *element)
{
	if (element == NULL)
		return NULL;
	return (const struct mr_document *)(const void *)node(element)->next;
}

const char *
mr_document_get_string(const struct mr_document *object, const char *name,
                       const char *otherwise)
{
	const cJSON *member = node(mr_document_member(object, name));

	return cJSON_IsString(member) ? member->valuestring : otherwise;
}

double
mr_document_get_number(const struct mr_document *object, const char *name,
                       double otherwise)
{
	const cJSON *member = node(mr_document_member(object, name));

	return cJSON_IsNumber(member) ? member->valuedouble : otherwise;
}

bool
mr_document_get_bool(const struct mr_document *object, const char *name,
                     bool otherwise)
{
	const cJSON *member = node(mr_document_member(object, name));

	return cJSON_IsBool(member) ? cJSON_IsTrue(member) : otherwise;
}
