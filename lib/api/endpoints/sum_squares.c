/*
 * sum_squares.c: GET /sum-squares, a sum of two squares.
 */
#include "compute/sum_squares.h"

struct sum_squares_in {
	int64_t a, b;
};
struct sum_squares_out {
	int64_t a, b, sum_of_squares;
};

static enum mr_err
sum_squares(mr_call *call, const struct sum_squares_in *in,
            struct sum_squares_out *out)
{
	out->a = in->a;
	out->b = in->b;
	if (mr_sum_squares(in->a, in->b, &out->sum_of_squares) != MR_OK)
		return mr_refuse(call, "The sum of squares is larger than "
		                       "the largest 64-bit integer, "
		                       "9223372036854775807");
	return MR_OK;
}

static const struct mr_field sum_squares_in[] = {
	MR_OPTIONAL(struct sum_squares_in, a, "first number",
	            MR_RANGE(INT64_MIN, INT64_MAX), "5"),
	MR_OPTIONAL(struct sum_squares_in, b, "second number",
	            MR_RANGE(INT64_MIN, INT64_MAX), "10"),
};
static const struct mr_field sum_squares_out[] = {
	MR_RESULT(struct sum_squares_out, a, "first number"),
	MR_RESULT(struct sum_squares_out, b, "second number"),
	MR_RESULT(struct sum_squares_out, sum_of_squares, "a a + b b"),
};
MR_ENDPOINT(sum_squares, MR_GET, "/sum-squares", "Sum of two squares");
