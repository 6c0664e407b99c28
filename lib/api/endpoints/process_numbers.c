/*
 * process_numbers.c: POST /process-numbers, the same loop over each number.
 */
#include "compute/process_numbers.h"

#include "millrace.h"

#define MOST_NUMBERS 2000000
#define NUMBER_TEXT 24 /* bytes of a number with its comma and a space */

struct process_numbers_in {
	struct mr_int64s numbers;
	int64_t rounds;
};
struct process_numbers_out {
	int64_t original_count;
	struct mr_int64s processed_result;
};

static enum mr_err
process_numbers(mr_call *call, const struct process_numbers_in *in,
                struct process_numbers_out *out)
{
	size_t count = in->numbers.length;
	int64_t *processed = mr_alloc(call, count * sizeof(*processed));

	if (processed == NULL)
		return MR_MEMORY;
	mr_process_numbers(in->numbers.data, processed, count,
	                   (uint64_t)in->rounds);
	out->original_count = (int64_t)count;
	out->processed_result = (struct mr_int64s){ processed, count };
	return MR_OK;
}

static const struct mr_field process_numbers_in[] = {
	MR_PARAM(struct process_numbers_in, numbers, "numbers to process",
	         MR_ITEMS(0, MOST_NUMBERS, INT64_MIN, INT64_MAX)),
	MR_OPTIONAL(struct process_numbers_in, rounds,
	            "times that each number goes through the loop",
	            MR_RANGE(0, INT64_MAX), "1000"),
};
static const struct mr_field process_numbers_out[] = {
	MR_RESULT(struct process_numbers_out, original_count,
	          "how many numbers there were"),
	MR_RESULT(struct process_numbers_out, processed_result,
	          "the numbers after the last round, in order"),
};
MR_ENDPOINT(process_numbers, MR_POST, "/process-numbers",
            "Rounds of arithmetic modulo a prime on each number", .pool = "heavy",
            .body_limit = MOST_NUMBERS * NUMBER_TEXT);
