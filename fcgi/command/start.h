/*
 * start.h: `millrace serve` and `millrace pool`: from a configuration to a
 * running master.
 */
#ifndef FCGI_START_H
#define FCGI_START_H

#include "fcgi/master/load.h"

/* All pools, on sockets of our own.  Returns the status to exit with. */
int start_serve(struct program *program);

/* One pool, on the listening socket that descriptor 0 is. */
int start_pool(struct program *program, const char *name);

#endif
