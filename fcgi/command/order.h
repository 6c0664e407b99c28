/*
 * order.h: `millrace reload` and `millrace reopen`: what an operator has a
 * running server do.
 *
 * The server is found by the lock of its state directory, whose holder it is.
 */
#ifndef FCGI_ORDER_H
#define FCGI_ORDER_H

#include "fcgi/master/load.h"

#include <sys/types.h>

/* The master's pid; 0 after telling why it is not known. */
pid_t order_find_master(const struct config *config);

/*
 * Has the server take up its configuration, modules and program anew, and
 * waits until it serves with them, refuses them, or has not done so in time.
 * Returns the status to exit with: that of success only in the first case.
 */
int order_reload(const struct program *program);

/* Has the server open its log file anew, once the old one was moved. */
int order_reopen(const struct program *program);

#endif
