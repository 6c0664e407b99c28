/*
 * verdict.c: what the library makes of documents, for tests/fuzz/differential.
 *
 * Reads documents, each after a line with its length in bytes.  Answers each
 * with a line: "malformed" and the byte; "well-formed"; or, if it is an input
 * of the shape of lists, the document as the library writes it.  All that
 * decoding.h claims is claimed of it as an input of each shape.
 */
#include "base/buffer.h"
#include "claim.h"
#include "decoding.h"
#include "schema/encode.h"
#include "schema/json.h"
#include "schema/skip.h"
#include "shapes.h"

static void
print_lists(struct mr_string document, struct mr_arena *arena)
{
	const struct fuzz_input input = { .shape = &fuzz_lists,
		                          .query = { "", 0 },
		                          .body = document };
	struct mr_decoding decoding = { .arena = arena };
	struct mr_buffer json = { .arena = arena };
	const char *culprit;

	if (fuzz_decode(&input, &decoding) != MR_OK) {
		puts("well-formed");
		return;
	}
	CLAIM(mr_encode_json(&fuzz_lists, decoding.record, &json, &culprit) ==
	      MR_OK);
	printf("%.*s\n", (int)json.length, json.data);
}

static void
judge(struct mr_string document, struct mr_arena *arena)
{
	struct mr_json json;

	for (size_t i = 0; i < fuzz_shape_count; i++)
		fuzz_decoding(&(struct fuzz_input){ .shape = &fuzz_shapes[i],
		                                    .query = { "", 0 },
		                                    .body = document });
	mr_json_start(&json, document, arena);
	mr_json_skip(&json);
	if (mr_json_finish(&json))
		print_lists(document, arena);
	else
		printf("malformed %zu\n", json.offset);
}

int
main(void)
{
	struct mr_arena *arena = mr_arena_new();
	size_t length;

	setvbuf(stdout, NULL, _IOLBF, 0); /* for who has to find a crash */
	while (scanf("%zu", &length) == 1 && getchar() == '\n') {
		char *text = mr_arena_alloc(arena, length);

		CLAIM(fread(text, 1, length, stdin) == length);
		judge((struct mr_string){ text, length }, arena);
		mr_arena_reset(arena);
	}
	CLAIM(feof(stdin));
	mr_arena_free(arena);
	return 0;
}
