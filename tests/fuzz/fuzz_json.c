/*
 * fuzz_json.c: any bytes as the body of a request; the first one picks the
 * shape.
 */
/* sources: tests/fuzz/decoding.c tests/fuzz/records.c tests/fuzz/shapes.c */
#include "claim.h"
#include "decoding.h"
#include "shapes.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		fuzz_decoding(&(struct fuzz_input){
		    .shape = &fuzz_shapes[(uint8_t)(data[0] - 'a') %
		                          fuzz_shape_count],
		    .query = { "", 0 },
		    .body = { (const char *)data + 1, size - 1 } });
	return 0;
}
