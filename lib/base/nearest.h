/*
 * nearest.h: what a mistyped name was probably meant to be.
 */
#ifndef MR_BASE_NEAREST_H
#define MR_BASE_NEAREST_H

#include <stddef.h>

/*
 * The number of insertions, deletions, replacements and swaps of neighbours
 * that turn a into b (optimal string alignment); names longer than
 * MR_NEAREST_LENGTH count as entirely different.
 */
#define MR_NEAREST_LENGTH 63
size_t mr_edit_distance(const char *a, const char *b);

/*
 * The best candidate so far: feed each known name to mr_nearest_offer, then
 * read name, which is NULL when none is near enough to be meant.
 */
struct mr_nearest {
	const char *wanted;
	const char *name;
	size_t distance;
};

void mr_nearest_offer(struct mr_nearest *nearest, const char *name);

#endif
