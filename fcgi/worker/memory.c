/*
 * memory.c: malloc, calloc, realloc and the aligned ones.
 */
#include "fcgi/worker/memory.h"

#include "fcgi/worker/guard.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

static void *
noted(void *piece)
{
	if (piece == NULL)
		guard_note_denied(NULL);
	return piece;
}

void *
malloc(size_t size)
{
	return noted(__libc_malloc(size));
}

void *
calloc(size_t count, size_t size)
{
	return noted(__libc_calloc(count, size));
}

/* realloc(piece, 0) frees, and its NULL is no denial. */
void *
realloc(void *piece, size_t size)
{
	void *moved = __libc_realloc(piece, size);

	return size == 0 ? moved : noted(moved);
}

void *
memalign(size_t alignment, size_t size)
{
	return noted(__libc_memalign(alignment, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int
posix_memalign(void **piece, size_t alignment, size_t size)
{
	void *aligned;

	if (alignment % sizeof(void *) != 0 ||
	    (alignment & (alignment - 1)) != 0 || alignment == 0)
		return EINVAL;
	aligned = memalign(alignment, size);
	if (aligned == NULL)
		return ENOMEM;
	*piece = aligned;
	return 0;
}
