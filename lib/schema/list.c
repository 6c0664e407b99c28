/*
 * list.c: growth by doubling, in place where the arena can.
 */
#include "schema/list.h"

#define FIRST_ELEMENTS 16

_Static_assert(sizeof(double) == MR_LIST_ELEMENT, "a double has 64 bits");
_Static_assert(sizeof(struct mr_int64s) == sizeof(struct mr_doubles) &&
                   offsetof(struct mr_int64s, length) ==
                       offsetof(struct mr_doubles, length),
               "lists differ in the type of their elements only");

void *
mr_list_room(struct mr_list *list)
{
	size_t capacity = list->capacity;
	unsigned char *elements;

	if (list->length >= capacity) {
		capacity = capacity == 0 ? FIRST_ELEMENTS : 2 * capacity;
		elements = mr_arena_resize(list->arena, list->elements,
		                           list->capacity * MR_LIST_ELEMENT,
		                           capacity * MR_LIST_ELEMENT);
		if (elements == NULL)
			return NULL;
		list->elements = elements;
		list->capacity = capacity;
	}
	return list->elements + list->length * MR_LIST_ELEMENT;
}

void
mr_list_hand_over(const struct mr_list *list, void *member)
{
	if (list->length > 0)
		*(struct mr_int64s *)member = (struct mr_int64s){
			(const void *)list->elements, list->length
		};
}
