/*
 * arena.c: the arena with every piece a piece of malloc, and given back as
 * soon as it may be, so that the sanitizer sees the bounds and the end of
 * each.  Stands in for lib/base/arena.c in fuzz targets.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct piece {
	_Alignas(max_align_t) struct piece *previous;
	struct piece *next;
};

struct mr_arena {
	struct piece pieces; /* head of a ring */
};

struct mr_arena *
mr_arena_new(void)
{
	struct mr_arena *arena = malloc(sizeof(*arena));

	if (arena != NULL)
		arena->pieces.next = arena->pieces.previous = &arena->pieces;
	return arena;
}

void
mr_arena_free(struct mr_arena *arena)
{
	if (arena == NULL)
		return;
	mr_arena_reset(arena);
	free(arena);
}

void
mr_arena_reset(struct mr_arena *arena)
{
	while (arena->pieces.next != &arena->pieces)
		mr_arena_release(arena, arena->pieces.next + 1, 1);
}

void *
mr_arena_alloc(struct mr_arena *arena, size_t size)
{
	struct piece *piece;

	if (size > SIZE_MAX / 2)
		return NULL;
	piece = calloc(1, sizeof(*piece) + size);
	if (piece == NULL)
		return NULL;
	piece->previous = &arena->pieces;
	piece->next = arena->pieces.next;
	piece->next->previous = piece;
	arena->pieces.next = piece;
	return piece + 1;
}

void *
mr_arena_resize(struct mr_arena *arena, void *old, size_t old_size,
                size_t new_size)
{
	void *moved = mr_arena_alloc(arena, new_size);

	if (moved == NULL || old == NULL)
		return moved;
	memcpy(moved, old, old_size < new_size ? old_size : new_size);
	mr_arena_release(arena, old, old_size);
	return moved;
}

/* size 0: not a piece. */
void
mr_arena_release(struct mr_arena *arena, void *released, size_t size)
{
	struct piece *piece = released;

	(void)arena;
	if (released == NULL || size == 0)
		return;
	piece--;
	piece->previous->next = piece->next;
	piece->next->previous = piece->previous;
	free(piece);
}

char *
mr_arena_copy(struct mr_arena *arena, const char *text, size_t length)
{
	char *copy = mr_arena_alloc(arena, length + 1);

	return copy == NULL ? NULL : memcpy(copy, text, length);
}
