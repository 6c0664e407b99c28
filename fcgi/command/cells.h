/*
 * cells.h: lines of text that are made of cells, and values that fit them.
 */
#ifndef FCGI_CELLS_H
#define FCGI_CELLS_H

#include <stddef.h>

/* Begins zeroed; what does not fit is left out. */
struct cells_line {
	char text[1024];
	size_t length;
};

/*
 * Appends a cell, behind a space.  A width below 0 is that of one whose text
 * begins on the left, and with 0 it is as wide as its text; else what is too
 * long on the left is cut, and on the right shown whole.  What is no
 * printable ASCII becomes a question mark, for the text may be anybody's.
 */
void cells_add(struct cells_line *line, int width, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Five characters at most; "-" for NAN. */
struct cells_value {
	char text[24];
};

struct cells_value cells_count(double number); /* 9999, 10k, ... */
struct cells_value cells_bytes(double number); /* 10K, 9999M, ... */
struct cells_value cells_duration(double seconds);

#endif
