/*
 * broker.h: the process that keeps the jobs.
 */
#ifndef FCGI_BROKER_H
#define FCGI_BROKER_H

#include "fcgi/worker.h"

/* The main of pool broker. */
worker_main broker_run;

#endif
