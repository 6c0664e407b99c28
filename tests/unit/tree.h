/*
 * tree.h: looking into a JSON document that a test has read back.
 */
#ifndef MR_TESTS_TREE_H
#define MR_TESTS_TREE_H

#include "base/buffer.h"
#include "unit.h"

#include <cjson/cJSON.h>

/* The node at a path of names and indices such as "tags|0|name", or NULL. */
static inline const cJSON *
tree_at(const cJSON *node, const char *path)
{
	char *names = strdup(path), *rest = names, *name;

	while (node != NULL && (name = strsep(&rest, "|")) != NULL)
		node = cJSON_IsArray(node)
		           ? cJSON_GetArrayItem(node, atoi(name))
		           : cJSON_GetObjectItemCaseSensitive(node, name);
	free(names);
	return node;
}

/* The string there, or NULL. */
static inline const char *
tree_text(const cJSON *node, const char *path)
{
	return cJSON_GetStringValue(tree_at(node, path));
}

/* The names of an object, or the strings of an array, with blanks between. */
static inline const char *
tree_list(const cJSON *node, const char *path)
{
	struct mr_buffer text = { .arena = arena };
	const cJSON *list = tree_at(node, path), *member;

	cJSON_ArrayForEach(member, list)
	{
		if (text.length > 0)
			mr_buffer_putc(&text, ' ');
		mr_buffer_puts(&text, cJSON_IsArray(list) ? member->valuestring
		                                          : member->string);
	}
	mr_buffer_putc(&text, '\0');
	return text.data;
}

#endif
