/*
 * descriptors.c: /proc/self/fd, and close_range between what is kept.
 */
#include "fcgi/base/descriptors.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
ascending(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void
descriptors_note(struct descriptors *open)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;

	open->count = 0;
	if (directory == NULL)
		return;
	while ((entry = readdir(directory)) != NULL &&
	       open->count < DESCRIPTORS_MAX)
		if (*entry->d_name != '.' &&
		    atoi(entry->d_name) != dirfd(directory))
			open->list[open->count++] = atoi(entry->d_name);
	closedir(directory);
	qsort(open->list, open->count, sizeof(*open->list), ascending);
}

void
descriptors_subtract(struct descriptors *later,
                     const struct descriptors *earlier)
{
	size_t kept = 0;

	for (size_t i = 0; i < later->count; i++)
		if (bsearch(&later->list[i], earlier->list, earlier->count,
		            sizeof(int), ascending) == NULL)
			later->list[kept++] = later->list[i];
	later->count = kept;
}

void
descriptors_close_others(const struct descriptors *kept, const int *given,
                         size_t count)
{
	int list[DESCRIPTORS_MAX + DESCRIPTORS_GIVEN];
	int next = STDERR_FILENO + 1;
	size_t total = kept->count;

	memcpy(list, kept->list, total * sizeof(*list));
	for (size_t i = 0; i < count; i++)
		if (given[i] >= 0)
			list[total++] = given[i];
	qsort(list, total, sizeof(*list), ascending);
	for (size_t i = 0; i < total; i++) {
		if (list[i] > next)
			close_range((unsigned)next, (unsigned)list[i] - 1, 0);
		if (list[i] >= next)
			next = list[i] + 1;
	}
	close_range((unsigned)next, UINT_MAX, 0);
}
