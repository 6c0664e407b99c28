/*
 * fuzz_binary.c: any bytes as a body that is one array, matrix or bytes.
 *
 * The first byte picks a shape, the second a format, the third how far from
 * an aligned address the body lies; then comes a line, the query string, and
 * the body.
 */
/* sources: tests/fuzz/decoding.c tests/fuzz/records.c tests/fuzz/shapes.c */
#include "claim.h"
#include "decoding.h"
#include "shapes.h"

#include <string.h>

#define CHOICES 3 /* bytes */
#define ELEMENT sizeof(int64_t)

static void
decode(struct fuzz_input *input, struct mr_string body, size_t misplacement)
{
	char *room = malloc(misplacement + body.length);

	CLAIM(room != NULL || misplacement + body.length == 0);
	input->body = (struct mr_string){ room + misplacement, body.length };
	if (body.length > 0)
		memcpy(room + misplacement, body.data, body.length);
	fuzz_decoding(input);
	free(room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *end = (const char *)data + size;
	struct fuzz_input input;
	const char *newline;

	newline = size < CHOICES
	              ? NULL
	              : memchr(data + CHOICES, '\n', size - CHOICES);
	if (newline == NULL)
		return 0;
	input = (struct fuzz_input){
		.shape = &fuzz_shapes[(uint8_t)(data[0] - 'a') %
		                      fuzz_shape_count],
		.format = data[1] % 2 == 'n' % 2 ? MR_FORMAT_NPY
		                                 : MR_FORMAT_RAW,
		.query = { (const char *)data + CHOICES,
		           (size_t)(newline - (const char *)data) - CHOICES },
	};
	if (mr_format_input(input.format, input.shape) != NULL)
		decode(&input,
		       (struct mr_string){ newline + 1,
		                           (size_t)(end - newline) - 1 },
		       data[2] % ELEMENT);
	return 0;
}
