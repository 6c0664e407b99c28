/*
 * fuzz_json.c: any bytes as the body of a request.
 */
/* sources: tests/fuzz/shapes.c */
#include "claim.h"
#include "shapes.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_decoding(mr_decode_json, data, size);
	return 0;
}
