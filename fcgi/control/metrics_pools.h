/*
 * metrics_pools.h: the families of pools and of their workers; for metrics.c.
 */
#ifndef FCGI_METRICS_POOLS_H
#define FCGI_METRICS_POOLS_H

#include "fcgi/control/control.h"
#include "fcgi/control/exposition.h"
#include "fcgi/control/survey.h"

void metrics_write_pools(const struct control *control,
                         const struct survey *survey, struct exposition *to);

#endif
