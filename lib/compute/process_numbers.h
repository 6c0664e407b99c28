/*
 * process_numbers.h: a loop over each number, in closed form.
 */
#ifndef MR_COMPUTE_PROCESS_NUMBERS_H
#define MR_COMPUTE_PROCESS_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * to[i] is what becomes of from[i] after `rounds` times
 * x = (x + 1) * 2 % 1000000007, where sum and product wrap as int64 does and
 * the remainder has the sign of the dividend (Rust's wrapping_add,
 * wrapping_mul and %; also C's).  The time is bounded, whatever
 * the rounds.
 * from and to have count elements and may be the same array.
 */
void mr_process_numbers(const int64_t *from, int64_t *to, size_t count,
                        uint64_t rounds);

#endif
