/*
 * invoke.h: `millrace call`: a function called from the command line, by the
 * same way from text to text that a request takes.
 */
#ifndef FCGI_INVOKE_H
#define FCGI_INVOKE_H

#include "fcgi/master/load.h"

/*
 * arguments: the path (of two endpoints there, the GET), then NAME=VALUE for
 * each input, or "-" for a body on standard input.  The result goes to
 * standard output, a problem to standard error.  Returns the status to exit
 * with.
 */
int invoke_run(struct program *program, char *const *arguments, size_t count);

#endif
