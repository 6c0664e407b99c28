/*
 * trace.c: addresses to names.
 */
#include "fcgi/trace.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The guard's own: its end, its handler, and the return from a signal. */
#define GUARD_FRAMES 3

/* What called this is the same for every request. */
#define OUTERMOST "mr_handle"

static int
print_frame(const void *frame, char *text, size_t size)
{
	const char *slash;
	Dl_info info;
	uintptr_t address = (uintptr_t)frame;

	if (dladdr(frame, &info) == 0)
		return snprintf(text, size, "0x%zx", (size_t)address);
	if (info.dli_sname != NULL)
		return snprintf(text, size, "%s+0x%zx", info.dli_sname,
		                (size_t)(address - (uintptr_t)info.dli_saddr));
	slash = strrchr(info.dli_fname, '/');
	return snprintf(text, size, "%s+0x%zx",
	                slash == NULL ? info.dli_fname : slash + 1,
	                (size_t)(address - (uintptr_t)info.dli_fbase));
}

void
trace_print(void *const *frames, int depth, char *text, size_t size)
{
	size_t used = 0;
	int written;

	*text = '\0';
	for (int i = GUARD_FRAMES; i < depth; i++) {
		/* A recursion is told once. */
		if (i > GUARD_FRAMES && frames[i] == frames[i - 1])
			continue;
		if (used > 0 && used + 1 < size)
			text[used++] = ' ';
		written = print_frame(frames[i], text + used, size - used);
		if (written < 0 || (size_t)written >= size - used)
			return;
		used += (size_t)written;
		if (strstr(text, OUTERMOST) != NULL)
			return;
	}
}
