/*
 * trace.h: a backtrace as one line of text.
 */
#ifndef FCGI_TRACE_H
#define FCGI_TRACE_H

#include <stddef.h>

/*
 * Names the functions, innermost first, behind those of the guard: "name+0x1f"
 * or, of a function without a public name, "file+0x1190", for addr2line.  The
 * addresses are those of this process or of one that it has forked.
 */
void trace_print(void *const *frames, int depth, char *text, size_t size);

#endif
