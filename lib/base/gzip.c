/*
 * gzip.c: inflating, member by member, into text that grows by half.
 */
#include "base/gzip.h"

#include <limits.h>
#include <zlib.h>

/* From the fixed part of a header to its trailer, all empty between. */
#define SHORTEST_MEMBER 18

#define GZIP_ONLY (16 + MAX_WBITS) /* of what zlib can read */

static void *
arena_alloc(void *arena, unsigned count, unsigned size)
{
	return mr_arena_alloc(arena, (size_t)count * size);
}

/* zlib's pieces are few and reused by each member: they wait for the reset. */
static void
arena_keep(void *arena, void *piece)
{
	(void)arena;
	(void)piece;
}

static unsigned
at_most_uint(size_t size)
{
	return size < UINT_MAX ? (unsigned)size : UINT_MAX;
}

/*
 * The length that the last member claims, which is all of the text as a rule:
 * one allocation, and one call of zlib, which then needs no window.  Only a
 * hint: a lie costs addresses, not memory.
 */
static size_t
claimed_length(struct mr_string gzip)
{
	const unsigned char *end =
	    (const unsigned char *)gzip.data + gzip.length;

	if (gzip.length < SHORTEST_MEMBER)
		return 0;
	return end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 |
	       (size_t)end[-1] << 24;
}

/* Room for at least one byte; one over the limit shows that it is passed. */
static bool
make_room(struct mr_inflation *inflation)
{
	struct mr_buffer *text = &inflation->text;
	size_t capacity = text->capacity == 0
	                      ? claimed_length(inflation->gzip)
	                      : text->capacity + text->capacity / 2;
	char *data;

	if (text->length < text->capacity)
		return true;
	capacity = capacity < inflation->limit ? capacity + 1
	                                       : inflation->limit + 1;
	data = mr_arena_resize(text->arena, text->data, text->capacity,
	                       capacity);
	if (data == NULL)
		return false;
	text->data = data;
	text->capacity = capacity;
	return true;
}

static size_t
offset_of(const struct mr_inflation *inflation, const z_stream *stream)
{
	return (size_t)((const char *)stream->next_in - inflation->gzip.data);
}

static enum mr_err
malformed(struct mr_inflation *inflation, const z_stream *stream,
          const char *reason)
{
	inflation->reason = reason;
	inflation->offset = offset_of(inflation, stream);
	return MR_SYNTAX;
}

/* As much as fits into the room there is; what zlib says. */
static int
inflate_some(struct mr_inflation *inflation, z_stream *stream)
{
	struct mr_buffer *text = &inflation->text;
	size_t left = inflation->gzip.length - offset_of(inflation, stream);
	int said;

	stream->next_out = (unsigned char *)text->data + text->length;
	stream->avail_out = at_most_uint(text->capacity - text->length);
	stream->avail_in = at_most_uint(left);
	said = inflate(stream, Z_FINISH);
	text->length = (size_t)((char *)stream->next_out - text->data);
	return said;
}

static enum mr_err
inflate_member(struct mr_inflation *inflation, z_stream *stream)
{
	const struct mr_string *gzip = &inflation->gzip;
	int said;

	do {
		if (!make_room(inflation))
			return MR_MEMORY;
		said = inflate_some(inflation, stream);
		if (inflation->text.length > inflation->limit)
			return MR_BODY_TOO_LARGE;
	} while (said == Z_BUF_ERROR &&
	         (stream->avail_out == 0 ||
	          offset_of(inflation, stream) < gzip->length));
	switch (said) {
	case Z_STREAM_END:
		return MR_OK;
	case Z_MEM_ERROR:
		return MR_MEMORY;
	case Z_BUF_ERROR:
		return malformed(inflation, stream, "it ends too early");
	default:
		return malformed(inflation, stream, stream->msg);
	}
}

/* zlib tells it by the wrong byte, and not what should be there. */
static bool
begins_member(const struct mr_inflation *inflation, const z_stream *stream)
{
	static const unsigned char magic[] = { 0x1F, 0x8B };
	size_t left = inflation->gzip.length - offset_of(inflation, stream);

	return memcmp(stream->next_in, magic,
	              left < sizeof(magic) ? left : sizeof(magic)) == 0;
}

enum mr_err
mr_gzip_inflate(struct mr_inflation *inflation)
{
	const struct mr_string *gzip = &inflation->gzip;
	z_stream stream = {
		.next_in = (unsigned char *)(uintptr_t)gzip->data,
		.opaque = inflation->text.arena,
		.zalloc = arena_alloc,
		.zfree = arena_keep,
	};
	enum mr_err err;

	/* There is no inflateEnd: all that it would free is the arena's. */
	if (inflateInit2(&stream, GZIP_ONLY) != Z_OK)
		return MR_MEMORY;
	do {
		if (!begins_member(inflation, &stream))
			return malformed(inflation, &stream,
			                 "a member should begin with 1F 8B");
		err = inflate_member(inflation, &stream);
		inflateReset(&stream);
	} while (err == MR_OK && offset_of(inflation, &stream) < gzip->length);
	return err;
}
