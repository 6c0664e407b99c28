/*
 * outcome.h: what a subcommand has to say in the end, and the status that it
 * then exits with.
 */
#ifndef FCGI_OUTCOME_H
#define FCGI_OUTCOME_H

#include "base/buffer.h"

/* To standard output; EXIT_FAILURE, and why, when that cannot be done. */
int outcome_print(const struct mr_buffer *text);

/* A line of standard error, after "millrace: ".  EXIT_FAILURE. */
int outcome_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
