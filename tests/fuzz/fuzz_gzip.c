/*
 * fuzz_gzip.c: any bytes as gzip, and any text there and back.
 *
 * data[0] picks the limit or the level, the rest is what it is for.
 */
#include "base/gzip.h"
#include "claim.h"
#include "tests/unit/deflate.h"

static enum mr_err
inflate_within(struct mr_inflation *inflation, size_t limit)
{
	enum mr_err err;

	inflation->limit = limit;
	inflation->text = (struct mr_buffer){ .arena = inflation->text.arena };
	err = mr_gzip_inflate(inflation);
	CLAIM(inflation->text.capacity <= limit + 1);
	CLAIM(inflation->text.length <= inflation->text.capacity);
	switch (err) {
	case MR_OK:
		CLAIM(inflation->text.data != NULL);
		CLAIM(inflation->text.length <= limit);
		break;
	case MR_SYNTAX:
		CLAIM(inflation->reason != NULL);
		CLAIM(inflation->offset <= inflation->gzip.length);
		break;
	default:
		CLAIM(err == MR_BODY_TOO_LARGE);
	}
	return err;
}

/* What fits does so under a wider limit, and under one just as wide. */
static void
claim_limits(struct mr_string gzip, size_t limit, struct mr_arena *arena)
{
	struct mr_inflation inflation = { .gzip = gzip,
		                          .text = { .arena = arena } };
	size_t length;

	if (inflate_within(&inflation, limit) != MR_OK)
		return;
	length = inflation.text.length;
	CLAIM(inflate_within(&inflation, 2 * limit + 1) == MR_OK);
	CLAIM(inflate_within(&inflation, length) == MR_OK);
	CLAIM(length == 0 ||
	      inflate_within(&inflation, length - 1) == MR_BODY_TOO_LARGE);
}

static void
claim_round_trip(struct mr_string text, int level, struct mr_arena *arena)
{
	struct mr_inflation inflation = {
		.gzip = deflated(text, level, NULL, arena),
		.text = { .arena = arena },
	};

	CLAIM(inflate_within(&inflation, text.length) == MR_OK);
	CLAIM(inflation.text.length == text.length);
	CLAIM(memcmp(inflation.text.data, text.data, text.length) == 0);
	inflation.gzip.length--;
	CLAIM(inflate_within(&inflation, text.length) == MR_SYNTAX);
	CLAIM(inflation.offset == inflation.gzip.length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mr_arena *arena;
	struct mr_string rest;

	if (size == 0)
		return 0;
	rest = (struct mr_string){ (const char *)data + 1, size - 1 };
	arena = mr_arena_new();
	claim_limits(rest, (size_t)data[0] * data[0], arena);
	claim_round_trip(rest, data[0] % 10, arena);
	mr_arena_free(arena);
	return 0;
}
