/*
 * keys.h: the keys of JSON objects, to find the one that comes twice.
 *
 * A stack: the keys of an inner object lie above those of the outer one, so
 * that memory is bounded by what is open at one time.  Sorting bounds the
 * work for any input; a hash could be driven into collisions.
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
 * Takes the keys from index `from` on off the stack.  Returns the earliest of
 * them whose name an earlier one has, until the next key is added; NULL when
 * all differ.
 */
const struct mr_key *mr_keys_repeated(struct mr_keys *keys, size_t from);

#endif
