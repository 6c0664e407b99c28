/*
 * arena.c: bump allocation in blocks, mappings for large pieces.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define BLOCK_SIZE ((size_t)64 << 10)
#define LARGE_SIZE ((size_t)32 << 10) /* from here on: a mapping of its own */
#define HUGE_SIZE ((size_t)2 << 20)
#define LARGEST_PAGE ((size_t)64 << 10)
#define ALIGNMENT _Alignof(max_align_t)

/* In front of every large piece; keeps what follows aligned. */
struct large {
	_Alignas(max_align_t) struct large *previous;
	struct large *next;
	size_t mapped;
};

struct block {
	_Alignas(max_align_t) struct block *previous;
	size_t used;
	unsigned char bytes[];
};

struct mr_arena {
	struct block *block;
	struct large large; /* head of a ring */
};

static size_t
align(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static struct block *
block_new(struct block *previous)
{
	struct block *block = malloc(BLOCK_SIZE);

	if (block != NULL) {
		block->previous = previous;
		block->used = sizeof(*block);
	}
	return block;
}

struct mr_arena *
mr_arena_new(void)
{
	struct mr_arena *arena = malloc(sizeof(*arena));

	if (arena == NULL)
		return NULL;
	arena->large.next = arena->large.previous = &arena->large;
	arena->block = block_new(NULL);
	if (arena->block == NULL) {
		free(arena);
		return NULL;
	}
	return arena;
}

static void
large_free(struct large *large)
{
	large->previous->next = large->next;
	large->next->previous = large->previous;
	munmap(large, large->mapped);
}

void
mr_arena_reset(struct mr_arena *arena)
{
	while (arena->large.next != &arena->large)
		large_free(arena->large.next);
	while (arena->block->previous != NULL) {
		struct block *full = arena->block;

		arena->block = full->previous;
		free(full);
	}
	arena->block->used = sizeof(*arena->block);
}

void
mr_arena_free(struct mr_arena *arena)
{
	if (arena == NULL)
		return;
	mr_arena_reset(arena);
	free(arena->block);
	free(arena);
}

/*
 * Most of the cost of a large piece is the faults of its first use; pages of
 * 2 MB make them few.  Only advice: what it returns does not matter.
 */
static void
use_huge_pages(void *mapping, size_t size)
{
	if (size >= HUGE_SIZE)
		madvise(mapping, size, MADV_HUGEPAGE);
}

/* Large ones are whole huge pages, which the kernel then aligns. */
static size_t
mapping_size(size_t size)
{
	size_t mapped = sizeof(struct large) + size;

	return mapped < HUGE_SIZE ? mapped
	                          : (mapped + HUGE_SIZE - 1) & ~(HUGE_SIZE - 1);
}

static void *
large_new(struct mr_arena *arena, size_t size)
{
	size_t mapped = mapping_size(size);
	struct large *large;

	large = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
	             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (large == MAP_FAILED)
		return NULL;
	use_huge_pages(large, mapped);
	large->mapped = mapped;
	large->previous = &arena->large;
	large->next = arena->large.next;
	large->next->previous = large;
	arena->large.next = large;
	return large + 1;
}

void *
mr_arena_alloc(struct mr_arena *arena, size_t size)
{
	struct block *block = arena->block;
	void *piece;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = align(size);
	if (size >= LARGE_SIZE)
		return large_new(arena, size);
	if (block->used + size > BLOCK_SIZE) {
		block = block_new(arena->block);
		if (block == NULL)
			return NULL;
		arena->block = block;
	}
	piece = (unsigned char *)block + block->used;
	block->used += size;
	return memset(piece, 0, size);
}

/* Shrinks to whole pages only, so that little old data is left behind. */
static void *
large_resize(struct large *large, size_t old_size, size_t size)
{
	size_t mapped = size < old_size ? sizeof(*large) + size
	                                : mapping_size(size);

	if (size >= old_size && mapped <= large->mapped)
		return large + 1;
	large = mremap(large, large->mapped, mapped, MREMAP_MAYMOVE);
	if (large == MAP_FAILED)
		return NULL;
	use_huge_pages(large, mapped);
	large->mapped = mapped;
	large->previous->next = large;
	large->next->previous = large;
	return large + 1;
}

/* What a mapping kept of a piece that shrank and grew again is old data. */
static void *
large_grown(void *piece, size_t old_size, size_t new_size)
{
	size_t end = (old_size + sizeof(struct large)) % LARGEST_PAGE;
	size_t dirty = (LARGEST_PAGE - end) % LARGEST_PAGE;

	if (piece != NULL && new_size > old_size)
		memset((char *)piece + old_size, 0,
		       dirty < new_size - old_size ? dirty
		                                   : new_size - old_size);
	return piece;
}

void *
mr_arena_resize(struct mr_arena *arena, void *piece, size_t old_size,
                size_t new_size)
{
	void *moved;

	if (new_size > SIZE_MAX / 2)
		return NULL;
	if (piece != NULL && align(old_size) >= LARGE_SIZE &&
	    align(new_size) >= LARGE_SIZE)
		return large_grown(large_resize((struct large *)piece - 1,
		                                align(old_size),
		                                align(new_size)),
		                   old_size, new_size);
	moved = mr_arena_alloc(arena, new_size);
	if (moved == NULL || piece == NULL)
		return moved;
	memcpy(moved, piece, old_size < new_size ? old_size : new_size);
	mr_arena_release(arena, piece, old_size);
	return moved;
}

void
mr_arena_release(struct mr_arena *arena, void *piece, size_t size)
{
	(void)arena;
	if (piece != NULL && align(size) >= LARGE_SIZE)
		large_free((struct large *)piece - 1);
}

char *
mr_arena_copy(struct mr_arena *arena, const char *text, size_t length)
{
	char *copy = mr_arena_alloc(arena, length + 1);

	return copy == NULL ? NULL : memcpy(copy, text, length);
}
