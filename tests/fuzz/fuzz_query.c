/*
 * fuzz_query.c: any bytes as a query string; the first one picks the shape.
 */
/* sources: tests/fuzz/decoding.c tests/fuzz/records.c tests/fuzz/shapes.c */
#include "claim.h"
#include "decoding.h"
#include "shapes.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mr_shape *shape;

	if (size == 0)
		return 0;
	shape = &fuzz_shapes[(uint8_t)(data[0] - 'a') % fuzz_shape_count];
	if (fuzz_fits_query(shape))
		fuzz_decoding(&(struct fuzz_input){
		    .shape = shape,
		    .query_only = true,
		    .query = { (const char *)data + 1, size - 1 } });
	return 0;
}
