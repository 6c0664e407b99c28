/*
 * directories.h: those of the state and of the sockets; one server has them.
 */
#ifndef FCGI_DIRECTORIES_H
#define FCGI_DIRECTORIES_H

#include "fcgi/config/config.h"
#include "fcgi/master/handover.h"

#include <stdbool.h>

/*
 * Makes them if they are missing, writes their names without detours into
 * config, and locks both: anew, or with the locks of an earlier master.  The
 * locks go to `next`.  False after logging why not.
 */
bool directories_take(struct config *config, struct handover *from,
                      struct handover *next);

#endif
