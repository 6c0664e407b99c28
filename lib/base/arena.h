/*
 * arena.h: memory that lives as long as one request.
 *
 * Small pieces come from chained blocks; a large piece is a mapping of its
 * own, so that it can grow without copying and goes back to the system when
 * the arena is reset.
 */
#ifndef MR_BASE_ARENA_H
#define MR_BASE_ARENA_H

#include <stddef.h>

struct mr_arena;

/* NULL when there is no memory.  Free with mr_arena_free. */
struct mr_arena *mr_arena_new(void);

/* Accepts NULL. */
void mr_arena_free(struct mr_arena *arena);

/* Gives up every piece; one small block is kept for the next request. */
void mr_arena_reset(struct mr_arena *arena);

/* size bytes, zeroed, aligned for any type; NULL when there is no memory. */
void *mr_arena_alloc(struct mr_arena *arena, size_t size);

/*
 * Grow or shrink a piece of old_size bytes (NULL and 0: a new one); what is
 * added is zeroed.  The piece may move.  NULL, and the old piece untouched,
 * when there is no memory.
 */
void *mr_arena_resize(struct mr_arena *arena, void *piece, size_t old_size,
                      size_t new_size);

/* Gives a large piece back at once; a small one waits for the reset. */
void mr_arena_release(struct mr_arena *arena, void *piece, size_t size);

/* A copy of length bytes with a NUL behind it; NULL when out of memory. */
char *mr_arena_copy(struct mr_arena *arena, const char *text, size_t length);

#endif
