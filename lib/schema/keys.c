/*
 * keys.c: repeated keys, found by sorting.
 */
#include "schema/keys.h"

#include <stdlib.h>
#include <string.h>

bool
mr_keys_add(struct mr_keys *keys, struct mr_string name, size_t offset,
            struct mr_arena *arena)
{
	size_t capacity = keys->capacity;
	struct mr_key *grown;

	if (keys->count == capacity) {
		capacity = capacity == 0 ? 8 : 2 * capacity;
		grown = mr_arena_resize(arena, keys->keys,
		                        keys->capacity * sizeof(*grown),
		                        capacity * sizeof(*grown));
		if (grown == NULL)
			return false;
		keys->keys = grown;
		keys->capacity = capacity;
	}
	keys->keys[keys->count++] = (struct mr_key){ name, offset };
	return true;
}

static int
by_name(const struct mr_key *a, const struct mr_key *b)
{
	if (a->name.length != b->name.length)
		return a->name.length < b->name.length ? -1 : 1;
	return a->name.length == 0
	           ? 0
	           : memcmp(a->name.data, b->name.data, a->name.length);
}

static int
by_name_and_offset(const void *a_, const void *b_)
{
	const struct mr_key *a = a_, *b = b_;
	int order = by_name(a, b);

	return order != 0 ? order : (a->offset > b->offset) - (a->offset < b->offset);
}

const struct mr_key *
mr_keys_repeated(struct mr_keys *keys, size_t from)
{
	size_t count = keys->count - from;
	struct mr_key *first;
	const struct mr_key *earliest = NULL;

	keys->count = from;
	if (count < 2)
		return NULL;
	first = keys->keys + from;
	qsort(first, count, sizeof(*first), by_name_and_offset);
	for (size_t i = 1; i < count; i++)
		if (by_name(&first[i - 1], &first[i]) == 0 &&
		    (earliest == NULL || first[i].offset < earliest->offset))
			earliest = &first[i];
	return earliest;
}
