/*
 * trace.h: a backtrace as one line of text.
 */
#ifndef FCGI_TRACE_H
#define FCGI_TRACE_H

#include "fcgi/board/scoreboard.h"

#include <stddef.h>

/*
 * Names the functions, innermost first and inlined ones too, from the one that
 * a signal interrupted to mr_handle:
 * "do_spin (faults.c:71) < spin (faults.c:74) < mr_handle".  What repeats is
 * told once.  Without debugging information it is "name+0x1f", of a function
 * without a name "file+0x1190", and of what is in no file "0x7f0012345678".
 *
 * The addresses are those of this process or of one that it has forked.  The
 * first call reads the files that are loaded, which takes tens of ms.
 */
void trace_print(const struct backtrace *trace, char *text, size_t size);

#endif
