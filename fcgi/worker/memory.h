/*
 * memory.h: the allocator of the C library, watched.
 *
 * The program defines malloc and its kin, so that every library in the
 * process calls ours: the same allocator, which tells the guard when it has
 * to deny a request for memory.  A function that then runs into the NULL that
 * it did not expect is answered with 507, not with 500.
 */
#ifndef FCGI_MEMORY_H
#define FCGI_MEMORY_H

#include <stddef.h>

/* Under glibc's own names; no other prototypes exist. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *piece, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

#endif
