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
mr_keys_repeated(struct mr_keys *keys)
{
	const struct mr_key *earliest = NULL;

	if (keys->count < 2)
		return NULL;
	qsort(keys->keys, keys->count, sizeof(*keys->keys),
	      by_name_and_offset);
	for (size_t i = 1; i < keys->count; i++) {
		const struct mr_key *key = &keys->keys[i];

		if (by_name(key - 1, key) == 0 &&
		    (earliest == NULL || key->offset < earliest->offset))
			earliest = key;
	}
	return earliest;
}
