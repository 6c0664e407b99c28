/*
 * nearest.c: edit distance, for "did you mean".
 */
#include "base/nearest.h"

#include <string.h>

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
mr_edit_distance(const char *a, const char *b)
{
	size_t rows[3][MR_NEAREST_LENGTH + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t m = strlen(a), n = strlen(b);

	if (m > MR_NEAREST_LENGTH || n > MR_NEAREST_LENGTH)
		return m > n ? m : n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; i <= m; i++) {
		spare = before, before = last, last = row, row = spare;
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
			               least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[n];
}

void
mr_nearest_offer(struct mr_nearest *nearest, const char *name)
{
	size_t distance = mr_edit_distance(nearest->wanted, name);
	size_t allowed = (strlen(name) + 2) / 3;

	if (distance <= allowed && distance < strlen(name) &&
	    (nearest->name == NULL || distance < nearest->distance)) {
		nearest->name = name;
		nearest->distance = distance;
	}
}
