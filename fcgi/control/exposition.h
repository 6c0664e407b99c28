/*
 * exposition.h: the text format of Prometheus: families of series, each with
 * labels and a number.
 */
#ifndef FCGI_EXPOSITION_H
#define FCGI_EXPOSITION_H

#include "base/buffer.h"

#include <stdint.h>

struct exposition {
	struct mr_buffer *text;
	const char *family; /* the one at hand */
	bool labelled;      /* the series at hand has a label */
};

/* name without "millrace_"; it stays as long as the family. */
void exposition_family(struct exposition *exposition, const char *name,
                       const char *type, const char *help);

/* Begins a series; suffix, such as "_sum", may be "". */
void exposition_series(struct exposition *exposition, const char *suffix);

void exposition_label(struct exposition *exposition, const char *name,
                      const char *value);

/* Ends the series, with a number. */
void exposition_value(struct exposition *exposition, uint64_t value);

/* With value / 10^digits, exactly; digits: 9 at most. */
void exposition_fraction(struct exposition *exposition, uint64_t value,
                         int digits);

#endif
