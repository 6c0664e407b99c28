/*
 * list.c: growth by doubling, in place where the arena can.
 */
#include "schema/list.h"

#define FIRST_ELEMENTS 16

#define IS_LIKE_INT64S(type)                                                   \
	_Static_assert(offsetof(struct mr_int64s, data) ==                     \
	                       offsetof(type, data) &&                         \
	                   offsetof(struct mr_int64s, length) ==               \
	                       offsetof(type, length),                         \
	               "arrays differ in the type of their elements only")

struct anything;
struct objects {
	MR_ARRAY(struct anything) array;
};
IS_LIKE_INT64S(struct mr_doubles);
IS_LIKE_INT64S(__typeof__(((struct objects *)0)->array));

void *
mr_list_room(struct mr_list *list)
{
	size_t capacity = list->capacity;
	unsigned char *elements;

	if (list->length >= capacity) {
		capacity = capacity == 0 ? FIRST_ELEMENTS : 2 * capacity;
		if (capacity < list->expected)
			capacity = list->expected;
		elements = mr_arena_resize(list->arena, list->elements,
		                           list->capacity * list->size,
		                           capacity * list->size);
		if (elements == NULL)
			return NULL;
		list->elements = elements;
		list->capacity = capacity;
	}
	return list->elements + list->length * list->size;
}

const void *
mr_list_elements(const struct mr_list *list)
{
	const void *trimmed = NULL;

	/* Only room that was expected can be much. */
	if (list->expected > 0)
		trimmed = mr_arena_resize(list->arena, list->elements,
		                          list->capacity * list->size,
		                          list->length * list->size);
	return trimmed == NULL ? list->elements : trimmed;
}

void
mr_list_hand_over(const struct mr_list *list, void *member)
{
	if (list->length > 0)
		*(struct mr_int64s *)member =
		    (struct mr_int64s){ mr_list_elements(list), list->length };
}
