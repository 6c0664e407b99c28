/*
 * list.h: an array that grows in an arena while its elements are read.
 */
#ifndef MR_SCHEMA_LIST_H
#define MR_SCHEMA_LIST_H

#include "base/arena.h"
#include "millrace.h"

/* Zeroed, but for arena and size, to begin with. */
struct mr_list {
	struct mr_arena *arena;
	size_t size; /* bytes of an element */
	unsigned char *elements;
	size_t length, capacity;
	size_t expected; /* elements in all, as far as its reader knows */
	bool one_by_one; /* for its reader: no more runs */
};

/* The place for one element more; NULL when out of memory. */
void *mr_list_room(struct mr_list *list);

/* Its elements, without room for more; not of an empty list. */
const void *mr_list_elements(const struct mr_list *list);

/* Sets a struct mr_int64s, or its like, unless the list is empty. */
void mr_list_hand_over(const struct mr_list *list, void *member);

#endif
