/*
 * keys.h: the keys of one JSON object, to find the one that comes twice.
 *
 * Sorting bounds the work for any input; a hash could be driven into
 * collisions by a hostile one.
 */
#ifndef MR_SCHEMA_KEYS_H
#define MR_SCHEMA_KEYS_H

#include "base/arena.h"
#include "millrace.h"

struct mr_key {
	struct mr_string name;
	size_t offset; /* of its first byte in the text */
};

struct mr_keys {
	struct mr_key *keys;
	size_t count, capacity;
};

/* The name must stay where it is.  False when out of memory. */
bool mr_keys_add(struct mr_keys *keys, struct mr_string name, size_t offset,
                 struct mr_arena *arena);

/*
 * The earliest key whose name an earlier one has; NULL when all differ.
 * Reorders the keys.
 */
const struct mr_key *mr_keys_repeated(struct mr_keys *keys);

#endif
