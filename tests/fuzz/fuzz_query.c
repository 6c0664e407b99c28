/*
 * fuzz_query.c: any bytes as a query string.
 */
/* sources: tests/fuzz/shapes.c */
#include "claim.h"
#include "shapes.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_decoding(mr_decode_query, data, size);
	return 0;
}
