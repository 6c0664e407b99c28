/*
 * live.h: the process that holds clients which wait.
 */
#ifndef FCGI_LIVE_H
#define FCGI_LIVE_H

#include "fcgi/worker.h"

/* The main of pool live. */
worker_main live_run;

#endif
