/*
 * top.h: `millrace top`: a terminal's view of a running server.
 */
#ifndef FCGI_TOP_H
#define FCGI_TOP_H

#include "fcgi/master/load.h"

/*
 * Shows the server of this configuration, afresh each second, until 'q' or a
 * signal ends it; where input or output is no terminal, once as plain text.
 * Returns the status to exit with.
 */
int top_run(const struct program *program);

#endif
