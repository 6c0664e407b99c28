/*
 * machine.h: what a configuration asks for, and this machine, or our user on
 * it, has not.
 */
#ifndef FCGI_MACHINE_H
#define FCGI_MACHINE_H

#include "fcgi/config/complaint.h"

/*
 * Complains of processors, users, groups and limits of workers.  To find the
 * processors, it widens the affinity of the calling thread for a moment.
 */
void machine_check(const struct config *config,
                   const struct complaint *complaint);

/* The largest backlog that listen(2) does not cut. */
uint64_t machine_backlog(void);

#endif
