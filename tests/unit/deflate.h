/*
 * deflate.h: the other way from base/gzip.h, by zlib, for tests and fuzzers.
 */
#ifndef MR_TESTS_UNIT_DEFLATE_H
#define MR_TESTS_UNIT_DEFLATE_H

#include "base/arena.h"
#include "millrace.h"

#include <stdlib.h>
#include <zlib.h>

/*
 * One member of gzip in memory, deflated at level 0 to 9; header: what it
 * says beside, or NULL.
 */
static inline struct mr_string
deflated(struct mr_string text, int level, gz_header *header,
         struct mr_arena *memory)
{
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)text.data,
		            .avail_in = (unsigned)text.length };
	size_t size;

	if (deflateInit2(&stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8,
	                 Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	if (header != NULL)
		deflateSetHeader(&stream, header);
	size = deflateBound(&stream, text.length);
	stream.next_out = mr_arena_alloc(memory, size);
	stream.avail_out = (unsigned)size;
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&stream);
	return (struct mr_string){ (char *)stream.next_out - stream.total_out,
		                   stream.total_out };
}

#endif
