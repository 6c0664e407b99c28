/*
 * limits.h: what a process that serves a pool may have and is.
 */
#ifndef FCGI_LIMITS_H
#define FCGI_LIMITS_H

#include "fcgi/config/config.h"

/*
 * Memory, stack, files, core dumps, priority, processors, umask, environment.
 * Modules are loaded by then: what runs while they are has the environment of
 * the master.  False after logging why.
 */
bool limits_apply(const struct pool_config *pool);

/*
 * The pool's user and group, where it has any; with them goes what the kernel
 * does for a process when its parent dies.  False after logging why.
 */
bool limits_become(const struct pool_config *pool);

#endif
