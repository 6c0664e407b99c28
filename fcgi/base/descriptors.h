/*
 * descriptors.h: which open descriptors a worker inherits.
 *
 * A module may open files while it is loaded; a worker keeps those, and of the
 * master's own only what it is given.
 */
#ifndef FCGI_DESCRIPTORS_H
#define FCGI_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

#define DESCRIPTORS_MAX 256

struct descriptors {
	int list[DESCRIPTORS_MAX]; /* ascending */
	size_t count;
};

/* Those that are open now; what is beyond DESCRIPTORS_MAX is left out. */
void descriptors_note(struct descriptors *open);

/* Takes the earlier ones out of the later ones: what was opened meanwhile. */
void descriptors_subtract(struct descriptors *later,
                          const struct descriptors *earlier);

/*
 * Closes all descriptors but the standard ones, the kept ones and the given
 * ones, of which there are DESCRIPTORS_GIVEN at most; -1 among them is none.
 */
#define DESCRIPTORS_GIVEN 9
void descriptors_close_others(const struct descriptors *kept, const int *given,
                              size_t count);

#endif
